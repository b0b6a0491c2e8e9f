"""How another server does, from our own books: what the partner page, the API and the command line show."""

from __future__ import annotations

from dataclasses import dataclass

from federation.outside import peers
from federation.outside.ledger import count_held
from federation.outside.store import Books


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Times are unix seconds. `answer` is the last error in words while it lasts; `held` counts objects of ours.

    `refused` counts what waits because the server takes nothing from us (HTTP 403), as one does that paused us.
    """

    software: str
    failures: int
    success_at: float | None
    failure_at: float | None
    answer: str
    waiting: int
    oldest_at: float | None
    given_up: int
    refused: int
    next_try_at: float | None
    held: int


async def health_of(outside: Books, host: str) -> Health:
    """Return how one server does; for one that we never spoke to, nothing but noughts."""
    known = await peers.peer(outside, host)
    rows = await outside.store.fetch(
        "SELECT sum(state = 'queued') AS waiting, min(CASE WHEN state = 'queued' THEN made_at END) AS oldest,"
        " sum(state = 'dead') AS given_up, sum(state = 'queued' AND answer = 'HTTP 403') AS refused"
        " FROM deliveries WHERE host = ? AND state IN ('queued', 'dead')",
        (host,),
    )
    due_at = known.due_at if known else 0.0
    return Health(
        software=known.software if known else "",
        failures=known.failures if known else 0,
        success_at=known.success_at if known else None,
        failure_at=known.failure_at if known else None,
        answer=known.answer if known else "",
        waiting=rows[0]["waiting"] or 0,
        oldest_at=rows[0]["oldest"],
        given_up=rows[0]["given_up"] or 0,
        refused=rows[0]["refused"] or 0,
        next_try_at=due_at if known and known.failures and due_at > outside.now() else None,
        held=(await count_held(outside, [host]))[host],
    )
