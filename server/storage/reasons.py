"""What replies are meant as, and what a machine takes them for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from server.database import Database, Transaction
from server.domain.reasons import Guess, Learnt, Meant
from server.storage.contributions import STANDS


async def meant(store: Database, jam_id: str) -> list[Meant]:
    """Return what each standing reply of a jam is meant as; a guess about an earlier wording does not count."""
    rows = await store.fetch(
        "SELECT c.id, c.intent, coalesce(g.intent, '') AS guess, coalesce(g.sure, 0) AS sure FROM contributions c"
        " LEFT JOIN guesses g ON g.contribution_id = c.id AND g.version = c.version"
        f" WHERE c.jam_id = ? AND c.kind = 'reply' AND {STANDS} ORDER BY c.created_at DESC, c.id",
        (jam_id,),
    )
    return [Meant(row["id"], row["intent"], row["guess"], row["sure"]) for row in rows]


async def supported(store: Database, jam_id: str) -> dict[str, int]:
    """Return id → how often it was supported, of the standing ideas and replies of a jam that were."""
    rows = await store.fetch(
        f"SELECT c.id, c.support FROM contributions c WHERE c.jam_id = ? AND c.support > 0 AND {STANDS}"
        " ORDER BY c.support DESC, c.created_at DESC, c.id",
        (jam_id,),
    )
    return {row["id"]: row["support"] for row in rows}


async def guesses(store: Database, jam_id: str) -> dict[str, Guess]:
    rows = await store.fetch("SELECT * FROM guesses WHERE jam_id = ?", (jam_id,))
    return {row["contribution_id"]: Guess(row["version"], row["intent"], row["sure"]) for row in rows}


async def put_guesses(change: Transaction, jam_id: str, made: Mapping[str, Guess]) -> None:
    await change.executemany(
        "INSERT OR REPLACE INTO guesses (contribution_id, jam_id, version, intent, sure) VALUES (?, ?, ?, ?, ?)",
        [(id_, jam_id, one.version, one.intent, one.sure) for id_, one in made.items()],
    )


async def drop_guesses(change: Transaction, ids: Iterable[str]) -> None:
    await change.executemany("DELETE FROM guesses WHERE contribution_id = ?", [(id_,) for id_ in ids])


async def learnt(store: Database, jam_id: str) -> Learnt | None:
    row = await store.fetch_one("SELECT * FROM learnt WHERE jam_id = ?", (jam_id,))
    return Learnt(row["marks"], row["least"], row["right"], row["told"], row["at"]) if row else None


async def put_learnt(change: Transaction, jam_id: str, found: Learnt) -> None:
    await change.execute(
        "INSERT OR REPLACE INTO learnt (jam_id, marks, least, right, told, at) VALUES (?, ?, ?, ?, ?, ?)",
        (jam_id, found.marks, found.least, found.right, found.told, found.at),
    )
