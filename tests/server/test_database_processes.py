"""Several processes on one store, and one that dies."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from server.database import Database
from tests.server.toys.ledger import AccountRow

ROWS, MIGRATIONS = "tests.server.toys.ledger", "tests.server.toys.ledger_migrations"
ROOT = Path(__file__).parents[2]


async def teller(verb: str, path: Path, number: int) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.server.toys.teller",
        verb,
        str(path),
        str(number),
        cwd=ROOT,
        stdout=PIPE,
        stderr=PIPE,
    )


async def test_three_processes_that_read_then_write_never_find_the_store_locked(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = await Database.open(path, ROWS, migrations=MIGRATIONS)
    async with ledger.transaction():
        await AccountRow.create(name="balance", note="0")
    tellers = [await teller("raise", path, 200) for _ in range(3)]
    for _, errors in await asyncio.gather(*(process.communicate() for process in tellers)):
        assert errors.decode() == ""
    assert [process.returncode for process in tellers] == [0, 0, 0]
    assert await ledger.fetch_value("SELECT note FROM account WHERE name = 'balance'") == "600"
    await ledger.close()


async def test_everything_acknowledged_survives_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    process = await teller("write", path, 8)
    assert process.stdout is not None
    acknowledged = [(await process.stdout.readline()).decode().strip() for _ in range(300)]
    process.kill()
    acknowledged += (await process.stdout.read()).decode().split("\n")[:-1]
    await process.wait()
    ledger = await Database.open(path, ROWS, migrations=MIGRATIONS)
    kept = {row["name"] for row in await ledger.fetch("SELECT name FROM account")}
    assert set(acknowledged) <= kept
    assert len(kept - set(acknowledged)) <= 8
    assert await ledger.integrity_check() == []
    async with ledger.transaction():
        await AccountRow.create(name="after")
    await ledger.close()


async def test_two_processes_open_a_fresh_store_at_once(tmp_path: Path) -> None:
    path = tmp_path / "home" / "ledger.sqlite"
    tellers = [await teller("open", path, 0) for _ in range(3)]
    for output, errors in await asyncio.gather(*(process.communicate() for process in tellers)):
        assert (output.decode(), errors.decode()) == ("open\n", "")
    ledger = await Database.open(path, ROWS, migrations=MIGRATIONS)
    assert await ledger.fetch_value("SELECT count(*) FROM tortoise_migrations") == 2
    await ledger.close()
