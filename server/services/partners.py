"""Agreements with other servers."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from server.domain.actors import Member
from server.domain.crossings import Partner, PartnerState, Tier
from server.domain.errors import Invalid, Missing
from server.domain.uris import HOST
from server.services import agreements
from server.services.house import House
from server.services.labels import clearance_of
from server.services.text import clean_line
from server.storage import events
from server.storage import partners as partner_rows


async def add_partner(
    house: House, by: Member, host: str, tier: Tier, clearance: str = "GREEN", name: str = ""
) -> Partner:
    """Write down a partner, or change the tier and clearance of a known one."""
    by.require("partners")
    host = host.strip().lower()
    if not HOST.fullmatch(host) or len(host) > 255:
        raise Invalid("host", "A partner is named by host name, with its port where it has one, as in jam.example.")
    if tier not in get_args(Tier):
        raise Invalid("tier", "A tier is partner or customer.")
    made = Partner(
        host=host,
        name=clean_line(name or host, "name"),
        tier=tier,
        clearance=clearance_of(clearance),
        state="active",
        added_at=house.now(),
    )
    return await _put(house, by, made, "add partner")


async def change_partner(
    house: House,
    by: Member,
    host: str,
    *,
    state: PartnerState | None = None,
    tier: Tier | None = None,
    clearance: str | None = None,
    name: str | None = None,
) -> Partner:
    """Pause, resume or remove a partner, or change what it is cleared for."""
    by.require("partners")
    known = await partner_rows.by_host(house.store, host.strip().lower())
    if known is None:
        raise Missing("partner", f"no partner {host}")
    if state is not None and state not in get_args(PartnerState):
        raise Invalid("state", "A partner is active, paused or removed.")
    if tier is not None and tier not in get_args(Tier):
        raise Invalid("tier", "A tier is partner or customer.")
    changed = replace(
        known,
        state=state or known.state,
        tier=tier or known.tier,
        clearance=clearance_of(clearance) if clearance else known.clearance,
        name=clean_line(name, "name") if name else known.name,
    )
    return await _put(house, by, changed, f"partner {changed.state}")


async def _put(house: House, by: Member, made: Partner, act: str) -> Partner:
    at = house.now()
    now = at.timestamp()
    async with house.store.transaction() as change:
        await partner_rows.put(change, made)
        if made.state == "removed":
            await agreements.end_with(house, change, made.host, at)
        await events.append(change, "PartnerChanged", "", {"host": made.host, "state": made.state}, now)
        await events.audit(change, by.id, act, made.host, now)
    return made


async def list_partners(house: House) -> list[Partner]:
    return await partner_rows.all_of(house.store)


async def find_partner(house: House, host: str) -> Partner | None:
    return await partner_rows.by_host(house.store, host)
