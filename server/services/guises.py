"""Under which addresses and names what was written here is known outside."""

from __future__ import annotations

from collections.abc import Sequence

from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.domain.uris import host_of, new_id
from server.services.house import House
from server.storage import contributions, people, twins


async def public_uri(house: House, made: Contribution, redactions: frozenset[str]) -> str:
    """Return the URI under which a copy stands outside: the original's, or a redacted twin's own."""
    if not redactions:
        return made.uri
    form = form_of(redactions)
    known = await twins.twin(house.store, made.id, form)
    if known is None:
        known = house.addresses.object_uri(new_id())
        async with house.store.transaction():
            await twins.insert_twin(made.id, form, known)
    return known


def form_of(redactions: frozenset[str]) -> str:
    """Return the name of a redacted copy's form: what was taken out."""
    return "+".join(sorted(redactions))


async def twins_of(house: House, contribution_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return, for each of some contributions that have any, form → URI of its redacted copies."""
    return await twins.twins_of(house.store, contribution_ids)


async def all_public_uris(house: House, made: Contribution) -> list[str]:
    """Return every URI under which copies of a contribution may stand outside."""
    return await twins.public_uris(house.store, made.id)


CROWD = 5


async def appears_as(house: House, author: Member, thread_id: str) -> str:
    """Return the name under which somebody whose name may not leave appears, or would appear, in a thread."""
    known = await twins.pseudonym(house.store, author.id, thread_id) if thread_id else None
    return known[2] if known else await _role_name(house, author)


async def _role_name(house: House, author: Member) -> str:
    role = author.role if author.is_local and await people.count_by_role(house.store, author.role) >= CROWD else ""
    return f"A {role} at {house.name}" if role and role != "admin" else f"A colleague at {house.name}"


async def pseudonym(house: House, author: Member, thread_id: str) -> tuple[str, str, str]:
    """Return (uri, username, name) under which a person appears in one thread when the name may not leave.

    The role is told only where at least CROWD people hold it.
    """
    known = await twins.pseudonym(house.store, author.id, thread_id)
    if known is not None:
        return known
    key = new_id()
    made = (house.addresses.person_uri(key), f"colleague-{key[:8]}", await _role_name(house, author))
    async with house.store.transaction():
        await twins.insert_pseudonym(author.id, thread_id, *made)
    return made


async def uris_with(house: House, made: Contribution) -> list[str]:
    """Return every URI outside of a contribution and of all that goes with it when it is taken back."""
    hanging = await contributions.thread(house.store, made.id) if made.kind == "idea" else []
    found = [uri for one in (made, *hanging) for uri in await twins.public_uris(house.store, one.id)]
    return list(dict.fromkeys(found))


def stands_here(house: House, made: Contribution) -> bool:
    """Say whether we hold the original of a contribution: our people's, and what a visitor wrote at our edge."""
    return made.is_local or our_object(house, made.uri)


def our_object(house: House, uri: str) -> bool:
    """Say whether a URI is one of ours."""
    return host_of(uri) == house.addresses.edge_host
