"""Which ideas our facilitators marked, told to those who were granted the ideas: `featured`, and Add and Remove.

A mark is judged like anything else, for each audience.
"""

from __future__ import annotations

from typing import Any

from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri
from federation.gate.speaking import Speech, apart_by_list, apart_from, sayable, speak, unsaid
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


async def change_marks(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell of a mark that was set or taken back. Support is told by those who give it."""
    if event.data["kind"] == "support":
        return
    await bring_marks_in_line(gate, plan, event.subject_id, event)


async def bring_marks_in_line(gate: Gateway, plan: Plan, idea_id: str, event: Event) -> None:
    """Have each audience know the marks at an idea that the rules let it know, as they stand now."""
    found = await sayable(gate, plan, idea_id)
    if found is None:
        return
    made, forum = found
    wanted = await _wanted(gate, made, forum)
    apart = await apart_from(gate, made, wanted)
    changed = await unsaid(gate, plan, made, wanted, ("Add", "Remove"), _marks, event.at)
    for (uri, marks), audiences in changed.items():
        for some in apart_by_list(forum, audiences):
            about = activity_uri(gate, "featured", uri, event.seq, *some)
            public = forum.audience == "public"
            document = hosting.mark(about, forum.uri, uri, marks, is_public=public, at=event.at)
            await speak(gate, plan, Speech(forum, document, some, event.at, uri), apart, but=OTHERS)


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


def _marks(told: dict[str, Any] | None) -> Marks:
    return hosting.read_marks(told) if told and told["type"] == "Add" else NONE
