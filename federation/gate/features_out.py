"""Which ideas our facilitators marked, told to those who were granted the ideas: `featured`, and Add and Remove.

A mark is judged like anything else, for each audience. What one audience was told of an idea is one standing row, the
newest: `featured` and histories are made of them. Where an idea is withdrawn, what was said of it goes too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from federation.gate.actors import forum_of
from federation.gate.plan import Gateway, Plan
from federation.gate.render import standings
from federation.gate.routing import activity_uri, parsed
from federation.gate.speaking import Speech, apart_by_list, speak
from federation.outside import histories
from federation.outside.crossings import EVERYONE, Crossing
from federation.outside.peers import PeerKind
from federation.vocabulary import hosting
from server.domain.events import Event
from server.domain.ideas import Contribution, MarkKind
from server.domain.jams import Forum
from server.services import crossings as judged
from server.services import guises, ideas_read, judging, marking, people, readership

# A microblog's `featured` are somebody's own words: this would mean nothing to it.
OTHERS: tuple[PeerKind, ...] = ("microblog",)
Marks = frozenset[MarkKind]
NONE: Marks = frozenset()


@dataclass(frozen=True, slots=True)
class _Said:
    """What some audiences are told: which marks stand at an idea, under the address that it has for them."""

    forum: Forum
    object_uri: str
    marks: Marks
    audiences: tuple[str, ...]


async def change_marks(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell of a mark that was set or taken back. Support is told by those who give it."""
    if event.data["kind"] == "support":
        return
    await bring_marks_in_line(gate, plan, event.subject_id, event)


async def bring_marks_in_line(gate: Gateway, plan: Plan, idea_id: str, event: Event) -> None:
    """Have each audience know the marks at an idea that the rules let it know, as they stand now.

    The idea has to stand outside already: what is planned of it is written first.
    """
    made = await ideas_read.by_id(gate.house, idea_id)
    if made is None or made.kind != "idea" or made.deleted or made.crosses_at is not None:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    if not forum.is_local or forum.audience == "inside" or forum.is_canary:
        return
    await plan.write_so_far()
    wanted, apart = await _wanted(gate, made, forum)
    uris = await standings(gate, made, list(wanted))
    known = await _known(gate, made)
    changed: dict[tuple[str, Marks], list[str]] = {}
    for audience, uri in uris.items():
        before = known.get((audience, uri))
        if wanted[audience] != (_marks(before) if before else NONE):
            changed.setdefault((uri, wanted[audience]), []).append(audience)
            if before is not None:
                plan.revoke(before.document.uri, audience, event.at.timestamp())
    for (uri, marks), audiences in changed.items():
        for some in apart_by_list(forum, audiences):
            await _tell(gate, plan, _Said(forum, uri, marks, some), apart, event)


async def _wanted(gate: Gateway, made: Contribution, forum: Forum) -> tuple[dict[str, Marks], set[str]]:
    """Return which marks each audience may know of, and the hosts for which everyone's word is not."""
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
    apart = set(wanted) - {EVERYONE} | await judged.recalled_hosts(gate.house, made)
    return {audience: frozenset(kinds) for audience, kinds in wanted.items()}, apart


async def _known(gate: Gateway, made: Contribution) -> Mapping[tuple[str, str], Crossing]:
    """Return, by audience and address, what is told of an idea now."""
    uris = await guises.all_public_uris(gate.house, made) if guises.stands_here(gate.house, made) else [made.uri]
    told = await histories.said_of(gate.outside, uris, ("Add", "Remove"))
    return {(one.document.audience, one.card.subject_uri): one for one in told}


def _marks(told: Crossing) -> Marks:
    return hosting.read_marks(parsed(told.document.body)) if told.card.type == "Add" else NONE


async def _tell(gate: Gateway, plan: Plan, said: _Said, apart: set[str], event: Event) -> None:
    forum = said.forum
    uri = activity_uri(gate, "featured", said.object_uri, event.seq, *said.audiences)
    public = forum.audience == "public"
    document = hosting.mark(uri, forum.uri, said.object_uri, said.marks, is_public=public, at=event.at)
    await speak(gate, plan, Speech(forum, document, said.audiences, event.at), apart, but=OTHERS)
