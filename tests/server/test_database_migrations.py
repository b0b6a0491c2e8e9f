"""Schema changes: from nothing, from an older version, from a newer one, and when they fail."""

import asyncio
import importlib
import inspect
import itertools
import shutil
import sys
from pathlib import Path

import pytest
from tortoise.models import Model

from server.database import Database, MigrationFailed, NewerSchema, schema
from server.database.connection import connect, create_file
from server.database.drafts import due, schema_lacks, write
from server.database.migration import App, prepare
from tests.server.toys.ledger import AccountRow, EntryRow

ROWS, MIGRATIONS = "tests.server.toys.ledger", "tests.server.toys.ledger_migrations"
TOYS = Path(__file__).parent / "toys"
NUMBERS = itertools.count()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the toy store's code that a test may change, importable under a name of its own."""
    code = tmp_path / f"version{next(NUMBERS)}"
    (code / "migrations").mkdir(parents=True)
    for file in (TOYS / "ledger_migrations").glob("*.py"):
        shutil.copy(file, code / "migrations")
    shutil.copy(TOYS / "ledger.py", code / "rows.py")
    monkeypatch.syspath_prepend(tmp_path)
    return code


def change(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file.write_text(text)


async def shape(database: Database) -> set[tuple[str, str]]:
    rows = await database.fetch("SELECT name, sql FROM sqlite_master WHERE sql NOTNULL")
    return {(str(row["name"]), str(row["sql"])) for row in rows}


async def test_a_fresh_store_gets_all_migrations_and_they_are_recorded(tmp_path: Path) -> None:
    ledger = await Database.open(tmp_path / "ledger.sqlite", ROWS, migrations=MIGRATIONS)
    applied = await ledger.fetch("SELECT app, name FROM tortoise_migrations ORDER BY name")
    assert [(row["app"], row["name"]) for row in applied] == [
        ("toys", "0001_initial"),
        ("toys", "0002_give_accounts_notes"),
    ]
    assert await ledger.fetch_value("PRAGMA user_version") == 2
    async with ledger.transaction():
        await EntryRow.create(account=await AccountRow.create(name="rent"), amount=1)
    await ledger.close()


async def test_the_rows_say_what_the_migrations_say() -> None:
    assert await due(ROWS, MIGRATIONS) == []


async def test_a_store_of_an_older_version_is_brought_up_with_its_rows(tmp_path: Path, package: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    (package / "migrations" / "0002_give_accounts_notes.py").unlink()
    older = await Database.open(path, ROWS, migrations=f"{package.name}.migrations", label="toys")
    async with older.transaction() as transaction:
        await transaction.execute("INSERT INTO account (name) VALUES ('rent')")
    await older.close()
    ledger = await Database.open(path, ROWS, migrations=MIGRATIONS)
    with ledger.use():
        assert (await AccountRow.get(name="rent")).note == ""
    await ledger.close()


async def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path, package: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    await (await Database.open(path, ROWS, migrations=MIGRATIONS)).close()
    before = path.read_bytes()
    (package / "migrations" / "0002_give_accounts_notes.py").unlink()
    with pytest.raises(NewerSchema, match=r"newer version.*0002_give_accounts_notes.*Start that version"):
        await Database.open(path, ROWS, migrations=f"{package.name}.migrations", label="toys")
    assert path.read_bytes() == before


async def test_a_migration_is_written_from_the_rows_and_keeps_rows_references_and_indexes(
    tmp_path: Path, package: Path
) -> None:
    rows, migrations, path = f"{package.name}.rows", f"{package.name}.migrations", tmp_path / "ledger.sqlite"
    ledger = await Database.open(path, ROWS, migrations=MIGRATIONS)
    async with ledger.transaction() as transaction:
        await EntryRow.create(account=await AccountRow.create(name="rent"), amount=1)
        await transaction.execute("CREATE INDEX entry_by_day ON entry (made_at)")
        await transaction.execute(
            "CREATE TRIGGER no_nought BEFORE INSERT ON entry WHEN NEW.amount = 0 "
            "BEGIN SELECT raise(ABORT, 'nought'); SELECT 1; END"
        )
    indexes = {name for name, _ in await shape(ledger)}
    await ledger.close()
    change(
        package / "rows.py",
        ('    note = fields.TextField(db_default="")\n', ""),
        ("amount = fields.IntField(db_index=True)", "amount = fields.BigIntField(db_index=True, null=True)"),
    )
    assert await due(rows, migrations, label="toys") != []
    written = await write(rows, migrations, "Drop the notes", label="toys")
    assert written is not None
    assert written.name == "0003_drop_the_notes.py"
    assert await due(rows, migrations, label="toys") == []
    changed = await Database.open(path, rows, migrations=migrations, label="toys")
    assert await changed.fetch("SELECT name FROM account") == [{"name": "rent"}]
    assert await changed.fetch("SELECT * FROM account, entry WHERE account.id = account_id") != []
    assert "note" not in dict(await shape(changed))["account"]
    assert "BIGINT" in dict(await shape(changed))["entry"]
    assert {name for name, _ in await shape(changed)} == indexes
    assert await changed.integrity_check() == []
    async with changed.transaction() as transaction:
        with pytest.raises(Exception, match="nought"):
            await transaction.execute("INSERT INTO entry (account_id, amount, made_at) VALUES (1, 0, 'now')")
    await changed.close()


async def test_a_failing_migration_leaves_the_store_as_it_was(tmp_path: Path, package: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    await (await Database.open(path, ROWS, migrations=MIGRATIONS)).close()
    before = path.read_bytes()
    (package / "migrations" / "0003_fail.py").write_text(
        "from tortoise import migrations\n"
        "from tortoise.migrations import operations as ops\n"
        "class Migration(migrations.Migration):\n"
        "    dependencies = [('toys', '0002_give_accounts_notes')]\n"
        "    operations = [ops.RunSQL('DROP TABLE entry'), ops.RunSQL('DROP TABLE nowhere')]\n"
    )
    with pytest.raises(MigrationFailed, match=r"nowhere.*as it was"):
        await Database.open(path, ROWS, migrations=f"{package.name}.migrations", label="toys")
    assert path.read_bytes() == before
    await (await Database.open(path, ROWS, migrations=MIGRATIONS)).close()


async def test_a_migration_that_breaks_references_is_refused(tmp_path: Path, package: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    ledger = await Database.open(path, ROWS, migrations=MIGRATIONS)
    async with ledger.transaction():
        await EntryRow.create(account=await AccountRow.create(name="rent"), amount=1)
    await ledger.close()
    (package / "migrations" / "0003_orphan.py").write_text(
        "from tortoise import migrations\n"
        "from tortoise.migrations import operations as ops\n"
        "class Migration(migrations.Migration):\n"
        "    dependencies = [('toys', '0002_give_accounts_notes')]\n"
        "    operations = [ops.RunSQL('DELETE FROM account')]\n"
    )
    with pytest.raises(MigrationFailed, match="broken references in entry"):
        await Database.open(path, ROWS, migrations=f"{package.name}.migrations", label="toys")
    again = await Database.open(path, ROWS, migrations=MIGRATIONS)
    assert await again.fetch_value("SELECT count(*) FROM account") == 1
    await again.close()


async def test_the_command_writes_a_migration_and_says_when_one_is_due(tmp_path: Path, package: Path) -> None:
    async def run(*arguments: str) -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "server.database", *arguments, "toys.rows", "toys.migrations"),
            cwd=Path(__file__).parents[2],
            env={"PYTHONPATH": str(tmp_path)},
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        return process.returncode, output.decode()

    package.rename(tmp_path / "toys")
    assert await run("--check") == (0, "")
    change(tmp_path / "toys" / "rows.py", ('db_default=""', 'db_default="", null=True'))
    code, output = await run("--check")
    assert (code, "note" in output) == (1, True)
    code, output = await run()
    assert (code, "0003_" in output) == (0, True)
    assert await run("--check") == (0, "")


STORES = [
    ("server.storage.rows", "server.storage.migrations"),
    ("federation.outside.rows", "federation.outside.migrations"),
]


@pytest.mark.parametrize(("rows", "migrations"), STORES)
async def test_migrations_leave_every_table_as_unique_as_its_rows_say(rows: str, migrations: str, tmp_path: Path):
    """Altering a field makes SQLite's table anew, and what was unique together is easily lost on the way."""
    store = await Database.open(tmp_path / "store.sqlite", rows, migrations=migrations)
    try:
        for _, row in inspect.getmembers(importlib.import_module(rows), inspect.isclass):
            if not issubclass(row, Model) or row is Model:
                continue
            table = row._meta.db_table
            kept = set()
            for index in await store.fetch(f'PRAGMA index_list("{table}")'):
                if index["unique"]:
                    columns = await store.fetch(f'PRAGMA index_info("{index["name"]}")')
                    kept.add(tuple(column["name"] for column in columns))
            single = {(name,) for name, field in row._meta.fields_map.items() if field.unique and not field.pk}
            assert {*map(tuple, row._meta.unique_together)} | single <= kept, table
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("rows", "migrations"),
    [
        ("server.storage.rows", "server.storage.migrations"),
        ("federation.outside.rows", "federation.outside.migrations"),
    ],
)
async def test_a_new_store_is_laid_out_as_its_migrations_would_leave_it(rows: str, migrations: str, tmp_path: Path):
    app = App(App.label_of(rows), rows, migrations)
    drawn = []
    for by_schema in (True, False):
        path = tmp_path / f"{by_schema}.sqlite"
        create_file(path)
        await prepare(path, app, by_schema=by_schema)
        connection = connect(path)
        drawn.append((schema.draw(connection), connection.execute("PRAGMA user_version").fetchone()))
        connection.close()
    assert drawn[0] == drawn[1]
    assert drawn[0][0] == schema.path_of(migrations).read_text("utf-8")
    assert schema_lacks(migrations) == []


async def test_two_new_stores_share_no_secret(tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        store = await Database.open(tmp_path / name, "server.storage.rows", migrations="server.storage.migrations")
        found.append(await store.fetch_value("SELECT bytes FROM inside_keys WHERE name = 'prints'"))
        await store.close()
    assert len(set(found)) == 2
    assert all(len(one) == 32 for one in found)


async def test_a_schema_that_lags_behind_gets_the_younger_migrations(tmp_path: Path, package: Path) -> None:
    name = package.name
    first = (package / "migrations/0002_give_accounts_notes.py").read_text()
    (package / "migrations/0002_give_accounts_notes.py").unlink()
    change(package / "rows.py")
    path = tmp_path / "old.sqlite"
    create_file(path)
    await prepare(path, App("toys", f"{name}.rows", f"{name}.migrations"), by_schema=False)
    connection = connect(path)
    (package / "migrations" / schema.FILE).write_text(schema.draw(connection))
    connection.close()
    (package / "migrations/0002_give_accounts_notes.py").write_text(first)
    importlib.invalidate_caches()
    assert schema_lacks(f"{name}.migrations") == ["0002_give_accounts_notes"]
    made = await Database.open(
        tmp_path / "new.sqlite", f"{name}.rows", label="toys", migrations=f"{name}.migrations"
    )
    applied = await made.fetch("SELECT name FROM tortoise_migrations ORDER BY name")
    assert [row["name"] for row in applied] == ["0001_initial", "0002_give_accounts_notes"]
    assert await made.fetch_value("PRAGMA user_version") == 2
    await made.close()
