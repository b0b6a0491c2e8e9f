"""What the pages about shifts, the back-channel, summaries and heat are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from web.views import Choice, IdeaCard, JamHead, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """A note that was handed on. `read_url` is where to say that one has read it."""

    name: str
    html: Markup
    at: datetime
    read_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRow:
    id: str
    name: str
    starts_at: datetime
    ends_at: datetime
    state: str
    tone: str
    drop_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The first page of the control room. `shift` is one's running shift, or None."""

    jam: JamHead
    notes: tuple[NoteRow, ...]
    since: datetime | None
    end_url: str
    neglected: int
    cases: int
    heated: int
    counted_at: datetime
    stream_url: str
    room: str = "front"


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaPage:
    jam: JamHead
    shifts: tuple[ShiftRow, ...]
    earlier: tuple[NoteRow, ...]
    people: tuple[Choice, ...]
    values: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    room: str = "shifts"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPage:
    """The hand-over note, drafted, to be edited and handed on."""

    jam: JamHead
    action: str
    note: str
    to: tuple[Choice, ...]
    wrong: Mapping[str, str] = field(default_factory=dict)
    room: str = "shifts"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideRow:
    name: str
    html: Markup
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AsidesPage:
    jam: JamHead
    back: Link
    asides: tuple[AsideRow, ...]
    action: str
    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A contribution that a summary cites, or might."""

    id: str
    name: str
    words: str
    url: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryView:
    number: int
    html: Markup
    name: str
    at: datetime
    cites: tuple[Cited, ...]
    later: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPage:
    """All versions, the newest first, and for those who moderate the form for another."""

    jam: JamHead
    back: Link
    versions: tuple[SummaryView, ...]
    may_write: bool
    action: str
    text: str
    base: int
    choices: tuple[Cited, ...]
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmRow:
    card: IdeaCard
    signals: tuple[tuple[str, bool], ...]
    prompt: str
    prompt_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPage:
    jam: JamHead
    threads: tuple[WarmRow, ...]
    room: str = "heat"
