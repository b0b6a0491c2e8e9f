"""Forums held elsewhere: asking for words that are not here yet, and what their facilitators say of ideas."""

from __future__ import annotations

from collections.abc import Collection

from server.domain.actors import Member
from server.domain.errors import Conflict
from server.domain.events import EventKind
from server.domain.ideas import FACILITATED, Contribution, MarkKind
from server.domain.jams import Forum
from server.services.crossings import all_public_uris
from server.services.house import House
from server.storage import contributions, events, mark_reasons
from server.storage.contributions import THEIRS


async def ask_for_rest(house: House, by: Member, forum: Forum, idea: Contribution | None = None) -> None:
    """Ask the server that holds a forum for what is missing here of it, or of one idea's thread.

    Anybody who reads it may: nothing is told that its server does not know. Raises Conflict where there is nobody
    to ask. What comes is judged by the rules like everything that comes in.
    """
    if forum.is_local:
        raise Conflict("It is held here: all there is of it is here.")
    if not forum.joined:
        raise Conflict("The server that holds this forum has not let us in yet.")
    async with house.store.transaction() as change:
        data = {"forum": forum.id, "idea": idea.id if idea else "", "by": by.id}
        await events.append(change, "RestAsked", idea.id if idea else forum.id, data, house.now().timestamp())


async def names_elsewhere(house: House, idea: Contribution) -> list[str]:
    """Return the addresses that the idea of a thread may bear on the server that holds its forum."""
    return await all_public_uris(house, idea) if idea.is_local else [idea.uri]


async def take_marks(house: House, target: Contribution, kinds: Collection[MarkKind]) -> None:
    """Have the marks that the facilitators of a forum held elsewhere set at an idea be these, and no others.

    Who set them, and why, their server keeps to itself.
    """
    now = house.now().timestamp()
    facts = {"jam": target.jam_id, "forum": target.forum_id, "thread": target.thread_id, "by": THEIRS}
    async with house.store.transaction() as change:
        for kind in FACILITATED:
            said: EventKind | None = None
            if kind in kinds and await contributions.mark(change, target.id, kind, THEIRS, now):
                await mark_reasons.put(target.id, kind, THEIRS, "", now)
                said = "Marked"
            elif kind not in kinds and await contributions.unmark(change, target.id, kind, THEIRS):
                await mark_reasons.end(change, target.id, kind, THEIRS, now)
                said = "Unmarked"
            if said is not None:
                await events.append(change, said, target.id, {**facts, "kind": kind}, now)
