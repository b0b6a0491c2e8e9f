"""What the templates of the ledger show: frozen, complete, already permitted. Times are aware datetimes in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from web.views import Choice, Tone, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One copy. `times` are what happened, in order, each with its moment; `recall_url` asks before it recalls."""

    object_words: str
    object_url: str
    object_uri: str
    ledger_url: str
    receiver: str
    version_words: str
    verdict: Verdict
    state_words: str
    times: tuple[tuple[str, datetime], ...]
    rules: tuple[str, ...]
    why_url: str = ""
    recall_url: str = ""
    receipt_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    rows: tuple[LedgerRow, ...]
    peers: tuple[Choice, ...]
    peer: str
    object_uri: str
    heading: str
    sentence: str
    older_url: str
    unanswered: int
    waiting_holds: int
    recall_all_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRow:
    """One server that was asked to delete one object."""

    object_words: str
    object_url: str
    object_uri: str
    holder: str
    software: str
    tone: Tone
    icon: str
    state: str
    sentence: str
    cause: str
    asked_at: datetime
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallsPage:
    rows: tuple[RecallRow, ...]
    states: tuple[Choice, ...]
    peers: tuple[Choice, ...]
    older_url: str
    unanswered: int
    waiting_holds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallPage:
    """One recall whole: `times` in order, `statements` as (words, address of the signed document)."""

    row: RecallRow
    times: tuple[tuple[str, datetime], ...]
    statements: tuple[tuple[str, str], ...]
    activity_uri: str
    digest: str
    rounds: int
    answer: str
    unanswered: int
    waiting_holds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage:
    """What a recall will do, before it is done. `asks` are (server, what it runs)."""

    object_words: str
    whom: str
    sentence: str
    objects: int
    asks: tuple[tuple[str, str], ...]
    action: str
    peer: str
    back_url: str
    unanswered: int
    waiting_holds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldHost:
    name: str
    contributions: int
    received: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAllPage:
    """How much we hold of each server."""

    rows: tuple[HeldHost, ...]
    unanswered: int
    waiting_holds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPile:
    words: str
    number: int
    size_words: str
    oldest_at: datetime | None
    chosen: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    words: str
    url: str
    type: str
    state: str
    size_words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPage:
    """What we hold of one server: the four families, and a list of one of them."""

    name: str
    piles: tuple[HeldPile, ...]
    rows: tuple[HeldRow, ...]
    people: int
    agreement: str
    older_url: str
    purge_url: str
    unanswered: int
    waiting_holds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgePage:
    name: str
    lines: tuple[str, ...]
    action: str
    back_url: str
    waiting_holds: int
