"""What becomes of ideas, told to those who were granted them: an Update of the idea by its forum.

A decision is judged like a reply by whoever decided: its reason has words. Where these may not cross, what was decided
is told without them, if that may.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from federation.gate.plan import Gateway, Plan
from federation.gate.speaking import OUTCOME, Saying, say_how_it_stands, sayable
from federation.outside.peers import PeerKind
from federation.vocabulary import hosting
from federation.vocabulary.hosting import Decision
from server.domain.actors import Member
from server.domain.crossings import Verdict
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.outcomes import Outcome
from server.services import flagging, judging, outcomes, people

# Other software would take it for the words of somebody who may not change them.
OTHERS: tuple[PeerKind, ...] = ("forum", "microblog", "unknown")


def _read(told: dict[str, Any] | None) -> Decision | None:
    return hosting.read_outcome(told) if told else None


OUTCOMES = Saying("outcome", (OUTCOME,), _read, hosting.outcome, OTHERS, filed_as=OUTCOME)


async def decide(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell what was decided of an idea."""
    await bring_outcome_in_line(gate, plan, event.subject_id, event)


async def bring_outcome_in_line(gate: Gateway, plan: Plan, idea_id: str, event: Event) -> None:
    """Have each audience of an idea know what becomes of it, as far as the rules let it know, as it stands now."""
    decided = await outcomes.standing_on(gate.house, idea_id)
    by = await people.member_by_id(gate.house, decided[1]) if decided else None
    found = await sayable(gate, plan, idea_id) if by else None
    if decided is None or by is None or found is None:
        return
    wanted = await _wanted(gate, *found, by, decided[0])
    await say_how_it_stands(gate, plan, found, OUTCOMES, wanted, event)


async def _wanted(
    gate: Gateway, made: Contribution, forum: Forum, by: Member, outcome: Outcome
) -> dict[str, Decision | None]:
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
