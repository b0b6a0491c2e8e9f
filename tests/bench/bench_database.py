"""Transactions a second through the engine, against bare sqlite3 in the same run.

    python -m tests.bench.bench_database

One row of 2 kB a transaction, `synchronous=FULL` everywhere: every acknowledged row is on the disk. Bare and
engine take turns, and medians are printed; where others use the machine too, the ratios tell more than rates.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

from server.database import Database
from server.database.connection import connect
from tests.server.toys.ledger import AccountRow

ROWS = "tests.server.toys.ledger"
SECONDS = 0.4
ROUNDS = 3
NOTE = "x" * 2000
NAMES = {"raw": "raw SQL", "row": "tortoise create"}
Write = Callable[[Database, str], Awaitable[None]]
INSERT = "INSERT INTO account (name, note) VALUES (?, ?)"


def bare(path: Path) -> float:
    """Rows a second of the plain module, a commit a row."""
    connection = connect(path)
    connection.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT UNIQUE, note TEXT)")
    done, until, started = 0, time.perf_counter() + SECONDS, time.perf_counter()
    while time.perf_counter() < until:
        connection.execute(INSERT, (str(done), NOTE))
        done += 1
    seconds = time.perf_counter() - started
    connection.close()
    return done / seconds


async def through(path: Path, callers: int, write: Write) -> tuple[float, float]:
    """Transactions a second, and transactions a commit, with `callers` tasks that each wait for their own."""
    database = await Database.open(path, ROWS, migrations=None)
    until, started = time.perf_counter() + SECONDS, time.perf_counter()

    async def caller(number: int) -> None:
        turn = 0
        while time.perf_counter() < until:
            turn += 1
            await write(database, f"{number}/{turn}")

    await asyncio.gather(*(caller(number) for number in range(callers)))
    seconds = time.perf_counter() - started
    counts = database.counts
    await database.close()
    return counts.bodies / seconds, counts.bodies / counts.commits


async def raw(database: Database, name: str) -> None:
    """One raw INSERT."""
    async with database.transaction() as transaction:
        await transaction.execute(INSERT, (name, NOTE))


async def row(database: Database, name: str) -> None:
    """One row through tortoise."""
    async with database.transaction():
        await AccountRow.create(name=name, note=NOTE)


async def reads(path: Path) -> tuple[float, float, float]:
    """Reads a second by primary key: bare module, `fetch_one`, and tortoise `get`."""
    database = await Database.open(path, ROWS, migrations=None)
    async with database.transaction() as transaction:
        await transaction.executemany(INSERT, ((str(number), NOTE) for number in range(1000)))
    query = "SELECT * FROM account WHERE id = ?"
    rates = []
    connection = sqlite3.connect(path)
    started = time.perf_counter()
    for number in range(20000):
        connection.execute(query, (number % 1000 + 1,)).fetchone()
    rates.append(20000 / (time.perf_counter() - started))
    connection.close()
    started = time.perf_counter()
    for number in range(10000):
        await database.fetch_one(query, (number % 1000 + 1,))
    rates.append(10000 / (time.perf_counter() - started))
    with database.use():
        started = time.perf_counter()
        for number in range(1000):
            await AccountRow.get(id=number + 1)
        rates.append(1000 / (time.perf_counter() - started))
    await database.close()
    return rates[0], rates[1], rates[2]


def main() -> None:
    """Measure and print; about ten seconds."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        kinds = [
            (name, write, callers) for name, write in (("raw", raw), ("row", row)) for callers in (1, 64)
        ]
        floors, found = [], {(name, callers): [] for name, _, callers in kinds}
        for turn in range(ROUNDS):
            for name, write, callers in kinds:
                floors.append(bare(home / f"bare{turn}{name}{callers}.sqlite"))
                path = home / f"{turn}{name}{callers}.sqlite"
                rate, size = asyncio.run(through(path, callers, write))
                found[name, callers].append((rate / floors[-1], rate, size))
        print(f"bare sqlite3, a commit a row: {median(floors):.0f} rows/s")
        for (name, callers), figures in found.items():
            ratio, rate, size = (median(figure) for figure in zip(*figures, strict=True))
            told = f"{NAMES[name]}, {callers} at once"
            print(f"{told:27} {rate:8.0f} tx/s  {ratio:5.2f} x bare  {size:5.1f} tx/commit")
        bare_read, fetch, get = asyncio.run(reads(home / "reads.sqlite"))
        print(f"reads by key: bare {bare_read:.0f}/s, fetch_one {fetch:.0f}/s, tortoise get {get:.0f}/s")
        print(f"  = {fetch / bare_read:.2f} and {get / bare_read:.3f} x bare")


if __name__ == "__main__":
    main()
