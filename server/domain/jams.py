"""Jams, their charters and forums, and the table of states they pass through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from server.domain import self_test
from server.domain.errors import CharterIncomplete, Conflict, ForumClosed, JamNotOpen
from server.domain.sentences import later, say
from server.domain.voices import Names

JamState = Literal["draft", "open", "frozen", "archived"]
Audience = Literal["inside", "partners", "public"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

# state → verb → next state. A verb that is absent is refused.
TRANSITIONS: dict[JamState, dict[str, JamState]] = {
    "draft": {"open": "open"},
    "open": {"open": "open", "extend": "open", "freeze": "frozen"},
    "frozen": {"freeze": "frozen", "extend": "open", "archive": "archived"},
    "archived": {"archive": "archived"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """Why the jam is held: the question, the sponsor's promise, what is off the table, when it is decided."""

    question: str = ""
    promise: str = ""
    off_limits: str = ""
    decide_by: str = ""

    def gaps(self) -> tuple[str, ...]:
        """Return the names of the parts that are still empty."""
        parts = ("question", "promise", "off_limits", "decide_by")
        return tuple(part for part in parts if not getattr(self, part).strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Jam:
    """A time-boxed event. `host` is "" for our own, else the server that holds it."""

    id: str
    slug: str
    title: str
    charter: Charter
    state: JamState
    opens_at: datetime
    closes_at: datetime
    host: str
    created_at: datetime

    def state_at(self, now: datetime) -> JamState:
        """Return the state in force at `now`: an open jam is frozen the moment its closing time passes."""
        return "frozen" if self.state == "open" and now >= self.closes_at else self.state

    def require_open(self, now: datetime) -> None:
        """Raise JamNotOpen unless ideas, replies, edits and marks are taken at `now`."""
        state = self.state_at(now)
        if state != "open":
            raise JamNotOpen(NOT_WRITTEN_TO[state])

    def next_state(self, verb: str, now: datetime) -> JamState:
        """Return the state after `verb`, or raise Conflict or CharterIncomplete."""
        state = self.state_at(now)
        if verb not in TRANSITIONS[state]:
            raise Conflict(
                "A jam that is %(state)s cannot be %(verb)s.", state=STATE_WORDS[state], verb=VERB_PAST.get(verb, verb)
            )
        if verb == "open" and (gaps := self.charter.gaps()):
            named = tuple(PARTS[part] for part in gaps)
            raise CharterIncomplete(
                "The jam cannot open before its charter is complete. Still empty: %(named)s.", named=named
            )
        return TRANSITIONS[state][verb]


NOT_WRITTEN_TO = {
    "draft": later("This jam has not opened yet."),
    "frozen": later("This jam has closed; it can be read but no longer written to."),
    "archived": later("This jam is archived; it can be read but no longer written to."),
}
STATE_WORDS = {"draft": say("draft"), "open": say("open"), "frozen": say("frozen"), "archived": say("archived")}
VERB_PAST = {"open": say("opened"), "extend": say("extended"), "freeze": say("frozen"), "archive": say("archived")}
#: The parts of a charter as sentences name them.
PARTS = {
    "question": say("question"),
    "promise": say("promise"),
    "off_limits": say("off limits"),
    "decide_by": say("decide by"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """A screen that shows a jam to whoever passes. `id` is no secret; `note` says where it hangs."""

    id: str
    jam_id: str
    note: str
    made_by: str
    made_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forum:
    """One question of a jam, with its audience. `host` is "" for our own forums.

    `key` ("jam-slug/forum-slug") names it in rules; `uri` is the Group's id; `label` is the level of what
    is said in it unless an author says otherwise; `joined` tells whether a remote host accepted our follow.
    `place` orders the forums of a jam, 0 before anybody ordered them; since `closed_at` it takes no new ideas.
    `names` is how those who write in it appear. Where it is `members_only`, nobody but those on its list, and whoever
    organises jams on the server that holds it, learns that it is there.
    """

    id: str
    jam_id: str
    jam_slug: str
    slug: str
    title: str
    question: str
    audience: Audience
    label: str
    peers: tuple[str, ...]
    uri: str
    host: str
    handle: str
    joined: bool
    created_at: datetime
    names: Names = "named"
    place: int = 0
    closed_at: datetime | None = None
    members_only: bool = False

    def require_ideas(self) -> None:
        """Raise ForumClosed where no new ideas are taken."""
        if self.closed_at is not None:
            raise ForumClosed("This forum takes no new ideas any more. Those in it can still be answered.")

    @property
    def key(self) -> str:
        return f"{self.jam_slug}/{self.slug}"

    @property
    def is_local(self) -> bool:
        return self.host == ""

    @property
    def is_canary(self) -> bool:
        """Say whether this stands for a leak self-test alone: no list shows it, and no person can make it."""
        return self.jam_slug == self_test.JAM
