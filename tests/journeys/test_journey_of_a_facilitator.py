"""A facilitator's shift, from the note that was handed on to the one that is handed to the next (JAM §4)."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import expect

from server.domain.actors import Member
from server.domain.heat import PROMPTS
from server.domain.ideas import Contribution
from server.services import ideas, people, shifts
from server.services.house import House
from tests.journeys.conftest import Arrive
from tests.journeys.looks import NARROW, WIDE, complaints, what_does_not_fit
from tests.journeys.organisations import Floor, Organisation, status_of, until
from tests.journeys.pictures import shoot
from tests.journeys.visitors import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]
NOTE = "Riley and Casey talk past each other in **parking**."


async def post(house: House, author: Member, floor: Floor, title: str, text: str, *, hours_ago: float) -> Contribution:
    """Have somebody say something a while ago: only its age is made up."""
    made = await ideas.post_idea(house, author, floor.public, title, text)
    async with house.store.transaction() as change:
        await change.execute(
            "UPDATE contributions SET created_at = ? WHERE id = ?", (time.time() - hours_ago * 3600, made.id)
        )
    return made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def busy(acme: Organisation, floor: Floor) -> dict[str, Contribution]:
    """Morgan has just handed over; two ideas are lonely, two say the same, one reply is rude, one thread is hot."""
    await acme.add("remy", "Remy Ito", "Operations", "facilitator")
    async with acme.house() as house:
        morgan, riley, casey = [await people.person(house, name) for name in ("morgan", "riley", "casey")]
        jam = floor.jam
        await shifts.begin(house, morgan, jam)
        mine = await shifts.running(house, morgan, jam)
        assert mine is not None
        await shifts.end(house, morgan, mine.id, NOTE)
        now = house.now()
        await shifts.plan(house, morgan, jam, "remy", now + timedelta(hours=1), now + timedelta(hours=4))
        made = {
            "oldest": await post(house, riley, floor, "Benches at every stop", "They wait.", hours_ago=5),
            "second": await post(house, casey, floor, "Soup on Tuesdays", "Each Tuesday.", hours_ago=3),
            "kept": await ideas.post_idea(house, riley, floor.public, "Paper tape for boxes", "Use paper tape."),
            "double": await ideas.post_idea(house, casey, floor.public, "Paper tape on boxes", "Use paper tape!"),
            "hot": await ideas.post_idea(house, riley, floor.public, "Parking", "Fewer cars."),
        }
        made["rude"] = await ideas.reply(house, casey, made["kept"], "Only a fool would say that.")
        for n in range(6):
            await ideas.reply(house, (riley, casey)[n % 2], made["hot"], "You did not read it!!")
    return made


async def test_a_shift_of_a_facilitator(
    acme: Organisation, floor: Floor, arrive: Arrive, busy: dict[str, Contribution]
) -> None:
    sasha = await arrive(acme, reduced_motion="reduce")
    await sasha.sign_in("sasha", "/jams/better")
    await sasha.follow("Control room")
    await sasha.sees("talk past each other")
    await sasha.press("I have read it")
    await sasha.press("Begin your shift")
    await sasha.is_told("Your shift has begun")
    await _answers_the_oldest(sasha, busy)
    await _marks_with_a_reason(sasha, busy)
    await _merges(sasha, busy)
    await _asks_a_colleague(sasha, busy)
    await _hides_the_rude_reply(sasha, busy)
    await _cools_and_sums_up(sasha, busy)
    await _leaves(sasha)

    casey = await arrive(acme)
    await casey.sign_in("casey", f"/ideas/{busy['kept'].id}")
    await casey.sees("Merged in")
    await casey.sees("It calls somebody a fool")
    await casey.sees("Both say the same")
    await casey.does_not_see("Back-channel")
    riley = await arrive(acme)
    await riley.sign_in("riley", f"/ideas/{busy['double'].id}")
    await riley.sees_heading("Paper tape for boxes")
    await riley.does_not_see("Only a fool")
    remy = await arrive(acme)
    await remy.sign_in("remy", "/jams/better/control")
    await remy.sees("Handed on by")
    await remy.sees("It connects two units")

    async def gone() -> bool:
        path = busy["rude"].uri.removeprefix(acme.edge_url)
        return await status_of(acme.edge_port, path, "application/activity+json") in (404, 410)

    await until("the rude reply is withdrawn outside", gone)


async def _answers_the_oldest(sasha: Visitor, busy: dict[str, Contribution]) -> None:
    await sasha.follow("Radar")
    await shoot(sasha, "journey-facilitator-radar")
    waiting = sasha.page.locator("[data-waiting]")
    await expect(waiting.first).to_contain_text("Benches at every stop")
    await expect(waiting).to_have_count(2)
    await sasha.follow("Answer it", within=waiting.first)
    await sasha.page.locator("textarea[name=text]").fill("Which stop would you begin with?")
    await sasha.press("Reply to everyone")
    await sasha.is_told("Your reply is in.")
    await sasha.visit("/jams/better/control/radar")
    await expect(waiting).to_have_count(1)
    await expect(waiting.first).to_contain_text("Soup on Tuesdays")


async def _marks_with_a_reason(sasha: Visitor, busy: dict[str, Contribution]) -> None:
    await sasha.visit(f"/ideas/{busy['oldest'].id}")
    await sasha.follow("Emerging")
    await sasha.type("Your reason", "It connects two units")
    await sasha.press("Mark it as emerging")
    await sasha.sees("It connects two units")


async def _merges(sasha: Visitor, busy: dict[str, Contribution]) -> None:
    await sasha.visit(f"/ideas/{busy['double'].id}")
    await sasha.follow("Facilitate")
    await sasha.follow("Merge it into another idea")
    await sasha.page.locator("select[name=near]").select_option(busy["kept"].id)
    await sasha.type("Your reason", "Both say the same")
    await sasha.press("Merge it into another idea")
    await sasha.sees_heading("Paper tape for boxes")
    await sasha.sees("Merged in")


async def _asks_a_colleague(sasha: Visitor, busy: dict[str, Contribution]) -> None:
    await sasha.visit(f"/ideas/{busy['hot'].id}")
    await sasha.follow("Back-channel")
    await sasha.type("Say it to the other facilitators", "Shall we split this one?")
    await sasha.press("Say it")
    await sasha.sees("Shall we split this one?")


async def _hides_the_rude_reply(sasha: Visitor, busy: dict[str, Contribution]) -> None:
    await sasha.visit(f"/ideas/{busy['rude'].id}/tools")
    await sasha.follow("Hide it")
    await sasha.type("Your reason", "It calls somebody a fool")
    await sasha.press("Hide it")
    await sasha.is_told("Hidden")


async def _cools_and_sums_up(sasha: Visitor, busy: dict[str, Contribution]) -> None:
    await sasha.visit("/jams/better/control/heat")
    await sasha.sees("6 replies in 30 minutes by 2 people")
    await sasha.follow("Write it as a reply")
    await expect(sasha.page.locator("textarea[name=text]")).to_have_value(PROMPTS["you-not"])
    await sasha.press("Reply to everyone")
    await sasha.is_told("Your reply is in.")
    await sasha.visit(f"/ideas/{busy['hot'].id}/summary")
    await sasha.type("What was said so far", "Two views on parking.")
    await sasha.page.get_by_role("checkbox").first.check()
    await sasha.press("Save this version")
    await sasha.sees_heading("Summary so far")


async def _leaves(sasha: Visitor) -> None:
    await sasha.visit("/jams/better/control")
    await sasha.follow("End it and hand over")
    note = sasha.page.locator("textarea[name=note]")
    drafted = await note.input_value()
    for words in ("It connects two units", "merge, Both say the same", "hidden, It calls somebody a fool", "Soup"):
        assert words in drafted
    await shoot(sasha, "journey-facilitator-hand-over")
    await note.fill(f"{drafted}\n\nRemy, please look at Parking.")
    await expect(sasha.page.locator("select[name=to] option:checked")).to_have_text("Remy Ito")
    await sasha.press("Hand over and end")
    await sasha.is_told("Your shift is over")


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_the_pages_of_the_control_room_are_for_everybody_and_fit_everywhere(
    acme: Organisation, floor: Floor, arrive: Arrive, busy: dict[str, Contribution]
) -> None:
    kept, hot = busy["kept"].id, busy["hot"].id
    pages = {
        "control": "/jams/better/control",
        "control-radar": "/jams/better/control/radar",
        "control-cases": "/jams/better/control/cases",
        "control-moves": "/jams/better/control/moves",
        "control-heat": "/jams/better/control/heat",
        "control-shifts": "/jams/better/control/shifts",
        "control-end": "/jams/better/control/shifts/end",
        "control-tools": f"/ideas/{kept}/tools",
        "control-merge": f"/ideas/{kept}/merge",
        "control-move": f"/ideas/{kept}/move",
        "control-mark": f"/ideas/{kept}/marks/best",
        "control-flag": f"/ideas/{kept}/flag",
        "control-asides": f"/ideas/{hot}/asides",
        "control-summary": f"/ideas/{hot}/summary",
        "control-thread": f"/ideas/{kept}",
        "moderation": "/jams/better/moderation",
    }
    sasha = await arrive(acme, reduced_motion="reduce")
    await sasha.sign_in("sasha", "/jams/better/control")
    await sasha.press("Begin your shift")
    found: list[str] = []
    # Loaded wide and made narrow, then loaded narrow and made wide.
    for direction, sizes in (("ltr", {"wide": WIDE, "narrow": NARROW}), ("rtl", {"narrow": NARROW, "wide": WIDE})):
        await sasha.context.add_cookies([{"name": "direction", "value": direction, "url": acme.inside_url}])
        for name, path in pages.items():
            await sasha.page.set_viewport_size(next(iter(sizes.values())))  # type: ignore[arg-type]
            await sasha.visit(path)
            if direction == "ltr":
                found += await complaints(sasha, name)
                await sasha.page.emulate_media(color_scheme="light")
            for where, size in sizes.items():
                await sasha.page.set_viewport_size(size)  # type: ignore[arg-type]
                found += await what_does_not_fit(sasha.page, f"{name}-{where}-{direction}")
    assert not found, "\n".join(found)
