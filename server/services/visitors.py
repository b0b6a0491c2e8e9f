"""People of other servers, with whom they belong to and whom of ours they could be taken for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from server.boundary.lookalikes import Lookalikes
from server.domain.crossings import Partner
from server.services.house import House
from server.storage import partners as partner_rows

Standing = Literal["partner", "customer", "stranger"]


@dataclass(frozen=True, slots=True)
class Affiliation:
    """Whom somebody from outside belongs to: a partner by name and tier, or a server without an agreement by host.

    `looks_like` is the username of one of our own people whose name theirs could be taken for, or "".
    """

    host: str
    name: str
    tier: Standing
    looks_like: str = ""


@dataclass(frozen=True, slots=True)
class Visitors:
    """The partners by host, and the names of our people."""

    partners: Mapping[str, Partner] = field(default_factory=dict)
    lookalikes: Lookalikes = field(default_factory=lambda: Lookalikes(()))

    def affiliation(self, host: str, name: str, handle: str) -> Affiliation | None:
        """Return whom somebody belongs to; None for our own people, who have no host."""
        if not host:
            return None
        partner = self.partners.get(host)
        alike = self.lookalikes.of(name, handle.lstrip("@").partition("@")[0])
        if partner is None:
            return Affiliation(host, host, "stranger", alike)
        return Affiliation(host, partner.name or host, partner.tier, alike)


async def visitors(house: House) -> Visitors:
    """Read what is needed to say of anybody where they come from."""
    known = await partner_rows.all_of(house.store)
    return Visitors({one.host: one for one in known}, await house.lookalikes())
