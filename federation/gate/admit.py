"""Inward: verified activities are judged, parsed and handed to the same services as the web's forms.

One activity kind, one file. A replay after a crash finds its work done: services know an object by its URI.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from federation.gate.answer import admit_accept, admit_reject
from federation.gate.arrival import Arrival, Outcome
from federation.gate.block import admit_block
from federation.gate.create import admit_create
from federation.gate.declining import CLOSED, decline
from federation.gate.delete import admit_delete
from federation.gate.features import admit_add, admit_remove
from federation.gate.flag import admit_flag
from federation.gate.follow import admit_follow
from federation.gate.found import admit_found
from federation.gate.like import admit_dislike, admit_like
from federation.gate.lists import UNKNOWN_LIST, is_under_known_list
from federation.gate.locks import admit_lock
from federation.gate.moved import admit_move
from federation.gate.offer import admit_offer
from federation.gate.plan import Gateway, Plan
from federation.gate.receipts import admit_receipt
from federation.gate.routing import parsed
from federation.gate.said_here import admit_said_here
from federation.gate.undo import admit_undo
from federation.gate.update import admit_update
from federation.outside import received
from federation.outside.received import Received, ReceivedState
from federation.vocabulary.activities import Activity, read_activity
from federation.vocabulary.hosting import undone
from server.domain.errors import Refusal
from server.domain.jams import Forum
from server.domain.uris import origin_of
from server.precedence import NOBODY_WAITS, Precedence
from server.services import forums

LOOKS = 7
FULL_SECONDS = 60.0


async def admit_announce(arrival: Arrival) -> Outcome:
    """Take what a forum that we joined passes on. Anybody else's Announce is a boost, which we do not count."""
    forum = await forums.forum_by_uri(arrival.gate.house, arrival.activity.actor_uri)
    if forum is None or forum.is_local or not forum.joined:
        return Outcome("ignored", "We joined no such forum.")
    if arrival.activity.object is None:
        return Outcome("ignored", "The bare form is for microblogs.")
    inner = read_activity(arrival.activity.object)
    if inner.kind not in RELAYED:
        return Outcome("ignored", f"{inner.kind[:40]} is not relayed.")
    if inner.kind in VOTES and not _undoes_moderation(inner) and not _is_own_vote(inner, forum):
        return Outcome("ignored", "A forum's server vouches for the votes of its own people alone.")
    if forum.members_only and inner.kind != "Delete" and not await is_under_known_list(arrival, forum):
        return Outcome("later", UNKNOWN_LIST)
    return await KINDS[inner.kind](Arrival(arrival.gate, arrival.received, inner, forum, plan=arrival.plan))


KINDS: dict[str, Callable[[Arrival], Awaitable[Outcome]]] = {
    "Accept": admit_accept,
    "Add": admit_add,
    "Announce": admit_announce,
    "Block": admit_block,
    "Create": admit_create,
    "Delete": admit_delete,
    "Dislike": admit_dislike,
    "Flag": admit_flag,
    "Follow": admit_follow,
    "Found": admit_found,
    "Like": admit_like,
    "Lock": admit_lock,
    "Move": admit_move,
    "Offer": admit_offer,
    "Receipt": admit_receipt,
    "Reject": admit_reject,
    "Remove": admit_remove,
    "Undo": admit_undo,
    "Update": admit_update,
}
VOTES = {"Like", "Dislike", "Undo"}
MODERATION = {"Block", "Lock"}
RELAYED = {"Create", "Update", "Delete"} | MODERATION | VOTES


def _undoes_moderation(inner: Activity) -> bool:
    return any(undone(inner.raw, kind) for kind in MODERATION)


def _is_own_vote(vote: Activity, forum: Forum) -> bool:
    """Say whether somebody of the forum's own server is for something or against it, or no longer for it."""
    of_its_own = {origin_of(vote.uri), origin_of(vote.actor_uri)} == {origin_of(forum.uri)}
    undone = vote.object or {}
    return of_its_own and (vote.kind != "Undo" or undone.get("type") == "Like")


class Admit:
    """The inward half of the gate. Call `run_once` again and again; it returns how many activities it took."""

    def __init__(self, gate: Gateway, precedence: Precedence = NOBODY_WAITS) -> None:
        self._gate = gate
        self._precedence = precedence

    async def run_once(self, limit: int = 100) -> int:
        """Deal with the activities that are ready, in the order in which they came."""
        ready = await received.in_state(self._gate.outside, "ready", self._gate.outside.now(), limit)
        for one in ready:
            await self._precedence.stand_back()
            async with self._gate.turn:
                await self._admit(one)
        return len(ready)

    async def _admit(self, one: Received) -> None:
        plan = Plan(self._gate)
        if not one.body:
            await received.move(self._gate.outside, one, "ignored", "It was purged before it was let in.")
            return
        arrival = Arrival(self._gate, one, read_activity(parsed(one.body)), plan=plan)
        deal = admit_said_here if one.signed_in else KINDS.get(one.kind)
        try:
            outcome = await deal(arrival) if deal else Outcome("ignored", f"{one.kind[:40]} is not taken.")
        except Refusal as refusal:
            outcome = Outcome("refused", str(refusal))
            if not one.signed_in:
                await decline(arrival, refusal)
            elif isinstance(refusal, CLOSED):
                outcome = Outcome("refused", received.TOO_LATE)
        except Exception:
            # A fault puts the activity off; what fails each time is refused in the end, and the rest goes on.
            if one.attempts < LOOKS:
                await received.put_off(self._gate.outside, one, self._gate.outside.now() + 2.0**one.attempts, "fault")
                raise
            outcome = Outcome("refused", received.FAULT)
        if outcome.state == "full":
            due_at = self._gate.outside.now() + max(FULL_SECONDS, outcome.wait)
            await received.defer(self._gate.outside, one, due_at, outcome.note)
            return
        if outcome.state == "later":
            if one.attempts < LOOKS:
                due_at = self._gate.outside.now() + 0.25 * 2**one.attempts
                await received.put_off(self._gate.outside, one, due_at, outcome.note)
                return
            outcome = Outcome("refused", outcome.note)
        if outcome.state in ("admitted", "ignored"):
            became: ReceivedState = outcome.state
            plan.steps.append(lambda change: received.become(change, one, became, outcome.note))
            await plan.write()
            return
        await received.move(self._gate.outside, one, outcome.state, outcome.note)  # type: ignore[arg-type]
