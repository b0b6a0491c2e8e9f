"""What the page of the leak self-test shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRow:
    """One test. `leaks` are (sentence, address asked)."""

    number: int
    tone: str
    state: str
    words: str
    asked_by: str
    ended_at: datetime | None
    doors: int
    requests: int
    markers: int
    identities: tuple[str, ...]
    leaks: tuple[tuple[str, str], ...]
    controls: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTestPage:
    """`under_way` says what becomes of a test that was asked for, "" where there is none."""

    last: TestRow | None
    rows: tuple[TestRow, ...]
    under_way: str
    may_ask: bool
    waiting_holds: int
