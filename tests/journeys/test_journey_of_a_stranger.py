"""Somebody on the open web, with scripts off, reads what is public at the edge address, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import expect

from server.services import ideas, people
from tests.journeys.conftest import Arrive
from tests.journeys.organisations import Floor, Organisation, status_of, until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@dataclass(frozen=True)
class Said:
    """What Acme said, by audience: titles."""

    public: str = "A bench at every bus stop"
    partners: str = "One gate for all our trucks"
    inside: str = "The subsidy talks, among ourselves"
    raised: str = "Parking for the second shift"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def said(acme: Organisation, floor: Floor) -> Said:
    words = Said()
    async with acme.house() as house:
        riley, sasha = await people.person(house, "riley"), await people.person(house, "sasha")
        idea = await ideas.post_idea(house, riley, floor.public, words.public, "People **could** wait.")
        reply = await ideas.reply(house, sasha, idea, "With a roof, please.")
        await ideas.post_idea(house, riley, floor.partners, words.partners, "They wait an hour.")
        await ideas.post_idea(house, riley, floor.inside, words.inside, "Not a word outside.")
        await ideas.post_idea(house, riley, floor.public, words.raised, "For us alone.", label="AMBER")
        last = reply.uri.removeprefix(acme.edge_url)

    async def shown() -> bool:
        return await status_of(acme.edge_port, last) == 200

    await until("the gate has let through what it lets through", shown)
    return words


async def test_a_stranger_reads_public_forums_and_threads_without_a_script_and_nothing_else(
    acme: Organisation, floor: Floor, said: Said, arrive: Arrive
) -> None:
    stranger = await arrive(acme, outside=True, java_script_enabled=False)
    asked: list[str] = []
    stranger.page.on("request", lambda request: asked.append(request.url))
    await stranger.visit("/")
    await stranger.sees("Everyone can read this")
    await stranger.sees_heading("Acme thinks in the open")
    await stranger.sees_heading("Open floor")
    for title in ("Logistics", "Our own house"):
        await stranger.does_not_see(title)

    await stranger.follow("Open floor")
    await stranger.sees_heading("What should we try together?")
    await stranger.sees_heading("1 idea")
    await stranger.sees(f"@open-floor@{acme.edge_host}")
    for title in (said.partners, said.inside, said.raised):
        await stranger.does_not_see(title)

    await stranger.follow(said.public)
    await stranger.sees_heading(said.public)
    await expect(stranger.page.locator("article.root strong")).to_have_text("could")
    await stranger.sees("Riley Hart")
    await stranger.sees("With a roof, please.")
    await expect(stranger.page.locator("script")).to_have_count(0)
    for form in await stranger.page.locator("form").all():
        assert await form.get_attribute("action") == "/home", "the only form leads home"
    assert all(url.startswith(acme.edge_url) for url in asked), asked
    assert not [url for url in asked if url.endswith(".js")]


async def test_the_edge_knows_neither_the_pages_nor_the_cookies_of_the_inside(
    acme: Organisation, floor: Floor, said: Said, arrive: Arrive
) -> None:
    stranger = await arrive(acme, outside=True)
    pages = ("/sign-in/elsewhere", "/jams/better/board", "/jams/other", "/boundary", "/people")
    with stranger.refused_with(404):
        for path in (*pages, f"/forums/{floor.partners.id}"):
            await stranger.visit(path)
            await stranger.sees("There is nothing here.")
    assert await stranger.context.cookies() == []
