"""The composer: what is written, who will read it, and the exact copies that go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup

from web.views.parts import Choice, Link, Person, Tone, Verdict

if TYPE_CHECKING:
    from web.enclosing import FileView


VERDICT_ICONS: Mapping[str, str] = {
    "allowed": "circle-check",
    "redacted": "eye-off",
    "held": "hourglass",
    "denied": "ban",
    "inside": "lock",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSentence:
    id: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """What the rules say for one audience: "Globex", "everyone"."""

    audience: str
    verdict: Verdict
    words: str
    reason: str
    rules: tuple[RuleSentence, ...] = ()

    @property
    def icon(self) -> str:
        return VERDICT_ICONS[self.verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The audience line of the composer, and the words on its button."""

    tone: Tone
    icon: str
    sentence: str
    effect: str
    button: str
    lines: tuple[VerdictLine, ...] = ()
    heads: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """An idea that resembles what is being written. `host` is the organisation that holds its forum, "" for ours."""

    id: str
    title: str
    url: str
    build_url: str
    author: Person
    forum: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedFile:
    """A file in an outbound copy: what is told of it there, or that it stays, and by which rule."""

    words: str
    kind: str
    crosses: bool
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundCopy:
    """What some audiences get, word for word. `removed` is what was taken out; `held` if it waits for a reviewer."""

    audiences: str
    title: str
    html: Markup
    author: str
    removed: tuple[str, ...] = ()
    held: bool = False
    unsafe: bool = False
    files: tuple[CopiedFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """A form for an idea, a reply or an edit, with what was typed and what is wrong with it.

    Of an edit: `version` is what stands now, `meanwhile` its words where they are newer than those edited.
    """

    kind: Literal["idea", "reply", "edit"]
    action: str
    preview_url: str
    reach: Reach
    key: str
    title: str = ""
    text: str = ""
    titled: bool = True
    forums: tuple[Choice, ...] = ()
    labels: tuple[Choice, ...] = ()
    categories: str = ""
    wishes: tuple[Choice, ...] = ()
    intents: tuple[Choice, ...] = ()
    builds_on: Link | None = None
    builds_on_id: str = ""
    answers: Person | None = None
    in_reply_to: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    similar: tuple[Similar, ...] = ()
    cancel_url: str = ""
    previewed: bool = False
    place: str = ""
    kept_at: datetime | None = None
    rendered: Markup | None = None
    copies: tuple[OutboundCopy, ...] = ()
    confirm: str = ""
    reason: str | None = None
    files: tuple[FileView, ...] = ()
    speaks_as: str = ""
    names_words: str = ""
    version: int = 0
    meanwhile: Markup | None = None
    languages: tuple[Choice, ...] = ()
