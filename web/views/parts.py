"""What pages of every kind are made of: links, people, badges, the head of a jam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

Audience = Literal["inside", "partners", "public"]

Tone = Literal["inside", "partners", "public", "held", "denied"]

Health = Literal["good", "slow", "bad", "quiet"]

PhaseState = Literal["done", "now", "later"]

Verdict = Literal["allowed", "redacted", "held", "denied", "inside"]

#: What each audience looks like everywhere: lucide icon and short word.
AUDIENCE_ICONS: Mapping[str, str] = {"inside": "lock", "partners": "handshake", "public": "globe"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as shown beside their words. `organisation` and `standing` are "" for our own people; `looks_like`
    is the username of one of them whom this person could be taken for. `voice` means that the name is not shown,
    `you` that it is the reader's own.
    """

    name: str
    handle: str
    unit: str = ""
    organisation: str = ""
    standing: str = ""
    looks_like: str = ""
    voice: bool = False
    you: bool = False

    @property
    def outside(self) -> bool:
        return bool(self.organisation)

    @property
    def initials(self) -> str:
        words = [word for word in self.name.replace("-", " ").split() if word[0].isalnum()]
        ends = words[:1] + words[-1:] if len(words) > 1 else words
        return "".join(word[0] for word in ends).upper() or "?"

    @property
    def hue(self) -> int:
        """A stable colour, 0 to 7, for the round face."""
        return crc32(self.handle.encode()) % 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """The person who looks. `direction` is ltr or rtl; `appearance` is auto, light or dark.

    `to_decide` counts what waits at the boundary for their decision, `unread` the notices they have not read.
    """

    person: Person
    role: str
    duties: frozenset[str] = frozenset()
    consent: bool = True
    language: str = "en"
    direction: Literal["ltr", "rtl"] = "ltr"
    appearance: Literal["auto", "light", "dark"] = "auto"
    to_decide: int = 0
    unread: int = 0

    def may(self, duty: str) -> bool:
        return duty in self.duties


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceBadge:
    """Who a forum or an idea is for, in words: "Inside Acme", "Acme and Globex", "Everyone"."""

    kind: Audience
    words: str

    @property
    def icon(self) -> str:
        return AUDIENCE_ICONS[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    words: str
    chosen: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JamHead:
    """What every page of a jam shows in its frame. `tabs` also depends on the viewer's duties."""

    id: str
    title: str
    url: str
    state: str
    tab: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark that can be made. `action` is the form's target; `made` tells whether the viewer made it.

    `host` is the server that holds the forum, where its facilitators set it.
    """

    kind: str
    words: str
    icon: str
    count: int
    made: bool
    action: str
    host: str = ""

    @property
    def reasoned(self) -> bool:
        """Whether it is set on a page of its own, which asks for a reason."""
        return self.kind != "support"
