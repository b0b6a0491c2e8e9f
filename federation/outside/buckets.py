"""The token buckets of what comes in: one for each server, actor or jam and each rate that rules give it."""

from __future__ import annotations

from federation.outside.store import Outside
from server.boundary.bucket import HOUR, Bucket
from server.database import Transaction


def _name(whose: str, per_hour: int) -> str:
    return f"{whose} {per_hour}/h"


async def bucket(outside: Outside, whose: str, per_hour: int) -> Bucket:
    """Return the bucket of, say, ``peer globex.example`` as it is now."""
    row = await outside.store.fetch_one("SELECT tokens, at FROM buckets WHERE name = ?", (_name(whose, per_hour),))
    now = outside.now()
    if row is None:
        return Bucket.full(per_hour, now)
    return Bucket(per_hour, min(row["tokens"], per_hour), row["at"]).at_time(now)


async def spend(change: Transaction, whose: str, per_hour: int, now: float) -> None:
    """Take a token, where there is one; drop the buckets that are full again, because none was taken for an hour."""
    name = _name(whose, per_hour)
    row = await change.fetch_one("SELECT tokens, at FROM buckets WHERE name = ?", (name,))
    found = Bucket(per_hour, min(row["tokens"], per_hour), row["at"]) if row else Bucket.full(per_hour, now)
    found = found.at_time(now)
    left = found if found.wait else found.spend()
    await change.execute(
        "INSERT INTO buckets (name, tokens, at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
        " tokens = excluded.tokens, at = excluded.at",
        (name, left.tokens, left.at),
    )
    await change.execute("DELETE FROM buckets WHERE at < ?", (now - HOUR,))
