"""Bodies and answers about jams, forums, the board and themes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, field

from server.domain.jams import Audience, Charter, Forum, Jam, JamState
from server.domain.voices import Names
from server.services.board import Board
from server.services.house import House
from web.api.shapes import Answer, Body, Thing

Moment = Annotated[datetime, Meta(tz=True, description="ISO 8601 with an offset, as 2026-11-23T09:00:00Z")]


class CharterWords(Body, frozen=True, kw_only=True):
    """Why the jam is held. It opens only when all four parts are filled."""

    question: str = ""
    promise: str = ""
    off_limits: str = ""
    decide_by: str = ""

    def to_charter(self) -> Charter:
        return Charter(
            question=self.question, promise=self.promise, off_limits=self.off_limits, decide_by=self.decide_by
        )


class NewJam(Body, frozen=True, kw_only=True):
    slug: str
    title: str
    opens_at: Moment
    closes_at: Moment
    charter: CharterWords = CharterWords()


class JamChanges(Body, frozen=True, kw_only=True):
    """What is to change of a jam that has not opened; what is left out stays."""

    charter: CharterWords | None = None
    title: str | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None


class LaterEnd(Body, frozen=True, kw_only=True):
    closes_at: Moment


class NoWords(Body, frozen=True, kw_only=True):
    """Nothing: an empty body or an empty object."""


class JamAnswer(Thing, frozen=True, kw_only=True):
    """A jam. `host` is "" for our own; `state` is the one in force now."""

    slug: str
    title: str
    charter: CharterWords
    state: JamState
    opens_at: datetime
    closes_at: datetime
    host: str
    created_at: datetime


class NewForum(Body, frozen=True, kw_only=True):
    slug: str
    title: str
    question: str = ""
    audience: Audience = "inside"
    label: str = "GREEN"
    peers: Annotated[tuple[str, ...], Meta(max_length=1000, description="where not every partner is meant")] = ()
    names: Annotated[Names, Meta(description="whether authors are named, or seen as a role, or sealed")] = "named"
    members_only: Annotated[bool, Meta(description="for those on its list alone; it needs a jam of its own")] = False


class ForumChanges(Body, frozen=True, kw_only=True):
    """What is to change of a forum; what is left out stays. `place` counts from 1 among the forums of the jam.

    Once words stand there, `audience`, `peers` and `label` do not change any more; `slug` never does.
    """

    title: str | None = None
    question: str | None = None
    place: int | None = None
    takes_ideas: bool | None = None
    slug: str | None = None
    audience: Audience | None = None
    peers: Annotated[tuple[str, ...], Meta(max_length=1000)] | None = None
    label: str | None = None


class ForumToJoin(Body, frozen=True, kw_only=True):
    handle: Annotated[str, Meta(max_length=400, description="@name@host of a forum on another server")]


class ForumAnswer(Thing, frozen=True, kw_only=True):
    """A forum. `key` names it in rules; `handle` is how other servers find it.

    `place` orders the forums of a jam, 0 where nobody has; a forum without `takes_ideas` is still answered in.
    """

    jam_id: str
    key: str
    slug: str
    title: str
    question: str
    audience: Audience
    label: str
    peers: list[str]
    host: str
    handle: str
    joined: bool
    place: int
    takes_ideas: bool
    names: Names
    members_only: bool
    created_at: datetime


class Asked(Answer, frozen=True, kw_only=True):
    """Something has been asked of another server; its answer comes as an event."""

    asked: str


class Minute(Answer, frozen=True, kw_only=True):
    at: datetime
    ideas: int
    replies: int


class UnitShare(Answer, frozen=True, kw_only=True):
    """`people` wrote, out of `of` who are of this unit. `goal` is the percentage hoped for, if any.

    Units of fewer than five people are one row.
    """

    unit: str
    people: int
    of: int | None
    contributions: int
    goal: int | None
    reached: bool | None


class CountryShare(Answer, frozen=True, kw_only=True):
    """`people` wrote, out of `of` of our own who work in this country, as organisers entered it."""

    country: str
    people: int
    of: int
    contributions: int


class HostShare(Answer, frozen=True, kw_only=True):
    """`people` wrote; `of` is how many there are, known for this server only."""

    host: str
    people: int
    of: int | None
    contributions: int


class Denominator(Answer, frozen=True, kw_only=True):
    """What a figure is out of: a number and what it counts."""

    of: int
    what: str


class Denominators(Answer, frozen=True, kw_only=True):
    active_now: Denominator
    people: Denominator
    ideas: Denominator
    replies: Denominator
    per_minute: Denominator
    by_unit: Denominator
    by_host: Denominator


class BoardAnswer(Thing, frozen=True, kw_only=True):
    """Live figures of a jam at `at`. Each has its denominator under the same name in `denominators`.

    `active_now`: people who wrote or marked within ten minutes; `neglected`: ideas without a reply. `per_minute`: the
    last hour, minutes without anything left out. The rows of `by_unit` and `by_host` carry a denominator of their own,
    `of`. Where units of fewer than five people are fewer than five together, `left_out` says how many are not told.
    """

    active_now: int
    people: int
    ideas: int
    replies: int
    neglected: int
    per_minute: list[Minute]
    by_unit: list[UnitShare]
    by_host: list[HostShare]
    by_country: list[CountryShare]
    left_out: int
    denominators: Denominators
    at: datetime


class UnitPresenceAnswer(Answer, frozen=True, kw_only=True):
    """A unit of five people or more. null stands for a number too small to be told."""

    unit: str
    invited: int
    visited: int | None
    here_now: int | None


class PresenceAnswer(Answer, frozen=True, kw_only=True):
    """Of all our people, how many opened a page of the jam, and how many within ten minutes.

    `by_unit` is null for those who do not run the jam; `left_out` says that some units are too small to be told.
    """

    invited: int
    visited: int
    here_now: int
    by_unit: list[UnitPresenceAnswer] | None
    left_out: bool


class AnswersBetween(Answer, frozen=True, kw_only=True):
    """Replies of one group to another. A group's kind is unit, host, or small: units of fewer than five people.

    Where these are fewer than five together, their replies are in none.
    """

    by_kind: str
    by: str
    to_kind: str
    to: str
    replies: int


class ExchangeAnswer(Answer, frozen=True, kw_only=True):
    """Who answers whom. `half` of the `people` who spoke said half of it all; `gini` is 0 where all said as much.

    `reading_minutes` is what the last 24 hours take to read; `unanswered` of `ideas` have no reply.
    """

    answers: list[AnswersBetween]
    people: int
    half: int
    gini: float
    reading_minutes: int
    unanswered: int
    ideas: int


class SubThemeAnswer(Answer, frozen=True, kw_only=True):
    """A part of a theme: what tells it from the theme's other parts. `representative` are ids of ideas and replies."""

    id: str
    label: str
    words: list[str]
    size: int
    representative: list[str]


class ThemeAnswer(Answer, frozen=True, kw_only=True):
    """What many talk about. `representative` are ids of ideas and replies; `trend` counts per hour, newest last.

    `human` names what a person changed about it: rename, merge, split, pin, move. `subthemes` are the parts of a
    large theme, the largest first.
    """

    id: str
    label: str
    words: list[str]
    size: int
    representative: list[str]
    trend: list[int] = field(default_factory=list)
    hue: int = 0
    coherence: float = 0.0
    human: list[str] = field(default_factory=list)
    subthemes: list[SubThemeAnswer] = field(default_factory=list)


class EmergingAnswer(Answer, frozen=True, kw_only=True):
    """What suddenly many people said: `word` gave it away at `at` (unix seconds); `ids` are the ideas and replies.

    `born` is the theme's id when it was announced, `theme` what that became.
    """

    theme: str
    born: str = ""
    word: str
    at: float
    ids: list[str]


class ThemeReport(Answer, frozen=True, kw_only=True):
    """What the analytics role keeps of a jam; `seconds` is what the last reckoning took."""

    themes: list[ThemeAnswer] = field(default_factory=list)
    unplaced: int = 0
    seconds: float = 0.0
    emerging: list[EmergingAnswer] = field(default_factory=list)


class ThemesAnswer(Thing, frozen=True, kw_only=True):
    """Themes, largest first, as last reckoned; none before the first round.

    `assignment` maps ids of ideas and replies to the id of a theme, or null where none fits; `unplaced` counts
    those. `trend` maps each theme to its counts per hour, newest last; `emerging` is what is new, the newest first.
    `within` maps ids of ideas and replies to the id of a sub-theme, where their theme has any; `unsure` are the ids of
    those that lie about as near to another theme.
    """

    themes: list[ThemeAnswer]
    assignment: dict[str, str | None]
    unplaced: int
    seconds: float
    trend: dict[str, list[int]]
    emerging: list[EmergingAnswer]
    within: dict[str, str]
    unsure: list[str]


def show_jam(house: House, jam: Jam) -> JamAnswer:
    charter = jam.charter
    return JamAnswer(
        id=jam.id,
        uri=None if jam.host else f"{house.addresses.edge_url}/jams/{jam.id}",
        url=jam_page(house, jam),
        slug=jam.slug,
        title=jam.title,
        charter=CharterWords(
            question=charter.question,
            promise=charter.promise,
            off_limits=charter.off_limits,
            decide_by=charter.decide_by,
        ),
        state=jam.state_at(house.now()),
        opens_at=jam.opens_at,
        closes_at=jam.closes_at,
        host=jam.host,
        created_at=jam.created_at,
    )


def jam_page(house: House, jam: Jam) -> str:
    return f"{house.addresses.inside_url}/jams/{jam.id if jam.host else jam.slug}"


def show_forum(house: House, forum: Forum) -> ForumAnswer:
    return ForumAnswer(
        id=forum.id,
        uri=forum.uri,
        url=f"{house.addresses.inside_url}/forums/{forum.id}",
        jam_id=forum.jam_id,
        key=forum.key,
        slug=forum.slug,
        title=forum.title,
        question=forum.question,
        audience=forum.audience,
        label=forum.label,
        peers=list(forum.peers),
        host=forum.host,
        handle=forum.handle,
        joined=forum.joined,
        place=forum.place,
        takes_ideas=forum.closed_at is None,
        names=forum.names,
        members_only=forum.members_only,
        created_at=forum.created_at,
    )


def show_board(house: House, jam: Jam, board: Board) -> BoardAnswer:
    shown = show_jam(house, jam)
    return BoardAnswer(
        id=jam.id,
        uri=shown.uri,
        url=f"{shown.url}/board",
        active_now=board.active_now,
        people=board.people,
        ideas=board.ideas,
        replies=board.replies,
        neglected=board.neglected,
        per_minute=[Minute(at=_moment(at), ideas=new, replies=back) for at, new, back in board.per_minute],
        by_unit=[
            UnitShare(
                unit=str(one.name),
                people=one.people,
                of=one.of,
                contributions=one.contributions,
                goal=one.goal,
                reached=one.reached,
            )
            for one in board.by_unit
        ],
        by_host=[
            HostShare(host=one.name, people=one.people, of=one.of, contributions=one.contributions)
            for one in board.by_host
        ],
        by_country=[
            CountryShare(country=one.name, people=one.people, of=one.of, contributions=one.contributions)
            for one in board.by_country
        ],
        left_out=board.left_out,
        denominators=_denominators(board),
        at=_moment(board.at),
    )


def _denominators(board: Board) -> Denominators:
    guests = sum(one.people for one in board.by_host if one.of is None)
    everybody = Denominator(
        of=board.invited + guests, what="people of this server, and people of others who have written"
    )
    written = Denominator(of=board.ideas + board.replies, what="ideas and replies")
    return Denominators(
        active_now=Denominator(
            of=board.invited + board.guests, what="people of this server, and people of others who wrote or marked"
        ),
        people=everybody,
        ideas=written,
        replies=written,
        per_minute=Denominator(of=60, what="minutes, up to now"),
        by_unit=Denominator(of=board.invited, what="people of this server"),
        by_host=Denominator(of=board.people, what="people who have written"),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
