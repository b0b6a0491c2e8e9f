"""The audit chain and its checkpoints: what was altered, cut short or rewritten is found, wherever it was done."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.audit import AuditKey, Chain, Checkpoint, Deed, chain_hash, checkpoint_faults, read_checkpoint
from server.domain.errors import NotAllowed
from server.services import audit
from server.services.audit import examine
from server.services.checkpoints import EVERY_ROWS, SecondPlace, SecondPlaceTrouble, keep_checkpoints
from server.storage import audit as rows
from tests.server.services_world import World

FEW = settings(max_examples=60, derandomize=True, deadline=None)
KEY, OTHER = AuditKey(b"k" * 32), AuditKey(b"o" * 32)


@pytest.fixture
def place(tmp_path: Path) -> SecondPlace:
    return SecondPlace(tmp_path / "elsewhere", KEY)


@pytest.fixture(autouse=True)
async def _begin(world: World) -> None:
    """Begin with an empty chain: the organisation of the tests was founded at another time."""
    await alter(world, "DELETE FROM audit")


async def act(world: World, number: int = 1) -> None:
    async with world.house.store.transaction() as change:
        for _ in range(number):
            await rows.put(change, "m" * 32, "apply rules", "7", world.house.now().timestamp())


async def checkpoint(world: World, place: SecondPlace, number: int = 2) -> None:
    """Act, and let the worker write a checkpoint of it."""
    for _ in range(number):
        await act(world)
        world.time.pass_by(minutes=11)
        assert await keep_checkpoints(world.house, place) == 1


async def alter(world: World, sql: str, *values: object) -> None:
    async with world.house.store.transaction() as change:
        await change.execute(sql, values)


async def hash_anew(world: World) -> None:
    """Make the chain hold again by itself, as somebody with the store would."""
    before = ""
    for row in await world.house.store.fetch("SELECT * FROM audit ORDER BY seq"):
        before = chain_hash(before, row["at"], row["member_id"], row["act"], row["subject_id"])
        await alter(world, "UPDATE audit SET hash = ? WHERE seq = ?", before, row["seq"])


async def faults(world: World, place: SecondPlace) -> str:
    return " ".join((await examine(world.house, place)).faults)


async def test_a_checkpoint_is_written_after_some_rows_or_some_time_and_once_a_day(world: World, place: SecondPlace):
    await act(world)
    assert await keep_checkpoints(world.house, place) == 0
    world.time.pass_by(minutes=11)
    assert await keep_checkpoints(world.house, place) == 1
    assert await keep_checkpoints(world.house, place) == 0
    await act(world, EVERY_ROWS - 1)
    assert await keep_checkpoints(world.house, place) == 0
    await act(world)
    assert await keep_checkpoints(world.house, place) == 1
    world.time.pass_by(hours=25)
    assert await keep_checkpoints(world.house, place) == 1
    state = await examine(world.house, place)
    assert (state.holds, state.checkpoints, state.open_rows, state.stale) == (True, 3, 0, False)
    assert place.read() == await rows.checkpoints(world.house.store)
    assert (place.path.stat().st_mode & 0o777, place.folder.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_rows_that_wait_too_long_for_a_checkpoint_are_told(world: World, place: SecondPlace):
    await checkpoint(world, place)
    await act(world)
    world.time.pass_by(hours=1)
    state = await examine(world.house, place)
    assert (state.open_rows, state.stale) == (1, True)
    assert await audit.checkpoint_age(world.house) == pytest.approx(3600, abs=1)


TAMPERING: list[tuple[str, Callable[[World], Awaitable[None]], str]] = []


def tampering(said: str) -> Callable[[Callable[[World], Awaitable[None]]], Callable[[World], Awaitable[None]]]:
    def add(work: Callable[[World], Awaitable[None]]) -> Callable[[World], Awaitable[None]]:
        TAMPERING.append((work.__name__, work, said))
        return work

    return add


@tampering("does not hold at row 2")
async def alter_a_row(world: World) -> None:
    await alter(world, "UPDATE audit SET act = 'nothing' WHERE seq = 2")


@tampering("does not hold at row 3")
async def take_a_row_out(world: World) -> None:
    await alter(world, "DELETE FROM audit WHERE seq = 2")


@tampering("does not hold at row 2")
async def swap_two_rows(world: World) -> None:
    await alter(world, "UPDATE audit SET seq = -3 WHERE seq = 3")
    await alter(world, "UPDATE audit SET seq = 3 WHERE seq = 2")
    await alter(world, "UPDATE audit SET seq = 2 WHERE seq = -3")


@tampering("it was cut short")
async def cut_the_end_off(world: World) -> None:
    await alter(world, "DELETE FROM audit WHERE seq > 2")


@tampering("it was cut short")
async def cut_the_end_off_with_our_own_checkpoints(world: World) -> None:
    await alter(world, "DELETE FROM audit WHERE seq > 2")
    await alter(world, "DELETE FROM checkpoints WHERE seq > 2")


@tampering("it was rewritten")
async def rewrite_history(world: World) -> None:
    await alter(world, "UPDATE audit SET member_id = 'x' WHERE seq = 2")
    await hash_anew(world)


@tampering("is not signed with this server's audit key")
async def rewrite_history_and_sign_it_with_another_key(world: World) -> None:
    await rewrite_history(world)
    await _sign_anew(world, OTHER)


@tampering("holds other checkpoints than the store")
async def rewrite_history_and_sign_it_with_the_stolen_key(world: World) -> None:
    await rewrite_history(world)
    await _sign_anew(world, KEY)


@tampering("Row 3, which a checkpoint saw, is gone")
async def cut_the_end_off_and_go_on(world: World) -> None:
    await cut_the_end_off_with_our_own_checkpoints(world)
    await act(world, 5)


@tampering("rows were taken out or put in")
async def take_a_row_out_and_hash_the_rest_so_that_one_hash_fits(world: World) -> None:
    last = await world.house.store.fetch_value("SELECT hash FROM audit WHERE seq = 4")
    await alter(world, "DELETE FROM audit WHERE seq = 2")
    await alter(world, "UPDATE audit SET hash = ? WHERE seq = 4", last)


async def _sign_anew(world: World, key: AuditKey) -> None:
    old = await rows.checkpoints(world.house.store)
    await alter(world, "DELETE FROM checkpoints")
    last: Checkpoint | None = None
    for one in old:
        row = await world.house.store.fetch_one("SELECT * FROM audit WHERE seq = ?", (one.seq,))
        assert row is not None
        last = key.sign(Deed(one.seq, 0, "", "", "", row["hash"]), one.count, one.at, last)
        async with world.house.store.transaction() as change:
            await rows.put_checkpoint(change, last)


@pytest.mark.parametrize(("work", "said"), [row[1:] for row in TAMPERING], ids=[row[0] for row in TAMPERING])
async def test_tampering_with_the_store_is_found(
    world: World, place: SecondPlace, work: Callable[[World], Awaitable[None]], said: str
):
    await checkpoint(world, place, 4)
    assert await faults(world, place) == ""
    await work(world)
    assert said in await faults(world, place)
    world.time.pass_by(minutes=11)
    await act(world)
    world.time.pass_by(minutes=11)
    with suppress(SecondPlaceTrouble):
        await keep_checkpoints(world.house, place)
    assert await faults(world, place), "a later checkpoint must not cover it up"


async def test_tampering_with_the_second_place_is_found(world: World, place: SecondPlace):
    await checkpoint(world, place, 4)
    lines = place.path.read_text().splitlines(keepends=True)
    forged = json.dumps({**json.loads(lines[2]), "hash": "0" * 64}) + "\n"
    for altered, said in (
        ([*lines[:2], *lines[3:]], "does not follow the one before it"),
        ([*lines[:2], forged, lines[3]], "is not signed"),
        (lines[:2], "lacks 2 of 4"),
        ([lines[0], "no line\n"], "Line 2 of"),
        ([lines[0], "[" * 100_000 + "\n"], "Line 2 of"),
    ):
        place.path.write_text("".join(altered))
        assert said in await faults(world, place), said
    place.path.write_bytes(b"\xff\xfe")
    assert "cannot be read" in await faults(world, place)


async def test_a_second_place_that_came_back_empty_is_filled_again(world: World, place: SecondPlace):
    await checkpoint(world, place, 3)
    place.path.unlink()
    assert "lacks 3 of 3" in await faults(world, place)
    await checkpoint(world, place, 1)
    assert await faults(world, place) == ""
    assert len(place.read()) == 4


async def test_a_crash_between_the_two_places_is_mended(world: World, place: SecondPlace):
    await checkpoint(world, place, 3)
    await alter(world, "DELETE FROM checkpoints WHERE id = (SELECT max(id) FROM checkpoints)")
    assert await faults(world, place) == ""
    await checkpoint(world, place, 1)
    assert await faults(world, place) == ""
    assert len(await rows.checkpoints(world.house.store)) == 4


async def test_a_named_folder_that_is_not_there_is_trouble_and_is_not_made(world: World, tmp_path: Path):
    named = SecondPlace(tmp_path / "not-mounted", KEY, makes=False)
    await act(world)
    world.time.pass_by(minutes=11)
    with pytest.raises(SecondPlaceTrouble, match="mount it"):
        await keep_checkpoints(world.house, named)
    assert not named.folder.exists()
    assert "mount it" in await faults(world, named)
    assert await rows.checkpoints(world.house.store) == []


async def test_the_chain_is_for_those_with_the_duty_and_holds_no_words(world: World, place: SecondPlace):
    forum = await world.forum()
    await world.idea(forum, title="The merger", text="Only the board knows.")
    await checkpoint(world, place, 1)
    with pytest.raises(NotAllowed):
        await audit.list_deeds(world.house, await world.person("bob"))
    admin = await world.admin()
    assert [deed.act for deed in await audit.list_deeds(world.house, admin, act="create")] == [
        "create forum",
        "create jam",
    ]
    taken = [record async for record in audit.export_chain(world.house, admin, place)]
    assert [record["kind"] for record in taken if record["kind"] != "row"] == ["audit", "checkpoint"]
    assert taken[-2]["act"] == "export audit"
    for words in ("merger", "board", "Bob", "Ada"):
        assert words not in json.dumps(taken)


seconds = st.floats(min_value=0, max_value=2e9, allow_nan=False)
names = st.text(max_size=12)


@FEW
@given(st.lists(st.tuples(seconds, names, names, names), min_size=1, max_size=8), st.data())
def test_no_single_change_of_a_chain_goes_unnoticed(acts: list[tuple[float, str, str, str]], data: st.DataObject):
    deeds: list[Deed] = []
    for seq, one in enumerate(acts, 1):
        deeds.append(Deed(seq, *one, hash=chain_hash(deeds[-1].hash if deeds else "", *one)))
    point = KEY.sign(deeds[-1], len(deeds), 1.0, None)
    assert _found(deeds, point) == []
    place = data.draw(st.integers(0, len(deeds) - 1))
    column = data.draw(st.sampled_from(["at", "member_id", "act", "subject_id"]))
    old = deeds[place]
    new = data.draw(seconds if column == "at" else names)
    changed = Deed(**{name: getattr(old, name) for name in Deed.__slots__} | {column: new})
    assert bool(_found([*deeds[:place], changed, *deeds[place + 1 :]], point)) == (changed != old)
    assert _found(deeds[:place] + deeds[place + 1 :], point)


def _found(deeds: list[Deed], point: Checkpoint) -> list[str]:
    chain = Chain([point])
    chain.walk(deeds)
    return chain.faults() + chain.faults_by([point])


@FEW
@given(st.integers(0, 2**40), st.text(alphabet="0123456789abcdef", min_size=64, max_size=64), seconds, st.data())
def test_a_checkpoint_reads_back_and_bears_no_other_signature(seq: int, hash_: str, at: float, data: st.DataObject):
    made = KEY.sign(Deed(seq, at, "", "", "", hash_), seq, at, None)
    assert read_checkpoint(made.line()) == made
    assert checkpoint_faults([made], KEY.public) == []
    assert checkpoint_faults([made], OTHER.public) != []
    name = data.draw(st.sampled_from(["seq", "count", "at"]))
    value = json.loads(made.line())
    value[name] += 1
    if value[name] != getattr(made, name):
        assert checkpoint_faults([read_checkpoint(json.dumps(value))], KEY.public) != []


@pytest.mark.parametrize("line", ["", "[]", "{}", "7", '{"seq": 1}', "null", '{"seq": true}'])
def test_what_is_no_checkpoint_is_refused(line: str):
    with pytest.raises(ValueError):
        read_checkpoint(line)
