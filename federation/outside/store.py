"""The open outside store: whole, with the keys, for gate and edge; to be read alone, without any, for the rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from federation.outside.released import Sealer
from server.database import CannotOpen, Database, Readable
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

    @property
    def reader_uri(self) -> str:
        """Who stands for our server where software takes nothing by an Application: under no name that says so."""
        return self.addresses.person_uri(self.sealer.derive("reader"))

    @property
    def ledger(self) -> Ledger:
        """The same store as those see it who may only read."""
        return Ledger(self.store, self.clock)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the console and the API see: they hold no key and no way to write.

    Nothing that they read here may go outside again: without the key, nobody can tell what the gate released.
    """

    store: Readable
    clock: Callable[[], float] = time.time

    def now(self) -> float:
        return self.clock()

    async def is_there(self) -> bool:
        """Say whether the store can be read now: its writer may not have started yet."""
        try:
            await self.store.fetch_value("SELECT 1")
        except CannotOpen:
            return False
        return True


class Books(Protocol):
    """The outside store in either form: what a function needs that only reads our own books."""

    @property
    def store(self) -> Readable: ...

    def now(self) -> float: ...


OUTSIDE = web.AppKey("OUTSIDE", Outside)
LEDGER = web.AppKey("LEDGER", Ledger)
