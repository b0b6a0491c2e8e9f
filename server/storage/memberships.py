"""Who is on the list of a forum that is for its members alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.database import Database, Transaction
from server.domain.memberships import ForumMember
from server.storage import people
from server.storage.rows import ForumGuestRow, ForumMemberRow
from server.storage.times import moment

# Of a forum elsewhere only those on its list know, whoever organises here.
UNSEEN = (
    "f.members_only AND NOT (:organises AND f.host = '') AND NOT EXISTS"
    " (SELECT 1 FROM forum_members l WHERE l.forum_id = f.id AND l.member_id = :member)"
)


COUNT = (
    "SELECT (SELECT count(*) FROM forum_members WHERE forum_id = :forum)"
    " + (SELECT count(*) FROM forum_guests WHERE forum_id = :forum)"
)


async def hidden_jams(store: Database | Transaction, member_id: str, *, organises: bool) -> set[str]:
    """Return the ids of the jams that hold a forum whose list does not name somebody."""
    rows = await store.fetch(
        f"SELECT f.jam_id FROM forums f WHERE {UNSEEN}", {"member": member_id, "organises": organises}
    )
    return {row["jam_id"] for row in rows}


async def jams_apart(store: Database | Transaction) -> set[str]:
    """Return the ids of the jams that are for the people on a list alone."""
    return {row["jam_id"] for row in await store.fetch("SELECT jam_id FROM forums WHERE members_only")}


async def forums_in(store: Database | Transaction, jam_ids: set[str]) -> dict[str, str]:
    """Return forum id → its name in the rules, of the forums of some jams."""
    if not jam_ids:
        return {}
    marks = ", ".join("?" * len(jam_ids))
    rows = await store.fetch(
        "SELECT f.id, CASE WHEN f.members_only THEN 'members/' || f.id ELSE j.slug || '/' || f.slug END"
        " || CASE f.host WHEN '' THEN '' ELSE '@' || f.host END AS key"
        f" FROM forums f JOIN jams j ON j.id = f.jam_id WHERE f.jam_id IN ({marks})",
        tuple(sorted(jam_ids)),
    )
    return {row["id"]: row["key"] for row in rows}


async def members(store: Database | Transaction, forum_id: str) -> list[ForumMember]:
    """Return the list of a forum, in the order in which people came onto it."""
    rows = await store.fetch(
        "SELECT * FROM forum_members WHERE forum_id = ? ORDER BY invited_at, id", (forum_id,)
    )
    known = await people.by_ids(store, {row["member_id"] for row in rows})
    return [
        ForumMember(row["member_id"], known[row["member_id"]], row["invited_by"], moment(row["invited_at"]))
        for row in rows
        if row["member_id"] in known
    ]


async def is_member(store: Database | Transaction, forum_id: str, member_id: str) -> bool:
    found = await store.fetch_value(
        "SELECT 1 FROM forum_members WHERE forum_id = ? AND member_id = ?", (forum_id, member_id)
    )
    return found is not None


async def count(store: Database | Transaction, forum_id: str) -> int:
    return int(await store.fetch_value(COUNT, {"forum": forum_id}) or 0)


async def add(id_: str, forum_id: str, member_id: str, invited_by: str, now: float) -> None:
    await ForumMemberRow.create(
        id=id_, forum_id=forum_id, member_id=member_id, invited_by=invited_by, invited_at=now
    )


async def remove(change: Transaction, forum_id: str, member_id: str) -> None:
    await change.execute("DELETE FROM forum_members WHERE forum_id = ? AND member_id = ?", (forum_id, member_id))


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody of a partner's server on a list of ours."""

    id: str
    username: str
    host: str
    invited_by: str
    invited_at: datetime


async def guests(store: Database | Transaction, forum_id: str, host: str = "") -> list[Guest]:
    """Return those of other servers, or of one of them, on a list, in the order in which they came onto it."""
    rows = await store.fetch(
        "SELECT * FROM forum_guests WHERE forum_id = ? AND ? IN ('', host) ORDER BY invited_at, id", (forum_id, host)
    )
    return [
        Guest(row["id"], row["username"], row["host"], row["invited_by"], moment(row["invited_at"])) for row in rows
    ]


async def is_guest(store: Database | Transaction, forum_id: str, username: str, host: str) -> bool:
    found = await store.fetch_value(
        "SELECT 1 FROM forum_guests WHERE forum_id = ? AND host = ? AND username = ?",
        (forum_id, host, username.casefold()),
    )
    return found is not None


async def add_guest(id_: str, forum_id: str, username: str, host: str, invited_by: str, now: float) -> None:
    await ForumGuestRow.create(
        id=id_, forum_id=forum_id, username=username.casefold(), host=host, invited_by=invited_by, invited_at=now
    )


async def remove_guest(change: Transaction, forum_id: str, guest_id: str) -> bool:
    """Take somebody of another server off a list; say whether they were on it."""
    found = await change.fetch("SELECT 1 FROM forum_guests WHERE forum_id = ? AND id = ?", (forum_id, guest_id))
    await change.execute("DELETE FROM forum_guests WHERE forum_id = ? AND id = ?", (forum_id, guest_id))
    return bool(found)


async def guest_hosts(store: Database | Transaction, forum_id: str) -> set[str]:
    """Return the servers of those on a list."""
    rows = await store.fetch("SELECT DISTINCT host FROM forum_guests WHERE forum_id = ?", (forum_id,))
    return {row["host"] for row in rows}


async def keepers(store: Database | Transaction) -> set[str]:
    """Return the servers that said that they keep to lists."""
    return {row["host"] for row in await store.fetch("SELECT host FROM list_keepers")}


async def note_keeper(change: Transaction, host: str, now: float, *, keeps: bool) -> None:
    if keeps:
        sql = "INSERT INTO list_keepers (host, told_at) VALUES (?, ?) ON CONFLICT DO NOTHING"
        await change.execute(sql, (host, now))
    else:
        await change.execute("DELETE FROM list_keepers WHERE host = ?", (host,))


async def forums_with_guests_of(store: Database | Transaction, host: str) -> list[tuple[str, str]]:
    """Return (forum id, jam id) of the forums on whose lists somebody of a server is."""
    rows = await store.fetch(
        "SELECT DISTINCT f.id, f.jam_id FROM forum_guests g JOIN forums f ON f.id = g.forum_id WHERE g.host = ?"
        " ORDER BY f.id",
        (host,),
    )
    return [(row["id"], row["jam_id"]) for row in rows]


async def kept_digest(store: Database | Transaction, forum_id: str) -> str:
    """Return the digest of the list that another server's forum told us last, "" for none."""
    return str(await store.fetch_value("SELECT digest FROM kept_lists WHERE forum_id = ?", (forum_id,)) or "")


async def keep_digest(change: Transaction, forum_id: str, digest: str, now: float) -> None:
    await change.execute(
        "INSERT INTO kept_lists (forum_id, digest, told_at) VALUES (?, ?, ?) ON CONFLICT (forum_id) DO UPDATE SET"
        " digest = excluded.digest, told_at = excluded.told_at",
        (forum_id, digest, now),
    )
