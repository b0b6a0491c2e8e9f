"""Who there is, for administrators."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from server.domain.actors import ROLE_WORDS, ROLES, Role
from server.domain.errors import Refusal
from server.keys import HOUSE
from server.services import directory, people
from web.answers import show
from web.forms import read_form, wrong_of
from web.language import say
from web.people import Names, person_of
from web.session import member_of
from web.views import Choice, MemberRow, PeoplePage

PAGE = 100
_BLANK = {"username": "", "name": "", "unit": "", "role": "member"}


async def show_people(request: web.Request) -> web.Response:
    """GET /people?q=&unit=&role=&after="""
    return await _people(request, {}, {}, "", "", 200)


async def _people(
    request: web.Request, typed: dict[str, str], wrong: dict[str, str], link: str, link_for: str, status: int
) -> web.Response:
    house, member = request.app[HOUSE], member_of(request)
    asked = {name: request.query.get(name, "")[:200] for name in ("q", "unit", "role")}
    after = request.query.get("after", "")
    found = await directory.find_people(house, member, asked["q"], asked["unit"], asked["role"], after, PAGE + 1)
    units = await directory.list_units(house, member)
    values = {**_BLANK, **typed}
    page = PeoplePage(
        people=tuple(
            MemberRow(person=person_of(one, Names()), role=one.role, active=one.active, since=one.created_at)
            for one in found[:PAGE]
        ),
        values=values,
        roles=tuple(Choice(value=role, words=ROLE_WORDS[role], chosen=role == values["role"]) for role in ROLES[1:]),
        older_url=f"/people?{urlencode({**asked, 'after': found[PAGE - 1].username})}" if len(found) > PAGE else "",
        may_change=member.may("people"),
        wrong=wrong,
        link=link,
        link_for=link_for,
        asked=asked["q"],
        unit_choices=(
            Choice(value="", words=say("All units")),
            *(Choice(value=unit, words=unit, chosen=unit == asked["unit"]) for unit in units if unit),
        ),
        role_choices=(
            Choice(value="", words=say("All roles")),
            *(Choice(value=role, words=ROLE_WORDS[role], chosen=role == asked["role"]) for role in ROLES[1:]),
        ),
    )
    return show(request, "people.html", page, status=status, section="people")


async def add_person(request: web.Request) -> web.Response:
    """POST /people: add somebody and show their one-time link, once."""
    house, member = request.app[HOUSE], member_of(request)
    member.require("people")
    form = await read_form(request)
    role: Role = next((one for one in ROLES[1:] if one == form.get("role")), "member")
    try:
        made = await people.add_member(
            house, form.get("username", "").strip(), form.get("name", ""), form.get("unit", ""), role, by=member
        )
    except Refusal as refusal:
        return await _people(request, form, wrong_of(refusal), "", "", refusal.status)
    link = f"{house.addresses.inside_url}/welcome/{await people.make_link(house, made, member)}"
    return await _people(request, {}, {}, link, made.name, 200)
