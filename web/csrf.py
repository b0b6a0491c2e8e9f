"""Refuse state changes that another site made a browser send (ASVS 5.0.0, 3.5.1 and 3.5.3).

Two independent checks on every unsafe request that carries a cookie session: where the browser says the
request comes from (Sec-Fetch-Site, else Origin), and a token of the session, in a hidden field `csrf` or
in the header X-CSRF-Token that htmx inherits from <body>. Tokens are masked afresh for each page, so that
compressed pages do not give them away byte by byte (BREACH).
"""

import base64
import binascii
import hmac
import secrets
from urllib.parse import urlsplit

from aiohttp import hdrs, web

FIELD = "csrf"
HEADER = "X-CSRF-Token"
_LENGTH = 32


def derive_token(session_id: str) -> bytes:
    """The token of a session: 32 bytes that cannot be turned back into its id."""
    return hmac.digest(session_id.encode(), b"marmalade csrf", "sha256")


def mask_token(token: bytes) -> str:
    """A fresh text for `token`: a random pad and the token XOR that pad, in URL-safe base64."""
    pad = secrets.token_bytes(_LENGTH)
    return base64.urlsafe_b64encode(pad + _xor(pad, token)).decode()


def token_matches(sent: str, token: bytes) -> bool:
    """Whether `sent` is a masked form of `token`. Anything malformed is simply no match."""
    try:
        raw = base64.urlsafe_b64decode(sent.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return False
    if len(raw) != 2 * _LENGTH:
        return False
    return hmac.compare_digest(_xor(raw[:_LENGTH], raw[_LENGTH:]), token)


def comes_from_here(request: web.Request, own_origin: str) -> bool:
    """Whether the browser says that this very site made the request.

    Sec-Fetch-Site is sent by every current browser; an older one sends Origin on POST. A request with
    neither is refused: no browser that can hold our cookie sends a form without both.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get(hdrs.ORIGIN)
    return origin is not None and _origin_of(origin) == _origin_of(own_origin)


def _origin_of(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
