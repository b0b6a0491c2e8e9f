"""What every activity kind is given, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from federation.gate.holding import ask_to_let_in
from federation.gate.plan import Gateway, Plan
from federation.outside import buckets, peers, received
from federation.outside.received import Received
from federation.vocabulary.activities import Activity
from federation.vocabulary.actors import MalformedActor, parse_actor
from server.domain.actors import Member
from server.domain.jams import Forum
from server.domain.uris import origin_of
from server.services import crossings as judged
from server.services import people


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an activity: admitted, refused, held, ignored, later (look again soon), or full.

    Full means that more came than the rules let in within an hour: the activity keeps its place and waits for
    `wait` seconds.
    """

    state: Literal["admitted", "refused", "held", "ignored", "later", "full"]
    note: str = ""
    wait: float = 0.0


ADMITTED = Outcome("admitted")


async def undone_before(arrival: Arrival) -> bool:
    """Say whether the one who does this undid it before it came."""
    undone = await received.newest_about(
        arrival.gate.outside, "Undo", arrival.peer, arrival.activity.uri, actor_uri=arrival.activity.actor_uri
    )
    return undone is not None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A verified activity at the gate. `relay` is the forum whose own server announced it, else None."""

    gate: Gateway
    received: Received
    activity: Activity
    relay: Forum | None = None
    plan: Plan = field(kw_only=True)

    @property
    def peer(self) -> str:
        """The server that vouches for it: its own, or the forum's where it was announced."""
        return self.received.host

    async def author(self, actor_uri: str) -> Member | None:
        """Return the member behind a remote actor, made on first sight; None while its document is unknown."""
        known = await peers.stranger(self.gate.outside, actor_uri)
        if known is None:
            return None
        try:
            actor = parse_actor(known.document, actor_uri)
        except MalformedActor:
            return None
        return await people.meet(self.gate.house, actor.uri, actor.username, actor.host, actor.name, actor.url)

    async def object(self) -> dict[str, Any] | None:
        """Return the object on its own server's word: as sent where that server sent it, else as fetched from it."""
        sent = self.activity.object
        vouching = self.relay.uri if self.relay else self.activity.actor_uri
        if sent is not None and origin_of(self.activity.object_uri) == origin_of(vouching):
            return sent
        found = await peers.fetched(self.gate.outside, self.activity.object_uri)
        return found.document if found else None

    async def judge(self, author: Member, forum: Forum, act: str, text: str) -> Outcome | None:
        """Ask the rules; return None where it may come in, else what becomes of it. A released hold lets it in.

        Who is passed on by another server is still judged by the standing of their own.
        """
        if author.host != self.peer:
            standing = await judged.reader_at(self.gate.house, author.host)
            if why := judged.bars_incoming(standing, forum, self.gate.house.now()):
                return Outcome("refused", f"Of its author's server: {why}")
        verdict = await judged.judge_incoming(self.gate.house, author, self.peer, forum, act, text)
        await judged.record_incoming(self.gate.house, self.received.activity_uri, act, verdict)
        if verdict.crosses:
            return await self._within(verdict.per_hour)
        if verdict.verdict != "held":
            return Outcome("refused", verdict.reason)
        answer = await ask_to_let_in(
            self.gate, self.received.activity_uri, self.peer, forum.id, author.handle, text, verdict
        )  # fmt: skip
        return None if answer is None else Outcome(*answer)

    async def _within(self, per_hour: int | None) -> Outcome | None:
        """Return None while the server that sent this is within its rate; what it takes is written on admission."""
        if per_hour is None:
            return None
        outside, whose = self.gate.outside, f"peer {self.received.host}"
        found = await buckets.bucket(outside, whose, per_hour)
        if found.wait:
            return Outcome("full", f"More than {per_hour} within an hour; it waits.", found.wait)
        self.plan.steps.append(lambda change: buckets.spend(change, whose, per_hour, outside.now()))
        return None
