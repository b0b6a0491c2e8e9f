"""The event log as Server-Sent Events for programs: one reader for all streams of a process.

`web.live` sends browsers what their pages draw; here each event of a jam becomes one JSON frame, made once and
handed to every stream as the same bytes. Frames carry ids and counts, never words: whoever wants those asks
for them, and is asked whether they may.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

import structlog
from aiohttp import hdrs, web

from server.database import DatabaseError
from server.domain.events import Event
from server.services import ideas_read
from server.services.house import House
from server.services.jams import still_reads
from server.services.log import events_after, newest_event
from web.live import frame, jam_of

log = structlog.get_logger()

WAKE = 0.25
BEAT = 15.0
BATCH = 200
QUEUE = 512

Told = tuple[int, bytes]


@dataclass(eq=False, slots=True)
class Listener:
    """One open stream. `told` holds (seq, frame) yet to be sent; None ends it. `cut` breaks a stuck connection."""

    cut: Callable[[], None]
    told: asyncio.Queue[Told | None] = field(default_factory=lambda: asyncio.Queue(QUEUE))

    def offer(self, sent: Told | None) -> bool:
        try:
            self.told.put_nowait(sent)
        except asyncio.QueueFull:
            return False
        return True


class Broadcast:
    """All open streams of an application, by jam."""

    def __init__(self) -> None:
        self._rooms: dict[str, set[Listener]] = {}
        self._task: asyncio.Task[None] | None = None
        self._over = False

    @property
    def listeners(self) -> int:
        return sum(map(len, self._rooms.values()))

    def join(self, house: House, jam_id: str, since: int, cut: Callable[[], None]) -> Listener:
        """Open a stream of what follows event `since`; the first one starts the reading of the log there."""
        listener = Listener(cut)
        self._rooms.setdefault(jam_id, set()).add(listener)
        if self._over:
            listener.offer(None)
        elif self._task is None or self._task.done():
            self._task = asyncio.create_task(self._follow(house, since), name="broadcast")
        return listener

    def leave(self, jam_id: str, listener: Listener) -> None:
        room = self._rooms.get(jam_id, set())
        room.discard(listener)
        if not room:
            self._rooms.pop(jam_id, None)

    async def end(self) -> None:
        """End every stream: none may hold up a shutdown."""
        self._over = True
        for room in self._rooms.values():
            for listener in room:
                if not listener.offer(None):
                    listener.cut()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _follow(self, house: House, seq: int) -> None:
        while self._rooms:
            try:
                found = await events_after(house, seq, BATCH)
                for event in found:
                    await self._tell(house, event)
                    seq = event.seq
            except DatabaseError:
                # A busy or closing store: what was missed is read at the next turn.
                log.warning("the broadcast waits for the store", exc_info=True)
                found = []
            if len(found) < BATCH:
                await asyncio.sleep(WAKE)

    async def _tell(self, house: House, event: Event) -> None:
        room = self._rooms.get(jam_of(event))
        if not room:
            return
        if event.kind == "ForumMembersChanged":
            # Whoever may still read it comes back at once, and is asked anew.
            for listener in list(room):
                room.discard(listener)
                if not listener.offer(None):
                    listener.cut()
            return
        told = (event.seq, await frame_of(house, event))
        for listener in list(room):
            if not listener.offer(told):
                # Who cannot keep up is let go and comes back with Last-Event-ID.
                room.discard(listener)
                listener.cut()


BROADCAST = web.AppKey("BROADCAST", Broadcast)


async def frame_of(house: House, event: Event) -> bytes:
    """Make the frame of one event: `event` its kind, `data` its ids and the counts as they are now. `id` names it, and
    tells nothing of how many there are.
    """
    root = await ideas_read.by_id(house, str(event.data["thread"])) if event.data.get("thread") else None
    told: dict[str, object] = {
        "kind": event.kind,
        "id": event.subject_id,
        "at": event.at.isoformat(),
        "jam": jam_of(event),
        "forum": event.data.get("forum"),
        "thread": event.data.get("thread"),
    }
    if root is not None:
        told["counts"] = {"replies": root.replies, "support": root.support}
    return frame(event.kind, json.dumps(told, separators=(",", ":")), (await house.veil()).hide(event.seq))


async def last_seen(request: web.Request, house: House) -> int | None:
    """Return which event `Last-Event-ID` names (HTML Living Standard, 9.2.4), or None."""
    text = request.headers.get("Last-Event-ID", "")
    told = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    return None if told is None else (await house.veil()).read(told)


async def stream_events(request: web.Request, house: House, jam_id: str, member_id: str) -> web.StreamResponse:
    """Answer with the events of a jam until the client goes, falls behind, loses access, or the server ends."""
    broadcast = request.config_dict[BROADCAST]
    newest = await newest_event(house)
    seen = await last_seen(request, house)
    since = newest if seen is None else min(seen, newest)
    response = web.StreamResponse(
        headers={
            hdrs.CONTENT_TYPE: "text/event-stream",
            hdrs.CACHE_CONTROL: "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    await response.prepare(request)
    transport = request.transport
    may_stay = partial(still_reads, house, member_id, jam_id)
    listener = broadcast.join(house, jam_id, since, transport.abort if transport else lambda: None)
    try:
        if not await may_stay():
            # Taken off a list since the question was asked; what changes from here on ends the stream.
            return response
        await response.write(b": open\n\n")
        since = await _catch_up(response, house, jam_id, since)
        await _pour(response, listener, since, may_stay)
    except ConnectionResetError:
        pass
    finally:
        broadcast.leave(jam_id, listener)
    return response


async def _catch_up(response: web.StreamResponse, house: House, jam_id: str, since: int) -> int:
    """Send what the log holds beyond `since`; return the number of the last event read."""
    while found := await events_after(house, since, BATCH):
        for event in found:
            since = event.seq
            if jam_of(event) == jam_id:
                await response.write(await frame_of(house, event))
    return since


async def _pour(
    response: web.StreamResponse, listener: Listener, since: int, may_stay: Callable[[], Awaitable[bool]]
) -> None:
    due = time.monotonic() + BEAT
    while True:
        try:
            told = await asyncio.wait_for(listener.told.get(), max(0.01, due - time.monotonic()))
        except TimeoutError:
            told = (0, b": beat\n\n")
        if told is None:
            return
        if time.monotonic() >= due:
            if not await may_stay():
                return
            due = time.monotonic() + BEAT
        seq, sent = told
        if seq == 0 or seq > since:
            await response.write(sent)
