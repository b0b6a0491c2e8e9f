"""Who signed this? Keys of other servers, kept, and fetched again once when they no longer fit."""

from __future__ import annotations

import time
from collections import OrderedDict
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aiohttp import web

from federation.edge.lines import Lines
from federation.fetch import Fetcher, FetchError, vouched_pem
from federation.outside import peers
from federation.outside.peers import Stranger
from federation.outside.senders import Senders
from federation.outside.store import Outside
from federation.signatures import (
    FoundKey,
    KeyUnavailable,
    RefusedHost,
    SignatureRefused,
    SignedRequest,
    VerifiedActivity,
    verify,
    verify_get,
)
from federation.transport import TransportError
from federation.vocabulary.actors import MalformedActor, parse_actor
from federation.vocabulary.capabilities import announced_form
from server.domain.uris import host_of

FAILED_SECONDS = 5.0
REFRESH_SECONDS = 60.0
REMEMBERED = 10_000
FETCHES_A_MINUTE = 120
KEYS_AT_ONCE, SLOW_KEYS = 16, 48


class Recent:
    """A bounded memory of when something last happened to a name."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at: OrderedDict[str, float] = OrderedDict()

    def note(self, name: str) -> None:
        self._at[name] = time.monotonic()
        self._at.move_to_end(name)
        while len(self._at) > REMEMBERED:
            self._at.popitem(last=False)

    def __contains__(self, name: str) -> bool:
        return time.monotonic() - self._at.get(name, float("-inf")) < self._seconds


class Budget:
    """How often something may be done to each of many names within a minute; a bounded memory."""

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._spent: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def spend(self, name: str) -> bool:
        """Take one; return False where none is left."""
        now = time.monotonic()
        since, spent = self._spent.pop(name, (now, 0))
        if now - since >= 60.0:
            since, spent = now, 0
        self._spent[name] = since, min(spent + 1, self._a_minute + 1)
        while len(self._spent) > REMEMBERED:
            self._spent.popitem(last=False)
        return spent < self._a_minute


class Signers:
    """Verifies requests against the keys of their senders' servers."""

    def __init__(self, outside: Outside, fetcher: Fetcher) -> None:
        self._outside = outside
        self._senders = Senders(outside)
        self._fetcher = fetcher
        self._hosts = {outside.addresses.edge_host}
        self._scheme = urlsplit(outside.addresses.edge_url).scheme
        self._failed = Recent(FAILED_SECONDS)
        self._refreshed = Recent(REFRESH_SECONDS)
        self._refused = Recent(REFRESH_SECONDS)
        self._fetching = Lines(KEYS_AT_ONCE, SLOW_KEYS)
        self._budget = Budget(FETCHES_A_MINUTE)

    async def activity(self, request: web.Request, body: bytes) -> VerifiedActivity:
        """Check a POST to an inbox; raises the refusals of `federation.signatures`."""
        signed = SignedRequest(request.method, request.raw_path, request.headers, body)
        return await verify(
            signed,
            hosts=self._hosts,
            find_key=self.find_key,
            refuse_host=self.refuse_host,
            now=datetime.now(UTC),
            scheme=self._scheme,
        )

    async def viewer(self, request: web.Request) -> str | None:
        """Return the host that signed a GET, or None when nobody did."""
        signed = SignedRequest(request.method, request.raw_path, request.headers, b"")
        actor = await verify_get(
            signed,
            hosts=self._hosts,
            find_key=self.find_key,
            refuse_host=self.refuse_host,
            now=datetime.now(UTC),
            scheme=self._scheme,
        )
        return host_of(actor) if actor else None

    async def refuse_host(self, host: str) -> None:
        """Turn away a suspended server before anything is fetched from it, and whoever claims to be us."""
        if host == self._outside.addresses.edge_host:
            raise RefusedHost(f"{host} is ourselves")
        if state := await self._senders.shut_out(host):
            raise RefusedHost(f"{host} is {state}")

    async def find_key(self, key_id: str, fresh: bool) -> FoundKey:
        """Return a key from memory, or, where it is unknown or no longer fits, from its owner's server.

        However many requests name however many keys, their server is asked for one key once a minute, and for
        all of them no more than FETCHES_A_MINUTE times.
        """
        known = await self._remembered(key_id)
        if known is not None and (not fresh or key_id in self._refreshed):
            return known
        host = host_of(key_id)
        if host in self._failed:
            raise KeyUnavailable(f"{host} could not be reached a moment ago")
        if key_id in self._refused:
            raise SignatureRefused(f"nobody vouched for {key_id} a moment ago")
        if not self._budget.spend(host):
            raise KeyUnavailable(f"{host} was asked for {FETCHES_A_MINUTE} keys within a minute")
        async with self._fetching.line(host):
            try:
                found = await self._fetcher.key(key_id)
            except KeyUnavailable:
                self._failed.note(host)
                raise
            except SignatureRefused:
                self._refused.note(key_id)
                raise
            if fresh:
                # Only what was asked for again has to wait: a key may be exchanged just after it was first seen.
                self._refreshed.note(key_id)
            await self._keep_owner(found)
        return found

    async def knows(self, actor_uri: str) -> bool:
        """Say whether we ever had an actor's document."""
        return await peers.stranger(self._outside, actor_uri) is not None

    async def _remembered(self, key_id: str) -> FoundKey | None:
        """Return a key as we had it last: the one an actor signs with, or another that its document lists."""
        known = await self._senders.key_at_hand(key_id)
        if known is not None:
            return FoundKey(key_id, *known)
        owner = await peers.stranger(self._outside, key_id.partition("#")[0])
        pem = vouched_pem(owner.document, key_id) if owner is not None else None
        return FoundKey(key_id, owner.uri, pem) if owner is not None and pem is not None else None

    async def _keep_owner(self, found: FoundKey) -> None:
        try:
            document = await self._fetcher.document(found.owner_uri)
        except (FetchError, TransportError) as error:
            raise KeyUnavailable(f"the owner of {found.key_id} could not be fetched: {error}") from error
        try:
            actor = parse_actor(document, found.owner_uri)
            key_id, pem = actor.key_id or found.key_id, actor.public_key_pem or found.pem
        except MalformedActor:
            key_id, pem = found.key_id, found.pem
        await peers.keep_stranger(
            self._outside,
            Stranger(found.owner_uri, host_of(found.owner_uri), key_id, pem, document, self._outside.now()),
        )
        if form := announced_form(document):
            await peers.announced(self._outside, host_of(found.owner_uri), form)


SIGNERS = web.AppKey("SIGNERS", Signers)
