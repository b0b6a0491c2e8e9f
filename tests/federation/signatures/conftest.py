"""A peer that signs as it is told, by its own arithmetic, so that tests can make every wrong request too."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from multidict import CIMultiDict

from federation.signatures import (
    FoundKey,
    KeyUnavailable,
    RefusedHost,
    SignedRequest,
    generate_rsa_pem,
    verify,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ACTOR = "https://globex.example/people/ann"
KEY_ID = f"{ACTOR}#main-key"
PLAIN = ("(request-target)", "host", "date", "digest")


@dataclass
class Peer:
    """One stranger with a key pair. ``request`` signs; every part of it can be told to be wrong."""

    private_pem: str
    public_pem: str
    actor: str = ACTOR
    key_id: str = KEY_ID

    def activity(self, **changes: Any) -> dict[str, Any]:
        activity = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": "https://globex.example/activities/1",
            "type": "Follow",
            "actor": self.actor,
            "object": "https://acme.example/forums/lifts",
        }
        return activity | changes

    def sign(self, message: str) -> str:
        key = serialization.load_pem_private_key(self.private_pem.encode(), None, unsafe_skip_rsa_key_validation=True)
        assert isinstance(key, rsa.RSAPrivateKey)
        return base64.b64encode(key.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()

    def request(
        self,
        activity: object = None,
        *,
        body: bytes | None = None,
        method: str = "POST",
        path: str = "/inbox",
        signed_path: str | None = None,
        names: tuple[str, ...] = PLAIN,
        algorithm: str | None = "rsa-sha256",
        at: datetime = NOW,
        host: str = "acme.example",
        extra: dict[str, str] | None = None,
        parameters: dict[str, str] | None = None,
    ) -> SignedRequest:
        if body is None:
            body = b"" if method == "GET" else json.dumps(activity or self.activity()).encode()
        headers = CIMultiDict({"Host": host, "Date": format_datetime(at, usegmt=True)})
        if method == "POST":
            headers["Digest"] = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        headers.update(extra or {})
        numbers = parameters or {}
        values = {"(request-target)": f"{method.lower()} {signed_path or path}"}
        values |= {f"({name})": value for name, value in numbers.items()}
        message = "\n".join(f"{name}: {values.get(name) or headers[name]}" for name in names)
        stated = {"keyId": self.key_id, "algorithm": algorithm, "headers": " ".join(names)}
        parts = [f'{name}="{value}"' for name, value in stated.items() if value is not None]
        parts += [f"{name}={value}" for name, value in numbers.items()]
        headers["Signature"] = ",".join([*parts, f'signature="{self.sign(message)}"'])
        return SignedRequest(method, path, headers, body)


@dataclass
class Inbox:
    """Our side: the keys we remember, the keys their servers serve now, and a record of what was asked."""

    remembered: dict[str, FoundKey] = field(default_factory=dict)
    served: dict[str, FoundKey] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    asked: list[tuple[str, bool]] = field(default_factory=list)

    def know(self, peer: Peer) -> None:
        self.remembered[peer.key_id] = FoundKey(peer.key_id, peer.actor, peer.public_pem)
        self.served[peer.key_id] = self.remembered[peer.key_id]

    async def find_key(self, key_id: str, fresh: bool) -> FoundKey:
        self.asked.append((key_id, fresh))
        found = (self.served if fresh else self.remembered | self.served).get(key_id)
        if not fresh and key_id in self.remembered:
            found = self.remembered[key_id]
        if found is None:
            raise KeyUnavailable(f"nobody serves {key_id}")
        return found

    async def refuse_host(self, host: str) -> None:
        if host in self.refused:
            raise RefusedHost(f"{host} is suspended")

    async def receive(self, request: SignedRequest, now: datetime = NOW) -> Any:
        return await verify(
            request, hosts={"acme.example"}, find_key=self.find_key, refuse_host=self.refuse_host, now=now
        )


@pytest.fixture(scope="session")
def pem_pairs() -> list[tuple[str, str]]:
    return [generate_rsa_pem(), generate_rsa_pem()]


@pytest.fixture
def peer(pem_pairs: list[tuple[str, str]]) -> Peer:
    return Peer(*pem_pairs[0])


@pytest.fixture
def mallory(pem_pairs: list[tuple[str, str]]) -> Peer:
    actor = "https://evil.example/people/mallory"
    return Peer(*pem_pairs[1], actor=actor, key_id=f"{actor}#main-key")


@pytest.fixture
def inbox(peer: Peer, mallory: Peer) -> Inbox:
    """An inbox that knows both peers' keys."""
    inbox = Inbox()
    inbox.know(peer)
    inbox.know(mallory)
    return inbox


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def replace_header() -> Callable[[SignedRequest, str, str], SignedRequest]:
    def replace(request: SignedRequest, name: str, value: str) -> SignedRequest:
        headers = CIMultiDict(request.headers.items())
        headers[name] = value
        return SignedRequest(request.method, request.raw_path, headers, request.body)

    return replace
