"""What every service needs, built once at the top and passed by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from server.boundary.detectors import Detectors
from server.boundary.rules import RuleSet, parse_rules
from server.database import Database
from server.domain.errors import Conflict
from server.domain.uris import Addresses
from server.storage import people, rule_sets


class Clock:
    """The time in UTC, never twice the same and never backwards within one process."""

    def __init__(self, read: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._read = read
        self._last = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        self._last = max(self._read(), self._last + timedelta(microseconds=1))
        return self._last


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules in force, ready to decide, and the detectors that feed them."""

    version: int
    rules: RuleSet
    detectors: Detectors


@dataclass(slots=True)
class _Shelf:
    """The last rulebook made, kept until the rules or the names to guard change."""

    key: tuple[object, ...] = ()
    book: Rulebook | None = None


@dataclass(frozen=True, slots=True)
class House:
    """One organisation's inside: its store, name, addresses and clock."""

    store: Database
    name: str
    addresses: Addresses
    clock: Clock = field(default_factory=Clock)
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    shelf: _Shelf = field(default_factory=_Shelf)

    def now(self) -> datetime:
        return self.clock()

    async def rulebook(self) -> Rulebook:
        """Return the rules in force; raise Conflict when there are none, so that nothing crosses."""
        stored = await rule_sets.active(self.store)
        if stored is None:
            raise Conflict("There are no boundary rules yet; nothing can cross.")
        names = tuple(await people.names_without_consent(self.store))
        key = (stored.version, names)
        if self.shelf.book is None or self.shelf.key != key:
            rules = parse_rules(stored.text)
            detectors = Detectors(code_names=rules.code_names, people=names)
            self.shelf.book = Rulebook(stored.version, rules, detectors)
            self.shelf.key = key
        return self.shelf.book
