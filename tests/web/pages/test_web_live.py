from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from server.services import ideas, people
from web.keys import HUB
from web.language import speaking, spoken
from web.live import Draw, Hub, frame
from web.pages.stream import PARTS


async def opened(answer: Any) -> None:
    """Wait until a stream is open: what happens from now on is told."""
    async with asyncio.timeout(20):
        assert await answer.content.readuntil(b"\n\n") == b": open\n\n"


async def frames(answer: Any, number: int) -> list[dict[str, str]]:
    """Read events from an open stream until there are `number` of them."""
    found: list[dict[str, str]] = []
    rest = ""
    async with asyncio.timeout(20):
        while len(found) < number:
            rest += (await answer.content.readany()).decode()
            *whole, rest = rest.split("\n\n")
            for block in whole:
                lines = [line.partition(": ") for line in block.split("\n") if not line.startswith(":")]
                event = {name: "" for name, _, _ in lines}
                for name, _, value in lines:
                    event[name] = f"{event[name]}\n{value}".lstrip("\n") if name == "data" else value
                if "data" in event:
                    found.append(event)
    return found


async def test_a_new_idea_reaches_an_open_page_and_its_figures_follow(site: Any) -> None:
    browser = await site.browser(site.mara)
    async with browser.client.get("/jams/better/stream") as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        assert answer.headers["Content-Security-Policy"]
        await opened(answer)
        made = await ideas.post_idea(site.house, site.jonas, site.own_house, "Fresh", "Words")
        first, *others = await frames(answer, 2 + len(PARTS))
    assert first["event"] == "arrival"
    told = {"kind": "idea", "id": made.id, "thread": made.id, "forum": site.own_house.id}
    assert json.loads(first["data"]) == told
    assert int(first["id"]) > 0
    parts = [other["data"] for other in others if other["event"] == "part"]
    assert any('id="figures"' in part and "1 of 2 people here" in part for part in parts)
    assert [other["event"] for other in others].count("pace") == 1


async def test_a_stream_resumes_after_the_last_event_that_was_seen(site: Any) -> None:
    first = await ideas.post_idea(site.house, site.jonas, site.own_house, "First", "Words")
    browser = await site.browser(site.mara)
    async with browser.client.get("/jams/better/stream", headers={"Last-Event-ID": "0"}) as answer:
        (seen,) = await frames(answer, 1)
    assert json.loads(seen["data"])["id"] == first.id
    second = await ideas.reply(site.house, site.jonas, first, "Second")
    async with browser.client.get("/jams/better/stream", headers={"Last-Event-ID": seen["id"]}) as answer:
        (missed,) = await frames(answer, 1)
    assert json.loads(missed["data"])["id"] == second.id


@pytest.mark.parametrize("last", ["", "x", "-1", "1" * 40, "²"])
async def test_a_strange_last_event_id_is_ignored(site: Any, last: str) -> None:
    browser = await site.browser(site.mara)
    async with browser.client.get("/jams/better/stream", headers={"Last-Event-ID": last}) as answer:
        assert answer.status == 200
        assert await answer.content.readany() == b": open\n\n"


async def test_streams_end_at_once_when_the_server_stops(site: Any) -> None:
    browser = await site.browser(site.mara)
    async with browser.client.get("/jams/better/stream") as answer:
        await answer.content.readany()
        hub = site.server.app[HUB]
        assert hub.listeners == 1
        async with asyncio.timeout(2):
            await hub.end()
            assert await answer.content.read() == b""


async def test_who_cannot_keep_up_is_let_go_and_holds_up_nobody(site: Any) -> None:
    async def nothing(*_: Any) -> Draw:
        return dict

    hub = Hub(nothing)
    slow = hub.join(site.house, site.jam.id, site.mara)
    quick = hub.join(site.house, site.jam.id, site.mara)
    room = hub._rooms[site.jam.id]
    for number in range(200):
        hub._tell(room, frame("arrival", "{}", number))
        if not quick.frames.empty():
            quick.frames.get_nowait()
    assert hub.listeners == 1
    last = None
    while not slow.frames.empty():
        last = slow.frames.get_nowait()
    assert last is None
    await hub.end()


async def test_parts_that_have_not_changed_are_not_sent_again(site: Any) -> None:
    async def always_the_same(*_: Any) -> Draw:
        return lambda: {"figures": ("part", "<p>1</p>")}

    hub = Hub(always_the_same)
    listener = hub.join(site.house, site.jam.id, site.mara)
    room = hub._rooms[site.jam.id]
    for _ in range(3):
        room.stale, room.drawn_at = True, 0.0
        await hub._renew(site.house)
    assert listener.frames.qsize() == 1
    await hub.end()


async def test_a_part_is_drawn_once_for_each_language_and_the_jam_is_counted_once_for_all(site: Any) -> None:
    counted, drawn = [], []

    async def count(*_: Any) -> Draw:
        counted.append(1)

        def draw() -> dict[str, tuple[str, str]]:
            drawn.append(spoken())
            return {"figures": ("part", f"<p>{spoken()}</p>")}

        return draw

    hub, joined = Hub(count), []
    for number in range(40):
        with speaking("de" if number % 2 else "en"):
            joined.append(hub.join(site.house, site.jam.id, site.mara))
    room = hub._rooms[site.jam.id]
    room.stale, room.drawn_at = True, 0.0
    await hub._renew(site.house)
    sent = [one.frames.get_nowait() for one in joined]
    assert len(counted) == 1
    assert sorted(drawn) == ["de", "en"]
    assert {id(frame) for frame in sent} == {id(sent[0]), id(sent[1])}
    assert b"<p>en</p>" in sent[0]
    assert b"<p>de</p>" in sent[1]
    await hub.end()


def test_a_frame_of_several_lines_is_one_event() -> None:
    assert frame("part", "a\nb", 7) == b"id: 7\nevent: part\ndata: a\ndata: b\n\n"


async def test_a_stream_does_not_outlive_its_session(site: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.live.BEAT", 0.2)
    browser = await site.browser(site.jonas)
    async with browser.client.get("/jams/better/stream") as answer:
        await answer.content.readany()
        assert await answer.content.readany() == b": beat\n\n"
        await people.change_member(site.house, site.mara, site.jonas, active=False)
        async with asyncio.timeout(3):
            while await answer.content.readany():
                pass
