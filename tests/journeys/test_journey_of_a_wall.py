"""A wall hangs in a hall: it keeps up with what is said, and a screen shows all of each scene."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import expect

from server.services import board, forums, ideas, jams, people, walls
from tests.journeys.conftest import Arrive
from tests.journeys.organisations import Floor, Organisation

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="session"),
]
# The promise is two seconds; the rest is for a busy machine.
SOON = 5.0
SCREENS = ((1280, 720), (1920, 1080), (3840, 2160))
# What reaches over the edges of the window, or below the footer's upper edge.
OVER = """() => {
  const top = document.querySelector("footer").getBoundingClientRect().top + 1;
  return [...document.querySelectorAll("main *, footer *")].filter((one) => {
    if (one.closest(".unseen, [hidden], bdi")) return false;
    const box = one.getBoundingClientRect();
    const low = one.closest("main") ? top : innerHeight + 1;
    return box.width && (box.bottom > low || box.right > innerWidth + 1 || box.left < -1);
  }).map((one) => one.outerHTML.slice(0, 80));
}"""
HIGHER = "() => document.documentElement.scrollHeight - innerHeight"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def wall(acme: Organisation, floor: Floor) -> AsyncIterator[str]:
    async with acme.house() as house:
        yield f"/wall/{await walls.put_up(house, await people.person(house, acme.admin), floor.jam, 'The hall')}"


async def test_a_paused_wall_follows_what_is_said_and_deleted_within_seconds(
    acme: Organisation, floor: Floor, arrive: Arrive, wall: str
) -> None:
    hall = await arrive(acme)
    async with hall.page.expect_response(lambda answer: answer.url.endswith("/stream")):
        await hall.visit(wall)
    await hall.page.get_by_role("button", name="Pause").click()
    number = hall.page.locator(".big div").filter(has_text="ideas").locator("strong")
    await expect(number).to_have_text("0")
    async with acme.house() as house:
        riley = await people.person(house, "riley")
        made = await ideas.post_idea(house, riley, floor.public, "A bench", "It would change much, for all of us.")
        began = time.monotonic()
        await expect(number).to_have_text("1")
        await expect(hall.page.locator("[data-age]")).to_have_text("Counted 0 seconds ago")
        assert time.monotonic() - began < SOON
        rows = hall.page.locator("main tbody tr")
        assert await rows.first.locator("td").all_inner_texts() == ["1", "0"]
        await ideas.delete(house, riley, made)
        began = time.monotonic()
        await expect(number).to_have_text("0")
        assert time.monotonic() - began < SOON
    assert await hall.page.title() == f"Taking part · {floor.jam.title}"


async def test_every_scene_fits_a_screen_however_much_there_is(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    label = "Buses, trams and everything else that runs late, and what we could do about it"
    themes = [
        {
            "id": f"t{n}",
            "label": f"{n} {label}",
            "words": ["x"],
            "size": 1200 - n,
            "hue": n % 8,
            "trend": [900, 4, 90 + n],
        }
        for n in range(14)
    ]
    async with acme.house() as house:
        admin, opens = await people.person(house, acme.admin), floor.jam.opens_at
        charter = replace(floor.jam.charter, question=" ".join([label] * 3))
        jam = await jams.create_jam(house, admin, "more", label, charter, opens, floor.jam.closes_at)
        jam = await jams.open_jam(house, admin, jam)
        forum = await forums.create_forum(house, admin, jam, "much", "Much", "What else?", "inside")
        await board.keep_themes(house, jam.id, 1, json.dumps({"themes": themes}), None)
        wall = f"/wall/{await walls.put_up(house, admin, jam, 'The hall')}"
        for unit in range(7):
            for number in range(5):
                name = f"u{unit}p{number}"
                one = await people.add_member(house, name, name, f"Unit {unit} of many with a long name")
                await ideas.post_idea(house, one, forum, f"Idea {name}", f"What {name} would change for us all.")
    hall = await arrive(acme)
    for width, height in SCREENS:
        await hall.page.set_viewport_size({"width": width, "height": height})
        for scene in range(4):
            await hall.visit(f"{wall}?scene={scene}")
            await expect(hall.page.get_by_role("button", name="Pause")).to_be_visible()
            assert (await hall.page.evaluate(HIGHER), await hall.page.evaluate(OVER)) == (0, []), (width, scene)
            if scene == 1:
                assert await hall.page.locator(".themes li").count() == 8
                await expect(hall.page.locator("main")).to_contain_text("6 more themes have no room here.")
