"""Which threads our facilitators locked, told to those who were granted the ideas: Lock, and its Undo.

Like a mark, it is judged for each audience; why it was done stays inside.
"""

from __future__ import annotations

from typing import Any

from federation.gate.plan import Gateway, Plan
from federation.gate.speaking import LOCK, Saying, say_how_it_stands, sayable
from federation.outside.peers import PeerKind
from federation.vocabulary import hosting
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import judging, locking, people, readership

# Microblogs drop it; who answers from there is told that it was not taken.
OTHERS: tuple[PeerKind, ...] = ("microblog",)


def _read(told: dict[str, Any] | None) -> bool:
    return told is not None and hosting.read_lock(told)


LOCKS = Saying("lock", (LOCK,), _read, hosting.lock, OTHERS, filed_as=LOCK)


async def change_lock(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell of a thread that was locked, or opened again."""
    await bring_lock_in_line(gate, plan, event.subject_id, event)


async def bring_lock_in_line(gate: Gateway, plan: Plan, idea_id: str, event: Event) -> None:
    """Have each audience of an idea know whether its thread is locked, as far as the rules let it know."""
    found = await sayable(gate, plan, idea_id)
    if found is not None:
        await say_how_it_stands(gate, plan, found, LOCKS, await _wanted(gate, *found), event)


async def _wanted(gate: Gateway, made: Contribution, forum: Forum) -> dict[str, bool]:
    wanted = {reader.audience: False for reader in await readership.readers_of(gate.house, forum)}
    lock = await locking.standing_on(gate.house, made)
    by = await people.member_by_id(gate.house, lock.member_id) if lock else None
    if by is not None and not made.hidden:
        draft = judging.Draft(forum, by, "", "", made.label, "Add", made.thread_id, made.id)
        wanted |= {verdict.audience: verdict.crosses for verdict in await judging.judge(gate.house, draft)}
    return wanted
