"""What do other servers hold of ours? Read by the boundary console and the `ledger` verb."""

from __future__ import annotations

from dataclasses import dataclass

from federation.outside.store import Outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One object that one server (or "*", anybody) was granted.

    `how`: delivered, queued, fetched, or granted; `recall` tells how far a withdrawal has come:
    "" (none), queued, accepted, unreachable.
    """

    id: int
    uri: str
    type: str
    audience: str
    peer: str
    version: int
    how: str
    released_at: float
    revoked_at: float | None
    recall: str


async def holdings(outside: Outside, object_uri: str = "", peer: str = "", limit: int = 500) -> list[Holding]:
    """Return who holds what, newest first: for one object, one peer, or both."""
    rows = await outside.store.fetch(
        """
        SELECT c.id, c.uri, c.type, c.audience, c.version, c.released_at, c.revoked_at,
               d.host AS host, max(d.state = 'sent' AND d.act NOT IN ('Delete')) AS sent,
               max(d.state = 'queued' AND d.act NOT IN ('Delete')) AS queued,
               max(d.act = 'Delete' AND d.state = 'sent') AS gone,
               max(d.act = 'Delete' AND d.state = 'queued') AS asking,
               max(d.act = 'Delete' AND d.state = 'dead') AS silent
          FROM crossings c LEFT JOIN deliveries d ON d.object_uri = c.uri AND d.audience = c.audience
         WHERE c.kind = 'object' AND c.ours AND (? = '' OR c.uri = ?) AND c.mac != ''
           AND c.version = (SELECT max(version) FROM crossings n WHERE n.uri = c.uri AND n.audience = c.audience
                            AND n.kind = 'object')
         GROUP BY c.id, d.host ORDER BY c.released_at DESC, c.id DESC LIMIT ?
        """,
        (object_uri, object_uri, limit * 4),
    )
    found = []
    for row in rows:
        peers = {row["host"] or row["audience"]}
        fetched = (
            await outside.store.fetch("SELECT host FROM reads WHERE uri = ?", (row["uri"],)) if not row["host"] else []
        )
        for host in peers | {one["host"] for one in fetched}:
            if peer and host != peer:
                continue
            how = "delivered" if row["sent"] else "queued" if row["queued"] else "granted"
            if host != (row["host"] or row["audience"]):
                how = "fetched"
            recall = (
                "accepted" if row["gone"] else "queued" if row["asking"] else "unreachable" if row["silent"] else ""
            )
            found.append(
                Holding(
                    id=row["id"],
                    uri=row["uri"],
                    type=row["type"],
                    audience=row["audience"],
                    peer=host,
                    version=row["version"],
                    how=how,
                    released_at=row["released_at"],
                    revoked_at=row["revoked_at"],
                    recall=recall,
                )
            )
    return found[:limit]


async def uri_of_crossing(outside: Outside, crossing_id: int) -> tuple[str, str] | None:
    """Return (object URI, audience) of a ledger line, or None."""
    row = await outside.store.fetch_one(
        "SELECT uri, audience FROM crossings WHERE id = ? AND kind = 'object' AND ours", (crossing_id,)
    )
    return None if row is None else (row["uri"], row["audience"])
