"""Ideas, replies and marks. What both ideas and replies share is called a contribution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

Kind = Literal["idea", "reply"]
MarkKind = Literal["support", "emerging", "best"]
MARKS: tuple[MarkKind, ...] = get_args(MarkKind)
FACILITATED: tuple[MarkKind, ...] = ("emerging", "best")
"""Marks that facilitators alone set."""
Intent = Literal["", "idea", "evidence", "experience", "concern", "question", "answer"]
INTENTS: tuple[Intent, ...] = get_args(Intent)
TITLE_LIMIT = 200
TEXT_LIMIT = 50_000


LinkedKind = Literal["picture", "video", "sound", "file"]
LONGEST_SAID = 1500


@dataclass(frozen=True, slots=True)
class Linked:
    """A file that stays on another server: its address, or "" where nobody can be led to it, and what its author says
    that it shows, or "". `media_type` ("") and `size` in bytes (None) are as its server states them, where it does.
    """

    url: str
    kind: LinkedKind
    words: str = ""
    media_type: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Attached:
    """The files of something that another server sent, as it states them: their number, media types and bytes
    together (None where it does not say), and each by itself. We fetch none of them.
    """

    number: int = 0
    media_types: frozenset[str] = frozenset()
    size: int | None = 0
    files: tuple[Linked, ...] = ()

    @classmethod
    def of(cls, files: tuple[Linked, ...]) -> Attached:
        """Count some files: the same when they come, and when they are passed on."""
        sizes = [one.size for one in files if one.size is not None]
        whole = sum(sizes) if len(sizes) == len(files) else None
        return cls(len(files), frozenset(one.media_type for one in files), whole, files)

    @property
    def linked(self) -> tuple[Linked, ...]:
        """Those that somebody can be led to."""
        return tuple(one for one in self.files if one.url)

    @property
    def words(self) -> str:
        """What is said of them, a line for each."""
        return "\n".join(one.words for one in self.files if one.words)


NOTHING_ATTACHED = Attached()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """An idea or a reply, as it stands now.

    `thread_id` is the id of the idea at the root (its own id for an idea); `parent_id` is what it answers
    ("" for an idea); `version` counts from 1; `html` is the rendered and sanitised text; `label` is a level
    name; `builds_on` is the id of the idea it extends, or ""; `activity_uri` names the remote Create that
    brought it ("" for our own); `hidden` means that a facilitator keeps it from others for now;
    `crosses_at` is set while the gate does not look at it yet, because its author may still take it back;
    `is_voice` means that its author's name is not shown here; `language` is the tag of the language of its words, ""
    where nobody said.
    """

    id: str
    kind: Kind
    uri: str
    jam_id: str
    forum_id: str
    thread_id: str
    parent_id: str
    author_id: str
    author_name: str
    author_handle: str
    author_unit: str
    author_host: str
    title: str
    text: str
    html: str
    label: str
    intent: Intent
    builds_on: str
    version: int
    deleted: bool
    activity_uri: str
    created_at: datetime
    edited_at: datetime | None
    support: int = 0
    replies: int = 0
    emerging: bool = False
    best: bool = False
    hidden: bool = False
    crosses_at: datetime | None = None
    files: int = 0
    edit_reason: str = ""
    is_voice: bool = False
    language: str = ""

    def veiled(self) -> Contribution:
        """Return it without its words: what a moderation hold leaves others to see."""
        return replace(self, title="", text="", html="")

    @property
    def is_local(self) -> bool:
        return self.author_host == ""


@dataclass(frozen=True, slots=True)
class Absent:
    """Somebody without access whose words another person enters, and where: "the workshop in Leeds", say."""

    name: str
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One state of a contribution's words. `number` counts from 1; `refiled`: the next one has other files.

    `attached` says what its own were, where the next one has others: None where that was not kept.
    """

    number: int
    title: str
    text: str
    written_at: datetime
    reason: str = ""
    refiled: bool = False
    attached: tuple[Linked, ...] | None = None
