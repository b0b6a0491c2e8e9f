"""People and organisations as pages show them."""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.services import partners
from server.services.house import House
from web.views import Person


class Names(dict[str, str]):
    """The names of partner organisations by host. `partners` are the hosts that a partners' forum is for."""

    partners: tuple[str, ...] = ()


async def names_of_hosts(house: House) -> Names:
    """Read the names of all partners; a host without a name of its own stands for itself."""
    known = await partners.list_partners(house)
    names = Names({partner.host: partner.name or partner.host for partner in known})
    names.partners = tuple(one.host for one in known if one.tier == "partner" and one.state == "active")
    return names


def person_of(member: Member, names: Mapping[str, str]) -> Person:
    return Person(
        name=member.name,
        handle=member.handle,
        unit=member.unit,
        organisation=names.get(member.host, member.host),
    )


def author_of(made: Contribution, names: Mapping[str, str]) -> Person:
    return Person(
        name=made.author_name,
        handle=made.author_handle,
        unit=made.author_unit,
        organisation=names.get(made.author_host, made.author_host),
    )
