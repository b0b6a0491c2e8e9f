"""Every shared application key, typed: the only way a request reaches what the composition root built."""

from __future__ import annotations

from aiohttp import web

from server.services.checkpoints import SecondPlace
from server.services.house import House

HOUSE = web.AppKey("HOUSE", House)
SECOND_PLACE = web.AppKey("SECOND_PLACE", SecondPlace)
