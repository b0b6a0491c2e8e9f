"""Outward: each inside event is judged, rendered, frozen and sent on, one after another.

The cursor stands in the outside store and moves in the transaction that writes what crossed: a crash
replays an event and doubles nothing. An event that cannot be dealt with lets nothing cross.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from federation.gate import (
    agreements_out,
    boundary_change,
    canaries,
    contributions_out,
    features_out,
    flags_out,
    forums_out,
    joining,
    lists,
    locks_out,
    marks_out,
    moves_out,
    outcomes_out,
    polls_out,
    rest_out,
    review,
    said_out,
)
from federation.gate.plan import Gateway, Plan
from federation.outside import errands
from federation.outside.store import Books
from server.domain.errors import Refusal
from server.domain.events import Event, EventKind
from server.services import ideas_read, log
from server.services.house import House

CONSUMER = errands.RELEASE
PATIENCE = 5
Dealing = Callable[[Gateway, Event, Plan], Awaitable[None]]


async def release_due(gate: Gateway, event: Event, plan: Plan) -> None:
    """Let across what its author can take back no longer, and what our people's votes said of it meanwhile."""
    await contributions_out.release_new(gate, event, plan)
    await marks_out.release_earlier(gate, event, plan)
    await _said_too(gate, event, plan)


async def release_edit(gate: Gateway, event: Event, plan: Plan) -> None:
    """Let new words across, which may be the first that do, and then the votes that waited for them."""
    await contributions_out.release_edit(gate, event, plan)
    await marks_out.release_earlier(gate, event, plan)
    await _said_too(gate, event, plan)


async def release_mark(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell the forum's server of a vote; tell those who hold our ideas of a facilitator's mark."""
    await marks_out.release_mark(gate, event, plan)
    await features_out.change_marks(gate, event, plan)


async def release_unmark(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell the same of what was taken back."""
    await marks_out.release_unmark(gate, event, plan)
    await features_out.change_marks(gate, event, plan)


async def _said_too(gate: Gateway, event: Event, plan: Plan) -> None:
    """Let across what was said of an idea before it could cross."""
    made = await ideas_read.by_id(gate.house, event.subject_id)
    if made is not None:
        await said_out.bring_in_line(gate, plan, made, event)


# Event kind → what the gate does about it. Kinds that are absent concern the inside alone.
DEALINGS: dict[EventKind, Dealing] = {
    "ForumCreated": forums_out.show_created_forum,
    "ForumChanged": forums_out.show_changed_forum,
    "JamChanged": forums_out.show_changed_jam,
    "IdeaPosted": contributions_out.release_new,
    "ReplyPosted": contributions_out.release_new,
    "CrossingDue": release_due,
    "ContributionEdited": release_edit,
    "ContributionHidden": partial(contributions_out.judge_again, cause="moderation"),
    "ContributionRestored": moves_out.release_restored,
    "ContributionMoved": moves_out.release_moved,
    "FlagSent": flags_out.send_flag,
    "ContributionDeleted": contributions_out.release_deletion,
    "Marked": release_mark,
    "Unmarked": release_unmark,
    "ThreadLocked": locks_out.change_lock,
    "ThreadUnlocked": locks_out.change_lock,
    "OutcomeDecided": outcomes_out.decide,
    "PollVoted": polls_out.send_votes,
    "PollCounted": polls_out.release_counts,
    "PollEnded": polls_out.release_counts,
    "HoldReleased": review.release_held,
    "HoldRefused": review.refuse_held,
    "ConsentChanged": boundary_change.change_consent,
    "RecallAsked": boundary_change.recall,
    "PurgeAsked": boundary_change.purge,
    "RulesApplied": boundary_change.apply_rules,
    "AgeReached": partial(contributions_out.judge_again, cause="rule"),
    "PartnerChanged": boundary_change.change_partner,
    "ServerChanged": boundary_change.change_server,
    "OutsiderChanged": boundary_change.change_outsiders,
    "ResendAsked": boundary_change.send_again,
    "AgreementChanged": agreements_out.change_agreement,
    "ForumMembersChanged": lists.change_list,
    "ForumJoinAsked": joining.ask_to_join,
    "RestAsked": rest_out.ask_for_rest,
    "SelfTestBegun": canaries.begin,
    "CanaryPosted": contributions_out.release_new,
    "CanaryRecalled": boundary_change.recall,
    "CanaryForumClosed": canaries.close_forum,
    "SelfTestEnded": canaries.end,
}


# Events after which less may stand outside than before.
WITHDRAWALS: frozenset[EventKind] = frozenset(
    {
        "AgeReached",
        "ConsentChanged",
        "ContributionDeleted",
        "ContributionEdited",
        "ContributionHidden",
        "ContributionMoved",
        "ContributionRestored",
        "ForumMembersChanged",
        "PartnerChanged",
        "PurgeAsked",
        "RecallAsked",
        "RulesApplied",
        "ServerChanged",
        "OutsiderChanged",
    }
)


def _withdraws(event: Event) -> bool:
    return event.kind in WITHDRAWALS or (event.kind == "Unmarked" and event.data.get("kind") != "support")


# Events that only add: many share one transaction, unless one hangs on another.
TOGETHER: frozenset[EventKind] = frozenset({"IdeaPosted", "ReplyPosted", "CrossingDue"})
MOST_STEPS = 1_000


class Release:
    """The outward half of the gate. Call `run_once` again and again; it returns how many events it took."""

    def __init__(self, gate: Gateway, on_failure: Callable[[Event, Exception], None]) -> None:
        self._gate = gate
        self._on_failure = on_failure
        self._failures = (0, 0)
        self._alone_until = 0

    async def run_once(self, limit: int = 100) -> int:
        """Deal with the next events after the cursor, in order; ideas and replies share transactions."""
        gate = self._gate
        seq = await errands.cursor(gate.outside, CONSUMER)
        events = await log.events_after(gate.house, seq, 1 if seq < self._alone_until else limit)
        try:
            async with gate.turn:
                await self._deal_with(events)
        except Exception:
            # Whatever failed is dealt with alone from here on, so that it stands in nobody's way.
            self._alone_until = max(self._alone_until, events[-1].seq)
            raise
        return len(events)

    async def _deal_with(self, events: list[Event]) -> None:
        plan, pending, seq = Plan(self._gate), set[str](), 0
        for event in events:
            needs = {event.subject_id, *(str(event.data.get(key, "")) for key in ("thread", "parent", "builds_on"))}
            alone = event.kind in DEALINGS and event.kind not in TOGETHER
            if pending and (alone or needs & pending):
                # What this event hangs on has to stand outside before it can be rendered.
                await plan.write((CONSUMER, seq))
                pending.clear()
            await self._deal(event, plan)
            pending.add(event.subject_id)
            seq = event.seq
            if alone or len(plan.steps) > MOST_STEPS:
                await plan.write((CONSUMER, seq))
                pending.clear()
        if pending:
            await plan.write((CONSUMER, seq))

    async def _deal(self, event: Event, plan: Plan) -> None:
        dealing = DEALINGS.get(event.kind)
        plan.event = event.seq
        mark = plan.mark()
        try:
            if dealing is not None:
                await dealing(self._gate, event, plan)
            if event.seq <= self._alone_until:
                await plan.write((CONSUMER, event.seq))
        except Exception as error:
            # What cannot be judged does not cross, and the log goes on; a fault is given a few tries first.
            # Where something has to be withdrawn, going on would leave it standing: then nothing more crosses.
            if _withdraws(event) or not (isinstance(error, Refusal) or self._gives_up(event.seq)):
                raise
            self._on_failure(event, error)
            plan.back_to(mark)

    def _gives_up(self, seq: int) -> bool:
        failing, count = self._failures
        self._failures = (seq, count + 1 if failing == seq else 1)
        return self._failures[1] >= PATIENCE


async def behind(house: House, books: Books) -> int:
    """Return how many inside events the gate has not dealt with yet."""
    return await log.newest_event(house) - await errands.cursor(books, CONSUMER)
