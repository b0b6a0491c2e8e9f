"""Inviting: links by which people join, and a table of people; each secret is shown once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from server.domain.errors import Invalid, Missing, Refusal, SignInNeeded
from server.domain.invitations import InvitationState
from server.domain.people_file import LONGEST, BadPeopleFile
from server.keys import HOUSE
from server.services import joining
from server.services.people import PASSWORD_LEAST
from web.answers import go, show
from web.forms import read_file, read_form, wrong_of
from web.language import say
from web.session import member_of, set_cookie
from web.views import SignInPage

BLANK = {"unit": "", "note": "", "uses": "50", "days": "7", "text": ""}
EXAMPLE = "username,name,unit,role\nmara,Mara Example,Operations,facilitator\njonas,Jonas Example,R&D,\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    id: str
    note: str
    unit: str
    uses: int
    used: int
    ends_at: datetime
    state: InvitationState


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationsPage:
    """`link` and `links` (name, link) are shown this once; `problems` are a table's faults by line."""

    rows: tuple[InvitationRow, ...]
    values: dict[str, str]
    link: str = ""
    links: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    example: str = EXAMPLE
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPage:
    action: str
    unit: str
    values: dict[str, str]
    least: int = PASSWORD_LEAST
    wrong: dict[str, str] = field(default_factory=dict)


async def show_invitations(request: web.Request) -> web.Response:
    """GET /invitations"""
    return await _invitations(request, 200)


async def _invitations(
    request: web.Request,
    status: int,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
    link: str = "",
    links: tuple[tuple[str, str], ...] = (),
    problems: tuple[str, ...] = (),
) -> web.Response:
    house, by = request.app[HOUSE], member_of(request)
    now = house.now()
    page = InvitationsPage(
        rows=tuple(
            InvitationRow(
                id=one.id, note=one.note, unit=one.unit, uses=one.uses, used=one.used, ends_at=one.ends_at,
                state=one.state_at(now),
            )
            for one in await joining.list_invitations(house, by)
        ),
        values={**BLANK, **(typed or {})},
        link=link,
        links=links,
        problems=problems,
        wrong=wrong or {},
    )  # fmt: skip
    return show(request, "admin/invitations.html", page, status=status, section="people")


async def invite(request: web.Request) -> web.Response:
    """POST /invitations: make a link, or end one, as `act` says."""
    house, by = request.app[HOUSE], member_of(request)
    form = await read_form(request)
    if form.get("act") == "end":
        await joining.end_invitation(house, by, form.get("invitation", ""))
        return go(request, "/invitations", "saved")
    try:
        _, secret = await joining.make_invitation(
            house, by, unit=form.get("unit", ""), note=form.get("note", ""),
            uses=_number(form, "uses"), days=_number(form, "days"),
        )  # fmt: skip
    except Invalid as refusal:
        return await _invitations(request, refusal.status, form, wrong_of(refusal))
    return await _invitations(request, 200, link=f"{house.addresses.inside_url}/join/{secret}")


def _number(form: dict[str, str], name: str) -> int:
    text = form.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Invalid(name, "Give a whole number.")
    return int(text)


async def import_people(request: web.Request) -> web.Response:
    """POST /people/import: everybody in a table, or nobody."""
    house, by = request.app[HOUSE], member_of(request)
    by.require("people")
    text, sent = (await read_form(request)).get("text", ""), await read_file(request, "file", 4 * LONGEST)
    try:
        text = text if sent is None else _text_of(sent)
        made = await joining.import_people(house, by, text)
    except BadPeopleFile as refusal:
        return await _invitations(request, refusal.status, {"text": text[:LONGEST]}, problems=refusal.problems)
    inside = house.addresses.inside_url
    links = tuple((one.member.handle, f"{inside}/welcome/{one.secret}") for one in made)
    return await _invitations(request, 200, links=links)


def _text_of(sent: bytes) -> str:
    try:
        return sent.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadPeopleFile((say("The file is not text in UTF-8: save it as “CSV UTF-8”."),)) from error


async def show_join(request: web.Request) -> web.Response:
    """GET /join/{secret}: spends nothing."""
    return await _join(request, {}, {}, 200)


async def _join(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    try:
        found = await joining.read_invitation(request.app[HOUSE], request.match_info["secret"])
    except SignInNeeded as refusal:
        return show(request, "sign_in.html", SignInPage(wrong=wrong_of(refusal)), status=401)
    values = {"username": "", "name": "", **typed}
    page = JoinPage(action=request.path, unit=found.unit, values=values, wrong=wrong)
    return show(request, "admin/join.html", page, status=status)


async def join(request: web.Request) -> web.Response:
    """POST /join/{secret}: become a member and enter."""
    form = await read_form(request)
    try:
        begun = await joining.accept_invitation(
            request.app[HOUSE], request.match_info["secret"], form.get("username", ""), form.get("name", ""),
            form.get("password", ""),
        )  # fmt: skip
    except SignInNeeded as refusal:
        return show(request, "sign_in.html", SignInPage(wrong=wrong_of(refusal)), status=401)
    except Missing:
        raise
    except Refusal as refusal:
        form.pop("password", None)
        return await _join(request, form, wrong_of(refusal), refusal.status)
    response = go(request, "/", "password")
    set_cookie(request, response, begun)
    return response
