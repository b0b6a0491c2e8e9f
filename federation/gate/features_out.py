"""Which ideas our facilitators marked, told to those who were granted the ideas: `featured`, and Add and Remove.

A mark is judged like anything else, for each audience.
"""

from __future__ import annotations

from typing import Any

from federation.gate.plan import Gateway, Plan
from federation.gate.speaking import Saying, say_how_it_stands, sayable
from federation.outside.peers import PeerKind
from federation.vocabulary import hosting
from server.domain.events import Event
from server.domain.ideas import Contribution, MarkKind
from server.domain.jams import Forum
from server.services import judging, marking, people, readership

# A microblog's `featured` are somebody's own words: this would mean nothing to it.
OTHERS: tuple[PeerKind, ...] = ("microblog",)
Marks = frozenset[MarkKind]
NONE: Marks = frozenset()


def _read(told: dict[str, Any] | None) -> Marks:
    return hosting.read_marks(told) if told and told["type"] == "Add" else NONE


MARKS = Saying("featured", ("Add", "Remove"), _read, hosting.mark, OTHERS)


async def change_marks(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell of a mark that was set or taken back. Support is told by those who give it."""
    if event.data["kind"] == "support":
        return
    await bring_marks_in_line(gate, plan, event.subject_id, event)


async def bring_marks_in_line(gate: Gateway, plan: Plan, idea_id: str, event: Event) -> None:
    """Have each audience know the marks at an idea that the rules let it know, as they stand now."""
    found = await sayable(gate, plan, idea_id)
    if found is not None:
        await say_how_it_stands(gate, plan, found, MARKS, await _wanted(gate, *found), event)


async def _wanted(gate: Gateway, made: Contribution, forum: Forum) -> dict[str, Marks]:
    """Return which marks each audience may know of."""
    wanted: dict[str, set[MarkKind]] = {
        reader.audience: set() for reader in await readership.readers_of(gate.house, forum)
    }
    for kind, by_id in (await marking.markers(gate.house, made)).items():
        by = await people.member_by_id(gate.house, by_id)
        if by is None or made.hidden:
            continue
        draft = judging.Draft(forum, by, "", "", made.label, "Add", made.thread_id, made.id)
        for verdict in await judging.judge(gate.house, draft):
            if verdict.crosses:
                wanted[verdict.audience].add(kind)
    return {audience: frozenset(kinds) for audience, kinds in wanted.items()}
