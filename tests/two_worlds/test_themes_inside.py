"""Inside, too, what a reader may see decides the corpus: a closed forum tells those who are not on its list nothing.

Two worlds begin as copies of one store, so that all that is chance in themes is the same. In one of them people on a
list speak much in a closed forum, of the same things and of others; somebody who is not on it is told the same of
themes, counts, trends and what emerges.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.worker import ThemeWorker
from server.database import Database
from server.domain.errors import Missing
from server.domain.jams import Charter
from server.domain.uris import Addresses
from server.services import board, forums, ideas, jams, people, rules, themes_read
from server.services.house import Clock, House
from tests.two_worlds.test_themes import PUBLIC, START, WITHHELD

WHOLE = Charter(question="Why?", promise="We answer.", off_limits="Nothing.", decide_by="Today")


async def open_house(folder: Path, minutes: list[int]) -> House:
    store = await Database.open(folder / "store.sqlite", "server.storage.rows", migrations="server.storage.migrations")
    clock = Clock(lambda: START + timedelta(minutes=minutes[0]))
    return House(store, "Acme", Addresses("http://127.0.0.1:1", "http://127.0.0.1:2"), clock)


async def begin(folder: Path) -> None:
    """Found the house with an open jam, one for a list, and people."""
    house = await open_house(folder, [0])
    await rules.found_rules(house)
    ada = await people.add_member(house, "ada", "Ada", "R&D", "admin")
    for number in range(6):
        await people.add_member(house, f"p{number}", f"Person {number}", "R&D")
    for slug, closed in (("town", False), ("apart", True)):
        jam = await jams.create_jam(house, ada, slug, slug.title(), WHOLE, START, START + timedelta(days=2))
        await forums.create_forum(house, ada, jam, slug, slug.title(), "Why?", "inside", members_only=closed)
        await jams.open_jam(house, ada, jam)
    await house.store.checkpoint()
    await house.store.close()


async def seen(folder: Path, *, withheld: bool) -> list[Any]:
    """Live a day and return what somebody who is on no list is told."""
    minutes = [0]
    house = await open_house(folder, minutes)
    ada = await people.person(house, "ada")
    places = {forum.slug: forum for forum in await forums.list_forums(house, ada)}
    worker = ThemeWorker(house, clock=lambda: 100.0 * minutes[0])
    for number in range(24):
        minutes[0] += 20
        title, words = PUBLIC[number % len(PUBLIC)]
        author = await people.person(house, f"p{number // 4}")
        await ideas.post_idea(house, author, places["town"], f"{title} {number}", f"{words} {number}")
        if withheld:
            title, words = WITHHELD[number % len(WITHHELD)]
            await ideas.post_idea(house, ada, places["apart"], f"{title} {number}", f"{words} {number}")
        if number % 6 == 5:
            while await worker.run_once():
                pass
    pat = await people.person(house, "p5")
    told: list[Any] = []
    for jam in await jams.list_jams(house, pat):
        report = json.loads(await board.read_themes(house, pat, jam) or "{}")
        themes = [{key: one[key] for key in one if key != "representative"} for one in report["themes"]]
        placed = (await themes_read.everything(house, jam.id, report)).assignment
        told.append((jam.slug, themes, report["emerging"], sorted(map(str, placed.values()))))
        told.append(asdict(await board.read_board(house, pat, jam)) | {"at": 0})
    with pytest.raises(Missing):
        await jams.obtain_jam(house, pat, "apart")
    await house.store.close()
    return told


async def test_a_closed_forum_tells_nothing_of_themes_to_who_is_not_on_its_list(tmp_path: Path):
    (tmp_path / "blank").mkdir()
    await begin(tmp_path / "blank")
    told = []
    for name in ("world", "twin"):
        (tmp_path / name).mkdir()
        shutil.copy(tmp_path / "blank" / "store.sqlite", tmp_path / name)
        told.append(await seen(tmp_path / name, withheld=name == "world"))
    assert told[0] == told[1]
    (slug, themes, _, placed), _ = told[0]
    assert (slug, len(placed)) == ("town", 24)
    assert len(themes) >= 2
    assert "CANARYBIRD" not in str(told)
