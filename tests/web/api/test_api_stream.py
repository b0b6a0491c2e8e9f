"""The events of a jam as Server-Sent Events."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientResponse

from server.services import people
from server.services.house import House
from tests.web.api.api_house import Caller, Client, Things, new_jam
from web import broadcast
from web.broadcast import BROADCAST, Broadcast


class Stream:
    """An open stream, read frame by frame; comments are left out but counted."""

    def __init__(self, answer: ClientResponse) -> None:
        self.answer = answer
        self.comments = 0

    async def next(self, seconds: float = 5.0) -> tuple[int, str, dict[str, Any]]:
        async with asyncio.timeout(seconds):
            while True:
                frame = await self.answer.content.readuntil(b"\n\n")
                if not frame:
                    raise EOFError
                lines = frame.decode().strip().split("\n")
                if not lines[0].startswith(":"):
                    fields = dict(line.split(": ", 1) for line in lines)
                    return int(fields["id"]), fields["event"], json.loads(fields["data"])
                self.comments += 1


@asynccontextmanager
async def listening(caller: Caller, jam: str = "packaging", last: int | None = None) -> AsyncIterator[Stream]:
    headers = {"Authorization": f"Bearer {caller.token}"} | ({} if last is None else {"Last-Event-ID": str(last)})
    async with caller.client.get(f"/api/v1/jams/{jam}/events", headers=headers) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        yield Stream(answer)


async def test_what_happens_in_a_jam_arrives_with_ids_and_counts(ada: Caller, bob: Caller, idea: Things):
    async with listening(ada) as stream:
        begun = time.monotonic()
        reply = await bob("POST", f"/ideas/{idea['id']}/replies", {"text": "A secret sentence."})
        _, kind, told = await stream.next()
        assert time.monotonic() - begun < 2
        assert kind == told["kind"] == "ReplyPosted"
        assert (told["id"], told["thread"], told["forum"]) == (reply["id"], idea["id"], idea["forum_id"])
        assert told["counts"] == {"replies": 1, "support": 0}
        assert "secret" not in json.dumps(told)
        await ada("PUT", f"/ideas/{idea['id']}/marks/support")
        _, kind, told = await stream.next()
        assert (kind, told["counts"]["support"]) == ("Marked", 1)


async def test_a_stream_resumes_after_the_last_event_seen(ada: Caller, bob: Caller, idea: Things):
    path = f"/ideas/{idea['id']}/replies"
    async with listening(ada) as stream:
        await bob("POST", path, {"text": "One."})
        seen, _, _ = await stream.next()
    missed = [(await bob("POST", path, {"text": f"{number}"}))["id"] for number in range(3)]
    async with listening(ada, last=seen) as stream:
        assert [(await stream.next())[2]["id"] for _ in missed] == missed
        live = await bob("POST", path, {"text": "Live."})
        assert (await stream.next())[2]["id"] == live["id"]


async def test_ids_tell_nothing_of_how_much_happens_in_between(ada: Caller, bob: Caller, idea: Things):
    async with listening(bob) as stream:
        for _ in range(6):
            await bob("PUT", f"/ideas/{idea['id']}/marks/support")
            await bob("DELETE", f"/ideas/{idea['id']}/marks/support")
        told = [(await stream.next())[0] for _ in range(12)]
    assert len(set(told)) == 12
    assert told != sorted(told)
    assert min(told) > 1_000_000, "the log is no longer than this"
    async with listening(bob, last=0) as stream:
        assert (await stream.next())[0] not in told, "0 is before all that happened"


async def test_nothing_is_lost_or_doubled_while_writers_and_a_newcomer_race(ada: Caller, bob: Caller, idea: Things):
    path = f"/ideas/{idea['id']}/replies"

    async def write() -> list[str]:
        return [(await bob("POST", path, {"text": f"{number}"}))["id"] for number in range(20)]

    async with listening(bob) as stream:
        await bob("POST", path, {"text": "Before."})
        start, _, _ = await stream.next()
        first = await bob("POST", path, {"text": "First."})
    writing = asyncio.create_task(write())
    await asyncio.sleep(0.05)
    async with listening(ada, last=start) as stream:
        told = [(await stream.next())[2]["id"] for _ in range(21)]
    assert told == [first["id"], *(await writing)]


async def test_only_events_of_that_jam_arrive(ada: Caller, bob: Caller, idea: Things):
    await ada("POST", "/jams", new_jam("other"))
    async with listening(bob) as stream:
        await ada("POST", "/jams/other/open")
        await ada("POST", "/jams/other/forums", {"slug": "elsewhere", "title": "Elsewhere"})
        await ada("POST", "/jams/packaging/forums", {"slug": "here", "title": "Here"})
        _, kind, told = await stream.next()
        assert (kind, told["jam"]) == ("ForumCreated", idea["jam_id"])


async def test_all_streams_get_the_same_bytes_and_leave_no_trace(
    client: Client, ada: Caller, bob: Caller, idea: Things
):
    async with listening(ada) as one, listening(bob) as two:
        await ada("PUT", f"/ideas/{idea['id']}/marks/support")
        assert await one.next() == await two.next()
        assert client.app[BROADCAST].listeners == 2
    async with asyncio.timeout(5):
        while client.app[BROADCAST].listeners:
            await ada("PUT", f"/ideas/{idea['id']}/marks/best")
            await ada("DELETE", f"/ideas/{idea['id']}/marks/best")
            await asyncio.sleep(0.1)


async def test_open_streams_do_not_hold_up_a_shutdown(client: Client, ada: Caller, jam: Things):
    async with listening(ada) as stream:
        begun = time.monotonic()
        await client.server.close()
        assert time.monotonic() - begun < 2
        with pytest.raises(EOFError):
            await stream.next()


async def test_a_quiet_stream_beats_and_ends_with_its_owners_standing(
    house: House, ada: Caller, bob: Caller, jam: Things, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(broadcast, "BEAT", 0.2)
    async with listening(bob) as stream:
        with pytest.raises(TimeoutError):
            await stream.next(0.7)
        assert stream.comments >= 3
        await people.change_member(house, ada.member, bob.member, active=False)
        with pytest.raises(EOFError):
            await stream.next()


async def test_a_last_event_id_that_is_no_number_or_lies_ahead_starts_at_the_end(ada: Caller, idea: Things):
    async with listening(ada, last=10**15) as stream:
        await ada("PUT", f"/ideas/{idea['id']}/marks/support")
        assert (await stream.next())[1] == "Marked"


async def test_who_cannot_keep_up_is_let_go(house: House, idea: Things, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(broadcast, "QUEUE", 0)
    hub, cut = Broadcast(), asyncio.Event()
    listener = hub.join(house, idea["jam_id"], 0, cut.set)
    listener.told = asyncio.Queue(1)
    await asyncio.wait_for(cut.wait(), 5)
    assert hub.listeners == 0
    await hub.end()
