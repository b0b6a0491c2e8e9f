"""The open outside store with its sealer: what gate and edge are given."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from federation.outside.released import Sealer
from server.database import Database
from server.domain.uris import Addresses


@dataclass(frozen=True, slots=True)
class Outside:
    """The outside store of one organisation. `secret` unseals our actors' private keys."""

    store: Database
    sealer: Sealer
    addresses: Addresses
    name: str
    secret: bytes


OUTSIDE = web.AppKey("OUTSIDE", Outside)
