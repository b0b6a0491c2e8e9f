"""Who asks: somebody without a name, a stranger, a partner, and somebody who was one."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from federation.signatures import PrivateKey, load_private_key, sign
from federation.signatures.keys import generate_ed25519_pem
from federation.transport import Answer, Transport
from federation.vocabulary.activities import follow
from server.domain.self_test import HOSTS, Identity

ACTIVITY_JSON = "application/activity+json"
SIGNED: tuple[Identity, ...] = ("stranger", "partner", "ex-partner")


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks the edge as one identity. `accept` is what it says it wants; `key` is None for somebody without a name."""

    identity: Identity
    accept: str
    transport: Transport
    edge_url: str
    key: PrivateKey | None = None

    @property
    def actor_uri(self) -> str:
        # Who has no name and knocks all the same pretends to be a stranger, and cannot sign for it.
        return f"https://{HOSTS.get(self.identity, HOSTS['stranger'])}/actor"

    async def get(self, path: str) -> Answer:
        """Ask for an address; raises TransportError."""
        url = f"{self.edge_url}{path}"
        headers = {"Accept": self.accept}
        if self.key is not None:
            key_id = f"{self.actor_uri}#main-key"
            headers = sign("GET", url, None, key_id, self.key, datetime.now(UTC), accept=self.accept)
        return await self.transport.get(url, headers)

    async def follow(self, path: str, forum_uri: str) -> Answer:
        """Knock at an inbox with a Follow of something that is not for everybody; raises TransportError."""
        url = f"{self.edge_url}{path}"
        activity_uri = f"{self.actor_uri.removesuffix('/actor')}/activities/{secrets.token_hex(12)}"
        body = orjson.dumps(follow(activity_uri, self.actor_uri, forum_uri))
        headers = {"Content-Type": ACTIVITY_JSON}
        if self.key is not None:
            headers = sign("POST", url, body, f"{self.actor_uri}#main-key", self.key, datetime.now(UTC))
        return await self.transport.post(url, headers, body)


def make_keys() -> tuple[dict[Identity, PrivateKey], dict[str, str]]:
    """Make a key pair for each identity that signs: (private keys, public keys as PEM). They are used once."""
    private: dict[Identity, PrivateKey] = {}
    public: dict[str, str] = {}
    for identity in SIGNED:
        private_pem, public[identity] = generate_ed25519_pem()
        private[identity] = load_private_key(private_pem)
    return private, public


def askers(keys: Mapping[Identity, PrivateKey], transport: Transport, edge_url: str) -> Iterator[Asker]:
    """Yield everybody who asks, in each way of asking."""
    for accept in (ACTIVITY_JSON, "text/html"):
        yield Asker("anonymous", accept, transport, edge_url)
    for identity in SIGNED:
        yield Asker(identity, ACTIVITY_JSON, transport, edge_url, keys[identity])
