"""Deliveries: one task per server, order kept within a thread, a few threads at a time, nothing lost.

A server that is down or slow holds up nobody else. What is sent is read from the outside store at the
moment of sending: a grant that ended meanwhile ends the delivery.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog

from federation.edge.retry import is_poison, is_too_old, pause_after, retry_after, verdict_on
from federation.edge.tasks import Tasks
from federation.outside import crossings, deliveries, keys, peers, recalls
from federation.outside.deliveries import Delivery
from federation.outside.peers import Form
from federation.outside.store import Outside
from federation.signatures import PrivateKey, load_private_key, sign
from federation.signatures.fields import InnerList
from federation.signatures.rfc9421 import read_accept_signature, sign_message
from federation.transport import Answer, Transport, TransportError
from federation.urls import BadUrl, parse_url
from server.database import Transaction
from server.domain.recalls import Happening

IN_FLIGHT = 8
SERVERS_AT_ONCE = 64
# What servers answer that do not read the form of signature they got.
TURNED_AWAY = (400, 401, 403)
log = structlog.get_logger("deliver")


class Signing:
    """Our actors' private keys, loaded once each, and again once they were exchanged."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._loaded: dict[str, tuple[str, PrivateKey]] = {}

    async def headers(
        self,
        method: str,
        url: str,
        body: bytes | None,
        actor_uri: str,
        form: Form = "cavage",
        wanted: InnerList | None = None,
    ) -> dict[str, str]:
        """Sign a request as one of our actors in one of the forms; `wanted` is what an Accept-Signature asks for."""
        name, now = keys.key_name(self._outside, actor_uri), datetime.now(UTC)
        if form == "ed25519" and (key := await self._key(keys.second(name))):
            return sign_message(method, url, body, keys.proof_key_id(actor_uri), key, now, wanted=wanted)
        key = await self._key(name)
        if key is None:
            raise keys.KeyMissing(f"there is no key pair called {name}")
        if form in ("rfc9421", "ed25519"):
            return sign_message(method, url, body, keys.key_id(actor_uri), key, now, wanted=wanted)
        return sign(method, url, body, keys.key_id(actor_uri), key, now)

    async def _key(self, name: str) -> PrivateKey | None:
        public_pem = await keys.public_pem(self._outside, name)
        if public_pem is None:
            return None
        if name not in self._loaded or self._loaded[name][0] != public_pem:
            pem = await keys.private_pem(self._outside, name)
            self._loaded[name] = public_pem, await asyncio.to_thread(load_private_key, pem)
        return self._loaded[name][1]


class Deliverer:
    """Sends what is due. Call `run_once` again and again; tasks for slow servers go on between calls."""

    def __init__(self, outside: Outside, transport: Transport, in_flight: int = IN_FLIGHT) -> None:
        self._outside = outside
        self._transport = transport
        self._in_flight = in_flight
        self._signing = Signing(outside)
        self._tasks = Tasks(SERVERS_AT_ONCE)

    async def run_once(self) -> int:
        """Start on every server that has something due; return on how many. Those at work already go on."""
        self._tasks.sweep()
        started = 0
        for host in await deliveries.due_hosts(self._outside, self._outside.now()):
            started += self._tasks.start(host, self._serve(host))
        return started

    async def settle(self) -> None:
        """Wait until the tasks at work are done."""
        await self._tasks.settle()

    async def close(self) -> None:
        """Stop. What was not answered yet stays queued."""
        await self._tasks.close()

    async def _serve(self, host: str) -> int:
        """Send one server's queue, lane by lane, until it is empty or the server fails."""
        sent = 0
        if await peers.shut_out(self._outside, host):
            return 0
        known = await peers.peer(self._outside, host)
        if known is not None and known.failures:
            # One knock shows whether a server that was in trouble is back.
            heads = {one.lane: one for one in reversed(await deliveries.queued_for(self._outside, host))}
            first = next((one for one in reversed(heads.values()) if self._is_due(one)), None)
            if first is None or await self._send(first) == "peer failed":
                return 0
            sent = 1
        while queue := await deliveries.queued_for(self._outside, host):
            lanes: dict[str, list[Delivery]] = {}
            for one in queue:
                lanes.setdefault(one.lane, []).append(one)
            gate = asyncio.Semaphore(self._in_flight)
            results = await asyncio.gather(*(self._send_lane(gate, lane) for lane in lanes.values()))
            sent += sum(count for count, _ in results)
            if not any(count for count, _ in results) or any(failed for _, failed in results):
                break
        return sent

    def _is_due(self, one: Delivery) -> bool:
        return one.due_at <= self._outside.now()

    async def _send_lane(self, gate: asyncio.Semaphore, lane: list[Delivery]) -> tuple[int, bool]:
        """Send in order until something has to wait; return (how many ended, whether the server failed)."""
        ended = 0
        async with gate:
            for one in lane:
                if not self._is_due(one):
                    break
                result = await self._send(one)
                if result == "peer failed":
                    return ended, True
                if result == "later":
                    break
                ended += 1
        return ended, False

    async def _send(self, one: Delivery) -> str:
        if one.audience not in (crossings.EVERYONE, _receiver(one)):
            # The queue is our own book, under no seal: whoever could write it must not choose who gets what.
            return await self._end(one, "cancelled", "It was released to another server.")
        found = await crossings.exact(self._outside, one.uri, one.version, one.audience)
        if found is None:
            return await self._end(one, "cancelled", "The grant ended before it was sent.")
        try:
            answer, form = await self._knock(one, found.document.body)
        except TransportError as error:
            return await self._peer_failed(one, f"{type(error).__name__}: {error}", 0.0)
        return await self._judge(one, answer, form)

    async def _knock(self, one: Delivery, body: bytes) -> tuple[Answer, Form]:
        """Post a document, signed as its server took it last; where that is turned away, once in the other form."""
        known = await peers.peer(self._outside, one.host)
        form: Form = (known.form if known else "") or "cavage"
        answer = await self._post(one, body, form, None)
        if answer.status not in TURNED_AWAY:
            return answer, form
        asked = answer.headers.get("Accept-Signature", "")
        wanted = read_accept_signature(asked) if asked else None
        other: Form = "rfc9421" if form == "cavage" or wanted else "cavage"
        second = await self._post(one, body, other, wanted)
        return (answer, form) if second.status in TURNED_AWAY else (second, other)

    async def _post(self, one: Delivery, body: bytes, form: Form, wanted: InnerList | None) -> Answer:
        headers = await self._signing.headers("POST", one.inbox_uri, body, one.sender_uri, form, wanted)
        return await self._transport.post(one.inbox_uri, headers, body)

    async def _judge(self, one: Delivery, answer: Answer, form: Form) -> str:
        said = f"HTTP {answer.status}"
        verdict = verdict_on(answer.status)
        if verdict == "sent":
            async with self._outside.store.transaction() as change:
                await deliveries.end(change, one, "sent", said, self._outside.now())
                await peers.succeeded(change, one.host, self._outside.now(), form)
                await self._recall(change, one, "accepted", said)
            return "sent"
        if verdict == "peer failed":
            return await self._peer_failed(one, said, retry_after(answer.headers.get("Retry-After")))
        if is_poison(one.attempts):
            return await self._end(one, "dead", said, "refused")
        async with self._outside.store.transaction() as change:
            await deliveries.postpone(change, one, self._outside.now() + 2.0 * (one.attempts + 1), said)
        return "later"

    async def _peer_failed(self, one: Delivery, said: str, wait: float) -> str:
        now = self._outside.now()
        known = await peers.peer(self._outside, one.host)
        pause = max(wait, pause_after(known.failures if known else 0))
        async with self._outside.store.transaction() as change:
            await peers.failed(change, one.host, now + pause, said, now)
            if is_too_old(one.made_at, now):
                await deliveries.end(change, one, "dead", f"Not delivered within 30 days. {said}", now)
                await self._recall(change, one, "unreachable", said)
            else:
                await deliveries.wait(change, one, said)
                await self._recall(change, one, None, said)
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
