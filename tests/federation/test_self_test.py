"""The leak self-test on a running edge: quiet where nothing leaks, red where something does, and gone afterwards."""

from __future__ import annotations

import asyncio
import ipaddress
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from federation.edge.routes import ROUTES
from federation.outside import crossings
from federation.outside.store import Outside
from server.domain.errors import Conflict, Missing, NotAllowed
from server.domain.self_test import DOMAIN, JAM, SelfTest
from server.probe import run as probing
from server.probe.run import run_self_test
from server.probe.worker import EVERY_SECONDS, FIRST_SECONDS, SelfTestWorker
from server.services import export, forums, holds, ideas_read, jams, resembling, rules, self_tests
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import LOOPBACK, Organisation
from tests.server.services_world import words_found


@asynccontextmanager
async def at_work(acme: Organisation) -> AsyncIterator[None]:
    """Keep the gate and the edge's workers at work meanwhile."""

    async def work() -> None:
        while True:
            await acme.idle()
            await asyncio.sleep(0.05)

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def probe(acme: Organisation, **more: Any) -> SelfTest:
    async with at_work(acme):
        begun = await self_tests.begin(acme.house, by=acme.admin)
        return await run_self_test(acme.house, acme.outside.ledger, LOOPBACK, begun, **more)


def everything_in(acme: Organisation) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of both stores but those that grow by design: events, audit, results, counts of changes."""
    rows: dict[str, list[tuple[object, ...]]] = {}
    for side, path in (("inside", acme.house.store.path), ("outside", acme.outside.store.path)):
        store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        names = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if name not in ("events", "audit", "self_tests", "cursors", "revisions", "sqlite_sequence", "sqlite_stat1"):
                rows[f"{side} {name}"] = sorted(store.execute(f'SELECT * FROM "{name}"'), key=repr)
        store.close()
    return rows


@pytest.fixture
async def busy(acme: Organisation, elsewhere: MakeElsewhere) -> tuple[Organisation, Elsewhere]:
    """An organisation with a partner that follows its forums, and words that stay inside."""
    peer = await elsewhere("lemmy")
    await acme.partner(peer.host)
    public, friends, den = (
        await acme.forum("open"),
        await acme.forum("friends", "partners"),
        await acme.forum("den", "inside"),
    )
    await acme.idle()
    for forum in (public, friends):
        await peer.post(acme.inbox, peer.activity("Follow", peer.person("ann"), forum.uri))
        await acme.idle()
        await acme.idea(forum, "For those outside too.")
    await acme.idea(den, "The merger with Initrode, of which only the board knows.", title="The merger")
    await acme.idle()
    return acme, peer


async def test_a_sound_edge_passes_and_the_partner_could_read_what_was_granted(busy: tuple[Organisation, Elsewhere]):
    acme, _ = busy
    done = await probe(acme)
    report = done.report
    assert (report.leaks, report.notes, done.state) == ((), (), "passed")
    assert report.controls == (
        "The partner could read the granted canary.",
        "The partner could read the withdrawn canary.",
        "The ex-partner could read the former canary.",
        "The partner could read the granted canary to the end.",
    )
    assert report.doors == len(ROUTES)
    assert report.identities == ("anonymous", "stranger", "partner", "ex-partner")
    assert report.requests > 500
    assert report.markers > 40
    assert done.asked_by == acme.admin.id
    rows = await acme.house.store.fetch("SELECT act, subject_id FROM audit WHERE act LIKE 'self-test%'")
    assert [tuple(row.values()) for row in rows] == [("self-test passed", str(done.id))]


async def test_it_leaves_no_trace_in_either_store_and_nobody_is_sent_anything(busy: tuple[Organisation, Elsewhere]):
    acme, peer = busy
    arrived, before = len(peer.arrived), everything_in(acme)
    assert (await probe(acme)).state == "passed"
    assert everything_in(acme) == before
    assert len(peer.arrived) == arrived
    assert acme.faults == []
    assert (await probe(acme)).state == "passed"
    assert everything_in(acme) == before


async def test_people_see_nothing_of_it_while_it_runs(busy: tuple[Organisation, Elsewhere]):
    acme, _ = busy
    house, admin = acme.house, acme.admin
    listed = [jam.id for jam in await jams.list_jams(house, admin)]
    known = [forum.id for forum in await forums.list_forums(house, admin)]
    canaries = await self_tests.lay_out(house, {})
    await acme.idle()
    assert [jam.id for jam in await jams.list_jams(house, admin)] == listed
    assert [forum.id for forum in await forums.list_forums(house, admin)] == known
    assert await holds.list_holds(house, admin) == []
    assert await rules.rule_hits(house) == await rules.rule_hits(house)
    taken = str([record async for record in export.export_all(house, admin)])
    for made in canaries.ideas.values():
        assert made.id not in taken
        for word in (made.title, made.text):
            assert await words_found(house, admin, word) == []
            assert await resembling.similar(house, admin, word, None) == []
    for key in (JAM, (await acme.house.store.fetch_value("SELECT id FROM jams WHERE slug = ?", (JAM,)))):
        with pytest.raises(Missing):
            await jams.obtain_jam(house, admin, str(key))
    for forum in canaries.forums.values():
        for key in (forum.id, forum.uri, forum.handle, forum.key):
            with pytest.raises(Missing):
                await forums.obtain_forum(house, admin, key)
    assert {row["audience"] for row in await acme.outside.store.fetch(
        "SELECT audience FROM crossings WHERE kind = 'object' AND uri IN (SELECT value FROM json_each(?))",
        (str([made.uri for made in canaries.ideas.values()]).replace("'", '"'),),
    )} == {f"partner.{DOMAIN}", f"ex-partner.{DOMAIN}", f"other.{DOMAIN}"}  # fmt: skip


LEAKS: list[Callable[[pytest.MonkeyPatch], None]] = []


def leak(seed: Callable[[pytest.MonkeyPatch], None]) -> Callable[[pytest.MonkeyPatch], None]:
    LEAKS.append(seed)
    return seed


@leak
def serve_any_audience(patch: pytest.MonkeyPatch) -> None:
    async def find(outside: Outside, uri: str, host: str | None) -> Any:
        row = await outside.store.fetch_one(
            f"{crossings.SELECT} WHERE c.uri = ? AND c.revoked_at IS NULL ORDER BY c.version DESC", (uri,)
        )
        return row and crossings._crossing(outside, row)

    patch.setattr(crossings, "find", find)


@leak
def list_for_everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(crossings, "_granted", lambda host: ("(1 OR ? = ?)", ("", "")))


@leak
def serve_what_was_withdrawn(patch: pytest.MonkeyPatch) -> None:
    async def revoke(*_: Any) -> int:
        return 0

    patch.setattr(crossings, "revoke", revoke)


@leak
def forget_the_guards(patch: pytest.MonkeyPatch) -> None:
    from server.services import judging

    plain = judging.verdict_of

    def allow(book: Any, facts: Any, *more: Any) -> Any:
        return replace(plain(book, facts, *more), verdict="allowed")

    patch.setattr(judging, "verdict_of", allow)


@leak
def open_inside_forums(patch: pytest.MonkeyPatch) -> None:
    from server.services import judging, readership

    plain = readership.readers_of

    async def readers_of(house: Any, forum: Any) -> Any:
        readers = await plain(house, forum)
        return readers or [readership.Reader(f"stranger.{DOMAIN}", "partner", readership.OPEN_CLEARANCE)]

    patch.setattr(judging, "readers_of", readers_of)
    patch.setattr(judging, "_narrow", lambda verdict, *_: verdict)


@leak
def say_who_is_there(patch: pytest.MonkeyPatch) -> None:
    async def by_handle(outside: Outside, handle: str, host: str | None) -> Any:
        row = await outside.store.fetch_one(
            f"{crossings.SELECT} WHERE c.author_handle = ? AND c.kind = 'actor'", (handle,)
        )
        return row and crossings._crossing(outside, row)

    patch.setattr(crossings, "actor_by_handle", by_handle)


@pytest.mark.parametrize("seed", LEAKS, ids=[seed.__name__ for seed in LEAKS])
async def test_a_seeded_leak_turns_it_red(
    acme: Organisation, seed: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
):
    await acme.forum()
    seed(monkeypatch)
    done = await probe(acme)
    assert done.state == "failed", done.report
    assert all(found.what and found.identity and found.door for found in done.report.leaks)
    assert "words outside that must stay inside" in await self_tests.alarm(acme.house)


async def test_words_of_the_real_inside_are_looked_for_too(busy: tuple[Organisation, Elsewhere]):
    acme, _ = busy
    den = next(one for one in await forums.list_forums(acme.house, acme.admin) if one.slug == "den")
    (secret,) = await ideas_read.standing_in(acme.house, [den.id])
    card = crossings.Card(type="Article", forum_uri=den.uri, thread_uri=secret.uri)
    body = b'{"type": "Article", "content": "' + secret.text.encode() + b'"}'
    sealed = acme.outside.sealer.seal(secret.uri, 1, ["*"], "object", body, card)
    async with acme.outside.store.transaction() as change:
        await crossings.freeze(change, sealed, card, acme.outside.now())
    done = await probe(acme, everything=True)
    assert done.state == "failed"
    assert f"text of idea {secret.id}" in {found.what for found in done.report.leaks}
    assert "merger" not in str(done.report)


async def test_silence_without_a_control_is_no_result(acme: Organisation, monkeypatch: pytest.MonkeyPatch):
    async def find(*_: Any) -> None:
        return None

    monkeypatch.setattr(crossings, "find", find)
    done = await probe(acme)
    assert done.state == "inconclusive"
    assert "could not read the granted canary: the test proves too little." in " ".join(done.report.notes)


async def test_a_gate_that_stands_still_is_no_result_and_its_canaries_go_when_it_moves(
    acme: Organisation, monkeypatch: pytest.MonkeyPatch
):
    before = everything_in(acme)
    begun = await self_tests.begin(acme.house)
    with monkeypatch.context() as impatient:
        impatient.setattr(probing, "GATE_SECONDS", 0.2)
        impatient.setattr(probing.gate_has_caught_up, "__defaults__", (0.2,))
        impatient.setattr(probing._clear_away, "__defaults__", (0.2,))
        done = await run_self_test(acme.house, acme.outside.ledger, LOOPBACK, begun)
    assert done.state == "inconclusive"
    assert "The gate had not dealt with the canaries" in done.report.notes[0]
    with pytest.raises(Conflict, match="Start the gate"):
        await self_tests.begin(acme.house)
    await acme.idle()
    worker = SelfTestWorker(acme.house, acme.outside.ledger, LOOPBACK)
    assert await worker.run_once() == 0
    assert everything_in(acme) == before
    assert (await probe(acme)).state == "passed"


async def test_an_edge_that_nobody_answers_at_is_no_result(acme: Organisation):
    begun = await self_tests.begin(acme.house)
    nowhere = (ipaddress.ip_network("192.0.2.0/24"),)
    done = await run_self_test(acme.house, acme.outside.ledger, nowhere, begun)
    assert (done.state, done.report.doors) == ("inconclusive", 0)
    assert "Nobody answers at" in done.report.notes[0]
    assert await acme.house.store.fetch_value("SELECT count(*) FROM jams WHERE slug = ?", (JAM,)) == 0


async def test_a_killed_test_is_ended_and_cleared_away(acme: Organisation):
    await acme.forum()
    await acme.idle()
    before = everything_in(acme)
    begun = await self_tests.begin(acme.house)
    await self_tests.lay_out(acme.house, {})
    await acme.idle()
    assert everything_in(acme) != before
    with pytest.raises(Conflict, match="under way"):
        await self_tests.begin(acme.house)
    worker = SelfTestWorker(acme.house, acme.outside.ledger, LOOPBACK)
    assert await worker.run_once() == 0
    assert (await self_tests.find(acme.house, begun.id)).state == "running"
    acme.wait(600)
    for _ in range(3):
        await worker.run_once()
        await acme.idle()
    ended = await self_tests.find(acme.house, begun.id)
    assert (ended.state, ended.report.notes) == ("inconclusive", ("It was stopped before it ended.",))
    assert everything_in(acme) == before


async def test_a_cancelled_test_says_so_at_once(acme: Organisation):
    async with at_work(acme):
        begun = await self_tests.begin(acme.house)
        task = asyncio.create_task(run_self_test(acme.house, acme.outside.ledger, LOOPBACK, begun))
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0.2)
        assert (await self_tests.find(acme.house, begun.id)).state != "running"
        worker = SelfTestWorker(acme.house, acme.outside.ledger, LOOPBACK)
        for _ in range(100):
            await worker.run_once()
            if not await acme.house.store.fetch_value("SELECT count(*) FROM jams WHERE slug = ?", (JAM,)):
                return
            await asyncio.sleep(0.05)
    raise AssertionError("the canaries stay")


async def test_the_clock_runs_it_once_an_hour_and_a_person_at_once(acme: Organisation):
    seconds = [0.0]
    worker = SelfTestWorker(acme.house, acme.outside.ledger, LOOPBACK, lambda: seconds[0])
    async with at_work(acme):
        assert await worker.run_once() == 0
        seconds[0] += FIRST_SECONDS + 1
        assert await worker.run_once() == 1
        assert await worker.run_once() == 0
        with pytest.raises(NotAllowed):
            await self_tests.ask(acme.house, await acme.member("bob"))
        asked = await self_tests.ask(acme.house, acme.admin)
        assert (await self_tests.ask(acme.house, acme.admin)).id == asked.id
        assert await worker.run_once() == 1
        assert (await self_tests.find(acme.house, asked.id)).state == "passed"
        seconds[0] += EVERY_SECONDS + 1
        assert await worker.run_once() == 0
        acme.wait(EVERY_SECONDS + 1)
        assert await worker.run_once() == 1
    assert [one.state for one in await self_tests.latest(acme.house)] == ["passed"] * 3


async def test_a_test_that_came_to_no_result_for_long_is_told(acme: Organisation):
    assert await self_tests.alarm(acme.house) == ""
    acme.wait(timedelta(hours=4).total_seconds())
    assert await self_tests.alarm(acme.house) == "The leak self-test has come to no result for 4 hours."
    assert (await probe(acme)).state == "passed"
    assert await self_tests.alarm(acme.house) == ""


async def test_a_person_cannot_make_the_canaries_jam(acme: Organisation):
    with pytest.raises(Exception, match="short name"):
        await acme.jam(JAM)
