"""Attempts to sign in with the identity provider that were begun in a browser and are not over.

Kept in this process alone, each for ten minutes: whoever is away for longer, or meets a server that has started
anew, begins again.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass

from aiohttp import web

from server.domain.actors import Member
from server.domain.attempts import Attempt
from server.domain.identities import Identity
from server.keys import HOUSE
from server.services import identities
from web.session import cookie_name, hand_cookie

SPAN = 600
MOST = 4096


@dataclass(frozen=True, slots=True)
class Started:
    """An attempt, and the page that it was for. `identity` is proved, but bears the name of somebody known here."""

    attempt: Attempt
    next_url: str
    at: float
    identity: Identity | None = None


class Attempts:
    """The attempts that are under way, the oldest first; each is known to one browser, by a cookie."""

    def __init__(self) -> None:
        self._started: OrderedDict[str, Started] = OrderedDict()

    def begin(self, request: web.Request, response: web.StreamResponse, started: Started) -> None:
        """Remember an attempt, and hand the browser what it is known by."""
        while self._started and (len(self._started) >= MOST or not _fresh(next(iter(self._started.values())))):
            self._started.popitem(last=False)
        secret = secrets.token_urlsafe(32)
        self._started[secret] = started
        hand_cookie(request, response, "attempt", secret, SPAN)

    def end(self, request: web.Request) -> Started | None:
        """Forget the attempt of this browser and return it, or None. Each is good once."""
        name = cookie_name(request.app[HOUSE].addresses.inside_url, "attempt")
        started = self._started.pop(request.cookies.get(name, ""), None)
        return started if started is not None and _fresh(started) else None

    async def connect(self, request: web.Request, member: Member) -> None:
        """Connect the identity that was proved in this browser to whoever signed in under its name just now."""
        started = self.end(request)
        identity = started.identity if started is not None else None
        if identity is not None and identity.wished == member.username.lower():
            await identities.connect(request.app[HOUSE], member, identity)


ATTEMPTS = web.AppKey("ATTEMPTS", Attempts)


def _fresh(started: Started) -> bool:
    return time.monotonic() - started.at < SPAN
