"""What every activity kind is given, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from federation.gate.holding import ask_to_let_in
from federation.gate.plan import Gateway, Plan
from federation.outside import buckets, peers, received
from federation.outside.received import Received
from federation.signatures.proofs import proves
from federation.vocabulary.activities import Activity
from federation.vocabulary.actors import MalformedActor, RemoteActor, parse_actor
from server.domain.actors import Member
from server.domain.crossings import Verdict
from server.domain.jams import Forum
from server.domain.uris import origin_of
from server.services import people, readership
from server.services.incoming import Incoming, bars_incoming, judge_follow, judge_incoming, record_incoming


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
    # What is said anew is kept under another name.
    return undone is not None and arrival.received.activity_uri != received.said_anew(arrival.activity.uri, undone)


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
        actor = await self._actor(actor_uri)
        if actor is None:
            return None
        return await people.meet(self.gate.house, actor.uri, actor.username, actor.host, actor.name, actor.url)

    async def visitor(self, actor_uri: str = "") -> Member | None:
        """Return the activity's own actor, or another, as somebody who is not written down and said nothing here."""
        actor = await self._actor(actor_uri or self.activity.actor_uri)
        if actor is None:
            return None
        return people.stranger(self.gate.house, actor.uri, actor.username, actor.host, actor.name, actor.url)

    async def _actor(self, actor_uri: str) -> RemoteActor | None:
        known = await peers.stranger(self.gate.outside, actor_uri)
        if known is None:
            return None
        try:
            return parse_actor(known.document, actor_uri)
        except MalformedActor:
            return None

    async def object(self) -> dict[str, Any] | None:
        """Return the object on its own server's word: as sent where that server sent it, else as fetched from it."""
        sent = self.activity.object
        vouching = self.relay.uri if self.relay else self.activity.actor_uri
        if sent is not None and origin_of(self.activity.object_uri) == origin_of(vouching):
            return sent
        if sent is not None and self.activity.kind == "Create" and await self.is_proven():
            return sent
        found = await peers.fetched(self.gate.outside, self.activity.object_uri)
        return found.document if found else None

    async def is_proven(self) -> bool:
        """Say whether its actor signed for it, to this forum, within the day before it came (FEP-8b32)."""
        if self.relay is None or self.relay.uri not in self.activity.addressed():
            return False
        known = await peers.stranger(self.gate.outside, self.activity.actor_uri)
        came_at = datetime.fromtimestamp(self.received.received_at, UTC)
        return known is not None and proves(self.activity.raw, known.document, came_at)

    async def judge(self, wish: Incoming) -> Outcome | None:
        """Ask the rules; return None where it may come in, else what becomes of it. A released hold lets it in.

        Who is passed on by another server is still judged by the standing of their own.
        """
        if wish.author.host != self.peer:
            standing = await readership.reader_at(self.gate.house, wish.author.host)
            if why := bars_incoming(standing, wish.forum, self.gate.house.now()):
                return Outcome("refused", f"Of its author's server: {why}")
        verdict = await judge_incoming(self.gate.house, wish)
        preview = "\n\n".join(filter(None, (wish.title, wish.text)))
        return await self._settle(verdict, wish.act, wish.author, wish.forum, preview)

    async def judge_follow(self, author: Member, forum: Forum) -> Outcome | None:
        """Ask whether its server may follow a forum that it may see."""
        verdict = await judge_follow(self.gate.house, author, self.peer, forum)
        return await self._settle(verdict, "Follow", author, forum, f"{author.handle} wants to follow “{forum.title}”.")

    async def _settle(self, verdict: Verdict, act: str, author: Member, forum: Forum, preview: str) -> Outcome | None:
        """Keep a verdict; return None where it lets in, or a reviewer did, else what becomes of the activity."""
        await record_incoming(self.gate.house, self.received.activity_uri, act, verdict)
        if verdict.crosses:
            return await self._within(verdict, author, forum)
        if verdict.verdict != "held":
            return Outcome("refused", verdict.reason)
        answer = await ask_to_let_in(
            self.gate, self.received.activity_uri, self.peer, forum.id, author.handle, preview, verdict
        )  # fmt: skip
        return None if answer is None else Outcome(*answer)

    async def _within(self, verdict: Verdict, author: Member, forum: Forum) -> Outcome | None:
        """Return None where this is within all rates; what it takes of them is written on admission."""
        outside, now = self.gate.outside, self.gate.outside.now()
        whose = {"peer": self.peer, "actor": author.uri, "jam": forum.jam_id}
        waits: dict[float, int] = {}
        for per, per_hour in verdict.rates:
            waits[(await buckets.bucket(outside, f"{per} {whose[per]}", per_hour)).wait] = per_hour
        wait = max(waits, default=0.0)
        if wait:
            return Outcome("full", f"More than {waits[wait]} within an hour; it waits.", wait)
        for per, per_hour in verdict.rates:
            self.plan.steps.append(partial(buckets.spend, whose=f"{per} {whose[per]}", per_hour=per_hour, now=now))
        return None
