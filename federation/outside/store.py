"""The open outside store with its sealer: what gate and edge are given."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from federation.outside.released import Sealer
from server.database import Database
from server.domain.uris import Addresses


@dataclass(frozen=True, slots=True)
class Outside:
    """The outside store of one organisation. `secret` unseals our actors' private keys; `clock` tells unix seconds."""

    store: Database
    sealer: Sealer
    addresses: Addresses
    name: str
    secret: bytes
    clock: Callable[[], float] = time.time

    def now(self) -> float:
        return self.clock()


OUTSIDE = web.AppKey("OUTSIDE", Outside)
