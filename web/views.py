"""What the templates show: frozen, complete, already permitted. Times are aware datetimes in UTC.

A page function fills one of these from services and hands it to a template; a template decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zlib import crc32

from markupsafe import Markup

if TYPE_CHECKING:
    from server.domain.presence import Presence
    from web.elsewhere import RestView
    from web.enclosing import FileView
    from web.hosting import RotaView
    from web.kept import Kept
    from web.lineage import LineageView
    from web.river import River

Audience = Literal["inside", "partners", "public"]
Tone = Literal["inside", "partners", "public", "held", "denied"]
Health = Literal["good", "slow", "bad", "quiet"]
PhaseState = Literal["done", "now", "later"]
Verdict = Literal["allowed", "redacted", "held", "denied", "inside"]

#: What each audience looks like everywhere: lucide icon and short word.
AUDIENCE_ICONS: Mapping[str, str] = {"inside": "lock", "partners": "handshake", "public": "globe"}
VERDICT_ICONS: Mapping[str, str] = {
    "allowed": "circle-check",
    "redacted": "eye-off",
    "held": "hourglass",
    "denied": "ban",
    "inside": "lock",
}


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


# --- composer ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    words: str
    chosen: bool = False
    hint: str = ""


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


# --- lobby ------------------------------------------------------------------------------------------


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
class JamHead:
    """What every page of a jam shows in its frame. `tabs` also depends on the viewer's duties."""

    id: str
    title: str
    url: str
    state: str
    tab: str = ""
    host: str = ""


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
    jams: tuple[JamCard, ...]
    may_create: bool
    steps: int = 0


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


# --- forms ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    next_url: str = ""
    username: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    #: What people call the identity provider that they may sign in with; "" where there is none.
    elsewhere: str = ""
    #: The form that somebody was sending when their session was over, as `web.kept` writes it.
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """Landing of a one-time link: choose a password."""

    action: str
    wrong: Mapping[str, str] = field(default_factory=dict)


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


# --- forum and thread -------------------------------------------------------------------------------


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


# --- board ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """`share` is 0 to 100, of the figure that `of` names."""

    words: str
    count: int
    share: float
    of: str
    outside: bool = False
    url: str = ""
    goal: str = ""
    reached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    at: datetime
    ideas: int
    replies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One rectangle of the theme map, in units of its view box."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    title: str
    hue: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRow:
    """One theme. `place` is its cell in the unit square, zeros where none was given; `spark` SVG points.

    `human` says that a person changed it; `counts` are by the hour, the newest last.
    """

    id: str
    label: str
    words: str
    size: int
    share: float
    trend: str
    hue: int
    url: str
    rising: bool = False
    representative: tuple[str, ...] = ()
    place: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    spark: str = ""
    human: bool = False
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTheme:
    """A theme that emerged: the word that gave it away, when, and in how many ideas and replies."""

    label: str
    url: str
    word: str
    count: int
    at: datetime
    behind_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    jam: JamHead
    emerging: tuple[NewTheme, ...] = ()
    figures: tuple[Figure, ...]
    minutes: tuple[Minute, ...]
    units: tuple[Bar, ...]
    servers: tuple[Bar, ...]
    cells: tuple[Cell, ...]
    themes: tuple[ThemeRow, ...]
    themes_of: str
    rising: tuple[IdeaCard, ...]
    marked: tuple[IdeaCard, ...]
    stream_url: str
    counted_at: datetime
    edit_url: str = ""
    river: River
    countries: tuple[Bar, ...] = ()
    elsewhere: int = 0


# --- people, search, errors -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    person: Person
    role: str
    active: bool
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    people: tuple[MemberRow, ...]
    values: Mapping[str, str]
    roles: tuple[Choice, ...]
    older_url: str
    may_change: bool
    wrong: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    link_for: str = ""
    asked: str = ""
    unit_choices: tuple[Choice, ...] = ()
    role_choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    status: int
    heading: str
    sentence: str
    #: What was typed into the form that was refused, and whether sending it again may help.
    kept: Kept | None = None
    again: bool = False
