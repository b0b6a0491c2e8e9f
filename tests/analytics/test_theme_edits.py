"""What an analyst does to themes survives refreshes, is marked as a person's, and can be undone."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.services import audit, board, forums, ideas, jams, people, theme_edits, themes_read
from server.storage import theme_edits as rows
from tests.analytics.town import WHOLE, Town

SUBJECTS = ("Bicycle lanes on bridge {} would help.", "Cheaper soup in canteen {}, please.", "Solar panels on roof {}.")


async def themes_of(town: Town) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in orjson.loads(await town.report())["themes"]}


async def placed(town: Town) -> dict[str, str | None]:
    return (await themes_read.everything(town.house, town.jam.id, orjson.loads(await town.report()))).assignment


async def begin(town: Town, count: int = 60) -> Any:
    worker = town.worker()
    await town.say(*(SUBJECTS[n % 3].format(n) for n in range(count)))
    await town.catch_up(worker)
    return worker


async def test_a_new_name_stays_over_refreshes_and_is_undone(town: Town):
    worker = await begin(town)
    first, before = next(iter((await themes_of(town)).items()))
    # What was changed in another jam is not counted with this one's.
    async with town.house.store.transaction():
        await rows.insert("0" * 32, "rename", first, "", "Elsewhere", town.ada.id, 0.0)
    made = await theme_edits.edit(town.house, town.ada, town.jam, "rename", first, title=" Sun \n and   warmth ")
    assert made.version == 1
    assert (await themes_of(town))[first]["label"] == "Sun and warmth", "shown at once"
    assert (await themes_of(town))[first]["human"] == ["rename"]
    await town.say(*(SUBJECTS[n % 3].format(n) for n in range(60, 110)))
    await town.catch_up(worker)
    assert (await themes_of(town))[first]["label"] == "Sun and warmth"
    await theme_edits.undo(town.house, town.ada, town.jam, made.version)
    again = (await themes_of(town))[first]
    assert (again["label"] != "Sun and warmth", again["human"]) == (True, [])
    assert before["label"]
    with pytest.raises(Conflict):
        await theme_edits.undo(town.house, town.ada, town.jam, made.version)
    (listed,) = await theme_edits.list_edits(town.house, town.ada, town.jam)
    assert (listed.version, listed.member_name, listed.undone_by) == (1, "Ada", town.ada.id)
    deeds = await audit.list_deeds(town.house, town.ada, subject_id=str(made.id))
    assert [deed.act for deed in deeds][:2] == ["undo rename theme", "rename theme"]


async def test_merged_themes_count_as_one_and_the_map_has_no_hole(town: Town):
    await begin(town)
    before = await themes_of(town)
    gone, into = list(before)[:2]
    made = await theme_edits.edit(town.house, town.ada, town.jam, "merge", gone, other=into)
    after = await themes_of(town)
    assert gone not in after
    assert after[into]["size"] == before[gone]["size"] + before[into]["size"]
    assert gone not in (await placed(town)).values()
    assert sum(one["w"] * one["h"] for one in after.values()) == pytest.approx(1, abs=1e-4)
    assert set(after[into]["representative"]) <= set(before[gone]["representative"] + before[into]["representative"])
    await theme_edits.undo(town.house, town.ada, town.jam, made.version)
    assert {name: one["size"] for name, one in (await themes_of(town)).items()} == {
        name: one["size"] for name, one in before.items()
    }


async def test_a_moved_idea_stays_where_a_person_put_it_and_speaks_for_its_old_theme_no_more(town: Town):
    worker = await begin(town)
    before = await themes_of(town)
    old, new = list(before)[:2]
    moved = before[old]["representative"][0]
    made = await theme_edits.edit(town.house, town.ada, town.jam, "move", new, other=moved)
    assert (await placed(town))[moved] == new
    await theme_edits.undo(town.house, town.ada, town.jam, made.version)
    assert (await placed(town))[moved] == old
    await theme_edits.edit(town.house, town.ada, town.jam, "move", new, other=moved)
    await town.say(*(SUBJECTS[n % 3].format(n) for n in range(60, 110)))
    await town.catch_up(worker)
    assert (await placed(town))[moved] == new
    assert not any(moved in one["representative"] for name, one in (await themes_of(town)).items() if name != new)


async def test_a_pinned_theme_stands_first(town: Town):
    await begin(town)
    last = list(await themes_of(town))[-1]
    await theme_edits.edit(town.house, town.ada, town.jam, "pin", last)
    after = await themes_of(town)
    assert next(iter(after)) == last
    assert after[last]["human"] == ["pin"]


async def test_a_split_theme_has_two_halves_from_then_on_and_is_put_together_by_undoing(town: Town):
    worker = await begin(town)
    before = await themes_of(town)
    first = next(iter(before))
    made = await theme_edits.edit(town.house, town.ada, town.jam, "split", first)
    await town.catch_up(worker)
    after = await themes_of(town)
    (new,) = set(after) - set(before)
    assert after[first]["size"] + after[new]["size"] == before[first]["size"]
    assert after[first]["human"] == after[new]["human"] == ["split"]
    fresh = town.worker()
    await town.catch_up(fresh, seconds=100.0)
    assert await themes_of(town) == after, "a worker that begins again finds the same halves"
    await town.say(*(SUBJECTS[n % 3].format(n) for n in range(60, 110)))
    await town.catch_up(fresh)
    assert {first, new} <= set(await themes_of(town))
    await theme_edits.undo(town.house, town.ada, town.jam, made.version)
    await town.catch_up(fresh)
    assert new not in await themes_of(town)
    assert first in await themes_of(town)


@pytest.mark.parametrize("parent_first", [True, False])
async def test_a_split_of_a_split_is_put_together_in_whatever_order_it_is_undone(town: Town, parent_first: bool):
    worker = await begin(town, 90)
    before, stood = await themes_of(town), await placed(town)
    first = max(before, key=lambda name: before[name]["size"])
    outer = await theme_edits.edit(town.house, town.ada, town.jam, "split", first)
    await town.catch_up(worker)
    (half,) = set(await themes_of(town)) - set(before)
    inner = await theme_edits.edit(town.house, town.ada, town.jam, "split", half)
    await town.catch_up(worker)
    assert len(await themes_of(town)) == len(before) + 2
    for made in (outer, inner) if parent_first else (inner, outer):
        await theme_edits.undo(town.house, town.ada, town.jam, made.version)
        await town.catch_up(worker)
    assert await placed(town) == stood


async def test_an_idea_of_another_jam_is_none_here(town: Town):
    """Whoever tries ids does not learn whether a jam that is hidden from them holds one."""
    await begin(town)
    now = datetime.now(UTC)
    other = await jams.create_jam(town.house, town.ada, "village", "Village", WHOLE, now, now + timedelta(days=1))
    inner = await forums.create_forum(town.house, town.ada, other, "well", "Well", "Why?", "inside")
    await jams.open_jam(town.house, town.ada, other)
    made = await ideas.post_idea(town.house, town.ada, inner, "A well", "The village needs a well.")
    await town.catch_up(town.worker(), seconds=100.0)
    theme, before = next(iter((await themes_of(town)).items()))
    with pytest.raises(Missing):
        await theme_edits.edit(town.house, town.ada, town.jam, "move", theme, other=made.id)
    assert (await themes_of(town))[theme] == before


async def test_edits_are_for_analysts_and_speak_of_what_is_there(town: Town):
    await begin(town)
    first, second = list(await themes_of(town))[:2]
    ben = await people.add_member(town.house, "ben", "Ben", "Sales")
    for wrong, kind, theme, other, by in (
        (NotAllowed, "rename", first, "", ben), (Missing, "rename", "t99", "", town.ada),
        (Invalid, "merge", first, first, town.ada), (Invalid, "merge", first, "t99", town.ada),
        (Missing, "move", first, "0" * 32, town.ada), (Invalid, "drop", first, second, town.ada),
    ):  # fmt: skip
        with pytest.raises(wrong):
            await theme_edits.edit(town.house, by, town.jam, kind, theme, other=other)
    with pytest.raises(Invalid):
        await theme_edits.edit(town.house, town.ada, town.jam, "rename", first, title="x" * 101)
    assert await theme_edits.list_edits(town.house, town.ada, town.jam) == []


async def test_the_table_for_spreadsheets_has_a_line_for_each_idea_and_no_formula(town: Town):
    await begin(town)
    first = next(iter(await themes_of(town)))
    await theme_edits.edit(town.house, town.ada, town.jam, "rename", first, title="=HYPERLINK(1)")
    lines = list(csv.DictReader(io.StringIO(await theme_edits.as_csv(town.house, town.ada, town.jam))))
    assert len(lines) == 60
    named = [line for line in lines if line["theme"] == first]
    assert {(line["label"], line["changed by a person"]) for line in named} == {("'=HYPERLINK(1)", "rename")}
    assert await board.read_themes(town.house, town.ada, town.jam)
