"""The analytics role beside a real store: what is written is folded in, what is taken back is gone."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from analytics.corpus import Document
from analytics.live import LiveThemes
from analytics.vectors import sentence_encoder
from analytics.worker import ThemeWorker
from server.services import board, ideas, moderation, people, themes_read
from server.storage import theme_places
from tests.analytics.town import Town


async def test_what_is_deleted_is_in_no_report_and_no_snapshot(town: Town):
    worker = town.worker()
    made = await town.say(*(f"We need better buses and quincequarkle number {n}." for n in range(12)))
    await town.catch_up(worker)
    assert b"quincequarkle" in await town.snapshot()
    for one in made:
        await ideas.edit(town.house, town.ada, one, "We need better trams.")
    await ideas.delete(town.house, town.ada, made[0])
    await town.catch_up(worker, seconds=0.0)
    assert b"quincequarkle" not in await town.snapshot(), "however long ago the last report is"
    report = await town.report()
    assert "quincequarkle" not in report
    assert made[0].id not in report


async def test_what_is_taken_back_stands_nowhere_before_the_analysis_has_heard_of_it(town: Town):
    made = await town.say(*(f"We need better buses on road {n}." for n in range(12)))
    await town.catch_up(town.worker())
    await ideas.delete(town.house, town.ada, made[0])
    await moderation.hide(town.house, town.ada, made[1], "Rude.")
    standing = await themes_read.everything(town.house, town.jam.id, json.loads(await town.report()))
    assert standing.assignment.keys() == {one.id for one in made[2:]}


async def test_what_reads_texts_is_loaded_before_the_first_is_written(town: Town):
    worker = town.worker()
    sentence_encoder.cache_clear()
    await town.catch_up(worker)
    assert not sentence_encoder.cache_info().currsize, "a server that is ended soon does not load it"
    await town.catch_up(worker, seconds=5.0)
    assert sentence_encoder.cache_info().currsize


async def test_a_worker_that_died_goes_on_as_if_it_had_not(town: Town):
    """Whoever goes on from a snapshot, begins with the log or never stopped ends with the same bytes."""
    steady = town.worker()
    await town.say(*(f"Bicycle lanes on bridge {n} would help." for n in range(14)))
    await town.catch_up(steady)
    bea = await people.add_member(town.house, "bea", "Bea Quillfeather", "Sales")
    await town.say(*(f"Quillfeather says the canteen of hall {n} needs soup." for n in range(13)), by=bea)
    begun_again = town.worker()
    await town.catch_up(begun_again)
    after_snapshot = await town.snapshot()
    await town.catch_up(steady, seconds=100.0)
    assert await town.snapshot() == after_snapshot
    async with town.house.store.transaction() as change:
        await change.execute("DELETE FROM themes")
    from_the_log = town.worker()
    await town.catch_up(from_the_log, seconds=100.0)
    assert await town.snapshot() == after_snapshot
    assert "quillfeather" not in json.loads(await town.report())["themes"][0]["words"]


async def test_a_snapshot_that_cannot_be_read_is_made_anew_from_the_log(town: Town):
    await town.say(*(f"Bicycle lanes on bridge {n} would help." for n in range(12)))
    await town.catch_up(town.worker())
    good = await town.snapshot()
    async with town.house.store.transaction() as change:
        await change.execute("UPDATE themes SET snapshot = ?", (b"of another version",))
    await town.catch_up(town.worker(), seconds=100.0)
    assert await town.snapshot() == good


async def test_a_snapshot_that_no_row_holds_is_kept_in_parts(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(board, "SNAPSHOT_PART", 10_000)
    worker = town.worker()
    made = await town.say(*(f"Bicycle lanes on bridge {n} would help, says quincequarkle." for n in range(12)))
    await town.catch_up(worker)
    rows = await town.house.store.fetch("SELECT seq, part, length(bytes) AS size FROM theme_parts ORDER BY part")
    assert [row["part"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) > 1
    assert LiveThemes.load(await town.snapshot()).dump() == await town.snapshot()
    for one in made:
        await ideas.edit(town.house, town.ada, one, "We need better trams.")
    await town.catch_up(worker, seconds=0.0)
    kept = await town.house.store.fetch("SELECT seq, bytes FROM theme_parts")
    assert {row["seq"] for row in kept} == {await town.house.store.fetch_value("SELECT seq FROM themes")}
    assert not any(b"quincequarkle" in bytes(row["bytes"]) for row in kept), "earlier parts are gone"
    assert b"quincequarkle" not in await town.snapshot()


Write = Callable[..., list[Document]]


async def tell_all(town: Town, worker: ThemeWorker) -> None:
    for _ in range(2):
        await town.catch_up(worker)


async def kept(town: Town) -> dict[str, theme_places.Place]:
    return await board.theme_places_of(town.house, town.jam.id)


def standing(worker: ThemeWorker, town: Town) -> dict[str, theme_places.Place]:
    """Return where everything stands as a report over all of it says."""
    report = worker._corpora[town.jam.id].themes.report()
    return {
        id_: (theme or "", report.within.get(id_, ""), id_ in report.unsure) for id_, theme in report.assignment.items()
    }


async def test_what_is_kept_of_places_is_where_everything_stands_whatever_happened(
    town: Town, write: Write, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(board, "PLACES", 20)
    monkeypatch.setattr("analytics.branches.LEAST", 10)
    worker = town.worker()
    made = await town.say(*(one.text for one in write(120)), "🎉", "Thanks!")
    await tell_all(town, worker)
    assert await kept(town) == standing(worker, town)
    assert {part for _, part, _ in (await kept(town)).values()} > {""}, "some stand in sub-themes"
    assert {unsure for _, _, unsure in (await kept(town)).values()} == {True, False}
    for one in made[:9]:
        await ideas.delete(town.house, town.ada, one)
    await ideas.edit(town.house, town.ada, made[12], "Solar energy for all roofs.")
    more = await town.say(*(one.text for one in write(110, seed=3)))
    await tell_all(town, worker)
    assert await kept(town) == standing(worker, town)
    assert not {one.id for one in made[:9]} & (await kept(town)).keys()
    await ideas.delete(town.house, town.ada, more[0])
    begun_again = town.worker()
    await tell_all(town, begun_again)
    assert await kept(town) == standing(begun_again, town)
    assert more[0].id not in await kept(town)
    async with town.house.store.transaction() as change:
        await change.execute("DELETE FROM theme_places WHERE theme = 't1'")
        await change.execute("DELETE FROM themes")
    from_the_log = town.worker()
    await tell_all(town, from_the_log)
    assert await kept(town) == standing(from_the_log, town), "what is missing is written again"


async def test_only_places_that_changed_are_written(town: Town):
    worker = town.worker()
    await town.say(*(f"Bicycle lanes on bridge {n} would help." for n in range(60)))
    await tell_all(town, worker)
    async with town.house.store.transaction() as change:
        await change.execute("CREATE TABLE written (id TEXT)")
        for act in ("INSERT", "UPDATE"):
            await change.execute(
                f"CREATE TRIGGER on_{act} AFTER {act} ON theme_places BEGIN"
                " INSERT INTO written VALUES (new.contribution_id); END"
            )
    (one,) = await town.say("A lane for bicycles by the river.")
    await tell_all(town, worker)
    await tell_all(town, town.worker())
    rows = await town.house.store.fetch("SELECT id FROM written")
    assert [row["id"] for row in rows] == [one.id], "neither by who wrote it nor by who goes on"
