"""Mail that nobody sent: each forgery is refused at the door and leaves nothing behind."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from federation.signatures import generate_rsa_pem, load_private_key, sign
from federation.transport import Transport
from server.demo.canaries import Canaries
from server.demo.report import Report
from server.demo.stranger import Stranger

SIGNED = ("(request-target)", "host", "date", "digest")


@dataclass(frozen=True, slots=True)
class Letter:
    """A request to an inbox and the statuses that refuse it rightly."""

    name: str
    headers: dict[str, str]
    body: bytes
    refused_by: tuple[int, ...] = (401,)


async def send_forgeries(
    report: Report, transport: Transport, stranger: Stranger, canaries: Canaries, inbox_url: str,
    forum_uri: str, idea_uri: str, victim_uri: str,
) -> None:  # fmt: skip
    """Send every forgery; expect each to be refused. What they say is planted, to be searched for afterwards."""
    other = load_private_key((await asyncio.to_thread(generate_rsa_pem))[0])

    def body(name: str, actor: str = "") -> bytes:
        activity = stranger.note(f"Forged: {name}.{canaries.tag(f'forged: {name}')}", forum_uri, idea_uri)
        if actor:
            activity["actor"] = activity["object"]["attributedTo"] = actor
        return orjson.dumps(activity)

    def plain(made: bytes) -> dict[str, str]:
        return {name: value for name, value in stranger.headers(inbox_url, made).items() if name != "Signature"}

    now = datetime.now(UTC)
    letters = []
    made = body("unsigned")
    letters.append(Letter("unsigned mail", plain(made), made))
    made = body("another key")
    letters.append(Letter("mail signed by another key", stranger.headers(inbox_url, made, key=other), made))
    made = body("hmac")
    forged = _hmac(stranger, inbox_url, made)
    letters.append(Letter("mail signed by HMAC with the public PEM as its secret", forged, made))
    made = body("changed")
    letters.append(
        Letter("mail whose body was changed on the way", stranger.headers(inbox_url, body("before")), made, (400, 401))
    )
    made = body("old")
    letters.append(
        Letter("mail of two days ago", stranger.headers(inbox_url, made, at=now - timedelta(days=2)), made)
    )
    made = body("future")
    letters.append(Letter("mail of tomorrow", stranger.headers(inbox_url, made, at=now + timedelta(days=1)), made))
    made = body("victim", victim_uri)
    letters.append(Letter("mail in the name of somebody at Globex", stranger.headers(inbox_url, made), made))
    made = body("borrowed", victim_uri)
    borrowed = sign("POST", inbox_url, made, f"{victim_uri}#main-key", stranger.key, now)
    letters.append(Letter("mail that borrows the name of Globex's key", borrowed, made))
    made = body("elsewhere")
    letters.append(
        Letter("mail signed for another address", {**stranger.headers(f"{inbox_url}x", made)}, made)
    )
    made = b'{"type": "Create", "actor"' + canaries.tag("forged: broken").encode()
    letters.append(Letter("a signed body that is no JSON", stranger.headers(inbox_url, made), made, (400,)))
    made = b"[" * 200_000
    letters.append(Letter("a signed body that nests without end", stranger.headers(inbox_url, made), made, (400,)))
    for letter in letters:
        answer = await transport.post(inbox_url, letter.headers, letter.body)
        seen = f"HTTP {answer.status} {answer.body[:200]!r}"
        report.expect(f"Acme refuses {letter.name}", answer.status in letter.refused_by, seen)


def _hmac(stranger: Stranger, inbox_url: str, body: bytes) -> dict[str, str]:
    """Sign as httpsig's own verifier would believe it: hmac-sha256, keyed with the text of the public key."""
    headers = stranger.headers(inbox_url, body)
    path = "/" + inbox_url.split("/", 3)[3]
    lines = [f"(request-target): post {path}", *(f"{name}: {headers[name.title()]}" for name in SIGNED[1:])]
    code = hmac.new(stranger.public_pem.encode(), "\n".join(lines).encode(), hashlib.sha256).digest()
    signature = headers["Signature"].replace("rsa-sha256", "hmac-sha256")
    forged = f'signature="{base64.b64encode(code).decode()}"'
    return {**headers, "Signature": re.sub(r'(?<![a-z])signature="[^"]*"', lambda _: forged, signature)}
