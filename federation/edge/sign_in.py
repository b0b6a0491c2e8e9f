"""Signing in at our edge with the account of one's own server: there, back, and out again.

An attempt lives in this process for ten minutes, is known to one browser by a cookie, and is good once. It remembers
the server that it was begun with, and answers come back to an address of that server's own: another server's answer
fits neither (RFC 9700, 4.4; RFC 9207 where it names itself).
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import structlog
from aiohttp import web

from federation.edge.home_servers import Asked, HomeServer, HomeServers, NotProved, TooLittle
from federation.edge.pages import PAGES
from federation.edge.refusals import refusal
from federation.edge.signers import Budget
from federation.edge.visits import (
    PRIVATE,
    comes_from_here,
    cookie,
    cookie_name,
    hand_cookie,
    read_form,
    visit_of,
    writer,
)
from federation.outside import visitors
from federation.outside.store import OUTSIDE
from federation.outside.visitors import SPAN as VISIT_SECONDS
from federation.outside.visitors import Client
from server.domain.attempts import Attempt
from server.domain.sentences import later, say

SPAN = 600.0
MOST = 4096
#: So many attempts in a minute for one server, and for all: each asks another server several times.
OF_ONE, OF_ALL = 30, 120
LONGEST = 400
NEXT = re.compile(r"/(?:(?:forums|objects)/[0-9a-f]{32})?")
NOT_THERE = later("Your server could not be asked. Look at the address, and try again in a while.")
NOT_SIGNED_IN = later("You were not signed in there, so you are not here.")
OVER = later("This attempt to sign in is over. Begin it again.")
SOMEBODY_ELSE = later("You are signed in there as somebody else than you said here. Begin again with that address.")
MORE = later(
    "Your server says who you are only to whoever may read all that is yours there. If that is fine with you, go there "
    "again: we ask it who you are, nothing else, and give the permission back at once."
)
FULL = later("Too many people sign in just now. Try again in a minute.")
log = structlog.get_logger("sign-in")


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that is under way. `at` is unix seconds; `next_path` the page that it was for."""

    attempt: Attempt
    asked: Asked
    server: HomeServer
    client: Client
    next_path: str
    at: float
    typed: str


class Doorway:
    """The attempts that are under way, the oldest first."""

    def __init__(self, servers: HomeServers, now: Callable[[], float]) -> None:
        self.servers = servers
        self.now = now
        self._begun: OrderedDict[str, Begun] = OrderedDict()
        self._budget, self._all = Budget(OF_ONE), Budget(OF_ALL)

    def has_room(self, typed: str) -> bool:
        host = typed.strip().lower().rpartition("@")[2]
        return self._budget.spend(host[:255]) and self._all.spend("all")

    def keep(self, begun: Begun) -> str:
        """Remember an attempt; return what the browser is to know it by."""
        while self._begun and (len(self._begun) >= MOST or not self._is_fresh(next(iter(self._begun.values())))):
            self._begun.popitem(last=False)
        held = secrets.token_urlsafe(32)
        self._begun[held] = begun
        return held

    def take(self, held: str) -> Begun | None:
        """Forget the attempt that a browser knows, and return it unless it is too old."""
        begun = self._begun.pop(held, None)
        return begun if begun is not None and self._is_fresh(begun) else None

    def _is_fresh(self, begun: Begun) -> bool:
        return self.now() - begun.at < SPAN


DOORWAY = web.AppKey("DOORWAY", Doorway)


async def show(request: web.Request) -> web.StreamResponse:
    """GET /sign-in: ask for the address, or say who is signed in."""
    return await _page(request, next_path=_next(request.query.get("next", "")))


async def begin(request: web.Request) -> web.StreamResponse:
    """POST /sign-in: find somebody's own server, and send the browser there."""
    if not comes_from_here(request):
        return refusal(403)
    form = await read_form(request)
    typed, next_path = str(form.get("address", ""))[:LONGEST], _next(str(form.get("next", "")))
    doorway, outside = request.app[DOORWAY], request.app[OUTSIDE]
    if not doorway.has_room(typed):
        return await _page(request, next_path=next_path, typed=typed, wrong=say(FULL), status=429)
    try:
        asked = await doorway.servers.find(typed)
        if not await visitors.may_come(outside, asked.actor_uri, asked.origin.partition("://")[2]):
            raise NotProved("shut out")
        server = await doorway.servers.describe(asked.origin)
        client = await doorway.servers.client(server, _back_url(request, asked.origin))
    except NotProved as error:
        log.info("not begun", why=str(error)[:200])
        return await _page(request, next_path=next_path, typed=typed, wrong=say(NOT_THERE), status=422)
    attempt = Attempt.make()
    query = {
        "response_type": "code", "client_id": client.client_id, "redirect_uri": client.back_url,
        "scope": client.scope, "state": attempt.state,
        "code_challenge": attempt.challenge, "code_challenge_method": "S256",
    }  # fmt: skip
    there = f"{server.authorize_url}{'&' if '?' in server.authorize_url else '?'}{urlencode(query)}"
    response = web.Response(status=303, headers={"Location": there, **PRIVATE})
    begun = Begun(attempt, asked, server, client, next_path, doorway.now(), typed)
    hand_cookie(request, response, "attempt", doorway.keep(begun), SPAN)
    return response


async def come_back(request: web.Request) -> web.StreamResponse:
    """GET /sign-in/back/KEY: the home server's answer, good once and in the browser that was sent there."""
    outside, query = request.app[OUTSIDE], request.query
    begun = request.app[DOORWAY].take(cookie(request, "attempt"))
    if begun is None or not _fits(request, begun):
        return await _page(request, wrong=say(OVER), status=401)
    if "code" not in query or not _names(begun.server, query.get("iss")):
        return await _page(request, next_path=begun.next_path, wrong=say(NOT_SIGNED_IN), status=401)
    try:
        actor = await request.app[DOORWAY].servers.finish(begun.server, begun.client, begun.attempt, query["code"])
        if not await visitors.may_come(outside, actor.uri, actor.host):
            raise NotProved("shut out")
    except TooLittle:
        return await _page(request, next_path=begun.next_path, typed=begun.typed, wrong=say(MORE), status=401)
    except NotProved as error:
        log.info("not proved", why=str(error)[:200])
        return await _page(request, next_path=begun.next_path, wrong=say(NOT_THERE), status=502)
    if begun.asked.actor_uri not in ("", actor.uri):
        return await _page(request, next_path=begun.next_path, wrong=say(SOMEBODY_ELSE), status=401)
    if held := cookie(request):
        await visitors.end(outside, held)
    token = await visitors.begin(outside, actor.uri, actor.host, actor.username, actor.name)
    response = web.Response(status=303, headers={"Location": begun.next_path, **PRIVATE})
    hand_cookie(request, response, "visit", token, VISIT_SECONDS)
    _drop(request, response, "attempt")
    return response


async def leave(request: web.Request) -> web.StreamResponse:
    """POST /sign-out: forget this browser."""
    if await writer(request) is None:
        return refusal(403)
    await visitors.end(request.app[OUTSIDE], cookie(request))
    response = web.Response(status=303, headers={"Location": "/", **PRIVATE})
    _drop(request, response, "visit")
    return response


def _fits(request: web.Request, begun: Begun) -> bool:
    """Say whether an answer is to this attempt: by its state, and at the address of the server it was begun with."""
    here = f"{request.app[OUTSIDE].addresses.edge_url}{request.path}"
    state = request.query.get("state", "")
    return here == begun.client.back_url and hmac.compare_digest(begun.attempt.state.encode(), state.encode())


def _names(server: HomeServer, stated: str | None) -> bool:
    return not server.names_issuer if stated is None else stated == server.issuer


def _back_url(request: web.Request, origin: str) -> str:
    """Return where one server's answers come back: each has an address of its own, and knows no other's."""
    outside = request.app[OUTSIDE]
    return f"{outside.addresses.edge_url}/sign-in/back/{outside.sealer.derive('home server', origin)}"


def _next(path: str) -> str:
    """Return a page of ours to go on to: nothing else than a forum, a thread or the first page."""
    return path if NEXT.fullmatch(path) else "/"


def _drop(request: web.Request, response: web.StreamResponse, what: str) -> None:
    edge_url = request.app[OUTSIDE].addresses.edge_url
    secure = edge_url.startswith("https:")
    response.del_cookie(cookie_name(edge_url, what), path="/", secure=secure, httponly=True, samesite="Lax")


async def _page(
    request: web.Request, *, next_path: str = "/", typed: str = "", wrong: str = "", status: int = 200
) -> web.StreamResponse:
    page = request.app[PAGES].render(
        request, "sign_in.html", visit=await visit_of(request), next_path=next_path, typed=typed, wrong=wrong
    )
    page.set_status(status)
    page.headers.update(PRIVATE)
    return page
