"""The themes of a jam, as the analytics role last left them."""

from __future__ import annotations

from server.database import Database, Transaction


async def report(store: Database, jam_id: str) -> str | None:
    """Return the report as JSON, or None before the first refresh."""
    value = await store.fetch_value("SELECT report FROM themes WHERE jam_id = ?", (jam_id,))
    return None if value is None else str(value)


async def snapshot(store: Database, jam_id: str) -> tuple[int, bytes] | None:
    """Return (number of the last event folded in, snapshot bytes), or None."""
    row = await store.fetch_one("SELECT seq, snapshot FROM themes WHERE jam_id = ?", (jam_id,))
    if row is None or not row["snapshot"]:
        return None
    parts = [row["snapshot"]]
    while found := await store.fetch_value(
        "SELECT bytes FROM theme_parts WHERE jam_id = ? AND seq = ? AND part = ?", (jam_id, row["seq"], len(parts))
    ):
        parts.append(found)
    return row["seq"], b"".join(parts)


async def put_part(change: Transaction, jam_id: str, seq: int, part: int, data: bytes) -> None:
    """Write a part of the snapshot at event `seq`, behind the first: nobody reads it before that is written."""
    await change.execute(
        "INSERT INTO theme_parts (jam_id, seq, part, bytes) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (jam_id, seq, part) DO UPDATE SET bytes = excluded.bytes",
        (jam_id, seq, part, data),
    )


async def keep_parts(change: Transaction, jam_id: str, seq: int, parts: int) -> None:
    """Drop all parts of snapshots but those of the one at event `seq`, which has so many, the first included."""
    await change.execute(
        "DELETE FROM theme_parts WHERE jam_id = ? AND NOT (seq = ? AND part < ?)", (jam_id, seq, parts)
    )


async def drawn(store: Database | Transaction, jam_id: str) -> str:
    """Return the report as the machine drew it, "" before the first."""
    return str(await store.fetch_value("SELECT drawn FROM themes WHERE jam_id = ?", (jam_id,)) or "")


async def put(
    change: Transaction, jam_id: str, seq: int, report_json: str, snapshot_: bytes | None, now: float, drawn_json: str
) -> None:
    """Write a report; (the first part of) a snapshot only where one is given, with the last event that it holds.

    `drawn_json` is the report before people's edits are applied to it.
    """
    await change.execute(
        "INSERT INTO themes (jam_id, seq, report, drawn, snapshot, made_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (jam_id) DO UPDATE SET report = excluded.report, drawn = excluded.drawn,"
        " made_at = excluded.made_at",
        (jam_id, seq if snapshot_ is not None else 0, report_json, drawn_json, snapshot_ or b"", now),
    )
    if snapshot_ is not None:
        await change.execute("UPDATE themes SET seq = ?, snapshot = ? WHERE jam_id = ?", (seq, snapshot_, jam_id))


async def rewrite(change: Transaction, jam_id: str, report_json: str) -> None:
    """Write the report anew after an edit; what the machine drew stays."""
    await change.execute("UPDATE themes SET report = ? WHERE jam_id = ?", (report_json, jam_id))
