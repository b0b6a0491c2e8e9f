"""People and organisations as pages show them."""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.services import partners
from server.services.house import House
from server.services.visitors import Visitors, visitors
from web.views import Person


class Names(dict[str, str]):
    """The names of partner organisations by host. `partners` are the hosts that a partners' forum is for;
    `visitors` knows where people from outside belong.
    """

    partners: tuple[str, ...] = ()
    visitors: Visitors = Visitors()


async def names_of_hosts(house: House) -> Names:
    """Read the names of all partners; a host without a name of its own stands for itself."""
    known = await partners.list_partners(house)
    names = Names({partner.host: partner.name or partner.host for partner in known})
    names.partners = tuple(one.host for one in known if one.tier == "partner" and one.state == "active")
    names.visitors = await visitors(house)
    return names


def person_of(member: Member, names: Names) -> Person:
    return _person(member.name, member.handle, member.unit, member.host, names)


def author_of(made: Contribution, names: Names) -> Person:
    if made.is_voice:
        # A voice has no page of its own.
        return Person(name=made.author_name, handle="", unit=made.author_unit, voice=True)
    return _person(made.author_name, made.author_handle, made.author_unit, made.author_host, names)


def page_of(member: Member) -> str:
    """The page of a person."""
    return f"/people/{member.id}"


def guest_of(handle: str, names: Names) -> Person:
    """Somebody of whom only the handle is known."""
    return _person(handle, handle, "", handle.lstrip("@").partition("@")[2], names)


def _person(name: str, handle: str, unit: str, host: str, names: Names) -> Person:
    known = names.visitors.affiliation(host, name, handle)
    if known is None:
        return Person(name=name, handle=handle, unit=unit)
    return Person(
        name=name,
        handle=handle,
        unit=unit,
        organisation=known.name,
        standing=known.tier,
        looks_like=known.looks_like,
    )
