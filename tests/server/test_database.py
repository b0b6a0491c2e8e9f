"""A store's reads, writes and refusals. See also test_database_groups, _processes and _migrations."""

import asyncio
import datetime
import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from tortoise.exceptions import ConfigurationError, IntegrityError
from tortoise.transactions import in_transaction

from server.database import (
    ConstraintBroken,
    CorruptStore,
    Database,
    DatabaseError,
    StatementFailed,
    StoreBusy,
    StoreClosed,
    Transaction,
    TransactionOver,
    UnwritableHome,
    WriteOutsideTransaction,
)
from tests.server.toys.ledger import AccountRow, EntryRow
from tests.server.toys.notebook import PageRow

LEDGER = "tests.server.toys.ledger"
NOTEBOOK = "tests.server.toys.notebook"
STORE = web.AppKey("store", Database)
NAME = web.AppKey("name", str)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "ledger.sqlite", LEDGER, migrations=None)
    yield database
    await database.close()


@pytest.fixture
async def notebook(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "notebook.sqlite", NOTEBOOK, migrations=None)
    yield database
    await database.close()


async def test_every_connection_has_the_house_settings(ledger: Database) -> None:
    async def settings(fetch: object) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "journal_size_limit", "query_only")
        return [next(iter((await fetch(f"PRAGMA {name}"))[0].values())) for name in names]  # type: ignore[operator]

    async with ledger.transaction() as transaction:
        assert await settings(transaction.fetch) == ["wal", 2, 1, 64 * 1024 * 1024, 0]
    assert await settings(ledger.fetch) == ["wal", 2, 1, 64 * 1024 * 1024, 1]


async def test_rows_written_in_a_block_are_read_back_with_their_types(ledger: Database) -> None:
    async with ledger.transaction():
        account = await AccountRow.create(name="rent")
        await EntryRow.create(account=account, amount=7)
        assert await EntryRow.filter(account__name="rent").count() == 1
    with ledger.use():
        entry = await EntryRow.get(amount=7).select_related("account")
        assert entry.account.name == "rent"
        assert entry.account.note == ""
        assert isinstance(entry.made_at, datetime.datetime)
        assert entry.made_at.tzinfo is not None


async def test_raw_sql_and_rows_share_a_transaction(ledger: Database) -> None:
    async with ledger.transaction() as transaction:
        await AccountRow.create(name="rent")
        assert await transaction.execute("UPDATE account SET note = ? WHERE name = ?", ("due", "rent")) == 1
        assert await transaction.executemany("INSERT INTO account (name) VALUES (?)", [("a",), ("b",)]) == 2
        assert (await AccountRow.get(name="rent")).note == "due"
        given = await transaction.fetch(
            "INSERT INTO account (name) VALUES (:name) RETURNING name", {"name": "c"}
        )
        assert given == [{"name": "c"}]
        assert await transaction.fetch_value("SELECT count(*) FROM account") == 4
        assert await transaction.fetch_one("SELECT * FROM account WHERE name = 'nobody'") is None
        assert (
            await transaction.execute(
                "WITH gone AS (SELECT 'a' AS name) DELETE FROM account WHERE name IN gone"
            )
            == 1
        )
    assert await ledger.fetch_value("SELECT count(*) FROM account") == 3
    assert await ledger.fetch_one("SELECT name, note FROM account WHERE name = ?", ("rent",)) == {
        "name": "rent",
        "note": "due",
    }


async def test_a_statement_in_the_thread_is_part_of_the_same_transaction(ledger: Database) -> None:
    async with ledger.transaction() as transaction:
        rows = [(f"account {number}",) for number in range(5000)]
        assert (
            await transaction.executemany("INSERT INTO account (name) VALUES (?)", rows, in_thread=True)
            == 5000
        )
        assert len(await transaction.fetch("SELECT * FROM account", in_thread=True)) == 5000
        assert await transaction.execute("DELETE FROM account", in_thread=True) == 5000
    assert await ledger.fetch_value("SELECT count(*) FROM account") == 0


async def test_bulk_creation_and_get_or_create_work_within_a_block(ledger: Database) -> None:
    async with ledger.transaction():
        await AccountRow.bulk_create([AccountRow(name=str(number)) for number in range(300)])
        first, made = await AccountRow.get_or_create(name="7")
        other, made_too = await AccountRow.get_or_create(name="new")
        assert (made, made_too) == (False, True)
        await AccountRow.update_or_create({"note": "seen"}, name="7")
        async with in_transaction():
            await AccountRow.filter(name="8").delete()
    with ledger.use():
        assert await AccountRow.all().count() == 300
        assert (await AccountRow.get(name="7")).note == "seen"
        assert first.id != other.id


async def test_a_read_never_sees_what_is_not_committed(ledger: Database) -> None:
    async def look() -> tuple[object, int]:
        with ledger.use():
            return await ledger.fetch_value("SELECT count(*) FROM account"), await AccountRow.all().count()

    outside = asyncio.Event()
    seen: list[tuple[object, int]] = []

    async def watch() -> None:
        while not outside.is_set():
            seen.append(await look())
            await asyncio.sleep(0)

    watcher = asyncio.create_task(watch())
    async with ledger.transaction() as transaction:
        for name in ("a", "b", "c"):
            await AccountRow.create(name=name)
            await asyncio.sleep(0.005)
        assert await ledger.fetch("SELECT * FROM account") == []
        assert len(await transaction.fetch("SELECT * FROM account")) == 3
        assert len(seen) > 3
        assert set(seen) == {(0, 0)}
    outside.set()
    await watcher
    assert await look() == (3, 3)


async def test_a_read_does_not_wait_for_a_running_transaction(ledger: Database) -> None:
    loop = asyncio.get_running_loop()
    async with ledger.transaction():
        await AccountRow.create(name="slow")
        reading = asyncio.create_task(ledger.fetch("SELECT * FROM account"))
        started = loop.time()
        assert await reading == []
        assert loop.time() - started < 0.5


async def test_a_slow_query_does_not_hold_up_the_event_loop(ledger: Database) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    count = f"{numbers} SELECT max(i) AS top FROM n"
    gaps: list[float] = []

    async def beat() -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(0)
            gaps.append(loop.time() - before)

    beating = asyncio.create_task(beat())
    assert await ledger.fetch_value(count, (500_000,)) == 500_000
    assert await ledger.fetch(count, (5,)) == [{"top": 5}]
    beating.cancel()
    assert len(gaps) > 20


async def test_a_write_outside_a_transaction_is_refused(ledger: Database) -> None:
    async with ledger.transaction():
        account = await AccountRow.create(name="rent")
    with ledger.use():
        for refused in (
            AccountRow.create(name="x"),
            AccountRow.filter(name="rent").update(note="x"),
            AccountRow.filter(name="rent").delete(),
            AccountRow.bulk_create([AccountRow(name="x")]),
            AccountRow.get_or_create(name="x"),
            account.delete(),
        ):
            with pytest.raises(WriteOutsideTransaction):
                await refused
    with pytest.raises(WriteOutsideTransaction):
        await ledger.fetch("DELETE FROM account")
    with pytest.raises(WriteOutsideTransaction):
        await ledger.fetch("INSERT INTO account (name) VALUES ('x') RETURNING name")
    assert await ledger.fetch("SELECT name FROM account") == [{"name": "rent"}]


async def test_rows_need_a_store_in_use(ledger: Database) -> None:
    with pytest.raises(RuntimeError):
        await AccountRow.all().count()


async def test_an_error_undoes_the_block_and_leaves_the_store_usable(ledger: Database) -> None:
    async def fail() -> None:
        async with ledger.transaction():
            await AccountRow.create(name="gone")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with ledger.transaction():
        await AccountRow.create(name="kept")
    assert await ledger.fetch("SELECT name FROM account") == [{"name": "kept"}]


async def test_broken_constraints_and_wrong_sql_have_types(ledger: Database) -> None:
    async with ledger.transaction() as transaction:
        await AccountRow.create(name="one")
        with pytest.raises(ConstraintBroken):
            await AccountRow.create(name="one")
        with pytest.raises(IntegrityError):
            await transaction.execute("INSERT INTO account (name) VALUES ('one')")
        with pytest.raises(ConstraintBroken, match="FOREIGN KEY"):
            await transaction.execute("INSERT INTO entry (account_id, amount, made_at) VALUES (99, 1, 'now')")
        with pytest.raises(StatementFailed, match="no such table"):
            await transaction.execute("DELETE FROM nowhere")
        with pytest.raises(StatementFailed):
            await transaction.execute("  commit")
    with pytest.raises(StatementFailed, match="no such column"):
        await ledger.fetch("SELECT colour FROM account")
    assert issubclass(ConstraintBroken, DatabaseError)
    assert await ledger.fetch_value("SELECT count(*) FROM account") == 1


async def test_a_block_within_a_block_joins_it_and_fails_alone(ledger: Database) -> None:
    calls: list[str] = []

    async def fail() -> None:
        async with ledger.transaction() as transaction:
            await AccountRow.create(name="undone")
            transaction.after_commit(lambda: calls.append("undone"))
            raise ZeroDivisionError

    async with ledger.transaction() as outer:
        await AccountRow.create(name="outer")
        async with ledger.transaction() as inner:
            assert inner is outer
            await AccountRow.create(name="inner")
            inner.after_commit(lambda: calls.append("inner"))
        with pytest.raises(ZeroDivisionError):
            await fail()
        assert calls == []
        assert ledger.counts.commits == 0
    assert calls == ["inner"]
    assert ledger.counts.commits == 1
    assert await ledger.fetch("SELECT name FROM account ORDER BY name") == [
        {"name": "inner"},
        {"name": "outer"},
    ]


async def test_calls_after_commit_come_before_the_caller_goes_on_and_see_the_data(ledger: Database) -> None:
    async def write(name: str, error: bool) -> None:
        async with ledger.transaction() as transaction:
            transaction.after_commit(lambda: heard.append(name))
            await AccountRow.create(name=name)
            if error:
                raise ZeroDivisionError

    heard: list[str] = []
    await write("good", error=False)
    assert heard == ["good"]
    with pytest.raises(ZeroDivisionError):
        await write("bad", error=True)
    await ledger.wait_idle()
    assert heard == ["good"]


async def test_a_transaction_is_dead_after_its_block(ledger: Database) -> None:
    kept: list[Transaction] = []

    async def late() -> None:
        await over.wait()
        with pytest.raises(WriteOutsideTransaction):
            await AccountRow.create(name="late")
        assert await AccountRow.all().count() == 1

    over = asyncio.Event()
    async with ledger.transaction() as transaction:
        kept.append(transaction)
        await AccountRow.create(name="in time")
        straggler = asyncio.create_task(late())
    over.set()
    await straggler
    with pytest.raises(TransactionOver):
        await kept[0].execute("DELETE FROM account")
    with pytest.raises(TransactionOver):
        kept[0].after_commit(lambda: None)


async def test_tasks_gathered_in_a_block_write_through_it(ledger: Database) -> None:
    async with ledger.transaction():
        await asyncio.gather(*(AccountRow.create(name=str(number)) for number in range(5)))
        await asyncio.wait_for(AccountRow.create(name="5"), 5)
    assert await ledger.fetch_value("SELECT count(*) FROM account") == 6
    assert ledger.counts.bodies == 1


async def test_another_task_s_transaction_is_its_own(ledger: Database) -> None:
    async def background() -> None:
        async with ledger.transaction():
            await AccountRow.create(name="background")

    async def fail() -> None:
        async with ledger.transaction():
            await AccountRow.create(name="undone")
            others.append(asyncio.create_task(background()))
            await asyncio.sleep(0.01)
            raise ZeroDivisionError

    others: list[asyncio.Task[None]] = []
    with pytest.raises(ZeroDivisionError):
        await fail()
    await others[0]
    assert await ledger.fetch("SELECT name FROM account") == [{"name": "background"}]


async def test_rows_of_one_store_never_land_in_another(
    tmp_path: Path, ledger: Database, notebook: Database
) -> None:
    async with ledger.transaction():
        await AccountRow.create(name="ours")
        async with notebook.transaction():
            await PageRow.create(number=1, text="theirs")
            with pytest.raises(ConfigurationError, match="belong to"):
                await AccountRow.create(name="astray")
        await AccountRow.create(name="ours too")
        with pytest.raises(ConfigurationError, match="belong to"):
            await PageRow.create(number=2, text="astray")
    assert await ledger.fetch("SELECT name FROM account") == [{"name": "ours"}, {"name": "ours too"}]
    assert await notebook.fetch("SELECT * FROM account") == [{"number": 1, "text": "theirs"}]


async def test_three_servers_with_the_same_rows_live_in_one_process(tmp_path: Path) -> None:
    stores = [await Database.open(tmp_path / f"{name}.sqlite", LEDGER, migrations=None) for name in "abc"]

    async def fill(store: Database, name: str) -> None:
        for number in range(40):
            async with store.transaction():
                account = await AccountRow.create(name=f"{name}{number}")
                await asyncio.sleep(0)
                await EntryRow.create(account=account, amount=number)
            with store.use():
                await asyncio.sleep(0)
                assert await AccountRow.all().count() == number + 1

    await asyncio.gather(*(fill(store, name) for store, name in zip(stores, "abc", strict=True)))
    for store, name in zip(stores, "abc", strict=True):
        rows = await store.fetch("SELECT name FROM account")
        assert len(rows) == 40
        assert {str(row["name"])[0] for row in rows} == {name}
        await store.close()


async def test_a_body_that_awaits_another_task_s_transaction_is_told_so_in_time(tmp_path: Path) -> None:
    async def write(name: str) -> None:
        async with ledger.transaction():
            await AccountRow.create(name=name)

    ledger = await Database.open(tmp_path / "ledger.sqlite", LEDGER, migrations=None, turn_seconds=0.1)
    async with ledger.transaction():
        with pytest.raises(StoreBusy, match=r"not free to write in 0\.1 s"):
            await asyncio.create_task(write("waits for its own parent"))
        await AccountRow.create(name="parent")
    await write("after")
    assert await ledger.fetch("SELECT name FROM account ORDER BY id") == [
        {"name": "parent"},
        {"name": "after"},
    ]
    await ledger.close()


async def test_a_request_uses_its_own_server_s_store(tmp_path: Path) -> None:
    async def sign(request: web.Request) -> web.Response:
        store = request.app[STORE]
        async with store.transaction():
            await AccountRow.create(name=request.query["name"])
        with store.use():
            return web.json_response(await AccountRow.all().order_by("id").values_list("name", flat=True))

    async def lifetime(app: web.Application) -> AsyncIterator[None]:
        store = app[STORE] = await Database.open(tmp_path / app[NAME], LEDGER, migrations=None)
        yield
        await store.close()

    async def serve(name: str) -> TestClient[web.Request, web.Application]:
        app = web.Application()
        app[NAME] = name
        app.cleanup_ctx.append(lifetime)
        app.router.add_post("/", sign)
        client = TestClient(TestServer(app))
        await client.start_server()
        return client

    clients = [await serve(name) for name in "abc"]
    for visit in range(3):
        answers = await asyncio.gather(*(c.post("/", params={"name": f"visit {visit}"}) for c in clients))
        for answer in answers:
            assert await answer.json() == [f"visit {past}" for past in range(visit + 1)]
    for client in clients:
        await client.close()


async def test_a_store_is_private_and_its_directory_is_made(tmp_path: Path) -> None:
    path = tmp_path / "home" / "inside" / "store.sqlite"
    database = await Database.open(path, LEDGER, migrations=None)
    async with database.transaction():
        await AccountRow.create(name="secret")
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    await database.close()
    assert not path.with_name("store.sqlite-wal").exists()


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnwritableHome, match="may write the folder"):
        await Database.open(tmp_path / "file" / "store.sqlite", LEDGER, migrations=None)
    with pytest.raises(UnwritableHome):
        await Database.open(tmp_path, LEDGER, migrations=None)


async def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_bytes(b"Dear diary, today I wrote no database at all. " * 100)
    with pytest.raises(CorruptStore, match="restore"):
        await Database.open(path, LEDGER, migrations=None)
    assert path.read_bytes().startswith(b"Dear diary")


async def test_damage_in_the_file_is_reported(tmp_path: Path, ledger: Database) -> None:
    async with ledger.transaction() as transaction:
        await transaction.executemany(
            "INSERT INTO account (name) VALUES (?)", [(f"{n:09}",) for n in range(5000)]
        )
    await ledger.checkpoint()
    await ledger.close()
    with ledger.path.open("r+b") as file:
        file.seek(4096 * 10)
        file.write(b"\xff" * 4096 * 3)
    damaged = await Database.open(ledger.path, LEDGER, migrations=None)
    with pytest.raises(CorruptStore, match="backup"):
        await damaged.fetch("SELECT * FROM account ORDER BY note")
    await damaged.close()


async def test_broken_references_are_found_by_the_check(ledger: Database) -> None:
    assert await ledger.integrity_check() == []
    with sqlite3.connect(ledger.path) as bare:
        bare.execute("INSERT INTO entry (account_id, amount, made_at) VALUES (99, 1, 'now')")
    bare.close()
    assert await ledger.integrity_check() == ["row 1 of entry points to a row of account that does not exist"]


async def test_a_backup_holds_what_was_committed_while_others_write(tmp_path: Path, ledger: Database) -> None:
    copy = tmp_path / "copy.sqlite"
    async with ledger.transaction():
        await AccountRow.create(name="saved")
    async with ledger.transaction():
        await AccountRow.create(name="not yet")
        await ledger.backup(copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    restored = await Database.open(copy, LEDGER, migrations=None)
    assert await restored.fetch("SELECT name FROM account") == [{"name": "saved"}]
    await restored.close()
    with pytest.raises(UnwritableHome):
        await ledger.backup(copy / "below a file")
    assert [path.name for path in tmp_path.glob("*.part")] == []


async def test_vacuum_and_checkpoint_make_the_files_small(ledger: Database) -> None:
    log = ledger.path.with_name(ledger.path.name + "-wal")
    async with ledger.transaction() as transaction:
        await transaction.executemany(
            "INSERT INTO account (name) VALUES (?)", [(f"{n:09}",) for n in range(9000)]
        )
    async with ledger.transaction() as transaction:
        await transaction.execute("DELETE FROM account")
    await ledger.checkpoint()
    assert log.stat().st_size == 0
    before = ledger.path.stat().st_size
    await ledger.vacuum()
    await ledger.checkpoint()
    assert ledger.path.stat().st_size < before / 4
    async with ledger.transaction():
        await AccountRow.create(name="still works")


async def test_closing_finishes_what_was_begun_and_refuses_the_rest(ledger: Database) -> None:
    async def write(name: str) -> None:
        async with ledger.transaction():
            await asyncio.sleep(0.01)
            await AccountRow.create(name=name)

    writers = [asyncio.create_task(write(name)) for name in "ab"]
    await asyncio.sleep(0)
    await asyncio.gather(ledger.close(), ledger.close())
    await asyncio.gather(*writers)
    with pytest.raises(StoreClosed):
        await ledger.fetch("SELECT 1")
    with pytest.raises(StoreClosed):
        await write("c")
    again = await Database.open(ledger.path, LEDGER, migrations=None)
    assert await again.fetch_value("SELECT count(*) FROM account") == 2
    await again.close()


async def test_a_small_query_that_only_had_to_wait_stays_on_the_loop(ledger: Database) -> None:
    """On a busy machine any query is stopped now and then: it is run again in a thread, and not held to be slow."""
    up = "WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 500)"
    small = f"{up} SELECT count(*) AS n FROM up"
    reader = ledger._reader
    reader._inline.set_progress_handler(lambda: True, 100)
    assert await ledger.fetch_value(small) == 500
    assert small not in reader._slow
    slow = small.replace("500", "3000000")
    reader._inline.set_progress_handler(reader._look, 2000)
    assert await ledger.fetch_value(slow) == 3_000_000
    assert slow in reader._slow
