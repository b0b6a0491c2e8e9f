"""People, invitations, first steps and the moderation log over the API. For admins, but for the last."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from server.domain.actors import DUTIES, Member, Role
from server.domain.errors import Missing
from server.domain.invitations import Invitation
from server.domain.people_file import LONGEST
from server.services import directory, first_run, joining, own_log, people
from web.api.calls import Call
from web.api.paging import page_of
from web.api.people import MemberAnswer
from web.api.shapes import Answer, Body, Page, Paging


class PeopleAsked(Paging, frozen=True, kw_only=True):
    q: Annotated[str, Meta(max_length=200, description="a part of a name or username")] = ""
    unit: Annotated[str, Meta(max_length=100)] = ""
    role: Annotated[str, Meta(max_length=20)] = ""


class NewPerson(Body, frozen=True, kw_only=True):
    username: str
    name: str = ""
    unit: str = ""
    role: Role = "member"


class PersonChanges(Body, frozen=True, kw_only=True):
    """What is to change of somebody; what is left out stays."""

    unit: str | None = None
    role: Role | None = None
    active: bool | None = None


class PeopleTable(Body, frozen=True, kw_only=True):
    """A table of people as CSV, its columns named in the first line: username, name, unit, role."""

    text: Annotated[str, Meta(max_length=LONGEST)]


class PersonAnswer(MemberAnswer, frozen=True, kw_only=True):
    active: bool


class AddedAnswer(Answer, frozen=True, kw_only=True):
    """Somebody added, and the one-time link that is told only now."""

    username: str
    link: str


class AddedAnswers(Answer, frozen=True, kw_only=True):
    added: list[AddedAnswer]


class NewInvitation(Body, frozen=True, kw_only=True):
    unit: str = ""
    note: str = ""
    uses: int = 50
    days: int = 7


class InvitationAnswer(Answer, frozen=True, kw_only=True):
    """`link` is told once, when it is made."""

    id: str
    note: str
    unit: str
    uses: int
    used: int
    state: str
    made_at: datetime
    ends_at: datetime
    link: str | None = None


class StepAnswer(Answer, frozen=True, kw_only=True):
    key: str
    state: str
    said: str


class StepAnswers(Answer, frozen=True, kw_only=True):
    steps: list[StepAnswer]


class DeedAnswer(Answer, frozen=True, kw_only=True):
    """What was done to the caller's words or rights, or, for facilitators, to anybody's words."""

    number: int
    at: datetime
    act: str
    subject_id: str


async def list_people(call: Call, query: PeopleAsked) -> Page[PersonAnswer]:
    found = await directory.find_people(
        call.house, call.member, query.q, query.unit, query.role, query.after, query.limit + 1
    )
    return page_of(found, query, lambda one: _person(call, one), lambda one: one.username)


async def add_person(call: Call, body: NewPerson) -> AddedAnswer:
    call.member.require("people")
    made = await people.add_member(call.house, body.username, body.name, body.unit, body.role, by=call.member)
    return _added(call, made, await people.make_link(call.house, made, call.member))


async def change_person(call: Call, body: PersonChanges) -> PersonAnswer:
    found = await directory.obtain_person(call.house, call.member, call.path["username"])
    changed = await people.change_member(
        call.house, call.member, found, unit=body.unit, role=body.role, active=body.active
    )
    return _person(call, changed)


async def import_people(call: Call, body: PeopleTable) -> AddedAnswers:
    made = await joining.import_people(call.house, call.member, body.text)
    return AddedAnswers(added=[_added(call, one.member, one.secret) for one in made])


async def list_invitations(call: Call, query: Paging) -> Page[InvitationAnswer]:
    found = await joining.list_invitations(call.house, call.member)
    return page_of(found[: query.limit], query, lambda one: _invitation(call, one), lambda one: one.id)


async def make_invitation(call: Call, body: NewInvitation) -> InvitationAnswer:
    made, secret = await joining.make_invitation(
        call.house, call.member, unit=body.unit, note=body.note, uses=body.uses, days=body.days
    )
    return _invitation(call, made, f"{call.house.addresses.inside_url}/join/{secret}")


async def end_invitation(call: Call) -> None:
    await joining.end_invitation(call.house, call.member, call.path["invitation"])


async def read_steps(call: Call) -> StepAnswers:
    steps = await first_run.first_steps(call.house, call.member)
    return StepAnswers(steps=[StepAnswer(key=one.key, state=one.state, said=one.said) for one in steps])


async def list_own_log(call: Call, query: Paging) -> Page[DeedAnswer]:
    if query.after and not (query.after.isascii() and query.after.isdigit() and len(query.after) < 16):
        raise Missing("page")
    found = await own_log.deeds_about(call.house, call.member, int(query.after or 0), query.limit + 1)
    return page_of(
        found,
        query,
        lambda one: DeedAnswer(
            number=one.seq, at=datetime.fromtimestamp(one.at, UTC), act=one.act, subject_id=one.subject_id
        ),
        lambda one: str(one.seq),
    )


def _person(call: Call, member: Member) -> PersonAnswer:
    return PersonAnswer(
        id=member.id,
        uri=member.uri,
        url=f"{call.house.addresses.inside_url}/people/{member.username}/change",
        username=member.username,
        name=member.name,
        unit=member.unit,
        role=member.role,
        duties=sorted(DUTIES[member.role]),
        active=member.active,
    )


def _added(call: Call, member: Member, secret: str) -> AddedAnswer:
    return AddedAnswer(username=member.username, link=f"{call.house.addresses.inside_url}/welcome/{secret}")


def _invitation(call: Call, one: Invitation, link: str | None = None) -> InvitationAnswer:
    return InvitationAnswer(
        id=one.id,
        note=one.note,
        unit=one.unit,
        uses=one.uses,
        used=one.used,
        state=one.state_at(call.house.now()),
        made_at=one.made_at,
        ends_at=one.ends_at,
        link=link,
    )
