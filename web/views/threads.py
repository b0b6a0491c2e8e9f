"""A thread: what hangs on an idea, what was said of it at the boundary, and its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from web.views.composing import VERDICT_ICONS, Composer
from web.views.parts import Choice, JamHead, Link, Mark, Person, Tone, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewNote:
    """That somebody's words wait for reviewers, or were refused: for the author, and for reviewers."""

    sentence: str
    tone: Tone
    icon: str
    at: datetime
    edit_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoNote:
    """That somebody can still take their words back: until when, in seconds from now, and by which form."""

    action: str
    seconds: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyView:
    id: str
    url: str
    html: Markup
    author: Person
    at: datetime
    edited_at: datetime | None
    intent: str
    label: str
    marks: tuple[Mark, ...]
    deleted: bool = False
    hidden: bool = False
    flag_url: str = ""
    name_url: str = ""
    tools_url: str = ""
    reply_url: str = ""
    edit_url: str = ""
    label_url: str = ""
    delete_url: str = ""
    history_url: str = ""
    answers: Link | None = None
    depth: int = 0
    replies: tuple[ReplyView, ...] = ()
    reviews: tuple[ReviewNote, ...] = ()
    fresh: bool = False
    veiled: bool = False
    undo: UndoNote | None = None
    next_url: str = ""
    more_url: str = ""
    left: int = 0
    language: str = ""

    @property
    def below(self) -> int:
        """How many replies are shown below this one."""
        return sum(1 + child.below for child in self.replies)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassportLine:
    """One receiver, or one verdict without a receiver, of one version."""

    receiver: str
    verdict: Verdict
    words: str
    reason: str
    at: datetime | None = None
    rules: tuple[str, ...] = ()
    why_url: str = ""

    @property
    def icon(self) -> str:
        return VERDICT_ICONS[self.verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passport:
    """Where an idea or reply has gone: one sentence, then a line for each audience."""

    sentence: str
    tone: Tone
    icon: str
    lines: tuple[PassportLine, ...]
    recall_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteView:
    """A page with nothing but a composer: editing, answering one reply, building on an idea."""

    jam: JamHead
    heading: str
    back: Link
    composer: Composer
    quoted: ReplyView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """One state of the words, and as `changes` what it changed of the one before: (same, gone or new; words)."""

    number: int
    title: str
    text: str
    at: datetime
    reason: str = ""
    changes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    jam: JamHead
    back: Link
    author: Person
    versions: tuple[VersionView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage:
    """One question before something that cannot be undone."""

    heading: str
    sentence: str
    action: str
    button: str
    back_url: str
    jam: JamHead | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPage:
    """A form for the label of one idea or reply; `lowers` if whoever looks may make it less strict."""

    jam: JamHead
    back: Link
    label: str
    action: str
    labels: tuple[Choice, ...]
    categories: str
    wishes: tuple[Choice, ...]
    lowers: bool
    wrong: Mapping[str, str] = field(default_factory=dict)
