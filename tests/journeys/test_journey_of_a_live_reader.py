"""Somebody reads along while others write: figures move, arrivals are counted, and nothing jumps."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.journeys.conftest import Arrive
from tests.journeys.organisations import Floor, Organisation
from tests.journeys.visitors import Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="session"),
]


async def post(page: Page, title: str) -> None:
    await page.get_by_label("Your idea in one line").fill(title)
    await page.get_by_label("What would it change, and for whom?").fill("It would change much, for all of us.")
    await page.get_by_role("button", name="Post to everyone").click()
    await page.wait_for_function("() => !document.querySelector('[data-sending]')")
    await page.wait_for_load_state()
    if await page.locator("[data-confirm]").count():
        await page.get_by_role("button", name="Post to everyone").click()
    await expect(page.get_by_role("heading", name=title)).to_be_visible()


async def test_a_reader_sees_figures_and_arrivals_move_without_reloading(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley, sasha, board = await arrive(acme), await arrive(acme), await arrive(acme)
    await riley.sign_in("riley", f"/forums/{floor.public.id}")
    await post(riley.page, "A bench at every bus stop")
    thread = riley.page.url

    await sasha.sign_in("sasha", f"/forums/{floor.public.id}")
    await board.sign_in("casey", "/jams/better/board")
    await board.page.wait_for_load_state()
    loads: list[str] = []
    for reader in (sasha, board):
        reader.page.on("load", lambda page: loads.append(page.url))
    ideas = board.page.locator("#figures div").filter(has=board.page.locator("dt", has_text=re.compile("^ideas$")))
    before = int(await ideas.locator("dd").first.inner_text())
    first = sasha.page.get_by_role("heading", name="A bench at every bus stop")
    place = await first.bounding_box()

    await riley.visit(f"/forums/{floor.public.id}")
    await post(riley.page, "Trams that wait for trains")
    await expect(sasha.page.locator("#arrivals")).to_contain_text("1 new idea: show")
    await expect(ideas.locator("dd").first).to_have_text(str(before + 1))
    await expect(sasha.page.get_by_role("heading", name="Trams that wait for trains")).to_have_count(0)
    assert await first.bounding_box() == place
    assert loads == []

    await sasha.page.locator("#arrivals a").click()
    await sasha.sees_heading("Trams that wait for trains")

    await sasha.visit(thread)
    await riley.visit(thread)
    await riley.type("Your reply", "With a roof, please.")
    await riley.press("Reply to everyone")
    await riley.is_told("Your reply is in.")
    await expect(sasha.page.locator("#arrivals")).to_contain_text("1 new reply: show")
    await sasha.does_not_see("With a roof, please.")
    await sasha.page.locator("#arrivals a").click()
    await sasha.sees("With a roof, please.")
    await sasha.press("Support")
    await expect(board.page.locator("#board-rising")).to_contain_text("A bench at every bus stop")
    assert [url for url in loads if "/board" in url] == []


async def test_what_a_reader_is_typing_stays_where_it_is_while_others_write(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley, sasha = await arrive(acme), await arrive(acme)
    await sasha.sign_in("sasha", f"/forums/{floor.public.id}")
    await riley.sign_in("riley", f"/forums/{floor.public.id}")
    await sasha.type("Your idea in one line", "A half-written thought")
    field = sasha.page.get_by_label("Your idea in one line")
    place = await field.bounding_box()
    await post(riley.page, "Longer opening hours")
    await expect(sasha.page.locator("#arrivals")).to_contain_text("new idea")
    await expect(field).to_have_value("A half-written thought")
    await expect(field).to_be_focused()
    assert await field.bounding_box() == place


async def test_two_tabs_share_one_stream_that_passes_on_and_resumes_after_a_tunnel(
    acme: Organisation, floor: Floor, arrive: Arrive
) -> None:
    riley, sasha = await arrive(acme), await arrive(acme)
    await riley.sign_in("riley", f"/forums/{floor.public.id}")
    await post(riley.page, "A clock at every stop")
    thread = riley.page.url.partition("?")[0]
    await sasha.sign_in("sasha", thread)
    begun: list[str] = []
    sasha.context.on("request", lambda request: begun.append(request.url) if "/stream" in request.url else None)
    second = await sasha.context.new_page()
    await second.goto(thread)
    await sasha.page.reload()
    await riley.visit(thread)
    await reply(riley, "With large hands.")
    for page in (sasha.page, second):
        await expect(page.locator("#arrivals")).to_contain_text("1 new reply: show")
    assert len(begun) <= 2, "one stream, passed on at most once by the reload"

    # In a tunnel nothing arrives; what was missed is counted once, and nothing moved meanwhile.
    await second.close()
    heading = sasha.page.get_by_role("heading", name="A clock at every stop")
    place = await heading.bounding_box()
    await sasha.context.set_offline(True)
    await sasha.page.wait_for_selector("[data-live].stale", timeout=20_000)
    await reply(riley, "That can be read at night.")
    await sasha.context.set_offline(False)
    await expect(sasha.page.locator("#arrivals")).to_contain_text("2 new replies: show", timeout=40_000)
    assert await heading.bounding_box() == place
    sasha.faults.clear()


async def reply(riley: Visitor, words: str) -> None:
    await riley.page.get_by_label("Your reply").fill(words)
    await riley.press("Reply to everyone")
    await riley.is_told("Your reply is in.")
