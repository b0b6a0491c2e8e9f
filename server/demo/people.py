"""Who takes part: the named few that you can sign in as, and the invented authors of the real statements."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from federation.transport import Transport
from server.app import make_house, open_inside
from server.demo.api import Person
from server.demo.processes import run_verb
from server.demo.sites import NETWORKS, Site
from server.demo.statements import Statement, name_of
from server.domain.actors import Role
from server.services import people
from server.services.house import House
from server.settings import Settings, read_organisation

PASSWORD = "try-the-demo"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Part:
    """One of the demo's people before they exist."""

    username: str
    name: str
    unit: str
    role: Role = "member"
    consent: bool = True
    signs_in: bool = False


# Ottoline has not agreed that her name leaves; outside she is a member of staff.
NAMED: dict[str, tuple[Part, ...]] = {
    "acme": (
        Part("riley", "Riley (demo)", "Customer Care", signs_in=True),
        Part("casey", "Casey (demo)", "Operations", "reviewer", signs_in=True),
        Part("sasha", "Sasha (demo)", "People", "facilitator"),
        Part("ottoline", "Ottoline Fennimarsh", "Engineering", consent=False),
    ),
    "globex": (
        Part("avery", "Avery (demo)", "Field Service", signs_in=True),
        Part("rowan", "Rowan (demo)", "Research"),
    ),
    "initech": (Part("skyler", "Skyler (demo)", "Software", signs_in=True),),
}


@dataclass(slots=True)
class Cast:
    """Everybody by organisation and username."""

    people: dict[str, dict[str, Person]] = field(default_factory=dict)

    def person(self, organisation: str, username: str) -> Person:
        return self.people[organisation][username]

    def admin(self, organisation: str) -> Person:
        return next(iter(self.people[organisation].values()))

    def everyone(self, organisation: str) -> list[Person]:
        return list(self.people[organisation].values())


async def found_organisation(site: Site) -> None:
    """Set one organisation up as an operator would: with the `init` verb."""
    await run_verb(
        *("init", "--home", str(site.home.resolve()), "--name", site.name, "--admin", site.admin),
        *("--inside-url", site.inside_url, "--edge-url", site.edge_url),
        MARMALADE_ADMIN_PASSWORD=PASSWORD, MARMALADE_PEER_NETWORKS=NETWORKS,
    )  # fmt: skip


async def gather_cast(
    sites: dict[str, Site], statements: Iterable[Statement], transport: Transport, more: dict[str, tuple[Part, ...]]
) -> Cast:
    """Add all people to their organisations, each with a token, before the servers start."""
    parts = {key: [*NAMED[key], *more.get(key, ())] for key in sites}
    for username, (organisation, unit) in {one.author: (one.organisation, one.unit) for one in statements}.items():
        parts[organisation].append(Part(username, name_of(username), unit))
    gathered = await asyncio.gather(*(_add_people(site, parts[key], transport) for key, site in sites.items()))
    return Cast(dict(zip(sites, gathered, strict=True)))


async def _add_people(site: Site, parts: list[Part], transport: Transport) -> dict[str, Person]:
    settings = Settings.from_env(site.home, {"MARMALADE_PEER_NETWORKS": NETWORKS})
    organisation = read_organisation(site.home)
    async with open_inside(settings) as store:
        house = make_house(store, organisation)
        admin = await people.person(house, site.admin)
        made = {site.admin: Person(site, site.admin, admin.name, "", await people.make_token(house, admin), transport)}
        for part in parts:
            made[part.username] = await _add(house, site, part, transport)
    return made


async def _add(house: House, site: Site, part: Part, transport: Transport) -> Person:
    member = await people.add_member(house, part.username, part.name, part.unit, part.role, consent=part.consent)
    if part.signs_in:
        await people.set_password(house, member, PASSWORD)
    return Person(site, part.username, part.name, part.unit, await people.make_token(house, member), transport)
