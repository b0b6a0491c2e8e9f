"""Signing in with the organisation's identity provider: there, back, and its word that a session of its own ended."""

from __future__ import annotations

import hmac
import time
from dataclasses import replace

import structlog
from aiohttp import hdrs, web

from server.domain.attempts import Attempt
from server.domain.errors import Missing, Refusal
from server.keys import HOUSE, IDENTITY_PROVIDER
from server.oidc import IdentityProvider, NotProved
from server.services import identities, people
from web.answers import go, own_path
from web.attempts import ATTEMPTS, Started
from web.forms import wrong_of
from web.keys import COOKIE
from web.language import _
from web.pages.doors import show_door
from web.session import session_of, set_cookie
from web.views import SignInPage

_log = structlog.get_logger()


async def go_there(request: web.Request) -> web.Response:
    """GET /sign-in/elsewhere: send the browser to the provider. Whoever is signed in connects it to themselves."""
    provider = _provider(request)
    started = Started(Attempt.make(), own_path(request.query.get("next", "/")), time.monotonic())
    try:
        address = await provider.address(started.attempt, _back_url(request))
    except NotProved as error:
        return _failed(request, error, started.next_url, 503)
    response = web.Response(status=303, headers={hdrs.LOCATION: address})
    request.app[ATTEMPTS].begin(request, response, started)
    return response


async def come_back(request: web.Request) -> web.Response:
    """GET /sign-in/elsewhere/back: the provider's answer, good once and in the browser that was sent there."""
    provider, house = _provider(request), request.app[HOUSE]
    started = request.app[ATTEMPTS].end(request)
    if started is None or not hmac.compare_digest(started.attempt.state, request.query.get("state", "")):
        return _over(request, _("This attempt to sign in is over. Begin it again."))
    if "code" not in request.query or request.query.get("iss", provider.issuer) != provider.issuer:
        return _over(request, _("You were not signed in there, so you are not here."), started.next_url)
    try:
        identity = await provider.finish(started.attempt, request.query["code"], _back_url(request))
    except NotProved as error:
        return _failed(request, error, started.next_url, 502)
    session = session_of(request)
    if session is not None:
        await identities.connect(house, session.member, identity)
        return go(request, started.next_url, "saved")
    try:
        begun = await identities.sign_in(house, identity, joins=provider.joins)
    except identities.NameTaken as refusal:
        page = SignInPage(next_url=started.next_url, username=identity.wished, notice=str(refusal.public))
        response = show_door(request, page, status=409)
        request.app[ATTEMPTS].begin(request, response, replace(started, identity=identity))
        return response
    except Refusal as refusal:
        page = SignInPage(next_url=started.next_url, wrong=wrong_of(refusal))
        return show_door(request, page, status=refusal.status)
    if request[COOKIE]:
        await people.sign_out(house, request[COOKIE])
    response = go(request, started.next_url)
    set_cookie(request, response, begun)
    return response


async def end_sessions(request: web.Request) -> web.Response:
    """POST /sign-in/elsewhere/end: the provider ended somebody's session (Back-Channel Logout 1.0); so do we."""
    provider = _provider(request)
    form = await request.post()
    try:
        subject = await provider.read_logout(str(form.get("logout_token", "")))
    except NotProved as error:
        _log.warning("logout token refused", why=str(error))
        return web.json_response({"error": "invalid_request"}, status=400, headers={hdrs.CACHE_CONTROL: "no-store"})
    await identities.end_sessions(request.app[HOUSE], provider.issuer, subject)
    return web.Response(headers={hdrs.CACHE_CONTROL: "no-store"})


def _provider(request: web.Request) -> IdentityProvider:
    provider = request.app.get(IDENTITY_PROVIDER)
    if provider is None:
        raise Missing("page", "no identity provider is set up")
    return provider


def _back_url(request: web.Request) -> str:
    return f"{request.app[HOUSE].addresses.inside_url}/sign-in/elsewhere/back"


def _failed(request: web.Request, error: NotProved, next_url: str, status: int) -> web.Response:
    _log.warning("sign-in elsewhere failed", why=str(error))
    sentence = _("Signing in there does not work at present. Try again, or sign in with your password.")
    return show_door(request, SignInPage(next_url=next_url, wrong={"": sentence}), status=status)


def _over(request: web.Request, sentence: str, next_url: str = "/") -> web.Response:
    return show_door(request, SignInPage(next_url=next_url, wrong={"": sentence}), status=401)
