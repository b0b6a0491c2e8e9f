"""What the control room's templates are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from web.views import Choice, IdeaCard, JamHead, Link, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An idea that nobody has answered. `since` is when it was posted."""

    id: str
    card: IdeaCard
    since: datetime
    answer_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RadarPage:
    """`url` is asked now and then for what else waits; `stream_url` tells of answers."""

    jam: JamHead
    waiting: tuple[Waiting, ...]
    hours: int
    url: str
    stream_url: str
    room: str = "radar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """One of several to choose."""

    name: str
    words: str
    choices: tuple[Choice, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A line to fill in beside the reason."""

    name: str
    words: str
    hint: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonPage:
    """A page that asks for a reason before something is done."""

    jam: JamHead
    heading: str
    sentence: str
    action: str
    button: str
    icon: str
    back: Link
    hint: str = ""
    choose: Choosing | None = None
    ask: Asking | None = None
    extra: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One thing that a facilitator may do with an idea or a reply."""

    url: str
    words: str
    icon: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolsPage:
    jam: JamHead
    back: Link
    words: str
    tools: tuple[Tool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A line of the moderation log. `name` is "" where the reader is not told who."""

    name: str
    act: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case as a reader sees it. `decisions` are what can be decided of it now."""

    id: str
    url: str
    words: str
    author: Person
    state: str
    opened_at: datetime
    overdue: bool
    flags: tuple[StepRow, ...]
    steps: tuple[StepRow, ...]
    decisions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasesPage:
    """`typed` and `wrong` map cases to the note that was not taken, and why."""

    jam: JamHead
    cases: tuple[CaseRow, ...]
    hours: int
    typed: Mapping[str, str]
    wrong: Mapping[str, str]
    room: str = "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """`whole` tells a facilitator that it is the log of everybody."""

    jam: JamHead
    cases: tuple[CaseRow, ...]
    whole: bool
    room: str = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """Something that was moved, merged or split. `undo_url` is "" where it cannot be undone."""

    words: str
    icon: str
    title: str
    url: str
    name: str
    reason: str
    at: datetime
    undone_at: datetime | None
    undo_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesPage:
    jam: JamHead
    moves: tuple[MoveRow, ...]
    wrong: str
    room: str = "moves"
