"""Agreements with other servers, each version a row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.agreements import Agreement, AgreementState, NamedForum, Terms
from server.storage.rows import AgreementRow
from server.storage.times import moment, moment_or_none


def _agreement(row: Mapping[str, Any]) -> Agreement:
    return Agreement(
        id=row["id"],
        uri=row["uri"],
        host=row["host"],
        version=row["version"],
        ours=bool(row["ours"]),
        state=row["state"],
        terms=_terms(row["terms"]),
        document=row["document"],
        acceptance=row["acceptance"],
        note=row["note"],
        made_by=row["made_by"],
        made_at=moment(row["made_at"]),
        answered_by=row["answered_by"],
        answered_at=moment_or_none(row["answered_at"]),
        closed_by=row["closed_by"],
        closed_at=moment_or_none(row["closed_at"]),
        purged_at=moment_or_none(row["purged_at"]),
        purged=row["purged"],
        stated_at=moment_or_none(row["stated_at"]),
        told_at=moment_or_none(row["told_at"]),
        statement=row["statement"],
    )


def _terms(text: str) -> Terms:
    said = json.loads(text)
    return Terms(
        forums=tuple(NamedForum(uri, title) for uri, title in said["forums"]),
        direction=said["direction"],
        clearance=said["clearance"],
        retention_days=said["retention_days"],
        onward=said["onward"],
        tier=said["tier"],
        starts_at=moment(said["starts_at"]),
        ends_at=moment(said["ends_at"]),
    )


def _text(terms: Terms) -> str:
    said = {
        "forums": [(one.uri, one.title) for one in terms.forums],
        "direction": terms.direction,
        "clearance": terms.clearance,
        "retention_days": terms.retention_days,
        "onward": terms.onward,
        "tier": terms.tier,
        "starts_at": terms.starts_at.timestamp(),
        "ends_at": terms.ends_at.timestamp(),
    }
    return json.dumps(said, separators=(",", ":"))


async def by_id(store: Database, agreement_id: str) -> Agreement | None:
    row = await store.fetch_one("SELECT * FROM agreements WHERE id = ?", (agreement_id,))
    return None if row is None else _agreement(row)


async def by_uri(store: Database, uri: str) -> Agreement | None:
    row = await store.fetch_one("SELECT * FROM agreements WHERE uri = ?", (uri,))
    return None if row is None else _agreement(row)


async def of(store: Database, host: str = "") -> list[Agreement]:
    """Return all versions, of one server or of all, newest first."""
    rows = await store.fetch(
        "SELECT * FROM agreements WHERE ? = '' OR host = ? ORDER BY made_at DESC, id DESC", (host, host)
    )
    return [_agreement(row) for row in rows]


async def in_state(store: Database, state: AgreementState, host: str = "") -> list[Agreement]:
    rows = await store.fetch(
        "SELECT * FROM agreements WHERE state = ? AND (? = '' OR host = ?) ORDER BY made_at, id", (state, host, host)
    )
    return [_agreement(row) for row in rows]


async def to_begin(store: Database) -> list[Agreement]:
    """Return those that were accepted before their time and have not begun yet."""
    rows = await store.fetch("SELECT * FROM agreements WHERE state = 'accepted' AND begun_at IS NULL")
    return [_agreement(row) for row in rows]


async def over(store: Database, now: float) -> list[Agreement]:
    """Return those whose end has come while they were open."""
    rows = await store.fetch(
        "SELECT * FROM agreements WHERE state IN ('draft', 'offered', 'asked', 'accepted') AND ends_at <= ?", (now,)
    )
    return [_agreement(row) for row in rows]


async def to_purge(store: Database) -> list[Agreement]:
    """Return those that were in force once and are over, and after which nothing was deleted yet."""
    rows = await store.fetch(
        "SELECT * FROM agreements WHERE state IN ('ended', 'expired') AND acceptance != '' AND purged_at IS NULL"
    )
    return [_agreement(row) for row in rows]


async def to_state(store: Database) -> list[Agreement]:
    """Return those after which everything was deleted, and the other server was not told."""
    rows = await store.fetch(
        "SELECT * FROM agreements WHERE state IN ('ended', 'expired') AND purged_at IS NOT NULL AND stated_at IS NULL"
    )
    return [_agreement(row) for row in rows]


async def insert(made: Agreement) -> None:
    await AgreementRow.create(
        id=made.id,
        uri=made.uri,
        host=made.host,
        version=made.version,
        ours=made.ours,
        state=made.state,
        terms=_text(made.terms),
        document=made.document,
        ends_at=made.terms.ends_at.timestamp(),
        note=made.note,
        made_by=made.made_by,
        made_at=made.made_at.timestamp(),
    )


async def move(change: Transaction, old: Agreement, state: AgreementState, **values: object) -> bool:
    """Put an agreement into another state, with what goes with it; return False when it has left `old`'s meanwhile."""
    named = {"state": state, **values}
    moved = await change.execute(
        f"UPDATE agreements SET {', '.join(f'{name} = ?' for name in named)} WHERE id = ? AND state = ?",
        (*named.values(), old.id, old.state),
    )
    return moved > 0


async def write_down(change: Transaction, agreement_id: str, **values: object) -> None:
    """Write down what goes with an agreement without changing its state."""
    await change.execute(
        f"UPDATE agreements SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?",
        (*values.values(), agreement_id),
    )
