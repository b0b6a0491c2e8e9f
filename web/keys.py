"""The keys of what the web room keeps on the application and on a request."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.services.people import Session
from server.services.ranking import Exposures
from web.assets import Assets
from web.live import Hub
from web.templates import Templates

ASSETS = web.AppKey("ASSETS", Assets)
TEMPLATES = web.AppKey("TEMPLATES", Templates)
HUB = web.AppKey("HUB", Hub)
EXCHANGE_HUB = web.AppKey("EXCHANGE_HUB", Hub)
WALL_HUB = web.AppKey("WALL_HUB", Hub)
#: To how many people ideas were shown.
EXPOSURES = web.AppKey("EXPOSURES", Exposures)

SESSION: web.RequestKey[Session | None] = web.RequestKey("SESSION", Session)
COOKIE = web.RequestKey("COOKIE", str)
# What is wrong at the boundary, for the head of the console's pages; "" where all is well.
ALARM = web.RequestKey("ALARM", str)
#: What the form of a request held (`web.kept.Kept`): one, or none.
TYPED: web.RequestKey[list[Any]] = web.RequestKey("TYPED", list)
#: How much waits at the boundary for the decision of the person who is signed in.
TO_DECIDE = web.RequestKey("TO_DECIDE", int)
#: How many notices that person has not read.
UNREAD = web.RequestKey("UNREAD", int)
