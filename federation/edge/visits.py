"""Who is signed in at the edge: one opaque cookie, looked up in the outside store on every request for a page.

It is `__Host-visit` (Secure, host-only) on https; on plain http, which only loopback and closed networks use, browsers
refuse that prefix, so it is `visit-PORT`. Documents, feeds and everything else that is not a page know no cookie.
"""

from __future__ import annotations

import asyncio
import hmac
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from federation.outside import visitors
from federation.outside.store import OUTSIDE
from federation.outside.visitors import Visit
from federation.signatures import TooSlow

FIELD = "csrf"
SLOWEST = 20.0
#: What is shown to one person is kept by nobody.
PRIVATE = {"Cache-Control": "private, no-store"}


def cookie_name(edge_url: str, what: str = "visit") -> str:
    """Return the name of a cookie of the edge at this address: of the visit, or of `what`."""
    parts = urlsplit(edge_url)
    return f"__Host-{what}" if parts.scheme == "https" else f"{what}-{parts.port or 80}"


def cookie(request: web.Request, what: str = "visit") -> str:
    return request.cookies.get(cookie_name(request.app[OUTSIDE].addresses.edge_url, what), "")


def hand_cookie(request: web.Request, response: web.StreamResponse, what: str, value: str, seconds: float) -> None:
    """Hand the browser a secret of this very address, which no script reads and no other site's form sends."""
    edge_url = request.app[OUTSIDE].addresses.edge_url
    response.set_cookie(
        cookie_name(edge_url, what),
        value,
        max_age=int(seconds),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=edge_url.startswith("https:"),
    )


async def visit_of(request: web.Request) -> Visit | None:
    """Return who is signed in, None for a stranger: also for those whose visit is over or who are shut out by now."""
    held = cookie(request)
    return await visitors.visit(request.app[OUTSIDE], held) if held else None


def comes_from_here(request: web.Request) -> bool:
    """Say whether the browser says that a page of this very address sent a form.

    Browsers say so in Sec-Fetch-Site to trustworthy addresses, else in Origin; who says neither is no browser.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get(hdrs.ORIGIN, "")).netloc.lower()
    return bool(origin) and origin == request.app[OUTSIDE].addresses.edge_host


async def read_form(request: web.Request) -> dict[str, str]:
    """Return the fields of a form that are text. Whoever drips it holds a connection no longer than SLOWEST seconds."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    try:
        async with asyncio.timeout(SLOWEST):
            sent = await request.post()
    except TimeoutError as error:
        raise TooSlow(f"the form was not there within {SLOWEST} s") from error
    return {name: value for name, value in sent.items() if isinstance(value, str)}


async def read_all(request: web.Request, name: str) -> list[str]:
    """Return all that a form says under one name, each once, in order."""
    if not await read_form(request):
        return []
    said = (await request.post()).getall(name, [])
    return list(dict.fromkeys(one for one in said if isinstance(one, str)))


async def writer(request: web.Request) -> Visit | None:
    """Return who is signed in and sent this form from a page of ours; None where either is not so."""
    found = await visit_of(request)
    if found is None or not comes_from_here(request):
        return None
    sent = (await read_form(request)).get(FIELD, "")
    return found if hmac.compare_digest(sent.encode(), found.csrf.encode()) else None
