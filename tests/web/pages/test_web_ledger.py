"""The ledger in the browser: who holds what, what a recall will do, who never answered, and what was signed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from federation.gate.actors import show_server
from federation.gate.plan import Gateway
from federation.gate.release import Release
from federation.outside import crossings as released
from federation.outside import peers, recalls
from federation.outside.released import Sealer
from federation.outside.store import LEDGER, Outside
from server.database import Database
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.keys import HOUSE
from server.services import crossings, ideas, ideas_read, people
from server.services.ideas import Origin
from tests.web.pages.test_web_pages import words_of
from web.setup import add_web

HOST = "jam.globex.example"


@pytest.fixture
async def outside(site: Any, tmp_path: Path) -> AsyncIterator[Outside]:
    """The outside store of Acme, and its web server started anew beside it."""
    store = await Database.open(
        tmp_path / "outside.sqlite", "federation.outside.rows", migrations="federation.outside.migrations"
    )
    outside = Outside(store, Sealer(b"r" * 32), site.house.addresses, "Acme", b"s" * 32)
    app = web.Application()
    app[HOUSE], app[LEDGER] = site.house, outside.ledger
    add_web(app)
    await site.server.close()
    site.server = TestServer(app)
    await site.server.start_server()
    yield outside
    for browser in site.browsers:
        await browser.client.session.close()
    await site.server.close()
    await store.close()


@pytest.fixture
async def gate(site: Any, outside: Outside) -> Release:
    def fail(event: Event, error: Exception) -> None:
        raise error

    gateway = Gateway(site.house, outside)
    await show_server(gateway)
    return Release(gateway, fail)


async def idle(gate: Release) -> None:
    while await gate.run_once():
        pass


@pytest.fixture
async def idea(site: Any, gate: Release, outside: Outside) -> Contribution:
    """An idea in the open, which Globex came for."""
    made = await ideas.post_idea(site.house, site.mara, site.open_floor, "Share the van", "All of it.")
    await idle(gate)
    await released.note_reads(outside, [(made.uri, 1)], HOST)
    await peers.describe(outside, HOST, "marmalade", "marmalade 0.1.0")
    return made


async def test_the_ledger_shows_each_holder_with_its_times_and_the_version_it_has(site: Any, idea: Contribution):
    browser = await site.browser(site.mara)
    _, page = await browser.get("/boundary/ledger")
    words = words_of(page)
    assert "Share the van" in words
    assert "everyone" in words
    assert "Globex" in words
    assert "fetched" in words
    assert "has it since just now" in words
    _, page = await browser.get(f"/boundary/ledger?peer={HOST}")
    assert "What Globex holds of ours" in words_of(page)
    _, page = await browser.get(f"/boundary/ledger?object={idea.uri}")
    assert "Who holds “Share the van”" in words_of(page)
    assert f"/ideas/{idea.id}/recall" in page
    _, page = await browser.get("/boundary/ledger?object=http://nobody.example/1")
    assert "Nobody outside holds anything of this kind" in words_of(page)


async def test_before_a_recall_it_says_whom_it_will_ask_and_afterwards_that_it_is_done(
    site: Any, idea: Contribution, gate: Release, outside: Outside
):
    browser = await site.browser(site.mara)
    _, page = await browser.get("/boundary/ledger?peer=*")
    (path,) = re.findall(r'"(/boundary/ledger/\d+/recall)"', page)
    _, ask = await browser.get(path)
    words = words_of(ask)
    assert "Take this back from everyone outside ?" in words
    assert "Nobody is served it any more, at once." in words
    assert "1 server that holds a copy will be asked to delete it." in words
    assert "That is a request" in words
    assert "Globex runs Marmalade: it will sign what it does" in words

    async def run() -> None:
        while True:
            await idle(gate)
            await asyncio.sleep(0.01)

    working = asyncio.create_task(run())
    answer, _ = await browser.post(path)
    working.cancel()
    assert answer.headers["Location"].endswith("&done=recalled")
    _, page = await browser.get(answer.headers["Location"])
    assert "Taken back. It is served to nobody any more" in words_of(page)
    assert "taken back, holder does not answer" in words_of(page), "no inbox of Globex is known here"


async def test_without_a_gate_a_recall_says_that_it_has_not_taken_effect_yet(
    site: Any, idea: Contribution, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.gate.PAUSE", 0.5)
    browser = await site.browser(site.mara)
    await browser.get(f"/ideas/{idea.id}/recall")
    answer, _ = await browser.post(f"/ideas/{idea.id}/recall")
    assert answer.headers["Location"].endswith("done=recalling")
    _, page = await browser.get(answer.headers["Location"])
    assert "It takes effect when the gate runs" in words_of(page)


async def test_who_never_answered_is_listed_and_what_was_signed_is_there_to_take_along(
    site: Any, idea: Contribution, gate: Release, outside: Outside
):
    await crossings.recall(site.house, site.mara, idea)
    await idle(gate)
    browser = await site.browser(site.mara)
    _, page = await browser.get("/boundary/ledger/recalls")
    words = words_of(page)
    assert "Recalls (1 unanswered)" in words
    assert "It was never reached (No inbox of it is known to us.)." in words
    assert "taken back by hand" in words
    _, page = await browser.get("/boundary/ledger/recalls?state=purged")
    assert "No recall of this kind" in words_of(page)
    async with outside.store.transaction() as change:
        assert await recalls.keep_statement(change, idea.uri, HOST, "purged", b'{"type": "Receipt"}', outside.now())
    _, page = await browser.get("/boundary/ledger/recalls")
    assert "No recall of this kind" in words_of(page)
    _, page = await browser.get("/boundary/ledger/recalls?state=purged")
    (number,) = set(re.findall(r'"/boundary/ledger/recalls/(\d+)"', page))
    _, page = await browser.get(f"/boundary/ledger/recalls/{number}")
    assert "It signed that it holds nothing of it any more." in words_of(page)
    assert "Signed: nothing of it is left (JSON)" in words_of(page)
    answer, body = await browser.get(f"/boundary/ledger/recalls/{number}/purged.json")
    assert body == '{"type": "Receipt"}'
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for path in (f"{number}/acknowledged.json", f"{number}/other.json", "99", "99/purged.json"):
        answer, _ = await browser.get(f"/boundary/ledger/recalls/{path}")
        assert answer.status == 404
    plain = await site.browser(site.jonas)
    for path in ("", "/recalls", f"/recalls/{number}", f"/recalls/{number}/purged.json", "/1/recall"):
        answer, _ = await plain.get(f"/boundary/ledger{path}")
        assert answer.status == 404


async def test_what_we_hold_of_a_server_is_shown_and_purged_after_a_question(site: Any, gate: Release) -> None:
    priya = await people.meet(site.house, f"https://{HOST}/p/1", "priya", HOST, "Priya Raman", "")
    origin = Origin(f"https://{HOST}/o/1", f"https://{HOST}/a/1", "<p>From outside</p>")
    made = await ideas.post_idea(site.house, priya, site.logistics, "Theirs", "", origin=origin)
    await idle(gate)
    browser = await site.browser(site.mara)
    _, page = await browser.get("/boundary/held")
    assert "Globex 1 0 Show" in words_of(page)
    _, page = await browser.get(f"/boundary/held?peer={HOST}")
    words = words_of(page)
    assert "What we hold of Globex" in words
    assert "No agreement with this server is in force." in words
    assert "Ideas and replies 1" in words
    assert f"/ideas/{made.id}" in page
    for family in ("received", "fetched", "actors", "nonsense"):
        answer, _ = await browser.get(f"/boundary/held?peer={HOST}&family={family}&after=x")
        assert answer.status == 200
    _, ask = await browser.get(f"/boundary/held/{HOST}/purge")
    assert "Nobody is told" in words_of(ask)

    async def run() -> None:
        while True:
            await idle(gate)
            await asyncio.sleep(0.01)

    working = asyncio.create_task(run())
    answer, _ = await browser.post(f"/boundary/held/{HOST}/purge")
    working.cancel()
    assert answer.headers["Location"].endswith("&done=purged")
    _, page = await browser.get(answer.headers["Location"])
    assert "Purged." in words_of(page)
    assert "Ideas and replies 0" in words_of(page)
    found = await ideas_read.by_id(site.house, made.id)
    assert found is not None
    assert (found.deleted, found.title, found.text) == (True, "", "")
    plain = await site.browser(site.jonas)
    for path in ("", f"?peer={HOST}", f"/{HOST}/purge"):
        answer, _ = await plain.get(f"/boundary/held{path}")
        assert answer.status == 404
