"""Ideas and replies as those who may see them read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.facilitation import Lock, MarkReason
from server.domain.ideas import Contribution, Version
from server.domain.jams import Forum, Jam
from server.services.forums import obtain_forum
from server.services.house import House
from server.services.jams import hidden_jams
from server.services.locking import lock_on
from server.storage import contributions, jams, mark_reasons, twins


@dataclass(frozen=True, slots=True)
class Thread:
    """An idea with all that hangs on it. `mine` maps contribution ids to the reader's own marks.

    `theirs` are the marks that the idea bears on the server that holds its forum, where that is another; `lock` says
    since when, and why, nothing is answered in it any more.
    """

    jam: Jam
    forum: Forum
    idea: Contribution
    replies: list[Contribution]
    builds_on: Contribution | None
    built_on_by: list[Contribution]
    mine: dict[str, set[str]]
    theirs: frozenset[str] = frozenset()
    lock: Lock | None = None


def as_seen_by(reader: Member, made: Contribution) -> Contribution:
    """Return a contribution as somebody sees it: what is hidden has words for its author and moderators alone."""
    if made.hidden and not reader.wrote(made.author_id) and not reader.may("moderate"):
        return made.veiled()
    return made


async def obtain(house: House, reader: Member, contribution_id: str) -> Contribution:
    """Return a contribution for somebody who may read it, or raise Missing. What is hidden comes without words."""
    found = await contributions.by_id(house.store, contribution_id) if reader.active and reader.is_local else None
    if found is None or found.deleted or found.jam_id in await hidden_jams(house, reader):
        raise Missing("idea", f"{reader.id} asked for {contribution_id}")
    return as_seen_by(reader, found)


async def read_thread(house: House, reader: Member, idea_id: str) -> Thread:
    """Return an idea with all its replies, lineage and the reader's marks."""
    head = await read_head(house, reader, idea_id)
    replies = await contributions.thread(house.store, head.idea.id)
    return replace(head, replies=[as_seen_by(reader, one) for one in replies])


async def read_head(house: House, reader: Member, idea_id: str) -> Thread:
    """Return the same without any replies: those are read a page at a time (server.services.threads)."""
    found = await obtain(house, reader, idea_id)
    idea = found if found.kind == "idea" else await obtain(house, reader, found.thread_id)
    forum = await obtain_forum(house, reader, idea.forum_id)
    jam = await jams.jam_by(house.store, idea.jam_id)
    if jam is None:
        raise Missing("idea")
    base = await contributions.by_id(house.store, idea.builds_on) if idea.builds_on else None
    return Thread(
        jam=jam,
        forum=forum,
        idea=idea,
        replies=[],
        builds_on=base if base and not base.deleted and not base.hidden else None,
        built_on_by=await contributions.built_on(house.store, idea.id),
        mine=await contributions.marked_by(house.store, reader.id, idea.id),
        theirs=await _marks_of_host(house, forum, idea),
        lock=await lock_on(house, forum, idea),
    )


async def _marks_of_host(house: House, forum: Forum, idea: Contribution) -> frozenset[str]:
    if forum.is_local:
        return frozenset()
    found = await contributions.marked_by(house.store, contributions.THEIRS, idea.id)
    return frozenset(found.get(idea.id, ()))


async def list_ideas(
    house: House, reader: Member, forum: Forum, before: float | None = None, limit: int = 50
) -> list[Contribution]:
    """Return a forum's ideas, newest first."""
    await obtain_forum(house, reader, forum.id)
    return await contributions.ideas_of_forum(house.store, forum.id, before, limit)


async def ideas_of_jam(house: House, reader: Member, jam: Jam, order: str, limit: int = 10) -> list[Contribution]:
    """Return a jam's ideas: "new" ones and "marked" ones by age, "rising" ones by support and replies."""
    if not (reader.active and reader.is_local):
        return []
    return await contributions.ideas_of_jam(house.store, jam.id, order, limit)


async def history(house: House, reader: Member, contribution_id: str) -> Sequence[Version]:
    """Return the earlier versions of what the reader may read, oldest first."""
    found = await obtain(house, reader, contribution_id)
    if found.hidden and not found.text:
        raise Missing("idea", f"{reader.id} asked for versions of hidden {contribution_id}")
    return await contributions.versions(house.store, found.id)


async def reasons_of_marks(house: House, reader: Member, thread: Thread) -> list[MarkReason]:
    """Return why Emerging and Best were set in a thread that somebody reads, oldest first; fallen marks included.

    Those of the forum's own server, where that is another, go by its name.
    """
    await obtain(house, reader, thread.idea.id)
    said = await mark_reasons.of_thread(house.store, thread.idea.id)
    theirs = contributions.THEIRS
    return [replace(one, member_name=thread.forum.host) if one.member_id == theirs else one for one in said]


async def by_uri(house: House, uri: str) -> Contribution | None:
    """Find a contribution by its URI or that of a redacted twin: for the gate."""
    return await contributions.by_uri(house.store, uri)


async def by_uris(house: House, uris: Sequence[str]) -> dict[str, Contribution]:
    """Find contributions by their URIs or those of their redacted twins: for the ledger."""
    return await contributions.by_uris(house.store, uris) if uris else {}


async def shown_to(house: House, reader: Member, found: Mapping[str, Contribution]) -> dict[str, Contribution]:
    """Leave out what is in jams that are not there for somebody, deleted or not: for those with a duty outside."""
    hidden = await hidden_jams(house, reader)
    return {key: made for key, made in found.items() if made.jam_id not in hidden}


async def by_id(house: House, contribution_id: str) -> Contribution | None:
    """Find a contribution, deleted ones included: for consumers of events."""
    return await contributions.by_id(house.store, contribution_id)


async def by_ids(house: House, contribution_ids: Collection[str]) -> dict[str, Contribution]:
    """Return id → contribution of those that stand, neither deleted nor hidden: for consumers of events."""
    return {made.id: made for made in await contributions.by_ids(house.store, contribution_ids)}


async def by_public_uri(house: House, uri: str) -> Contribution | None:
    """Return the contribution that bears an address, or of which a copy does so outside: for the gate."""
    known = await contributions.by_uri(house.store, uri)
    if known is not None:
        return known
    contribution_id = await twins.contribution_of(house.store, uri)
    return await contributions.by_id(house.store, contribution_id) if contribution_id else None


async def replies_of(house: House, idea_id: str) -> list[Contribution]:
    """Return the replies of an idea, oldest first: for the gate."""
    return await contributions.thread(house.store, idea_id)


async def all_of_jam(house: House, jam_id: str, after: datetime | None = None) -> list[Contribution]:
    """Return a jam's ideas and replies in time order: for analytics."""
    found: list[Contribution] = []
    edge = after.timestamp() if after else 0.0
    while page := await contributions.of_jam(house.store, jam_id, edge):
        found += page
        edge = page[-1].created_at.timestamp()
    return found


async def standing_in(house: House, forum_ids: list[str]) -> list[Contribution]:
    """Return everything that stands in some forums, oldest first: for the gate."""
    return await contributions.in_forums(house.store, forum_ids) if forum_ids else []
