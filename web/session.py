"""Who is signed in: one opaque cookie, looked up in the store on every request.

The cookie is `__Host-jam` (Secure, host-only) on https. On plain http, which only loopback and closed
networks use, browsers refuse that prefix, so it is `jam-PORT`: cookies do not know ports, and several
organisations may live on one machine.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from server.domain.actors import Member
from server.domain.errors import NotAllowed, SignInNeeded, StaleForm
from server.keys import HOUSE
from server.services import holds, inbox, people, visits
from server.services.people import Session, SignIn
from web import csrf
from web.kept import note_typed
from web.keys import COOKIE, SESSION, TO_DECIDE, TYPED, UNREAD
from web.language import asked_for, speaking

LONGEST_UPLOAD = 12_000_000
SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
#: Paths that know no cookie session: files, probes, the JSON API, what links in mails open, feeds, and where the
#: identity provider speaks to us.
APART = (
    "/static/", "/favicon.ico", "/api/", "/livez", "/readyz", "/metrics", "/unsubscribe/", "/feeds/",
    "/sign-in/elsewhere/end",
)  # fmt: skip
_AGE = int(people.SESSION_IDLE.total_seconds())


def cookie_name(inside_url: str, what: str = "jam") -> str:
    """The name of a cookie of the organisation at `inside_url`: of the session, or of `what`."""
    parts = urlsplit(inside_url)
    return f"__Host-{what}" if parts.scheme == "https" else f"{what}-{parts.port or 80}"


@web.middleware
async def speak_their_language(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Have the pages in the language that was chosen in this browser, or that the browser asks for."""
    chosen = asked_for(request.cookies.get("language", ""), request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))
    with speaking(chosen):
        return await handler(request)


@web.middleware
async def know_the_person(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Put the session on the request, and refuse forms that another site made the browser send."""
    if request.path.startswith(APART):
        return await handler(request)
    house = request.app[HOUSE]
    cookie = request.cookies.get(cookie_name(house.addresses.inside_url), "")
    session = await people.session(house, cookie)
    request[SESSION] = session
    request[COOKIE] = cookie
    request[TYPED] = []
    if session is not None:
        request[TO_DECIDE] = await holds.count_for(house, session.member)
        request[UNREAD] = sum((await inbox.count_unread(house, session.member)).values())
        await visits.note_visit(house, session.member)
    if request.method not in SAFE:
        if session is not None and request.content_type == "multipart/form-data":
            # A form with a file in it; strangers' forms stay short.
            request = request.clone(client_max_size=LONGEST_UPLOAD)
        await _require_own_form(request, session)
    return await handler(request)


async def _require_own_form(request: web.Request, session: Session | None) -> None:
    if not csrf.comes_from_here(request):
        raise NotAllowed(
            "That form came from another site, so it was not taken. Nothing has changed.",
            f"cross-site {request.method} {request.path}",
        )
    await note_typed(request)
    if session is None:
        return
    sent = request.headers.get(csrf.HEADER) or str((await request.post()).get(csrf.FIELD, ""))
    if not csrf.token_matches(sent, csrf.derive_token(session.csrf)):
        raise StaleForm(
            "This page was open for too long or in another sign-in. Look at it once more and send it again.",
            f"no valid CSRF token for {request.path}",
        )


def session_of(request: web.Request) -> Session | None:
    return request.get(SESSION)


def member_of(request: web.Request) -> Member:
    """The person who is signed in, or raise SignInNeeded."""
    session = session_of(request)
    if session is None:
        raise SignInNeeded
    return session.member


def set_cookie(request: web.Request, response: web.StreamResponse, begun: SignIn) -> None:
    """Hand the cookie of a session just begun to the browser."""
    hand_cookie(request, response, "jam", begun.cookie, _AGE)


def hand_cookie(request: web.Request, response: web.StreamResponse, what: str, value: str, seconds: int) -> None:
    """Hand the browser a secret of this very address, which no script reads and no other site's form sends."""
    inside_url = request.app[HOUSE].addresses.inside_url
    response.set_cookie(
        cookie_name(inside_url, what),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=inside_url.startswith("https:"),
    )


def drop_cookie(request: web.Request, response: web.StreamResponse) -> None:
    inside_url = request.app[HOUSE].addresses.inside_url
    response.del_cookie(
        cookie_name(inside_url),
        path="/",
        secure=inside_url.startswith("https:"),
        httponly=True,
        samesite="Lax",
    )
