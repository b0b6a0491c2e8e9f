"""What many callers add is written together; nobody is told before it is on disk, and nobody suffers for another."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from federation.outside.together import Together
from server.database import ConstraintBroken, Database, Transaction
from tests.federation.organisation import open_store


@pytest.fixture
async def store(tmp_path: Path, blank_organisation: Path) -> AsyncIterator[Database]:
    shutil.copy(blank_organisation / "outside.sqlite", tmp_path)
    opened = await open_store(tmp_path, "outside")
    yield opened
    await opened.close()


async def write(change: Transaction, names: Sequence[str]) -> None:
    await change.executemany(
        "INSERT INTO cursors (consumer, seq) VALUES (?, ?)", [(name, len(names)) for name in names]
    )


async def names_in(store: Database) -> dict[str, int]:
    return {row["consumer"]: row["seq"] for row in await store.fetch("SELECT * FROM cursors ORDER BY rowid")}


async def test_what_comes_while_one_is_written_shares_the_next_transaction(store: Database):
    together = Together(store, write)
    before = store.counts.bodies
    await asyncio.gather(*(together.add(f"n{n}") for n in range(600)))
    assert len(await names_in(store)) == 600
    assert store.counts.bodies - before <= 4
    await together.add("alone")
    assert (await names_in(store))["alone"] == 1


async def test_one_that_cannot_be_written_takes_no_other_with_it(store: Database):
    together = Together(store, write)
    told = await asyncio.gather(*(together.add(name) for name in ("a", "b", "a", "c")), return_exceptions=True)
    assert [type(one) for one in told] == [type(None), type(None), ConstraintBroken, type(None)]
    assert await names_in(store) == {"a": 1, "b": 1, "c": 1}


async def test_what_a_caller_who_gave_up_added_is_written_all_the_same(store: Database):
    together = Together(store, write)
    callers = [asyncio.create_task(together.add(name)) for name in ("stays", "goes")]
    await asyncio.sleep(0)
    callers[1].cancel()
    await callers[0]
    assert set(await names_in(store)) == {"stays", "goes"}
