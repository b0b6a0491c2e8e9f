"""What every service needs, built once at the top and passed by hand."""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from server.boundary.detectors import Detectors
from server.boundary.lookalikes import Lookalikes
from server.boundary.own_patterns import PatternError
from server.boundary.quotes import Winnower
from server.boundary.rules import RuleErrors, RuleSet, parse_rules
from server.database import Database
from server.domain.crossings import StoredRules
from server.domain.errors import Conflict
from server.domain.likeness import Nearness
from server.domain.threads import Outline
from server.domain.uris import Addresses
from server.domain.veils import Veil
from server.storage import people, prints, rule_sets


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
    """The rules in force, ready to decide, and the detectors that feed them.

    `shadow` is a table that is tried out beside them: it decides nothing.
    """

    version: int
    rules: RuleSet
    detectors: Detectors
    shadow: Rulebook | None = None


def make_detectors(rules: RuleSet, names: Iterable[str]) -> Detectors:
    """Return the detectors that go with a table; `names` are of people who did not agree to be named."""
    return Detectors(rules.code_names, names, dict(rules.patterns), dict(rules.lists))


def read_table(text: str) -> RuleSet:
    """Return a table whose detectors can be made as well. Raises RuleErrors."""
    rules = parse_rules(text)
    try:
        make_detectors(rules, ())
    except PatternError as error:
        raise RuleErrors((str(error),)) from error
    return rules


@dataclass(slots=True)
class _Shelf:
    """The last rulebook made, kept until the rules or the names to guard change; what makes prints, and hides numbers;
    the names of our people; the outlines of the threads read last, each with the stamp of what it was made from; and
    words that were found in very many texts, which are not counted again.
    """

    key: tuple[object, ...] = ()
    book: Rulebook | None = None
    winnower: Winnower | None = None
    veil: Veil | None = None
    people: tuple[int, int] = (0, 0)
    lookalikes: Lookalikes | None = None
    outlines: OrderedDict[str, tuple[str, Outline]] = field(default_factory=OrderedDict)
    often: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class House:
    """One organisation's inside: its store, name, addresses and clock.

    `undo_window` is how long what people write in the browser can be taken back before it crosses; `names_key` (32
    bytes) seals who stands behind voices: without it nobody can write in a forum whose names are not shown.
    `nearness` knows what means the same as a text; without it, words alone tell what is similar.
    """

    store: Database
    name: str
    addresses: Addresses
    clock: Clock = field(default_factory=Clock)
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    shelf: _Shelf = field(default_factory=_Shelf)
    undo_window: timedelta = timedelta(0)
    names_key: bytes | None = None
    nearness: Nearness | None = None

    def now(self) -> datetime:
        return self.clock()

    async def rulebook(self) -> Rulebook:
        """Return the rules in force; raise Conflict when there are none, so that nothing crosses."""
        versions = await rule_sets.deciding(self.store)
        names = tuple(await people.names_without_consent(self.store))
        if self.shelf.book is None or self.shelf.key != (*versions, names):
            self.shelf.book = await self._open_book(*versions, names)
            self.shelf.key = (*versions, names)
        return self.shelf.book

    async def _open_book(self, version: int, shadow: int, names: tuple[str, ...]) -> Rulebook:
        stored = await rule_sets.by_version(self.store, version)
        if stored is None:
            raise Conflict("There are no boundary rules yet; nothing can cross.")
        rules = parse_rules(stored.text)
        tried = await rule_sets.by_version(self.store, shadow) if shadow else None
        return Rulebook(version, rules, make_detectors(rules, names), _shadow_book(tried, names))

    async def winnower(self) -> Winnower:
        """Return what makes prints of texts, with this organisation's key."""
        if self.shelf.winnower is None:
            self.shelf.winnower = Winnower(await prints.key(self.store))
        return self.shelf.winnower

    async def veil(self) -> Veil:
        """Return what hides the numbers of the log of events from those whom they are told to."""
        if self.shelf.veil is None:
            self.shelf.veil = Veil(hmac.digest(await prints.key(self.store), b"numbers of events", "sha256"))
        return self.shelf.veil

    async def lookalikes(self) -> Lookalikes:
        """Return the names of our people, to compare names from outside with."""
        many, newest = edition = await people.names_edition(self.store)
        known, kept = self.shelf.lookalikes, self.shelf.people
        if known is not None and kept == edition:
            return known
        joined = await people.names_between(self.store, kept[1], newest)
        if known is not None and kept[0] + len(joined) == many:
            # Most of the time somebody joined. All names are made ready anew only where somebody is gone.
            known.add(joined)
        else:
            known = Lookalikes(await people.names_between(self.store, 0, newest))
        self.shelf.lookalikes, self.shelf.people = known, edition
        return known


def _shadow_book(stored: StoredRules | None, names: tuple[str, ...]) -> Rulebook | None:
    """Open the table in the shadow. One that cannot be opened is left out: it must not stand in anybody's way."""
    if stored is None:
        return None
    try:
        rules = parse_rules(stored.text)
        return Rulebook(stored.version, rules, make_detectors(rules, names))
    except (RuleErrors, PatternError):
        return None
