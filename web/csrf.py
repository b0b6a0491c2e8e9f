"""Refuse state changes that another site made a browser send (ASVS 5.0.0, 3.5.1 and 3.5.3).

Two independent checks on every unsafe request: where the browser says the request comes from
(Sec-Fetch-Site, else Origin), and, once somebody is signed in, a token of the session, in a hidden field
`csrf` or in the header X-CSRF-Token that htmx inherits from <body>. Tokens are masked afresh for each page,
so that compressed pages do not give them away byte by byte (BREACH).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from aiohttp import hdrs, web

FIELD = "csrf"
HEADER = "X-CSRF-Token"
_LENGTH = 32


def derive_token(session_csrf: str) -> bytes:
    """The 32 bytes that stand for a session's CSRF secret."""
    return hashlib.sha256(session_csrf.encode()).digest()


#: Stands in pages where the token belongs until they are sent: what is kept of a page is nobody's own.
STAND_IN = secrets.token_urlsafe(24)


def mask_token(token: bytes) -> str:
    """A fresh text for `token`: a random pad and the token XOR that pad, in URL-safe base64."""
    pad = secrets.token_bytes(_LENGTH)
    return base64.urlsafe_b64encode(pad + _xor(pad, token)).decode()


def token_matches(sent: str, token: bytes) -> bool:
    """Whether `sent` is a masked form of `token`. Anything malformed is simply no match."""
    try:
        raw = base64.urlsafe_b64decode(sent.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error):
        return False
    return len(raw) == 2 * _LENGTH and hmac.compare_digest(_xor(raw[:_LENGTH], raw[_LENGTH:]), token)


def comes_from_here(request: web.Request) -> bool:
    """Whether the browser says that this very site made the request.

    Every current browser sends Sec-Fetch-Site to a trustworthy origin; on plain http, and from an older one,
    Origin is compared with the address that the request was sent to. A request with neither is refused: no
    browser sends a form without both.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get(hdrs.ORIGIN, ""))
    return bool(origin.netloc) and origin.netloc.lower() == request.host.lower()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
