"""Votes for what another Marmalade server holds: the first goes at once, those that follow within a while go together.

However many vote for an idea, its server gets one request in a while: an Announce by our server's actor of an
OrderedCollection with the Likes as they are (the form of FEP-1a11). What is not gathered in time, because the gate
stood still, goes one by one. Other software gets each vote by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri, kind_of, parsed
from federation.outside import crossings, deliveries
from federation.outside.crossings import Card, Crossing
from federation.outside.deliveries import Delivery
from federation.vocabulary import activities

A_WHILE = 30.0
# How long after that a vote goes by itself, and how long before nothing can be under way.
GRACE = 10.0
MARGIN = 2.0
MOST_TOGETHER = 100


def lane_of(object_uri: str) -> str:
    """Return the lane in which votes about something keep their order."""
    return f"{object_uri}#votes"


async def delay_of(gate: Gateway, host: str, lane: str) -> float:
    """Return how long a vote waits for others, in seconds, and have it gathered then."""
    if await kind_of(gate, host) != "marmalade":
        return 0.0
    now = gate.outside.now()
    until = gate.ballots.setdefault((host, lane), now + A_WHILE)
    return max(0.0, until - now) + GRACE if until - now < A_WHILE else 0.0


async def take_back(gate: Gateway, plan: Plan, like_uri: str, host: str) -> bool:
    """Have a vote that has not gone yet never go; return False where it has, or may be under way."""
    now = gate.outside.now()
    letter = await deliveries.not_yet_due(gate.outside, like_uri, host, now + MARGIN)
    if letter is None:
        return False
    plan.revoke(like_uri, host, now)
    plan.steps.append(partial(deliveries.end, delivery=letter, state="cancelled", answer="It was undone.", now=now))
    return True


class Votes:
    """Gathers votes that wait. Call `run_once` again and again; it returns how many requests it made of them."""

    def __init__(self, gate: Gateway) -> None:
        self._gate = gate

    async def run_once(self) -> int:
        now, made = self._gate.outside.now(), 0
        for host, lane in [key for key, until in self._gate.ballots.items() if until <= now]:
            async with self._gate.turn:
                made += await self._gather(host, lane, now)
        return made

    async def _gather(self, host: str, lane: str, now: float) -> int:
        """Have what waits for one server in one lane go together; where something did, votes wait for a while again."""
        gate, plan = self._gate, Plan(self._gate)
        del gate.ballots[host, lane]
        waiting = await deliveries.votes_in(gate.outside, host, lane, now + MARGIN)
        if not waiting:
            return 0
        gate.ballots[host, lane] = now + A_WHILE
        found = [(one, await crossings.exact(gate.outside, one.uri, one.version, one.audience)) for one in waiting]
        standing = [(letter, like) for letter, like in found if like is not None]
        starts = range(0, len(standing), MOST_TOGETHER) if len(standing) > 1 else ()
        several = [standing[start : start + MOST_TOGETHER] for start in starts]
        for votes in several:
            self._send(plan, votes, now)
        gone = {letter.id for votes in several for letter, _ in votes}
        alone = [letter.id for letter in waiting if letter.id not in gone]
        plan.steps.append(lambda change: deliveries.hasten(change, alone, now))
        await plan.write()
        return len(several) + len(alone)

    def _send(self, plan: Plan, votes: Sequence[tuple[Delivery, Crossing]], now: float) -> None:
        first, like = votes[0]
        server_uri = self._gate.house.addresses.server_uri
        document = activities.announce_together(
            activity_uri(self._gate, "together", *(letter.uri for letter, _ in votes)),
            server_uri,
            like.card.forum_uri,
            [parsed(one.document.body) for _, one in votes],
        )
        # It hangs on what the votes are about, as each of them does: it goes with their grant.
        card = Card(type="Announce", subject_uri=like.card.subject_uri, author_uri=server_uri, made_at=now)
        sealed = plan.freeze(document, "activity", 1, first.host, card)
        for letter, _ in votes:
            plan.steps.append(
                partial(deliveries.end, delivery=letter, state="cancelled", answer="It went with others.", now=now)
            )
        plan.send(
            sealed,
            host=first.host,
            inbox_uri=first.inbox_uri,
            sender_uri=server_uri,
            lane=first.lane,
            object_uri=document["id"],
            act="Announce",
        )
