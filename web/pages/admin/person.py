"""One of our people: their unit, role and standing, and a link to come in by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from server.domain.actors import DUTIES, DUTY_WORDS, ROLE_WORDS, ROLES, Member, Role
from server.domain.errors import Missing, Refusal
from server.keys import HOUSE
from server.services import directory, people
from server.services.house import House
from web.answers import go, show
from web.forms import read_form, wrong_of
from web.language import say
from web.people import Names, person_of
from web.session import member_of
from web.views import Choice, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    person: Person
    url: str
    role: str
    active: bool
    since: datetime
    values: dict[str, str]
    roles: tuple[Choice, ...]
    units: tuple[str, ...]
    link: str = ""
    wrong: dict[str, str] = field(default_factory=dict)


async def show_person(request: web.Request) -> web.Response:
    """GET /people/{username}/change"""
    return await _person(request, {}, {}, "", 200)


async def _person(
    request: web.Request, typed: dict[str, str], wrong: dict[str, str], link: str, status: int
) -> web.Response:
    house, by = request.app[HOUSE], member_of(request)
    found = await directory.obtain_person(house, by, request.match_info["username"])
    values = {"unit": found.unit, "role": found.role, **typed}
    page = PersonPage(
        person=person_of(found, Names()),
        url=f"/people/{found.username}/change",
        role=found.role,
        active=found.active,
        since=found.created_at,
        values=values,
        roles=tuple(
            Choice(value=role, words=_duties(role), chosen=role == values["role"])
            for role in ROLES[1:]
        ),
        units=tuple(unit for unit in await directory.list_units(house, by) if unit),
        link=link,
        wrong=wrong,
    )  # fmt: skip
    return show(request, "admin/person.html", page, status=status, section="people")


async def change_person(request: web.Request) -> web.Response:
    """POST /people/{username}/change: unit and role, standing, or a new one-time link, as `act` says."""
    house, by = request.app[HOUSE], member_of(request)
    found = await directory.obtain_person(house, by, request.match_info["username"])
    form = await read_form(request)
    if form.get("act") == "link":
        secret = await people.make_link(house, found, by)
        return await _person(request, {}, {}, f"{house.addresses.inside_url}/welcome/{secret}", 200)
    try:
        await _act(house, by, found, form)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _person(request, form, wrong_of(refusal), "", refusal.status)
    if found.id == by.id and form.get("act") == "save" and form.get("role") != by.role:
        return go(request, "/sign-in")
    return go(request, f"/people/{found.username}/change", "saved")


async def _act(house: House, by: Member, found: Member, form: dict[str, str]) -> None:
    match form.get("act"):
        case "save":
            role = next((one for one in ROLES[1:] if one == form.get("role")), None)
            unit = form.get("unit", "")
            await people.change_member(
                house, by, found,
                unit=unit if unit.strip() != found.unit else None, role=role if role != found.role else None,
            )  # fmt: skip
        case "deactivate":
            await people.change_member(house, by, found, active=False)
        case "activate":
            await people.change_member(house, by, found, active=True)
        case other:
            raise Missing("choice", f"act={other}")


def _duties(role: Role) -> str:
    """What somebody of a role does here."""
    duties = tuple(DUTY_WORDS.get(one, one) for one in sorted(DUTIES[role]))
    return say("%(role)s: %(duties)s", role=ROLE_WORDS[role], duties=duties or (say("takes part"),))
