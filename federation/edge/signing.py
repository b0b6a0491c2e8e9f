"""Our actors' keys at hand, and requests signed with them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from federation.outside import keys
from federation.outside.peers import Form
from federation.outside.store import Outside
from federation.signatures import PrivateKey, load_private_key, sign
from federation.signatures.fields import InnerList
from federation.signatures.rfc9421 import sign_message


class Signing:
    """Our actors' private keys, loaded once each, and again once they were exchanged."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._loaded: dict[str, tuple[keys.Listed, PrivateKey]] = {}
        self._looked_up: dict[str, tuple[keys.Listed, PrivateKey] | None] = {}
        self._former: dict[str, bool] = {}

    def look_again(self) -> None:
        """Ask the store anew which keys are ours: one may have been exchanged."""
        self._looked_up.clear()
        self._former.clear()

    async def is_turning(self, actor_uri: str) -> bool:
        """Say whether an actor's key was exchanged within a day, and the one before may tell of it."""
        name = keys.key_name(self._outside, actor_uri)
        if name not in self._former:
            self._former[name] = await keys.has_former(self._outside, name, self._outside.now())
        return self._former[name]

    async def forget_former(self) -> None:
        """Drop the pairs that were kept for a day."""
        async with self._outside.store.transaction() as change:
            await keys.drop_former(change, self._outside.now() - keys.KEPT_SECONDS)

    async def headers(
        self,
        method: str,
        url: str,
        body: bytes | None,
        actor_uri: str,
        form: Form = "cavage",
        wanted: InnerList | None = None,
        *,
        former: bool = False,
    ) -> dict[str, str]:
        """Sign a request as one of our actors in one of the forms; `wanted` is what an Accept-Signature asks for.

        `former` takes the RSA key that was exchanged: for the news of the new one alone.
        """
        name, now = keys.key_name(self._outside, actor_uri), datetime.now(UTC)
        if former:
            name, form = keys.FORMER + name, "rfc9421" if form == "ed25519" else form
        if form == "ed25519" and (found := await self._key(keys.second(name))):
            listed, key = found
            return sign_message(method, url, body, keys.proof_key_id(actor_uri, listed.turn), key, now, wanted=wanted)
        found = await self._key(name)
        if found is None:
            raise keys.KeyMissing(f"there is no key pair called {name}")
        listed, key = found
        key_id = keys.key_id(actor_uri, listed.turn)
        if form in ("rfc9421", "ed25519"):
            return sign_message(method, url, body, key_id, key, now, wanted=wanted)
        return sign(method, url, body, key_id, key, now)

    async def _key(self, name: str) -> tuple[keys.Listed, PrivateKey] | None:
        if name not in self._looked_up:
            self._looked_up[name] = await self._current(name)
        return self._looked_up[name]

    async def _current(self, name: str) -> tuple[keys.Listed, PrivateKey] | None:
        listed = await keys.listed(self._outside, name)
        if listed is None:
            return None
        if name not in self._loaded or self._loaded[name][0] != listed:
            pem = await keys.private_pem(self._outside, name)
            self._loaded[name] = listed, await asyncio.to_thread(load_private_key, pem)
        return self._loaded[name]
