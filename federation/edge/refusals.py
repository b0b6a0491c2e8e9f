"""Answers to strangers: constant bodies that tell nothing of what is inside."""

from __future__ import annotations

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from federation.signatures import Refusal
from federation.signatures.rfc9421 import accept_signature
from server.database import DatabaseError

SENTENCES = {
    400: "The request could not be read.",
    401: "The signature is missing or does not fit.",
    403: "Refused.",
    404: "There is nothing here.",
    405: "That is not done here.",
    408: "The request took too long.",
    410: "This was here and is gone.",
    413: "The request is too large.",
    415: "That type is not taken here.",
    429: "Too many requests; come back later.",
    503: "Not now; come back later.",
}
HEADERS = {
    "Server": "Marmalade",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'self' https: http:; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
log = structlog.get_logger("edge")


def refusal(status: int, method: str = "GET") -> web.Response:
    """Return the one answer for a status, the same bytes for every reason.

    A 401 says how a request of that method should be signed (RFC 9421, 5.1).
    """
    known = status if status in SENTENCES else 400 if status < 500 else 503
    headers = {"Cache-Control": "no-store"}
    if known in (429, 503):
        headers["Retry-After"] = "30"
    if known == 401:
        headers["Accept-Signature"] = accept_signature(with_body=method == "POST")
    return web.Response(status=known, text=f"{SENTENCES[known]}\n", headers=headers)


@web.middleware
async def answer_plainly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every refusal into its constant answer, and put the security headers on every response."""
    try:
        response = await handler(request)
    except Refusal as found:
        log.info("refused", status=found.status, why=str(found)[:200])
        response = refusal(found.status, request.method)
    except web.HTTPException as found:
        if found.status < 400:
            raise
        response = refusal(found.status)
    except DatabaseError as found:
        log.error("store failed", why=type(found).__name__)
        response = refusal(503)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
