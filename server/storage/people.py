"""Members, their sessions, tokens and one-time links."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.actors import Member
from server.storage.rows import LinkRow, MemberRow, SessionRow, TokenRow
from server.storage.times import moment

COLUMNS = "id, username, host, name, unit, role, consent, uri, url, active, created_at, voice"
# Our own people; a voice is none of them, it stands for one.
OURS = "host = '' AND NOT voice"


def _member(row: Mapping[str, Any]) -> Member:
    return Member(
        id=row["id"],
        username=row["username"],
        host=row["host"],
        name=row["name"],
        unit=row["unit"],
        role=row["role"],
        consent=bool(row["consent"]),
        uri=row["uri"],
        url=row["url"],
        active=bool(row["active"]),
        created_at=moment(row["created_at"]),
        is_voice=bool(row["voice"]),
    )


async def _find(store: Database | Transaction, condition: str, *values: object) -> Member | None:
    # The condition is one of this module's own literals, never input.
    row = await store.fetch_one(f"SELECT {COLUMNS} FROM members WHERE {condition}", values)
    return None if row is None else _member(row)


async def by_id(store: Database | Transaction, member_id: str) -> Member | None:
    return await _find(store, "id = ?", member_id)


async def by_ids(store: Database | Transaction, ids: Iterable[str]) -> dict[str, Member]:
    """Return the members of some ids, by id."""
    sql = f"SELECT {COLUMNS} FROM members WHERE id IN (SELECT value FROM json_each(?))"
    return {row["id"]: _member(row) for row in await store.fetch(sql, (json.dumps(sorted(ids)),))}


async def by_uri(store: Database, uri: str) -> Member | None:
    return await _find(store, "uri = ?", uri)


async def by_username(store: Database, username: str, host: str = "") -> Member | None:
    return await _find(store, "username = ? COLLATE NOCASE AND host = ? AND NOT voice", username, host)


async def by_session(store: Database, hash_: str, not_before: float) -> tuple[Member, str] | None:
    """Return the member and CSRF token of a session seen since `not_before`, else None."""
    row = await store.fetch_one(
        "SELECT m.*, s.csrf FROM sessions s JOIN members m ON m.id = s.member_id"
        " WHERE s.hash = ? AND s.seen_at >= ? AND m.active",
        (hash_, not_before),
    )
    return None if row is None else (_member(row), row["csrf"])


async def by_token(store: Database, hash_: str) -> Member | None:
    row = await store.fetch_one(
        "SELECT m.* FROM tokens t JOIN members m ON m.id = t.member_id WHERE t.hash = ? AND m.active", (hash_,)
    )
    return None if row is None else _member(row)


async def password_hash(store: Database, member_id: str) -> str:
    return str(await store.fetch_value("SELECT password_hash FROM members WHERE id = ?", (member_id,)) or "")


async def local_people(store: Database, after: str = "", limit: int = 500) -> list[Member]:
    """Return our own people by username, `limit` at a time, after a username."""
    rows = await store.fetch(
        f"SELECT {COLUMNS} FROM members WHERE {OURS} AND username > ? ORDER BY username LIMIT ?",
        (after, limit),
    )
    return [_member(row) for row in rows]


async def search(
    store: Database, words: str, unit: str, role: str, after: str = "", limit: int = 50
) -> list[Member]:
    """Return our own people by username, after one: of a name or username that holds words, of a unit and a role."""
    rows = await store.fetch(
        f"SELECT {COLUMNS} FROM members WHERE {OURS} AND username > ?"
        " AND (? = '' OR instr(lower(name), lower(?)) OR instr(lower(username), lower(?)))"
        " AND (? = '' OR unit = ?) AND (? = '' OR role = ?) ORDER BY username LIMIT ?",
        (after, words, words, words, unit, unit, role, role, limit),
    )
    return [_member(row) for row in rows]


async def move_unit(change: Transaction, old: str, new: str) -> list[str]:
    """Move everybody of one unit into another; return their ids."""
    rows = await change.fetch(f"SELECT id FROM members WHERE {OURS} AND unit = ?", (old,))
    await change.execute(f"UPDATE members SET unit = ? WHERE {OURS} AND unit = ?", (new, old))
    return [row["id"] for row in rows]


async def other_admins(change: Transaction, member_id: str) -> int:
    """Count our active admins besides one person."""
    found: int = await change.fetch_value(
        f"SELECT count(*) FROM members WHERE {OURS} AND active AND role = 'admin' AND id != ?", (member_id,)
    )
    return found


async def count_with_password(store: Database) -> int:
    """Count our active people who have set a password."""
    return int(
        await store.fetch_value(f"SELECT count(*) FROM members WHERE {OURS} AND active AND password_hash != ''") or 0
    )


async def in_roles(store: Database, roles: Sequence[str]) -> list[Member]:
    """Return our active people who hold one of these roles."""
    marks = ",".join("?" * len(roles))
    rows = await store.fetch(
        f"SELECT {COLUMNS} FROM members WHERE {OURS} AND active AND role IN ({marks})", tuple(roles)
    )
    return [_member(row) for row in rows]


async def count_by_role(store: Database, role: str) -> int:
    """Count our active people with a role: the size of the crowd that a role name hides somebody in."""
    return int(
        await store.fetch_value(f"SELECT count(*) FROM members WHERE {OURS} AND active AND role = ?", (role,)) or 0
    )


async def count_by_host(store: Database) -> dict[str, int]:
    """Count the active people that we know, by host; "" is ourselves.

    Of other servers, those who wrote somewhere else than in forums for the people on a list alone: of others it would
    show that they take part there.
    """
    rows = await store.fetch(
        "SELECT host, count(*) AS n FROM members m WHERE active AND NOT voice AND (host = '' OR EXISTS (SELECT 1"
        " FROM contributions c JOIN forums f ON f.id = c.forum_id WHERE c.author_id = m.id AND NOT f.members_only))"
        " GROUP BY host"
    )
    return {row["host"]: row["n"] for row in rows}


async def names_without_consent(store: Database) -> list[str]:
    """Return the names of our people who did not agree that their names leave, and of those others spoke for."""
    rows = await store.fetch(f"SELECT name FROM members WHERE {OURS} AND NOT consent UNION SELECT name FROM proxies")
    return [row["name"] for row in rows]


async def names_edition(store: Database) -> tuple[int, int]:
    """Return what changes when somebody joins us: how many of our own people there are, and the newest's row."""
    row = await store.fetch_one(f"SELECT count(*) AS many, coalesce(max(rowid), 0) AS newest FROM members WHERE {OURS}")
    return (row["many"], row["newest"]) if row else (0, 0)


async def names_between(store: Database, after: int, newest: int) -> list[tuple[str, str]]:
    """Return (username, name) of our own people in the rows behind `after`, up to `newest`."""
    rows = await store.fetch(
        f"SELECT username, name FROM members WHERE {OURS} AND rowid > ? AND rowid <= ? ORDER BY rowid", (after, newest)
    )
    return [(row["username"], row["name"]) for row in rows]


async def unit_sizes(store: Database) -> dict[str, int]:
    """Count our active people by unit."""
    rows = await store.fetch(
        f"SELECT unit, count(*) AS people FROM members WHERE {OURS} AND active GROUP BY unit ORDER BY unit"
    )
    return {row["unit"]: row["people"] for row in rows}


async def insert(member: Member, hash_: str = "") -> None:
    await MemberRow.create(
        id=member.id,
        username=member.username,
        host=member.host,
        name=member.name,
        unit=member.unit,
        role=member.role,
        consent=member.consent,
        uri=member.uri,
        url=member.url,
        active=member.active,
        password_hash=hash_,
        created_at=member.created_at.timestamp(),
        voice=member.is_voice,
    )


async def update(member_id: str, **values: object) -> None:
    await MemberRow.filter(id=member_id).update(**values)


async def insert_session(hash_: str, member_id: str, csrf: str, now: float) -> None:
    await SessionRow.create(hash=hash_, member_id=member_id, csrf=csrf, created_at=now, seen_at=now)


async def delete_session(hash_: str) -> None:
    await SessionRow.filter(hash=hash_).delete()


async def delete_sessions_of(member_id: str) -> None:
    await SessionRow.filter(member_id=member_id).delete()


async def delete_keys_of(member_id: str) -> None:
    """Delete somebody's API tokens and the one-time links that they have not used."""
    await TokenRow.filter(member_id=member_id).delete()
    await LinkRow.filter(member_id=member_id, used_at=None).delete()


async def insert_token(hash_: str, member_id: str, now: float) -> None:
    await TokenRow.create(hash=hash_, member_id=member_id, created_at=now)


async def insert_link(hash_: str, member_id: str, ends_at: float) -> None:
    await LinkRow.create(hash=hash_, member_id=member_id, ends_at=ends_at)


async def use_link(change: Transaction, hash_: str, now: float) -> str | None:
    """Spend a one-time link and return its member's id, or None when it is unknown, spent or too old."""
    spent = await change.execute(
        "UPDATE links SET used_at = ? WHERE hash = ? AND used_at IS NULL AND ends_at >= ?", (now, hash_, now)
    )
    if not spent:
        return None
    rows: Sequence[Mapping[str, Any]] = await change.fetch("SELECT member_id FROM links WHERE hash = ?", (hash_,))
    return str(rows[0]["member_id"])
