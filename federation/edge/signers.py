"""Who signed this? Keys of other servers, kept, and fetched again once when they no longer fit."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from datetime import UTC, datetime

from aiohttp import web

from federation.fetch import Fetcher, FetchError
from federation.outside import peers
from federation.outside.peers import Stranger
from federation.outside.store import Outside
from federation.signatures import (
    FoundKey,
    KeyUnavailable,
    RefusedHost,
    SignedRequest,
    VerifiedActivity,
    verify,
    verify_get,
)
from federation.transport import TransportError
from server.domain.uris import host_of

FAILED_SECONDS = 5.0
REFRESH_SECONDS = 60.0
REMEMBERED = 10_000


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


class Signers:
    """Verifies requests against the keys of their senders' servers."""

    def __init__(self, outside: Outside, fetcher: Fetcher) -> None:
        self._outside = outside
        self._fetcher = fetcher
        self._hosts = {outside.addresses.edge_host}
        self._failed = Recent(FAILED_SECONDS)
        self._refreshed = Recent(REFRESH_SECONDS)
        self._fetching = asyncio.Semaphore(16)

    async def activity(self, request: web.Request, body: bytes) -> VerifiedActivity:
        """Check a POST to an inbox; raises the refusals of `federation.signatures`."""
        signed = SignedRequest(request.method, request.raw_path, request.headers, body)
        return await verify(
            signed, hosts=self._hosts, find_key=self.find_key, refuse_host=self.refuse_host, now=datetime.now(UTC)
        )

    async def viewer(self, request: web.Request) -> str | None:
        """Return the host that signed a GET, or None when nobody did."""
        signed = SignedRequest(request.method, request.raw_path, request.headers, b"")
        actor = await verify_get(
            signed, hosts=self._hosts, find_key=self.find_key, refuse_host=self.refuse_host, now=datetime.now(UTC)
        )
        return host_of(actor) if actor else None

    async def refuse_host(self, host: str) -> None:
        """Turn away a suspended server before anything is fetched from it, and whoever claims to be us."""
        known = await peers.peer(self._outside, host)
        if host == self._outside.addresses.edge_host or (known and known.state != "active"):
            raise RefusedHost(f"{host} is {known.state if known else 'ourselves'}")

    async def find_key(self, key_id: str, fresh: bool) -> FoundKey:
        """Return a key from memory, or, where it is unknown or no longer fits, from its owner's server."""
        known = await peers.stranger_by_key(self._outside, key_id)
        if known is not None and (not fresh or key_id in self._refreshed):
            return FoundKey(key_id, known.uri, known.key_pem)
        host = host_of(key_id)
        if host in self._failed:
            raise KeyUnavailable(f"{host} could not be reached a moment ago")
        async with self._fetching:
            try:
                found = await self._fetcher.key(key_id)
            except KeyUnavailable:
                self._failed.note(host)
                raise
            self._refreshed.note(key_id)
            await self._keep_owner(found)
        return found

    async def _keep_owner(self, found: FoundKey) -> None:
        try:
            document = await self._fetcher.document(found.owner_uri)
        except (FetchError, TransportError) as error:
            raise KeyUnavailable(f"the owner of {found.key_id} could not be fetched: {error}") from error
        await peers.keep_stranger(
            self._outside,
            Stranger(found.owner_uri, host_of(found.owner_uri), found.key_id, found.pem, document, self._outside.now()),
        )


SIGNERS = web.AppKey("SIGNERS", Signers)
