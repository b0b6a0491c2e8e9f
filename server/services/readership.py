"""Who outside may be reading: the servers, people and the public that a forum's words are judged for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from server.boundary.labels import Clearance, Level
from server.domain.agreements import Agreement
from server.domain.crossings import EVERYONE, Partner
from server.domain.jams import Forum
from server.domain.visitors import peer_of, visitor_audience
from server.services.agreements import accepted_by_host
from server.services.forums import forum_and_jam
from server.services.house import House
from server.services.servers import bars
from server.storage import memberships, people
from server.storage import partners as partner_rows

# The anonymous public and servers without an agreement are cleared for what may be shown to anyone.
OPEN_CLEARANCE = Clearance(Level.GREEN)
TierWord = Literal["public", "stranger", "customer", "partner"]


@dataclass(frozen=True, slots=True)
class Reader:
    """An audience outside, with its standing: a host, "*" for the anonymous public, or one person of a host who signs
    in at our edge (`server.domain.visitors`).
    """

    audience: str
    tier: TierWord
    clearance: Clearance
    paused: bool = False
    agreement: Agreement | None = None

    @property
    def peer(self) -> str:
        """The other side as rules name it: a person stands as their server does."""
        return peer_of(self.audience)

    def sees(self, forum_uri: str, now: datetime) -> bool:
        """Say whether it may know of a forum at all: an agreement may leave it out."""
        if self.paused:
            return False
        agreed = self.agreement
        return agreed is None or (agreed.in_force(now) and agreed.covers(forum_uri))


async def readers_of(house: House, forum: Forum) -> list[Reader]:
    """Return the audiences that a forum has, or, for an inside forum, would have if it were opened."""
    if forum.is_canary:
        return [Reader(host, "partner", OPEN_CLEARANCE) for host in forum.peers]
    partners, agreed = await partner_rows.all_of(house.store), await accepted_by_host(house)
    if not forum.is_local:
        found = next((one for one in partners if one.host == forum.host), None)
        host = _partner_reader(found, agreed) if found else Reader(forum.host, "stranger", OPEN_CLEARANCE)
        public = [Reader(EVERYONE, "public", OPEN_CLEARANCE)] if forum.audience == "public" else []
        return [*public, host]
    if forum.audience == "partners":
        named = [one for one in partners if (one.host in forum.peers if forum.peers else one.tier == "partner")]
        if not forum.members_only:
            return [_partner_reader(one, agreed) for one in named]
        listed = await _on_its_list(house, forum)
        return [
            *(_partner_reader(one, agreed) for one in named if one.host in listed),
            *await _visitors(house, forum, partners, agreed),
        ]
    if forum.members_only:
        return []
    return [Reader(EVERYONE, "public", OPEN_CLEARANCE), *(_partner_reader(one, agreed) for one in partners)]


async def _on_its_list(house: House, forum: Forum) -> set[str]:
    """Return the servers that a forum for its members alone is there for, whatever the rules say: those that keep to
    lists, of whose people somebody is on it.
    """
    return await memberships.guest_hosts(house.store, forum.id) & await memberships.keepers(house.store)


async def _visitors(
    house: House, forum: Forum, partners: Sequence[Partner], agreed: dict[str, Agreement]
) -> list[Reader]:
    """Return those on the list of a forum whose servers get none of it: each reads at our edge, and stands as their
    server does. Who is shut out, or whose server is, is none of them.
    """
    keepers, by_host = await memberships.keepers(house.store), {one.host: one for one in partners}
    found = []
    for guest in await memberships.guests(house.store, forum.id):
        partner = by_host.get(guest.host)
        if (partner is not None and guest.host in keepers) or await _is_shut_out(house, guest.username, guest.host):
            continue
        standing = _partner_reader(partner, agreed) if partner else Reader(guest.host, "stranger", OPEN_CLEARANCE)
        found.append(replace(standing, audience=visitor_audience(guest.username, guest.host)))
    return found


async def _is_shut_out(house: House, username: str, host: str) -> bool:
    met = await people.by_username(house.store, username, host)
    standing, _ = await bars(house, met.uri if met else "", host)
    return standing == "suspended"


def _partner_reader(partner: Partner, agreed: dict[str, Agreement]) -> Reader:
    """Return a partner's standing: the lower of its own clearance and the one agreed on."""
    agreement = agreed.get(partner.host)
    clearance = Clearance.parse(partner.clearance)
    if agreement is not None:
        clearance = clearance.meet(Clearance.parse(agreement.terms.clearance))
    return Reader(partner.host, partner.tier, clearance, partner.state != "active", agreement)


async def reader_at(house: House, host: str) -> Reader:
    """Return the standing of one server."""
    partner = await partner_rows.by_host(house.store, host)
    if partner is None:
        return Reader(host, "stranger", OPEN_CLEARANCE)
    return _partner_reader(partner, await accepted_by_host(house))


async def may_follow(house: House, forum: Forum, host: str) -> bool:
    """Say whether a server may see a forum at all, and so follow it. Nobody sees one before its jam opens."""
    if not forum.is_local:
        return False
    _, jam = await forum_and_jam(house, forum.id)
    if jam.state == "draft":
        return False
    now = house.now()
    if not (await reader_at(house, host)).sees(forum.uri, now):
        return False
    if forum.audience == "public":
        return True
    return any(one.audience == host and one.sees(forum.uri, now) for one in await readers_of(house, forum)) and (
        forum.audience == "partners"
    )
