"""Removing a rehearsal from every table of the inside store."""

from __future__ import annotations

import json

from server.database import Transaction

# What stands in a chain cannot be taken out of it; it holds ids and acts, never words.
KEPT = frozenset({"audit", "checkpoints"})
# Columns that name a thing within other words: where a draft belongs, what a feed or a saved search is of.
WITHIN = ("place", "subject", "query")


async def jam_ids(change: Transaction, jam_id: str, host: str, prefix: str) -> set[str]:
    """Return the ids of a rehearsal: its jam, forums, contributions, and simulated people (by URI's beginning)."""
    rows = await change.fetch(
        "SELECT id FROM jams WHERE id = ? UNION SELECT id FROM forums WHERE jam_id = ?"
        " UNION SELECT id FROM contributions WHERE jam_id = ?"
        " UNION SELECT id FROM members WHERE host = ? AND substr(uri, 1, length(?)) = ?",
        (jam_id, jam_id, jam_id, host, prefix, prefix),
    )
    return {row["id"] for row in rows}


async def remove(change: Transaction, ids: set[str], upto: int) -> int:
    """Delete every row of every table that is one of these things or belongs to one; return how many.

    A row belongs to whatever a column of it names whose name is "id" or ends in "_id"; what belongs to a row that
    goes, goes too. Events up to a number go as well. Ideas elsewhere that build on one of these stay, without it.
    """
    columns = await _columns(change)
    for table in columns:
        await _follow(change, table, columns, ids)
    given = json.dumps(sorted(ids))
    among = "IN (SELECT value FROM json_each(?))"
    await change.execute(
        f"UPDATE contributions SET builds_on = '' WHERE builds_on {among} AND id NOT {among}", (given, given)
    )
    await change.execute(
        f"DELETE FROM contribution_words WHERE rowid IN (SELECT number FROM search_rows WHERE contribution_id {among})",
        (given,),
    )
    await change.execute(
        f"DELETE FROM fingerprints WHERE number IN (SELECT number FROM printed WHERE contribution_id {among})", (given,)
    )
    gone = await change.execute(
        f"DELETE FROM events WHERE seq <= ? AND (subject_id {among}"
        " OR EXISTS (SELECT 1 FROM json_tree(data) j WHERE j.atom IN (SELECT value FROM json_each(?))))",
        (upto, given, given),
    )
    gone += await _remove_mentions(change, given)
    for table, names in columns.items():
        if table != "events":
            where = " OR ".join(f'"{name}" {among}' for name in names)
            gone += await change.execute(f'DELETE FROM "{table}" WHERE {where}', (given,) * len(names))
    return gone


async def _remove_mentions(change: Transaction, given: str) -> int:
    """Delete what people keep for themselves that names one of these things within other words."""
    gone = 0
    for table in await _tables(change):
        for column in await change.fetch(f'PRAGMA table_info("{table}")'):
            if column["name"] in WITHIN:
                gone += await change.execute(
                    f'DELETE FROM "{table}" WHERE EXISTS'
                    f' (SELECT 1 FROM json_each(?) j WHERE instr("{table}"."{column["name"]}", j.value))',
                    (given,),
                )
    return gone


async def _tables(change: Transaction) -> list[str]:
    rows = await change.fetch("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    return [row["name"] for row in rows if row["name"] not in KEPT]


async def _columns(change: Transaction) -> dict[str, list[str]]:
    """Return table → the columns that name things, for all tables but those that are kept."""
    found: dict[str, list[str]] = {}
    for table in await _tables(change):
        columns = await change.fetch(f'PRAGMA table_info("{table}")')
        names = [
            column["name"]
            for column in columns
            if (column["name"] == "id" or column["name"].endswith("_id")) and "CHAR" in column["type"].upper()
        ]
        if names:
            found[table] = names
    return found


async def _follow(change: Transaction, table: str, columns: dict[str, list[str]], ids: set[str]) -> None:
    """Add the ids of rows that belong to these things, and of what belongs to those, until there are no more."""
    if "id" not in columns[table]:
        return
    others = [name for name in columns[table] if name != "id"]
    if not others:
        return
    where = " OR ".join(f'"{name}" IN (SELECT value FROM json_each(?))' for name in others)
    rows = await change.fetch(f'SELECT id FROM "{table}" WHERE {where}', (json.dumps(sorted(ids)),) * len(others))
    fresh = {str(row["id"]) for row in rows} - ids
    if fresh:
        ids |= fresh
        for name in columns:
            await _follow(change, name, columns, ids)
