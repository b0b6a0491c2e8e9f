"""How people join: by an invitation's link, or from a table, all of it or none."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from server.domain.actors import Member
from server.domain.errors import Invalid, Missing, SignInNeeded
from server.domain.invitations import MOST_DAYS, MOST_USES, Invitation
from server.domain.people_file import BadPeopleFile, Newcomer, read_people
from server.domain.sentences import later, say
from server.domain.uris import new_id
from server.services import people
from server.services.house import House
from server.services.people import HASHER, SignIn, check_password
from server.services.text import clean_line
from server.storage import events, invitations, jams
from server.storage import people as people_rows

# Somebody invited by name has a week to come in; other one-time links live an hour.
LINK_LIFE = timedelta(days=7)
GONE = later("This invitation was used up or ended, or is too old. Ask whoever sent it for a new one.")


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody just added, and the secret of their one-time link."""

    member: Member
    secret: str


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def make_invitation(
    house: House, by: Member, *, unit: str = "", note: str = "", uses: int = 50, days: int = 7
) -> tuple[Invitation, str]:
    """Make a link by which people join as members; return it with its secret, which is shown once. For admins."""
    by.require("people")
    if not 1 <= uses <= MOST_USES:
        raise Invalid("uses", "A link is good for 1 to %(most)s people.", most=MOST_USES)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("days", "A link lives 1 to %(most)s days.", most=MOST_DAYS)
    secret, now = secrets.token_urlsafe(32), house.now()
    made = Invitation(
        id=new_id(),
        note=clean_line(note, "note", required=False),
        unit=clean_line(unit, "unit", 100, required=False),
        uses=uses,
        used=0,
        made_by=by.id,
        made_at=now,
        ends_at=now + timedelta(days=days),
        ended_at=None,
    )
    async with house.store.transaction() as change:
        await invitations.put(change, made, _hash(secret))
        await events.append(change, "Invited", made.id, {"by": by.id, "uses": uses}, now.timestamp())
        await events.audit(change, by.id, "make invitation", made.id, now.timestamp())
    return made, secret


async def list_invitations(house: House, by: Member) -> list[Invitation]:
    """Return the invitations, newest first."""
    by.require("people")
    return await invitations.newest(house.store)


async def end_invitation(house: House, by: Member, invitation_id: str) -> None:
    """End an invitation: from now on nobody joins by it."""
    by.require("people")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if not await invitations.end(change, invitation_id, now):
            raise Missing("invitation", f"no open invitation {invitation_id}")
        await events.audit(change, by.id, "end invitation", invitation_id, now)


async def read_invitation(house: House, secret: str) -> Invitation:
    """Return the invitation of a link that can be used now, or raise SignInNeeded: all others read the same."""
    found = await invitations.open_by_hash(house.store, _hash(secret), house.now().timestamp())
    if found is None:
        raise SignInNeeded(GONE)
    return found


async def accept_invitation(house: House, secret: str, username: str, name: str, password: str) -> SignIn:
    """Join by a link, and sign in. What is refused spends nothing."""
    await read_invitation(house, secret)
    username = username.strip().lstrip("@")
    check_password(house, username, password)
    async with house.hashing:
        hashed = await asyncio.to_thread(HASHER.hash, password)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        found = await invitations.use(change, _hash(secret), now)
        if found is None:
            raise SignInNeeded(GONE)
        member = await people.add_member(house, username, name, found.unit)
        await people_rows.update(member.id, password_hash=hashed)
        await events.audit(change, member.id, "join by invitation", found.id, now)
    return await people.sign_in(house, username, password)


async def import_people(house: House, by: Member, text: str) -> list[Joined]:
    """Add everybody in a table, each with a one-time link that is shown once; or nobody. Raises BadPeopleFile."""
    by.require("people")
    found = read_people(text)
    if problems := await _taken(house, found):
        raise BadPeopleFile(problems)
    made: list[Joined] = []
    async with house.store.transaction():
        for one in found:
            try:
                member = await people.add_member(house, one.username, one.name, one.unit, one.role, by=by)
            except Invalid as refusal:
                raise BadPeopleFile(
                    (say("Line %(line)s: %(fault)s", line=one.line, fault=refusal.public),)
                ) from refusal
            made.append(Joined(member, await people.make_link(house, member, by, LINK_LIFE)))
    return made


async def _taken(house: House, found: tuple[Newcomer, ...]) -> tuple[str, ...]:
    """Name the lines whose names people or forums bear already."""
    problems: list[str] = []
    for one in found:
        if await people_rows.by_username(house.store, one.username):
            problems.append(f"Line {one.line}: there is a person called {one.username} already.")
        elif await jams.forum_by_handle(house.store, f"@{one.username.lower()}@{house.addresses.edge_host}"):
            problems.append(f"Line {one.line}: a forum bears the name {one.username} already.")
    return tuple(problems)
