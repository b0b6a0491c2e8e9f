"""What the crowd is asked in a thread, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from server.domain.actors import Member
from server.domain.ideas import Absent, Contribution
from server.domain.jams import Jam
from server.domain.ratings import LOWEST, Spread
from server.domain.rooms import Room
from server.services import polls, proxies, ratings, rooms
from server.services.house import House
from server.services.ideas_read import Thread
from server.services.polls import Answered, seen_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of a poll: `votes` is None where counts are hidden from the reader; `share` is of the voters."""

    value: int
    words: str
    chosen: bool
    votes: int | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PollView:
    """A poll in its thread. `action` is "" where the reader cannot vote, `end_url` where they cannot end it."""

    id: str
    question: str
    answers: tuple[Answer, ...]
    multiple: bool
    voted: bool
    voters: int
    open: bool
    ends_at: datetime
    hidden: bool
    action: str
    end_url: str
    told_at: datetime | None
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadView:
    """How an idea is rated on one axis: `bars` are (value, number of people, height of 0 to 100)."""

    axis: str
    raters: int
    median: float | None
    bars: tuple[tuple[int, int, float], ...]
    mine: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLink:
    """A breakout room of the thread that the reader may enter."""

    url: str
    title: str
    owed_by: str
    open: bool
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked in a thread. `polls` is by the id of the reply that each is, `summaries` by that of the reply
    in which a room returned its summary, `absent` by what was entered in somebody's words.
    """

    polls: Mapping[str, PollView] = field(default_factory=dict)
    poll_url: str = ""
    spreads: tuple[SpreadView, ...] = ()
    rate_url: str = ""
    room_url: str = ""
    rooms: tuple[RoomLink, ...] = ()
    summaries: Mapping[str, RoomLink] = field(default_factory=dict)
    absent: Mapping[str, Absent] = field(default_factory=dict)
    another_url: str = ""


def draw_poll(answered: Answered, made: Contribution, reader: Member, now: datetime, *, writable: bool) -> PollView:
    """A poll as this reader sees it."""
    poll = answered.poll
    seen, voted, is_open = seen_by(poll, now, voted=bool(answered.chosen)), bool(answered.chosen), poll.is_open(now)
    votes = seen.counts.votes
    answers = tuple(
        Answer(
            value=position,
            words=choice,
            chosen=position in answered.chosen,
            votes=votes[position] if votes else None,
            share=100.0 * votes[position] / max(seen.counts.voters, 1) if votes else 0.0,
        )
        for position, choice in enumerate(poll.choices)
    )
    may_end = is_open and made.is_local and (reader.wrote(made.author_id) or reader.may("moderate"))
    return PollView(
        id=poll.contribution_id,
        question=poll.question,
        answers=answers,
        multiple=poll.multiple,
        voted=voted,
        voters=poll.counts.voters,
        open=is_open,
        ends_at=min(poll.ends_at, poll.closed_at or poll.ends_at),
        hidden=not votes,
        action=f"/polls/{made.id}/vote" if is_open and writable else "",
        end_url=f"/polls/{made.id}/end" if may_end else "",
        told_at=poll.told.at if poll.author_host else None,
        host=poll.author_host,
    )


async def draw_polls(house: House, reader: Member, idea: Contribution, jam: Jam) -> dict[str, PollView]:
    """The polls in the thread of an idea, by the id of the reply that each is."""
    writable, found = jam.state_at(house.now()) == "open", {}
    for id_, answered in (await polls.polls_of(house, reader, idea.id)).items():
        made, _ = await polls.obtain(house, reader, id_)
        found[id_] = draw_poll(answered, made, reader, house.now(), writable=writable)
    return found


def draw_spread(spread: Spread) -> SpreadView:
    """How an idea is rated on one axis, with the reader's own rating."""
    most = max(spread.counts, default=0) or 1
    bars = tuple((value, count, 100.0 * count / most) for value, count in enumerate(spread.counts, LOWEST))
    return SpreadView(axis=spread.axis, raters=spread.raters, median=spread.median, bars=bars, mine=spread.mine)


def _link(room: Room, now: datetime) -> RoomLink:
    return RoomLink(
        url=f"/rooms/{room.id}",
        title=room.title,
        owed_by=room.owed_by_name,
        open=room.is_open,
        overdue=room.is_overdue(now),
    )


async def draw_asking(house: House, reader: Member, thread: Thread) -> Asking:
    """All that is asked in a thread, and what this reader may ask."""
    is_open = thread.jam.state_at(house.now()) == "open" and (thread.forum.is_local or thread.forum.joined)
    writable = is_open and thread.lock is None
    spreads = () if thread.idea.deleted else await ratings.spreads_of(house, reader, thread.idea)
    found = [] if thread.idea.deleted else await rooms.rooms_of(house, reader, thread.idea)
    links = {one.id: _link(one, house.now()) for one in found}
    may_ask = await polls.may_ask(house, reader, thread.idea)
    return Asking(
        polls=await draw_polls(house, reader, thread.idea, thread.jam),
        spreads=tuple(draw_spread(one) for one in spreads),
        rate_url=f"/ideas/{thread.idea.id}/ratings" if thread.jam.state_at(house.now()) == "open" else "",
        room_url=f"/ideas/{thread.idea.id}/room" if writable and rooms.may_open(reader, thread.idea) else "",
        rooms=tuple(links[one.id] for one in found if one.is_open),
        summaries={one.summary_id: links[one.id] for one in found if one.summary_id},
        absent={} if thread.idea.deleted else await proxies.absent_in(house, reader, thread.idea),
        another_url=f"/ideas/{thread.idea.id}/for-another"
        if writable and reader.may("moderate") and thread.forum.names == "named"
        else "",
        poll_url=f"/ideas/{thread.idea.id}/poll" if writable and may_ask else "",
    )
