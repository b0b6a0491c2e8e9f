"""Group commit, and what cancelled tasks leave behind."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.database import CommitFailed, ConstraintBroken, Database
from tests.server.toys.ledger import AccountRow

ORPHAN = "INSERT INTO entry (account_id, amount, made_at) VALUES (99, 1, 'now')"


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "ledger.sqlite", "tests.server.toys.ledger", migrations=None)
    yield database
    await database.close()


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[Database]:
    """A ledger whose commits wait long for company, so that a busy machine does not change the counts."""
    database = await Database.open(
        tmp_path / "patient.sqlite", "tests.server.toys.ledger", migrations=None, group_seconds=0.1
    )
    yield database
    await database.close()


async def write(ledger: Database, name: str, error: type[Exception] | None = None, pause: float = 0.0) -> str:
    async with ledger.transaction():
        await AccountRow.create(name=name)
        await asyncio.sleep(pause)
        if error is not None:
            raise error(name)
    return name


async def names(ledger: Database) -> set[object]:
    return {row["name"] for row in await ledger.fetch("SELECT name FROM account")}


async def test_concurrent_transactions_share_commits(patient: Database) -> None:
    await asyncio.gather(*(write(patient, str(number)) for number in range(200)))
    assert patient.counts.bodies == 200
    assert patient.counts.commits <= 20
    assert len(await names(patient)) == 200


async def test_a_lone_caller_commits_each_time_and_does_not_wait_for_company(tmp_path: Path) -> None:
    path = tmp_path / "slow.sqlite"
    ledger = await Database.open(path, "tests.server.toys.ledger", migrations=None, group_seconds=5.0)
    async with asyncio.timeout(4):
        for number in range(5):
            await write(ledger, str(number))
    assert ledger.counts.commits == 5
    await ledger.close()


async def test_callers_who_come_together_again_and_again_are_waited_for(patient: Database) -> None:
    async def caller(number: int) -> None:
        for turn in range(20):
            await write(patient, f"{number}/{turn}")

    await asyncio.gather(*(caller(number) for number in range(16)))
    assert patient.counts.bodies == 320
    assert patient.counts.commits <= 80


async def test_everyone_is_told_only_after_the_commit(ledger: Database) -> None:
    told: list[tuple[str, set[object]]] = []

    async def tell(name: str) -> None:
        await write(ledger, name)
        told.append((name, await names(ledger)))

    await asyncio.gather(*(tell(str(number)) for number in range(50)))
    assert all(name in seen for name, seen in told)


async def test_an_error_in_one_body_leaves_those_that_joined_it_intact(patient: Database) -> None:
    results = await asyncio.gather(
        *(write(patient, str(number), ValueError if number % 3 == 0 else None) for number in range(60)),
        return_exceptions=True,
    )
    assert await names(patient) == {str(number) for number in range(60) if number % 3}
    assert [isinstance(result, ValueError) for result in results] == [number % 3 == 0 for number in range(60)]
    assert patient.counts.commits < 20


async def test_a_failed_commit_fails_everyone_who_joined_it(patient: Database) -> None:
    calls: list[str] = []

    async def orphan() -> None:
        async with patient.transaction() as transaction:
            await transaction.execute("PRAGMA defer_foreign_keys=ON")
            await transaction.execute(ORPHAN)
            transaction.after_commit(lambda: calls.append("orphan"))

    results = await asyncio.gather(
        write(patient, "a"), orphan(), write(patient, "b"), write(patient, "c"), return_exceptions=True
    )
    assert [type(result) for result in results] == [CommitFailed] * 4
    assert await names(patient) == set()
    assert calls == []
    assert patient.counts.failures == 1
    assert await write(patient, "after") == "after"
    assert await names(patient) == {"after"}


async def test_when_sqlite_gives_the_transaction_up_nobody_is_told_that_it_was_kept(ledger: Database) -> None:
    await write(ledger, "taken")

    async def give_up() -> None:
        async with ledger.transaction() as transaction:
            await transaction.execute("INSERT OR ROLLBACK INTO account (name) VALUES ('taken')")

    async def give_up_quietly() -> None:
        async with ledger.transaction() as transaction:
            with pytest.raises(ConstraintBroken):
                await transaction.execute("INSERT OR ROLLBACK INTO account (name) VALUES ('taken')")

    for breaking, error in ((give_up, ConstraintBroken), (give_up_quietly, CommitFailed)):
        results = await asyncio.gather(
            write(ledger, "first"), breaking(), write(ledger, "last"), return_exceptions=True
        )
        assert [type(result) for result in results] == [CommitFailed, error, str]
        assert await names(ledger) == {"taken", "last"}
        async with ledger.transaction() as transaction:
            await transaction.execute("DELETE FROM account WHERE name = 'last'")


async def test_many_tasks_cancelled_at_any_moment_leave_a_working_store(ledger: Database) -> None:
    dice = random.Random(11)
    acknowledged: set[str] = set()

    async def caller(name: str) -> None:
        acknowledged.add(await write(ledger, name, pause=dice.random() * 0.002))

    for turn in range(40):
        tasks = [asyncio.create_task(caller(f"{turn}/{number}")) for number in range(15)]
        for task in tasks[::2] + tasks[::4]:  # every second one, and half of those twice
            await asyncio.sleep(dice.random() * 0.002)
            task.cancel()
        await asyncio.wait(tasks)
        assert all(task.cancelled() or task.exception() is None for task in tasks)
    await ledger.wait_idle()
    async with asyncio.timeout(5):
        await write(ledger, "after")
    found = await names(ledger)
    assert acknowledged <= found
    assert len(acknowledged) >= 280
    async with ledger.transaction() as transaction:
        assert await transaction.fetch_value("SELECT count(*) FROM account") == len(found)
    other = await Database.open(ledger.path, "tests.server.toys.ledger", migrations=None)
    async with asyncio.timeout(5), other.transaction():
        await AccountRow.create(name="another connection finds no lock")
    await other.close()


@pytest.mark.parametrize("steps", range(12))
async def test_a_task_cancelled_twice_after_any_number_of_steps_leaves_no_lock(
    ledger: Database, steps: int
) -> None:
    blocker = asyncio.create_task(write(ledger, "blocker", pause=0.002))
    task = asyncio.create_task(write(ledger, "cancelled"))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task, blocker])
    async with asyncio.timeout(5):
        await write(ledger, "after")
    assert await names(ledger) - {"cancelled"} == {"blocker", "after"}


async def test_a_task_cancelled_during_a_statement_in_the_thread_is_undone_afterwards(
    ledger: Database,
) -> None:
    async def fill() -> None:
        async with ledger.transaction() as transaction:
            rows = [(f"account {number}",) for number in range(100_000)]
            await transaction.executemany("INSERT INTO account (name) VALUES (?)", rows, in_thread=True)

    task = asyncio.create_task(fill())
    await asyncio.sleep(0.03)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await write(ledger, "after")
    assert await names(ledger) == {"after"}


async def test_a_time_limit_around_a_transaction_does_not_stall_the_next(ledger: Database) -> None:
    for turn in range(50):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.0005):
                await write(ledger, f"late {turn}", pause=1)
    await write(ledger, "after")
    assert await names(ledger) == {"after"}
