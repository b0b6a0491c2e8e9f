"""Deliveries: one task per server, order kept within a thread, a few threads at a time, nothing lost.

A server that is down or slow holds up nobody else: requests are bounded, those that wait long are set aside, and a
server that was in trouble, or was not heard of lately, gets one knock before it gets more. What is sent is read from
the outside store at the moment of sending: a grant that ended meanwhile ends the delivery.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass

from federation.edge.habits import Habits, habits_of
from federation.edge.lines import Lines
from federation.edge.retry import GIVE_UP_AFTER, is_poison, pause_after, pause_for, retry_after, verdict_on
from federation.edge.signing import Signing
from federation.edge.tasks import Tasks
from federation.outside import crossings, deliveries, peers, readings, recalls
from federation.outside.deliveries import Delivery
from federation.outside.peers import Form
from federation.outside.store import Outside
from federation.outside.together import Together
from federation.signatures.fields import InnerList
from federation.signatures.rfc9421 import read_accept_signature
from federation.transport import Answer, Transport, TransportError
from federation.urls import BadUrl, parse_url
from server.database import Transaction
from server.domain.recalls import Happening

IN_FLIGHT = 8
# Servers at work that answer, and knocks at servers in trouble, at a time.
SERVERS_AT_ONCE = 256
KNOCKS_AT_ONCE = 64
# Who took something this many seconds ago is up.
FRESH_SECONDS = 60.0
# After so many failures in a row, which takes some seconds, a server was away.
AWAY = 4
# How many letters of a server are sent before it is written down what became of them.
ROUND = 32
SIGNED_AT_ONCE = 8
# What servers answer that do not read the form of signature they got.
TURNED_AWAY = (400, 401, 403)
# So often pairs are dropped that stood for their news alone.
SWEEP_SECONDS = 3600.0
# After these, nothing more is sent to a server for now.
STOPS = ("peer failed", "shut out")


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter that its server took, what it answered and when (unix seconds), and how the request was signed."""

    letter: Delivery
    answer: str
    at: float
    form: Form


class Deliverer:
    """Sends what is due. Call `run_once` again and again; tasks for slow servers go on between calls."""

    def __init__(
        self, outside: Outside, transport: Transport, in_flight: int = IN_FLIGHT, lines: Lines | None = None
    ) -> None:
        self._outside = outside
        self._transport = transport
        self._in_flight = in_flight
        self._lines = lines or Lines()
        self._signing = Signing(outside)
        self._book = Together(outside.store, self._write_rounds)
        self._turn = asyncio.Semaphore(SIGNED_AT_ONCE)
        self._tasks = Tasks()
        self._knocking: set[str] = set()
        self._swept_at = 0.0

    async def run_once(self) -> int:
        """Start on every server that has something due; return on how many. Those at work already go on."""
        self._tasks.sweep()
        if self._outside.now() - self._swept_at > SWEEP_SECONDS:
            self._swept_at = self._outside.now()
            await self._signing.forget_former()
        started = 0
        if not (self._has_room(in_trouble=False) or self._has_room(in_trouble=True)):
            return 0
        for host, failures in await deliveries.due_hosts(self._outside, self._outside.now(), self._tasks.names()):
            if not self._has_room(in_trouble=failures > 0):
                continue
            if failures:
                self._knocking.add(host)
            self._tasks.start(host, self._serve(host))
            started += 1
        return started

    def _has_room(self, *, in_trouble: bool) -> bool:
        """Servers in trouble, or slow, take no place from the others."""
        if in_trouble:
            return len(self._knocking) < KNOCKS_AT_ONCE
        return len(self._tasks.names() - self._knocking - self._lines.slow_hosts) < SERVERS_AT_ONCE

    async def settle(self) -> None:
        """Wait until the tasks at work are done."""
        await self._tasks.settle()

    async def close(self) -> None:
        """Stop. What was not answered yet stays queued."""
        await self._tasks.close()

    async def _serve(self, host: str) -> None:
        """Send one server's queue, lane by lane, until nothing of it is due or the server fails."""
        try:
            is_up = await self._is_up(host)
        finally:
            self._knocking.discard(host)
        while is_up and (queue := await deliveries.due_for(self._outside, host, self._outside.now(), ROUND)):
            self._signing.look_again()
            lanes: dict[str, list[Delivery]] = {}
            for one in queue:
                lanes.setdefault(one.lane, []).append(one)
            taken: list[Taken] = []
            try:
                is_up = await self._send_lanes(list(lanes.values()), taken)
            finally:
                await self._write_down(taken)

    async def _is_up(self, host: str) -> bool:
        """Say whether a server takes deliveries: it did a moment ago, or it takes the first that is due."""
        known = await peers.peer(self._outside, host)
        if known and not known.failures and self._outside.now() - (known.success_at or 0.0) < FRESH_SECONDS:
            return True
        self._signing.look_again()
        taken: list[Taken] = []
        first = await deliveries.due_for(self._outside, host, self._outside.now(), limit=1)
        is_up = bool(first) and await self._send(first[0], taken) not in STOPS
        await self._write_down(taken)
        if is_up and known is not None and known.failures >= AWAY:
            # It was away, or we were for it: what never came is read where it is kept.
            async with self._outside.store.transaction() as change:
                await readings.again(change, host, self._outside.now())
        return is_up

    async def _send_lanes(self, lanes: Sequence[Sequence[Delivery]], taken: list[Taken]) -> bool:
        """Send lanes side by side; return False once the server fails, and begin nothing more then."""
        waiting, stopped = iter(lanes), asyncio.Event()

        async def send_lane(lane: Sequence[Delivery]) -> None:
            for one in lane:
                if stopped.is_set() or one.due_at > self._outside.now():
                    return
                result = await self._send(one, taken)
                if result in STOPS:
                    stopped.set()
                if result == "later":
                    return

        async def work() -> None:
            for lane in waiting:
                await send_lane(lane)

        # As many tasks as there are requests at a time, not as lanes: hundreds of servers have theirs side by side.
        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._in_flight, len(lanes))):
                group.create_task(work())
        return not stopped.is_set()

    async def _send(self, one: Delivery, taken: list[Taken]) -> str:
        known, shut_out = await peers.standing(self._outside, one.host)
        if shut_out:
            return "shut out"
        if one.audience not in (crossings.EVERYONE, _receiver(one)):
            # The queue is our own book, under no seal: whoever could write it must not choose who gets what.
            return await self._end(one, "cancelled", "It was released to another server.")
        form: Form = (known.form if known else "") or "cavage"
        habits = habits_of(known)
        if (due_at := await self._hears_first(one, form, habits)) > self._outside.now():
            async with self._outside.store.transaction() as change:
                await deliveries.put_off(change, one, due_at)
            return "later"
        try:
            async with self._line(one.host):
                # Read no sooner than it can be sent: those who wait for a line are many.
                found = await crossings.exact(self._outside, one.uri, one.version, one.audience)
                if found is None:
                    return await self._end(one, "cancelled", "The grant ended before it was sent.")
                answer, form = await self._knock(one, habits.fit(found.document.body), form, habits)
        except TransportError as error:
            return await self._peer_failed(one, f"{type(error).__name__}: {error}", 0.0)
        if verdict_on(answer.status) == "sent":
            taken.append(Taken(one, f"HTTP {answer.status}", self._outside.now(), form))
            return "sent"
        return await self._judge(one, answer, habits)

    def _line(self, host: str) -> AbstractAsyncContextManager[None]:
        """Knocks at servers in trouble are few, one a server, and need no line."""
        return nullcontext() if host in self._knocking else self._lines.line(host)

    async def _knock(self, one: Delivery, body: bytes, form: Form, habits: Habits) -> tuple[Answer, Form]:
        """Post a document, signed as its server took it last; where that is turned away, once in the other form.

        The news of an actor's new key is signed with the one before first: who keeps an actor believes nothing else.
        """
        tells = form != "ed25519" and one.is_about_sender and not (habits.one_knock and one.attempts)
        if tells and await self._signing.is_turning(one.sender_uri):
            answer = await self._post(one, body, form, None, former=True)
            if answer.status not in TURNED_AWAY or habits.one_knock:
                return answer, form
        answer = await self._post(one, body, form, None)
        if answer.status not in TURNED_AWAY or habits.one_knock:
            return answer, form
        asked = answer.headers.get("Accept-Signature", "")
        wanted = read_accept_signature(asked) if asked else None
        other: Form = "rfc9421" if form == "cavage" or wanted else "cavage"
        second = await self._post(one, body, other, wanted)
        return (answer, form) if second.status in TURNED_AWAY else (second, other)

    async def _hears_first(self, one: Delivery, form: Form, habits: Habits) -> float:
        """Return until when something waits because its server hears of its sender's new key first, 0 for no time.

        Servers that read Ed25519 are ours, and look a key up once it no longer fits.
        """
        if form == "ed25519" or one.is_about_sender or not await self._signing.is_turning(one.sender_uri):
            return 0.0
        state, ended_at = await deliveries.news_of(self._outside, one.host, one.sender_uri)
        if state == "queued":
            return self._outside.now() + 1.0
        # Some take it in later than they answer.
        return ended_at + habits.settle if state == "sent" else 0.0

    async def _post(
        self, one: Delivery, body: bytes, form: Form, wanted: InnerList | None, *, former: bool = False
    ) -> Answer:
        async with self._turn:
            headers = await self._signing.headers(
                "POST", one.inbox_uri, body, one.sender_uri, form, wanted, former=former
            )
            # Hundreds of signatures in a row would keep everything else in this process waiting.
            await asyncio.sleep(0)
        return await self._transport.post(one.inbox_uri, headers, body)

    async def _write_down(self, taken: Sequence[Taken]) -> None:
        """Keep what a server took, a round of it at once. Dying before sends it once more, under the same id."""
        if taken:
            await self._book.add(taken)

    async def _write_rounds(self, change: Transaction, rounds: Sequence[Sequence[Taken]]) -> None:
        """Keep what several servers took."""
        await deliveries.end_sent(change, [(one.letter, one.answer, one.at) for taken in rounds for one in taken])
        for taken in rounds:
            await peers.succeeded(change, taken[-1].letter.host, taken[-1].at, taken[-1].form)
            for one in taken:
                await self._recall(change, one.letter, "accepted", one.answer)

    async def _judge(self, one: Delivery, answer: Answer, habits: Habits) -> str:
        """Deal with an answer that did not take a document."""
        said = f"HTTP {answer.status}"
        if verdict_on(answer.status) == "peer failed":
            asked = retry_after(answer.headers.get("Retry-After"), self._outside.now())
            return await self._peer_failed(one, said, asked)
        status = 401 if answer.status in habits.key_unknown else answer.status
        if is_poison(one.attempts, status):
            return await self._end(one, "dead", said, "refused")
        pause = max(habits.refused_wait, pause_for(one.attempts, status))
        async with self._outside.store.transaction() as change:
            await deliveries.postpone(change, one, self._outside.now() + pause, said)
        return "later"

    async def _peer_failed(self, one: Delivery, said: str, wait: float) -> str:
        now = self._outside.now()
        known = await peers.peer(self._outside, one.host)
        pause = max(wait, pause_after(known.failures if known else 0))
        async with self._outside.store.transaction() as change:
            await peers.failed(change, one.host, now + pause, said, now)
            await deliveries.wait(change, one, said)
            await self._recall(change, one, None, said)
            for lost in await deliveries.give_up(change, one.host, now - GIVE_UP_AFTER, said, now):
                await self._recall(change, lost, "unreachable", said)
        return "peer failed"

    async def _end(
        self, one: Delivery, state: deliveries.DeliveryState, said: str, happening: Happening | None = None
    ) -> str:
        async with self._outside.store.transaction() as change:
            await deliveries.end(change, one, state, said, self._outside.now())
            await self._recall(change, one, happening, said)
        return state

    async def _recall(self, change: Transaction, one: Delivery, happening: Happening | None, said: str) -> None:
        """Write down how far a Delete has come at a holder."""
        if one.act != "Delete":
            return
        if happening is None:
            await recalls.said(change, one.object_uri, one.host, said)
        else:
            await recalls.happened(change, one.object_uri, one.host, happening, self._outside.now(), said)


def _receiver(one: Delivery) -> str:
    """Return the server that a delivery's inbox is on, "" for an address that is none."""
    try:
        return parse_url(one.inbox_uri).authority
    except BadUrl:
        return ""
