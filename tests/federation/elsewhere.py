"""A server elsewhere, written for the tests alone: it shares no line with `federation`.

Plain aiohttp and `cryptography`. It signs and verifies draft-cavage-12 and RFC 9421 by its own reading, keeps what
comes to its inboxes with the verdict of its own verification, and serves whatever documents a test lays out.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
import secrets
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import base58
import rfc8785
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from yarl import URL

ACTIVITY = "application/activity+json"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = "https://www.w3.org/ns/activitystreams"


def free_socket() -> socket.socket:
    """Return a bound loopback socket whose port nobody else has."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    return bound


@dataclass
class Arrived:
    """What came to an inbox: `valid` says whether its signature, digest and date hold by our own reading."""

    path: str
    headers: dict[str, str]
    body: bytes
    signer: str
    valid: bool

    @property
    def activity(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def shape(self) -> str:
        """The activity's type, with that of what is announced: `Announce Create Article`, `Announce uri`."""
        words, subject = [self.activity["type"]], self.activity.get("object")
        while isinstance(subject, dict):
            words.append(str(subject.get("type")))
            subject = subject.get("object")
        if isinstance(subject, str) and words[-1] == "Announce":
            words.append("uri")
        return " ".join(words)


@dataclass
class Reply:
    """An answer that we got: status, headers in lower case, body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Elsewhere:
    """One server elsewhere with its people. `software` is what its NodeInfo says (None: it has none).

    One that `remembers` fetches the key of a sender once and keeps it; one that `keeps_actors` keeps whole actors and
    takes another key from a valid Update alone. `takes` names the forms of signature that it
    reads ("cavage", "rfc9421"): another is answered with `unread`, and an Accept-Signature header where it `asks`.
    `speaks` is the form that it signs with, `multikeys` whether its people list an Ed25519 key to sign with. A `strict`
    one serves documents only to requests that are signed in the first form that it takes.
    """

    key: rsa.RSAPrivateKey | Ed25519PrivateKey
    software: str | None = None
    answer: int = 202
    retry_after: str = ""
    arrived: list[Arrived] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    documents: dict[str, tuple[int, Any]] = field(default_factory=dict)
    url: str = ""
    count: int = 0
    remembers: bool = False
    keeps_actors: bool = False
    owners: dict[str, Reply] = field(default_factory=dict)
    takes: tuple[str, ...] = ("cavage",)
    unread: int = 401
    asks: str = ""
    knocks: list[str] = field(default_factory=list)
    speaks: str = "cavage"
    multikeys: bool = False
    strict: bool = False
    second: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    async def start(self) -> None:
        app = web.Application(client_max_size=4_000_000)
        app.router.add_get("/.well-known/nodeinfo", self._nodeinfo_links)
        app.router.add_get("/nodeinfo/2.1", self._nodeinfo)
        app.router.add_get("/authorize_interaction", self._compose)
        app.router.add_post("/{path:.*}", self._take)
        app.router.add_get("/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        bound = free_socket()
        self.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        await web.SockSite(self._runner, bound).start()
        self.session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        self.server = self.person("server", "Application")

    async def close(self) -> None:
        await self.session.close()
        await self._runner.cleanup()

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    # -- what we serve --

    def person(self, username: str, kind: str = "Person", /, **changes: Any) -> str:
        """Lay out an actor; return its URI."""
        uri = f"{self.url}/users/{username}"
        pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.documents[f"/users/{username}"] = (
            200,
            {
                "@context": [CONTEXT, "https://w3id.org/security/v1"],
                "type": kind,
                "id": uri,
                "preferredUsername": username,
                "name": username.title(),
                "inbox": f"{uri}/inbox",
                "outbox": f"{uri}/outbox",
                "endpoints": {"sharedInbox": f"{self.url}/inbox"},
                "publicKey": {"id": f"{uri}#main-key", "owner": uri, "publicKeyPem": pem.decode()},
                **({"assertionMethod": [self.multikey(uri)]} if self.multikeys else {}),
                **changes,
            },
        )
        return uri

    def multikey(self, uri: str) -> dict[str, str]:
        """Return the Ed25519 key of an actor as it lists it (FEP-521a)."""
        raw = self.second.public_key().public_bytes_raw()
        text = "z" + base58.b58encode(b"\xed\x01" + raw).decode()
        return {"id": f"{uri}#ed25519-key", "type": "Multikey", "controller": uri, "publicKeyMultibase": text}

    def new_uri(self, kind: str = "notes") -> str:
        # As long however many came before: of two worlds that are compared one may have had more.
        self.count += 1
        return f"{self.url}/{kind}/{self.count:05d}-{secrets.token_hex(4)}"

    def lay_out(self, document: dict[str, Any], status: int = 200) -> dict[str, Any]:
        """Serve a document at its id."""
        self.documents[urlsplit(document["id"]).path] = (status, document)
        return document

    async def _serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        form = "rfc9421" if "signature-input" in request.headers else "cavage" if "signature" in request.headers else ""
        if self.strict and form != self.takes[0]:
            return web.Response(status=self.unread)
        status, document = self.documents.get(request.path, (404, None))
        if document is None:
            return web.Response(status=status)
        return web.Response(status=status, body=json.dumps(document).encode(), content_type=ACTIVITY)

    async def _compose(self, request: web.Request) -> web.Response:
        """The composer of whoever is signed in here, with what they were sent to answer."""
        uri = html.escape(request.query.get("uri", ""))
        page = f"<!doctype html><link rel=icon href=data:,><title>Answer</title><p>{uri}</p>"
        return web.Response(text=page, content_type="text/html")

    async def _nodeinfo_links(self, request: web.Request) -> web.Response:
        if self.software is None:
            return web.Response(status=404)
        link = {"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": f"{self.url}/nodeinfo/2.1"}
        return web.json_response({"links": [link]})

    async def _nodeinfo(self, request: web.Request) -> web.Response:
        return web.json_response({"version": "2.1", "software": {"name": self.software, "version": "1.0"}})

    # -- what comes to us --

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        form = "rfc9421" if "signature-input" in headers else "cavage"
        self.knocks.append(form)
        if form not in self.takes:
            asked = {"Accept-Signature": self.asks} if self.asks else {}
            return web.Response(status=self.unread, headers=asked)
        if form == "cavage":
            signer, valid = await self._verify("post", request.raw_path, headers, body)
        else:
            signer, valid = await self._verify_message("POST", request.raw_path, headers, body)
        if self.answer < 300:
            self.arrived.append(Arrived(request.path, headers, body, signer, valid))
        return web.Response(status=self.answer, headers={"Retry-After": self.retry_after} if self.retry_after else {})

    async def _verify(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[str, bool]:
        parts = dict(re.findall(r'(\w+)="([^"]*)"', headers.get("signature", "")))
        key_id, names = parts.get("keyId", ""), parts.get("headers", "").split()
        if not {"(request-target)", "host", "date", "digest"} <= set(names):
            return key_id, False
        lines = [
            f"(request-target): {method} {path}" if name == "(request-target)" else f"{name}: {headers[name]}"
            for name in names
        ]
        digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        age = abs(datetime.now(UTC) - parsedate_to_datetime(headers["date"]))
        kept = key_id.partition("#")[0] if self.keeps_actors else key_id
        owner = self.owners.get(kept) or await self.get(key_id.partition("#")[0], by=self.server)
        if (self.remembers or self.keeps_actors) and owner.status == 200:
            self.owners[kept] = owner
        if owner.status != 200 or headers["digest"] != digest or age > timedelta(minutes=5):
            return key_id, False
        listed = owner.json["publicKey"]
        if (listed["id"] != key_id and not self.keeps_actors) or listed["owner"] != owner.json["id"]:
            return key_id, False
        public = serialization.load_pem_public_key(listed["publicKeyPem"].encode())
        assert isinstance(public, rsa.RSAPublicKey)
        try:
            public.verify(
                base64.b64decode(parts["signature"]), "\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            return key_id, False
        said = json.loads(body)
        if self.keeps_actors and said["type"] == "Update" and said["object"]["id"] == owner.json["id"]:
            self.owners[kept] = Reply(200, {}, json.dumps(said["object"]).encode())
        return owner.json["id"], owner.json["id"] == said["actor"]

    async def _verify_message(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[str, bool]:
        found = re.fullmatch(r"sig1=((\([^)]*\))(?:;[^;]*)*)", headers["signature-input"])
        assert found is not None
        whole, names = found.group(1), re.findall(r'"([^"]+)"', found.group(2))
        said = dict(re.findall(r';([a-z]+)="?([^";]*)"?', whole))
        values = {
            "@method": method,
            "@target-uri": f"http://{headers['host']}{path}",
            "@authority": headers["host"],
            "@path": path.partition("?")[0],
        }
        lines = [f'"{name}": {values.get(name) or headers[name]}' for name in names]
        message = "\n".join([*lines, f'"@signature-params": {whole}']).encode()
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
        key_id = said["keyid"]
        owner = await self.get(key_id.partition("#")[0], by=self.server)
        covered = {"@method", "@target-uri", "content-digest"} <= set(names)
        age = abs(datetime.now(UTC).timestamp() - int(said["created"]))
        if owner.status != 200 or headers["content-digest"] != digest or not covered or age > 300:
            return key_id, False
        made = base64.b64decode(headers["signature"].removeprefix("sig1=").strip(":"))
        try:
            if said["alg"] == "ed25519":
                listed = next(one for one in owner.json["assertionMethod"] if one["id"] == key_id)
                raw = base58.b58decode(listed["publicKeyMultibase"][1:])[2:]
                Ed25519PublicKey.from_public_bytes(raw).verify(made, message)
            else:
                assert said["alg"] == "rsa-v1_5-sha256"
                assert owner.json["publicKey"]["id"] == key_id
                public = serialization.load_pem_public_key(owner.json["publicKey"]["publicKeyPem"].encode())
                assert isinstance(public, rsa.RSAPublicKey)
                public.verify(made, message, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return key_id, False
        return owner.json["id"], owner.json["id"] == json.loads(body)["actor"]

    def shapes(self) -> list[str]:
        return [one.shape for one in self.arrived]

    # -- what we ask --

    def signature(
        self, method: str, url: str, by: str, body: bytes | None = None, at: datetime | None = None, host: str = ""
    ) -> dict[str, str]:
        """Return the headers of a signed request."""
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"host": host or parts.netloc, "date": format_datetime(at or datetime.now(UTC), usegmt=True)}
        names = ["(request-target)", "host", "date"]
        if body is not None:
            headers["digest"] = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
            names.append("digest")
        lines = [
            f"(request-target): {method.lower()} {target}" if name == "(request-target)" else f"{name}: {headers[name]}"
            for name in names
        ]
        made = base64.b64encode(self._sign("\n".join(lines).encode())).decode()
        algorithm = "hs2019" if isinstance(self.key, Ed25519PrivateKey) else "rsa-sha256"
        headers["signature"] = (
            f'keyId="{by}#main-key",algorithm="{algorithm}",headers="{" ".join(names)}",signature="{made}"'
        )
        return headers

    def message_signature(
        self, method: str, url: str, by: str, body: bytes | None = None, at: datetime | None = None
    ) -> dict[str, str]:
        """Return the headers of a request signed as RFC 9421 has it; by the Ed25519 key where we list it."""
        parts = urlsplit(url)
        headers = {"host": parts.netloc}
        names = ["@method", "@target-uri"]
        lines = [f'"@method": {method}', f'"@target-uri": {url}']
        if body is not None:
            headers["content-digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
            names.append("content-digest")
            lines.append(f'"content-digest": {headers["content-digest"]}')
        key_id = f"{by}#ed25519-key" if self.multikeys else f"{by}#main-key"
        made_at = int((at or datetime.now(UTC)).timestamp())
        whole = f'({" ".join(f"{chr(34)}{name}{chr(34)}" for name in names)});created={made_at};keyid="{key_id}"'
        message = "\n".join([*lines, f'"@signature-params": {whole}']).encode()
        made = base64.b64encode(self.second.sign(message) if self.multikeys else self._sign(message)).decode()
        return headers | {"signature-input": f"sig1={whole}", "signature": f"sig1=:{made}:"}

    def _signed(
        self, method: str, url: str, by: str, body: bytes | None = None, at: datetime | None = None
    ) -> dict[str, str]:
        sign = self.signature if self.speaks == "cavage" else self.message_signature
        return sign(method, url, by, body, at)

    def _sign(self, message: bytes) -> bytes:
        if isinstance(self.key, Ed25519PrivateKey):
            return self.key.sign(message)
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())

    async def get(self, url: str, by: str = "", accept: str = ACTIVITY, method: str = "GET", **headers: str) -> Reply:
        """GET (or HEAD) an address, signed as one of our actors when `by` names one. Redirects are answers."""
        signed = self._signed(method, url, by) if by else {}
        async with self.session.request(
            method, URL(url, encoded=True), headers={**signed, "Accept": accept, **headers}, allow_redirects=False
        ) as response:
            body = await response.read()
            return Reply(response.status, {name.lower(): v for name, v in response.headers.items()}, body)

    async def post(
        self, url: str, activity: Any, by: str = "", content_type: str = ACTIVITY, at: datetime | None = None,
        **headers: str,
    ) -> Reply:  # fmt: skip
        """POST an activity (or raw bytes) to an inbox, signed by its actor unless `by` names another ("-": nobody)."""
        body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        signer = by or (activity["actor"] if isinstance(activity, dict) else self.server)
        signed = self._signed("POST", url, signer, body, at) if signer != "-" else {}
        async with self.session.post(
            url,
            data=io.BytesIO(body),
            headers={**signed, "Content-Type": content_type, **headers},
            allow_redirects=False,
        ) as response:
            said = await response.read()
            return Reply(response.status, {name.lower(): v for name, v in response.headers.items()}, said)

    async def find(self, handle: str, by: str = "") -> str:
        """Return the URI behind @name@host by WebFinger, or "" for a 404."""
        name, host = handle.lstrip("@").split("@")
        found = await self.get(f"http://{host}/.well-known/webfinger?resource=acct:{name}@{host}", by=by)
        if found.status == 404:
            return ""
        return next(str(link["href"]) for link in found.json["links"] if link["rel"] == "self")

    # -- what we say --

    def activity(self, kind: str, actor: str, subject: Any, **changes: Any) -> dict[str, Any]:
        return {
            "@context": CONTEXT,
            "id": self.new_uri("activities"),
            "type": kind,
            "actor": actor,
            "object": subject,
            **changes,
        }

    def note(self, author: str, text: str, parent: str = "", to: str = "", **changes: Any) -> dict[str, Any]:
        """Return a Note (an Article where `name` is given), served at its id too."""
        made: dict[str, Any] = {
            "@context": CONTEXT,
            "id": self.new_uri(),
            "type": "Article" if "name" in changes else "Note",
            "attributedTo": author,
            "content": f"<p>{text}</p>",
            "to": [to] if to else [],
            "cc": [],
        }
        if parent:
            made["inReplyTo"] = parent
        return self.lay_out({**made, **changes})

    def proven(self, activity: dict[str, Any], at: datetime | None = None) -> dict[str, Any]:
        """Return an activity with the proof of its actor (FEP-8b32, eddsa-jcs-2022), by our own arithmetic."""
        options = {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": f"{activity['actor']}#ed25519-key",
            "proofPurpose": "assertionMethod",
            "created": (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "@context": activity["@context"],
        }
        digests = [hashlib.sha256(rfc8785.dumps(part)).digest() for part in (options, activity)]
        value = "z" + base58.b58encode(self.second.sign(b"".join(digests))).decode()
        return {**activity, "proof": {**options, "proofValue": value}}

    def create(self, note: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return self.activity("Create", note["attributedTo"], note, to=note["to"], cc=note["cc"], **changes)
