"""A jam: its lobby, its forums and ideas as cards, and the forms by which it is made and run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from web.views.composing import Composer
from web.views.parts import AudienceBadge, Choice, JamHead, Link, Person, PhaseState

if TYPE_CHECKING:
    from server.domain.presence import Presence
    from web.elsewhere import RestView
    from web.hosting import RotaView
    from web.lineage import LineageView


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number and what it counts: never one without the other. `url` lists what stands behind it, "" for nothing."""

    key: str
    value: int
    words: str
    of: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    words: str
    state: PhaseState
    at: datetime | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    question: str
    promise: str
    off_limits: str
    decide_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumCard:
    title: str
    question: str
    url: str
    audience: AudienceBadge
    host: str
    ideas: int
    replies: int
    handle: str = ""
    joined: bool = True
    takes_ideas: bool = True
    change_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaCard:
    title: str
    excerpt: str
    url: str
    author: Person
    at: datetime
    support: int
    replies: int
    audience: AudienceBadge
    forum: Link
    emerging: bool = False
    best: bool = False
    builds_on: Link | None = None
    theme: str = ""
    fresh: int = 0
    why: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JamCard:
    title: str
    question: str
    url: str
    state: str
    opens_at: datetime
    closes_at: datetime
    host: str
    forums: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The jams. `silent` are, for organisers, jams with silent work streams: title, address, and how many."""

    jams: tuple[JamCard, ...]
    may_create: bool
    steps: int = 0
    silent: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """First steps in a jam: where to say something, and an idea to build on where there is one."""

    say: Link
    build: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LobbyPage:
    jam: JamHead
    charter: Charter
    phases: tuple[Phase, ...]
    figures: tuple[Figure, ...]
    forums: tuple[ForumCard, ...]
    rising: tuple[IdeaCard, ...]
    newest: tuple[IdeaCard, ...]
    unanswered: tuple[IdeaCard, ...]
    gaps: tuple[str, ...]
    may_manage: bool
    stream_url: str
    counted_at: datetime
    presence: Presence
    report: Link | None = None
    outcomes: Link | None = None
    checklist: tuple[Choice, ...] = ()
    rota: RotaView | None = None
    lineage: LineageView | None = None
    #: For whoever has written nothing in an open jam yet.
    welcome: Welcome | None = None
    #: Where an idea is written; "" where nobody can write one now.
    write_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JamForm:
    """New jam, or the charter of an existing one. Values are the very strings that were typed."""

    action: str
    values: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    jam: JamHead | None = None
    templates: tuple[Choice, ...] = ()
    forums: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    jam: JamHead
    state_words: str
    opens_at: datetime
    closes_at: datetime
    closes_value: str
    draft_values: Mapping[str, str]
    verbs: tuple[str, ...]
    gaps: tuple[str, ...]
    checklist: tuple[Choice, ...]
    rehearsal: Link | None = None
    is_rehearsal: bool = False
    forums: tuple[ForumCard, ...]
    forum_values: Mapping[str, str]
    audiences: tuple[Choice, ...]
    labels: tuple[Choice, ...]
    name_choices: tuple[Choice, ...]
    wishes: tuple[Choice, ...]
    partners: tuple[Choice, ...]
    charter: Charter
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumPage:
    id: str
    jam: JamHead
    title: str
    question: str
    url: str
    handle: str
    audience: AudienceBadge
    audience_words: str
    names_words: str
    host: str
    ideas: tuple[IdeaCard, ...]
    total: int
    sort: str
    sorts: tuple[Choice, ...]
    older_url: str
    composer: Composer | None
    closed_words: str
    stream_url: str
    change_url: str = ""
    members_url: str = ""
    rota: RotaView | None = None
    rest: RestView | None = None
