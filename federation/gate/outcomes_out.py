"""What becomes of ideas, told to those who were granted them: an Update of the idea by its forum.

A decision is judged like a reply by whoever decided: its reason has words. Where these may not cross, what was decided
is told without them, if that may. As with marks, what an audience was told of an idea is one standing row, the newest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from federation.gate.actors import forum_of
from federation.gate.plan import Gateway, Plan
from federation.gate.render import standings
from federation.gate.routing import activity_uri, parsed
from federation.gate.speaking import OUTCOME, Speech, apart_by_list, speak
from federation.outside import histories
from federation.outside.crossings import EVERYONE
from federation.outside.peers import PeerKind
from federation.vocabulary import hosting
from federation.vocabulary.hosting import Decision
from server.domain.actors import Member
from server.domain.crossings import Verdict
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.outcomes import Outcome
from server.services import crossings as judged
from server.services import flagging, guises, ideas_read, judging, outcomes, people

# Other software would take it for the words of somebody who may not change them.
OTHERS: tuple[PeerKind, ...] = ("forum", "microblog", "unknown")
Told = Mapping[str, Decision | None]


async def decide(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell what was decided of an idea."""
    await bring_outcome_in_line(gate, plan, event.subject_id, event)


async def bring_outcome_in_line(gate: Gateway, plan: Plan, idea_id: str, event: Event) -> None:
    """Have each audience of an idea know what becomes of it, as far as the rules let it know, as it stands now.

    The idea has to stand outside already: what is planned of it is written first.
    """
    made = await ideas_read.by_id(gate.house, idea_id)
    found = await outcomes.standing_on(gate.house, idea_id)
    if made is None or found is None or made.kind != "idea" or made.deleted or made.crosses_at is not None:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    by = await people.member_by_id(gate.house, found[1])
    if by is None or not forum.is_local or forum.audience == "inside" or forum.is_canary:
        return
    await plan.write_so_far()
    wanted = await _wanted(gate, made, forum, by, found[0])
    apart = set(wanted) - {EVERYONE} | await judged.recalled_hosts(gate.house, made)
    uris = await standings(gate, made, list(wanted))
    own = await guises.all_public_uris(gate.house, made) if guises.stands_here(gate.house, made) else [made.uri]
    rows = await histories.said_of(gate.outside, own, (OUTCOME,))
    known = {(one.document.audience, one.card.subject_uri): one for one in rows}
    changed: dict[tuple[str, Decision | None], list[str]] = {}
    for audience, uri in uris.items():
        before = known.get((audience, uri))
        stands = hosting.read_outcome(parsed(before.document.body)) if before else None
        if wanted[audience] != stands:
            changed.setdefault((uri, wanted[audience]), []).append(audience)
            if before is not None:
                plan.revoke(before.document.uri, audience, event.at.timestamp())
    for (uri, decision), audiences in changed.items():
        for some in apart_by_list(forum, audiences):
            about = activity_uri(gate, "outcome", uri, event.seq, *some)
            public = forum.audience == "public"
            document = hosting.outcome(about, forum.uri, uri, decision, is_public=public, at=event.at)
            await speak(gate, plan, Speech(forum, document, some, event.at), apart, but=OTHERS, filed_as=OUTCOME)


async def _wanted(gate: Gateway, made: Contribution, forum: Forum, by: Member, outcome: Outcome) -> Told:
    """Return what each audience may know of a decision: with its words, without them, or nothing of it."""
    said = Decision(outcome.kind, outcome.stream_title, outcome.reason, outcome.decided_at.replace(microsecond=0))
    told: dict[str, Decision | None] = {}
    whole = {one.audience: one for one in await _judge(gate, made, forum, by, said)}
    bare = {one.audience: one for one in await _judge(gate, made, forum, by, replace(said, stream="", reason=""))}
    for audience, verdict in whole.items():
        words = await _safe(gate, by, said, verdict) if verdict.crosses and not made.hidden else None
        if words is None and bare[audience].crosses and not made.hidden:
            words = replace(said, stream="", reason="")
        told[audience] = words
    return told


async def _judge(gate: Gateway, made: Contribution, forum: Forum, by: Member, said: Decision) -> list[Verdict]:
    draft = judging.Draft(forum, by, said.stream, said.reason, made.label, "Create", made.thread_id, "")
    return await judging.judge(gate.house, draft)


async def _safe(gate: Gateway, by: Member, said: Decision, verdict: Verdict) -> Decision | None:
    """Return a decision with what the rules take out of its words, None where no copy is safe."""
    stream = await flagging.outbound(gate.house, by, said.stream, verdict)
    reason = await flagging.outbound(gate.house, by, said.reason, verdict)
    return None if stream is None or reason is None else replace(said, stream=stream, reason=reason)
