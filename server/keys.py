"""Every shared application key, typed: the only way a request reaches what the composition root built."""

from __future__ import annotations

from aiohttp import web

from server.oidc import IdentityProvider
from server.services.checkpoints import SecondPlace
from server.services.house import House
from server.smtp import Mailing

HOUSE = web.AppKey("HOUSE", House)
MAILING = web.AppKey("MAILING", Mailing)
IDENTITY_PROVIDER = web.AppKey("IDENTITY_PROVIDER", IdentityProvider)
SECOND_PLACE = web.AppKey("SECOND_PLACE", SecondPlace)
