"""The theme river, its table, and who answers whom while people write."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from server.services import board, ideas
from tests.web.pages.test_web_live import frames
from web.figures import draw_themes
from web.river import HEIGHT, MOST, WIDTH, draw_river


def report(**trends: list[int]) -> str:
    themes = [
        {
            "id": name,
            "label": f"About <{name}>",
            "words": ["x"],
            "size": sum(counts),
            "hue": int(name[1:]) % 8,
            "trend": counts,
        }
        for name, counts in trends.items()
    ]
    return json.dumps({"themes": themes})


def river_of(**trends: list[int]) -> Any:
    return draw_river(draw_themes(report(**trends), "/jams/x")[0])


def test_layers_lie_on_one_another_without_a_gap_and_the_table_says_the_same() -> None:
    river = river_of(t2=[0, 0, 4, 6, 10], t1=[0, 0, 1, 2, 0])
    assert [one.label for one in river.streams] == ["About <t1>", "About <t2>"], "in the order in which they came to be"
    assert (river.peak, river.hours, river.streams[1].counts) == (10, (0, 1, 2), (10, 6, 4))
    first, second = ([tuple(map(float, pair.split(","))) for pair in one.points.split()] for one in river.layers)
    assert first[3:] == second[:3][::-1], "where one ends the other begins"
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in (*first, *second))
    assert [one.hue for one in river.layers] == [1, 2]


def test_a_river_grows_at_its_end_and_keeps_order_and_colours() -> None:
    before = river_of(t1=[3, 2], t2=[1, 9])
    after = river_of(t1=[3, 2, 0], t2=[1, 9, 1], t3=[0, 0, 30])
    assert [(one.label, one.hue) for one in before.streams] == [(one.label, one.hue) for one in after.streams][:2]


def test_there_is_no_river_before_the_second_hour_and_many_themes_flow_together() -> None:
    assert river_of().streams == ()
    young = river_of(t1=[0, 0, 5])
    assert (young.layers, young.streams[0].counts) == ((), (5,))
    many = river_of(**{f"t{n}": [n, 1] for n in range(1, MOST + 4)})
    assert len(many.layers) == MOST + 1
    assert many.streams[-1].total == sum(n + 1 for n in (1, 2, 3))
    assert sum(one.total for one in many.streams) == sum(n + 1 for n in range(1, MOST + 4))


async def test_the_board_and_the_wall_show_the_river_without_scripts(site: Any) -> None:
    await board.keep_themes(site.house, site.jam.id, 1, report(t1=[4, 8, 2], t2=[1, 0, 7]), None)
    _, page = await (await site.browser(site.jonas)).get("/jams/better/board")
    river = page[page.index('id="board-river"') :]
    assert river.count("<polygon") == 2
    assert "About &lt;t1&gt;" in river
    assert '<td class="end">8</td>' in river
    assert "style=" not in river
    browser = await site.browser(site.mara)
    await browser.get("/jams/better/walls")
    _, made = await browser.post("/jams/better/walls", note="The hall")
    (path,) = re.findall(r"<code>[^<]*(/wall/[A-Za-z0-9_-]+)</code>", made)
    _, page = await (await site.browser()).get(f"{path}?scene=3")
    assert page.count("<polygon") == 2


def alone(page: str) -> int:
    """Return how many ideas have no answer yet, as a page of who answers whom says it."""
    (number,) = re.findall(r"<dt>ideas? without an answer</dt><dd>(?:<a[^>]*>)?(\d+)", page)
    return int(number)


async def test_who_answers_whom_is_told_while_people_write(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Fresh", "Words")
    browser = await site.browser(site.mara)
    _, page = await browser.get("/jams/better/between")
    (stream,) = re.findall(r'data-live="([^"]+)"', page)
    async with browser.client.get(stream) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        # The stream is open once the hub has written its first bytes; only then is anything written.
        assert b": open" in await answer.content.readany()
        await ideas.reply(site.house, site.mara, idea, "An answer")
        part = ""
        async with asyncio.timeout(60):
            while not part or alone(part) != alone(page) - 1:
                for one in await frames(answer, 1):
                    part = one["data"] if 'id="between"' in one["data"] else part
    assert "csrf" not in part
