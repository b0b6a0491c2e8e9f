"""Who is on the list of a forum that is for its members alone."""

from __future__ import annotations

from server.database import Database, Transaction
from server.domain.memberships import ForumMember
from server.storage import people
from server.storage.rows import ForumMemberRow
from server.storage.times import moment

# Of a forum elsewhere only those on its list know, whoever organises here.
UNSEEN = (
    "f.members_only AND NOT (:organises AND f.host = '') AND NOT EXISTS"
    " (SELECT 1 FROM forum_members l WHERE l.forum_id = f.id AND l.member_id = :member)"
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
        "SELECT f.id, j.slug || '/' || f.slug || CASE f.host WHEN '' THEN '' ELSE '@' || f.host END AS key"
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
        ForumMember(known[row["member_id"]], row["invited_by"], moment(row["invited_at"]))
        for row in rows
        if row["member_id"] in known
    ]


async def is_member(store: Database | Transaction, forum_id: str, member_id: str) -> bool:
    found = await store.fetch_value(
        "SELECT 1 FROM forum_members WHERE forum_id = ? AND member_id = ?", (forum_id, member_id)
    )
    return found is not None


async def count(store: Database | Transaction, forum_id: str) -> int:
    return int(await store.fetch_value("SELECT count(*) FROM forum_members WHERE forum_id = ?", (forum_id,)) or 0)


async def add(id_: str, forum_id: str, member_id: str, invited_by: str, now: float) -> None:
    await ForumMemberRow.create(
        id=id_, forum_id=forum_id, member_id=member_id, invited_by=invited_by, invited_at=now
    )


async def remove(change: Transaction, forum_id: str, member_id: str) -> None:
    await change.execute("DELETE FROM forum_members WHERE forum_id = ? AND member_id = ?", (forum_id, member_id))
