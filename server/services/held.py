"""What do we hold of theirs? The words of another server's people that stand inside, and letting go of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.actors import Member
from server.domain.agreements import Agreement
from server.domain.errors import Invalid, Missing
from server.domain.ideas import Contribution
from server.services.agreements import accepted_by_host
from server.services.house import House
from server.services.ideas import purge as purge_one
from server.services.jams import hidden_jams
from server.storage import contributions, events
from server.storage import holds as hold_rows
from server.storage.times import moment_or_none

PURGED_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldInside:
    """What stands inside of one server's people: how much, since when, under which agreement."""

    host: str
    contributions: int
    people: int
    oldest_at: datetime | None
    agreement: Agreement | None


def clean_host(house: House, host: str) -> str:
    """Return a host as it is written here; raise Invalid for ourselves or nobody."""
    host = host.strip().lower()
    if not host or host == house.addresses.edge_host:
        raise Invalid("peer", "Name another server by its host name, with its port where it has one.")
    return host


async def hosts_inside(house: House, by: Member) -> dict[str, int]:
    """Return host → how many contributions of its people stand inside."""
    by.require("ledger")
    return await contributions.count_by_host(house.store, await hidden_jams(house, by))


async def held_inside(house: House, by: Member, host: str) -> HeldInside:
    """Count what stands inside of one server's people."""
    by.require("ledger")
    host = clean_host(house, host)
    number, people, oldest = await contributions.measure_host(house.store, host, await hidden_jams(house, by))
    agreement = (await accepted_by_host(house)).get(host)
    return HeldInside(
        host=host, contributions=number, people=people, oldest_at=moment_or_none(oldest), agreement=agreement
    )


async def list_held(
    house: House, by: Member, host: str, before: float | None = None, limit: int = 50
) -> list[Contribution]:
    """Return what people of a server wrote that stands inside, newest first, created before a unix time."""
    by.require("ledger")
    hidden = await hidden_jams(house, by)
    return await contributions.of_host(house.store, clean_host(house, host), before, limit, hidden)


async def purge(house: House, by: Member, host: str) -> int:
    """Let go of all words of a server's people: tombstones stay, nobody is told. Return how many there were.

    What the outside store keeps of them goes with the event that ends it.
    """
    by.require("ledger")
    host, gone = clean_host(house, host), 0
    while found := await contributions.of_host(house.store, host, None, PURGED_AT_ONCE):
        for made in found:
            await purge_one(house, made, by_id=by.id, silently=True)
        gone += len(found)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await hold_rows.drop_from(change, host)
        await events.append(change, "PurgeAsked", "", {"host": host}, now)
        await events.audit(change, by.id, "purge what we hold", host, now)
    return gone


async def purge_contribution(house: House, by: Member, host: str, made: Contribution) -> None:
    """Let go of one contribution of another server's person."""
    by.require("ledger")
    hidden = made.jam_id in await hidden_jams(house, by)
    if hidden or made.author_host != clean_host(house, host) or made.deleted:
        raise Missing("contribution", f"{made.id} is not held of {host}")
    await purge_one(house, made, by_id=by.id, silently=True)
