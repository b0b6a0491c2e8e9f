"""What the pages of themes show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from web.views import Choice, IdeaCard, JamHead, ThemeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRow:
    """One change. `undone` says that it does not count any more."""

    version: int
    sentence: str
    name: str
    at: datetime
    undone: bool
    undo_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """What emerged, says the machine, and does not, says a person; `url` takes that back."""

    word: str
    at: datetime
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPage:
    """The themes of a jam with what can be done to each; `wrong` and `typed` are of the form that was refused."""

    jam: JamHead
    url: str
    themes: tuple[ThemeRow, ...]
    edits: tuple[EditRow, ...]
    dismissed: tuple[Dismissed, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Something said of a theme, `unsure` where another lies about as near. `id` is there for those who may move it."""

    id: str
    card: IdeaCard
    unsure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A sub-theme; `here` where it is the one that is shown."""

    words: str
    count: int
    url: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemePage:
    """A theme and what was said of it: `spoken` is one page of `total`; `others` are the themes to move to.

    `parts` are its sub-themes; of what was said `unsure` things lie about as near to another theme, and with `doubtful`
    these alone are shown.
    """

    jam: JamHead
    theme: ThemeRow
    spoken: tuple[Spoken, ...]
    total: int
    first: int
    next_url: str
    others: tuple[Choice, ...]
    edit_url: str
    parts: tuple[Part, ...] = ()
    unsure: int = 0
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Something that stands behind a number. `note` says what a machine makes of it, "" where nothing."""

    card: IdeaCard
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BehindPage:
    """What stands behind a number: `said` is one page of `total`.

    `dismiss_url` takes it that an emerging theme is none, from whoever may say so.
    """

    jam: JamHead
    title: str
    lead: str
    back_url: str
    back: str
    said: tuple[Behind, ...]
    total: int
    first: int
    next_url: str
    dismiss_url: str = ""
