"""What people want to be mailed, and the mails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from server.database import Database, Transaction
from server.domain.mails import Mail, MailChoices, MailKind, MailState, Says
from server.storage.times import moment, moment_or_none

KEY = "mails"
FLAGS = ("confirmed", "digest", "at_once")


def _choices(row: Mapping[str, Any]) -> MailChoices:
    return MailChoices(**{**row, **{name: bool(row[name]) for name in FLAGS}})


def _mail(row: Mapping[str, Any]) -> Mail:
    times = {"made_at": moment(row["made_at"]), "tried_at": moment_or_none(row["tried_at"])}
    return Mail(**{**row, **times})


async def choices(store: Database | Transaction, member_id: str) -> MailChoices:
    """Return what somebody wants; what they never said is as usual."""
    row = await store.fetch_one("SELECT * FROM mail_choices WHERE member_id = ?", (member_id,))
    return MailChoices(member_id=member_id) if row is None else _choices(row)


async def put_choices(change: Transaction, made: MailChoices) -> None:
    values = asdict(made)
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    await change.execute(f"INSERT OR REPLACE INTO mail_choices ({names}) VALUES ({marks})", tuple(values.values()))


async def waiting_for_news(store: Database) -> list[str]:
    """Return the ids of those who have a confirmed address and something unread that no mail has dealt with."""
    rows = await store.fetch(
        "SELECT c.member_id FROM mail_choices c JOIN members m ON m.id = c.member_id AND m.active AND m.host = ''"
        " WHERE c.confirmed AND (c.digest OR c.at_once) AND EXISTS (SELECT 1 FROM notices n"
        " WHERE n.member_id = c.member_id AND n.read_at IS NULL AND n.number > min(c.digest_to, c.at_once_to))"
    )
    return [row["member_id"] for row in rows]


async def add(
    change: Transaction, member_id: str, kind: MailKind, message_id: str, span: tuple[int, int], now: float
) -> None:
    await change.execute(
        "INSERT INTO mails (member_id, kind, message_id, after, up_to, state, made_at, tries, error)"
        " VALUES (?, ?, ?, ?, ?, 'waiting', ?, 0, '')",
        (member_id, kind, message_id, *span, now),
    )


async def waiting(store: Database, limit: int = 50) -> list[Mail]:
    rows = await store.fetch("SELECT * FROM mails WHERE state = 'waiting' ORDER BY id LIMIT ?", (limit,))
    return [_mail(row) for row in rows]


async def take(change: Transaction, mail: Mail, now: float) -> bool:
    """Begin to send a mail; return False when somebody else has just done so."""
    return bool(
        await change.execute(
            "UPDATE mails SET state = 'sending', tried_at = ?, tries = tries + 1 WHERE id = ? AND state = 'waiting'",
            (now, mail.id),
        )
    )


async def end(change: Transaction, mail_id: int, state: MailState, error: str = "") -> None:
    """Write down what became of a mail that was being sent."""
    await change.execute(
        "UPDATE mails SET state = ?, error = ? WHERE id = ? AND state = 'sending'", (state, error[:300], mail_id)
    )


async def give_up_on_lost(change: Transaction, before: float) -> int:
    """Call lost what we began to send before a moment in unix seconds and never heard of."""
    return await change.execute(
        "UPDATE mails SET state = 'lost', error = 'We stopped before the answer came.'"
        " WHERE state = 'sending' AND tried_at < ?",
        (before,),
    )


async def of_member(store: Database, member_id: str, limit: int = 10) -> list[Mail]:
    """Return somebody's mails, newest first."""
    rows = await store.fetch("SELECT * FROM mails WHERE member_id = ? ORDER BY id DESC LIMIT ?", (member_id, limit))
    return [_mail(row) for row in rows]


async def count_since(store: Database | Transaction, member_id: str, kind: MailKind, at: float) -> int:
    found = await store.fetch_value(
        "SELECT count(*) FROM mails WHERE member_id = ? AND kind = ? AND made_at > ?", (member_id, kind, at)
    )
    return int(found or 0)


async def count_by_state(store: Database) -> dict[str, int]:
    rows = await store.fetch("SELECT state, count(*) AS n FROM mails GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


async def says(store: Database) -> Says:
    """Return how much mails may say: counts unless an administrator chose otherwise."""
    found: Says | None = await store.fetch_value("SELECT says FROM mail_policy WHERE id = 1")
    return found or "counts"


async def put_says(change: Transaction, chosen: Says, member_id: str, now: float) -> None:
    await change.execute(
        "INSERT OR REPLACE INTO mail_policy (id, says, member_id, changed_at) VALUES (1, ?, ?, ?)",
        (chosen, member_id, now),
    )


async def key(change: Transaction, fresh: bytes) -> bytes:
    """Return the secret that signs links in mails, made from `fresh` where there is none yet."""
    await change.execute("INSERT OR IGNORE INTO inside_keys (name, bytes) VALUES (?, ?)", (KEY, fresh))
    return bytes(await change.fetch_value("SELECT bytes FROM inside_keys WHERE name = ?", (KEY,)))
