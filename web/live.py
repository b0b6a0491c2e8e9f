"""Live pages: Server-Sent Events (HTML Living Standard, 9.2) fed by the event log.

One `Hub` for each application reads the log while anybody listens. For each jam with listeners it makes each
frame once, parts once in each language that is read there, and hands the same bytes to all who read it; figures are
counted at most about once in `PACE` seconds; who cannot keep up is let go and comes back with Last-Event-ID. Frames:

    hour      {"id"}: something came to the queue of a host hour, or it began or ended
    poll      {"id", "thread"}: somebody voted, or a poll ended; a page that shows it asks for it again
    arrival   {"kind", "id", "thread", "forum"}: an idea or reply came; pages count it, nothing moves
    forum     {"id"}: a forum bears another name or question, or takes no new ideas any more
    part      HTML elements that replace those of the same id
    pace      {"minutes": [[unix, ideas, replies], …]} for the chart
    scene     a scene of the wall, as HTML; a wall hears of nothing else but
    counted   when its scenes were counted, whether they have changed or not
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import hdrs, web

from server.database import DatabaseError
from server.domain.actors import Member
from server.domain.errors import Missing, Refusal
from server.domain.events import PRIVATE, Event
from server.domain.jams import Jam
from server.domain.veils import Veil
from server.services import jams
from server.services.house import House
from server.services.log import events_after, newest_event
from web.language import DEFAULT, speaking, spoken

log = structlog.get_logger()

WAKE = 0.1
# Seconds between two counts of a jam, for a few streams; each of very many makes it a little longer.
PACE = 1.0
CROWD_PACE = 0.5 / 2_000
# Who is here now changes without an event: counted again this often.
SLOW = 60.0
BEAT = 15.0
_QUEUE = 64
_BATCH = 200
_COUNTING = frozenset(
    {
        "IdeaPosted",
        "ReplyPosted",
        "ContributionDeleted",
        "ContributionHidden",
        "ContributionMoved",
        "ContributionRestored",
        "Marked",
        "Unmarked",
        "ThemesRefreshed",
        "ThemeEdited",
        "EmergingDismissed",
        "GoalsSet",
        "JamChanged",
    }
)

MayStay = Callable[[], Awaitable[bool]]
#: Counts a jam once and returns what draws its live parts in the language that is spoken: name → (event, data).
#: What has not changed since the last time is not sent again.
Draw = Callable[[], dict[str, tuple[str, str]]]
DrawParts = Callable[[House, Member, Jam], Awaitable[Draw]]


def frame(event: str, data: str, seq: int = 0) -> bytes:
    """The bytes of one event; every line of `data` becomes a data line."""
    lines = [f"event: {event}", *(f"data: {line}" for line in data.splitlines() or [""])]
    if seq:
        lines.insert(0, f"id: {seq}")
    return ("\n".join(lines) + "\n\n").encode()


def arrival_of(event: Event, veil: Veil) -> bytes | None:
    """The frame that tells of a new idea or reply, or None for any other event."""
    if event.kind not in ("IdeaPosted", "ReplyPosted"):
        return None
    kind = "idea" if event.kind == "IdeaPosted" else "reply"
    told = {
        "kind": kind,
        "id": event.subject_id,
        "thread": event.data["thread"],
        "forum": event.data["forum"],
    }
    return frame("arrival", json.dumps(told), veil.hide(event.seq))


def poll_of(event: Event, veil: Veil) -> bytes | None:
    """The frame that tells of new counts of a poll, or None for any other event; each reader asks for their own."""
    if event.kind not in ("PollVoted", "PollCounted", "PollEnded"):
        return None
    return frame("poll", json.dumps({"id": event.subject_id, "thread": event.data["thread"]}), veil.hide(event.seq))


def hour_of(event: Event, veil: Veil) -> bytes | None:
    """The frame that tells of news in a host hour, or None for any other event."""
    if event.kind not in ("HourQuestionAsked", "HourQuestionAnswered", "HourBegan", "HourEnded"):
        return None
    return frame("hour", json.dumps({"id": event.subject_id}), veil.hide(event.seq))


def forum_change_of(event: Event) -> bytes | None:
    """The frame that tells of a changed forum, or None for any other event; pages offer to look again."""
    return frame("forum", json.dumps({"id": event.subject_id})) if event.kind == "ForumChanged" else None


def jam_of(event: Event) -> str:
    """The id of the jam whose readers may learn of an event, "" when there is none."""
    if event.kind in PRIVATE:
        return ""
    if event.kind in ("JamChanged", "ThemesRefreshed"):
        return str(event.data.get("jam") or event.subject_id)
    return str(event.data.get("jam", ""))


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream. `frames` holds what is yet to be sent; None ends it."""

    member: Member
    language: str = DEFAULT
    frames: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(_QUEUE))

    def offer(self, sent: bytes | None) -> bool:
        try:
            self.frames.put_nowait(sent)
        except asyncio.QueueFull:
            return False
        return True


@dataclass(slots=True)
class Room:
    """The listeners of one jam and what they were shown last, by language and part."""

    jam_id: str
    listeners: set[Listener] = field(default_factory=set)
    shown: dict[tuple[str, str], str] = field(default_factory=dict)
    stale: bool = False
    drawn_at: float = field(default_factory=time.monotonic)


class Hub:
    """All open streams of an application."""

    def __init__(self, draw: DrawParts, *, slow: float = SLOW, tells: bool = True) -> None:
        """Without `tells` nobody hears of single events, by which ideas and threads are named: parts only."""
        self._draw = draw
        self._slow = slow
        self.tells = tells
        self._rooms: dict[str, Room] = {}
        self._task: asyncio.Task[None] | None = None
        self._over = False
        #: Set while the log is read: what happens from then on is told.
        self.reads = asyncio.Event()

    @property
    def listeners(self) -> int:
        return sum(len(room.listeners) for room in self._rooms.values())

    def join(self, house: House, jam_id: str, member: Member) -> Listener:
        """Open a stream; the first one starts the reading of the log."""
        listener = Listener(member, spoken())
        # What came between the page and its stream is in the first drawing.
        self._rooms.setdefault(jam_id, Room(jam_id, stale=True)).listeners.add(listener)
        if self._over:
            listener.offer(None)
        elif self._task is None or self._task.done():
            self.reads.clear()
            self._task = asyncio.create_task(self._follow(house), name="live pages")
        return listener

    def leave(self, jam_id: str, listener: Listener) -> None:
        room = self._rooms.get(jam_id)
        if room is None:
            return
        room.listeners.discard(listener)
        if not room.listeners:
            del self._rooms[jam_id]

    async def end(self) -> None:
        """End every stream and the reading of the log: streams must not hold up a shutdown."""
        self._over = True
        self.reads.set()
        for room in self._rooms.values():
            for listener in room.listeners:
                self._let_go(listener)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _let_go(self, listener: Listener) -> None:
        while not listener.offer(None):
            listener.frames.get_nowait()

    async def _begin(self, house: House) -> int:
        """Return the number of the last event before those that are told."""
        while True:
            try:
                return await newest_event(house)
            except DatabaseError:
                log.warning("live pages wait for the store", exc_info=True)
                await asyncio.sleep(WAKE)

    async def _follow(self, house: House) -> None:
        seq = await self._begin(house)
        self.reads.set()
        while self._rooms:
            try:
                seq = await self._read(house, seq)
                await self._renew(house)
            except (DatabaseError, Refusal):
                # A busy or closing store: what was missed is read at the next turn.
                log.warning("live pages wait for the store", exc_info=True)
            await asyncio.sleep(WAKE)

    async def _read(self, house: House, seq: int) -> int:
        veil = await house.veil()
        for event in await events_after(house, seq, _BATCH):
            seq = event.seq
            room = self._rooms.get(jam_of(event))
            if room is None:
                continue
            if event.kind == "ForumMembersChanged":
                # Whoever may still read it comes back at once, and is asked anew.
                self._empty(room, {one.member.id for one in room.listeners})
                continue
            room.stale = room.stale or event.kind in _COUNTING
            if not self.tells:
                continue
            told = arrival_of(event, veil) or poll_of(event, veil) or hour_of(event, veil) or forum_change_of(event)
            if told is not None:
                self._tell(room, told)
        return seq

    def _empty(self, room: Room, member_ids: set[str]) -> None:
        for listener in [one for one in room.listeners if one.member.id in member_ids]:
            room.listeners.discard(listener)
            self._let_go(listener)

    def _tell(self, room: Room, sent: bytes, language: str = "") -> None:
        for listener in list(room.listeners):
            if language in ("", listener.language) and not listener.offer(sent):
                room.listeners.discard(listener)
                self._let_go(listener)

    async def _renew(self, house: House) -> None:
        for room in list(self._rooms.values()):
            now = time.monotonic()
            pause = PACE + CROWD_PACE * len(room.listeners) if room.stale else self._slow
            if now - room.drawn_at < pause or not room.listeners:
                continue
            room.stale, room.drawn_at = False, now
            reader = next(iter(room.listeners)).member
            try:
                jam = await jams.obtain_jam(house, reader, room.jam_id)
                drawn = await self._draw(house, reader, jam)
            except Missing:
                self._empty(room, {reader.id})
                continue
            for language in sorted({one.language for one in room.listeners}):
                with speaking(language):
                    self._show(room, drawn(), language)

    def _show(self, room: Room, parts: dict[str, tuple[str, str]], language: str) -> None:
        """Send those who read a language what has changed: the bytes are made once for all of them."""
        changed = {name: told for name, told in parts.items() if room.shown.get((language, name)) != told[1]}
        room.shown |= {(language, name): data for name, (_, data) in changed.items()}
        if changed:
            # All of them at once: each of thousands of streams wakes up once.
            self._tell(room, b"".join(frame(event, data) for event, data in changed.values()), language)


async def stream(
    request: web.Request, hub: Hub, house: House, jam: Jam, member: Member, may_stay: MayStay
) -> web.StreamResponse:
    """Answer with the event stream of a jam until the reader goes, falls behind, or the server ends it.

    `may_stay` is asked at every beat: a stream does not outlive the session that opened it.
    """
    response = web.StreamResponse(
        headers={
            hdrs.CONTENT_TYPE: "text/event-stream",
            hdrs.CACHE_CONTROL: "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    await response.prepare(request)
    listener = hub.join(house, jam.id, member)
    try:
        if not await jams.still_reads(house, member.id, jam.id):
            # Taken off a list since the question was asked; what changes from here on ends the stream.
            return response
        await hub.reads.wait()
        await response.write(b": open\n\n")
        if hub.tells:
            for missed in await _missed(house, jam, request.headers.get("Last-Event-ID", "")):
                await response.write(missed)
        await _pour(response, listener, may_stay)
    except ConnectionResetError:
        pass
    finally:
        hub.leave(jam.id, listener)
    return response


async def _pour(response: web.StreamResponse, listener: Listener, may_stay: MayStay) -> None:
    due = time.monotonic() + BEAT
    while True:
        try:
            # Not wait_for: with thousands of streams a task for each frame is most of the work.
            async with asyncio.timeout(max(0.01, due - time.monotonic())):
                sent = await listener.frames.get()
        except TimeoutError:
            sent = b": beat\n\n"
        if time.monotonic() >= due:
            due = time.monotonic() + BEAT
            if not await may_stay():
                return
        if sent is None:
            return
        await response.write(sent)


async def _missed(house: House, jam: Jam, last_id: str) -> Iterable[bytes]:
    """What came since `last_id`, the last that the browser saw: at most one batch of arrivals."""
    if not (last_id.isascii() and last_id.isdigit() and len(last_id) < 19):
        return ()
    veil = await house.veil()
    found = await events_after(house, veil.read(int(last_id)), _BATCH)
    return [told for event in found if jam_of(event) == jam.id and (told := arrival_of(event, veil)) is not None]


def pace_data(minutes: Iterable[Any]) -> str:
    """The chart's figures as JSON."""
    return json.dumps({"minutes": [[int(one.at.timestamp()), one.ideas, one.replies] for one in minutes]})
