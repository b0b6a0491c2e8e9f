"""The names behind voices over the API."""

from __future__ import annotations

from datetime import datetime

from server.domain.ideas import Contribution
from server.domain.voices import Opening, OpeningState
from server.services import voices
from web.api.calls import Call
from web.api.ideas import contribution_of
from web.api.jam_shapes import NoWords
from web.api.paging import slice_of
from web.api.shapes import Answer, Body, Page, Paging


class NameReason(Body, frozen=True, kw_only=True):
    """Why a name has to be known."""

    reason: str


class OpeningAnswer(Answer, frozen=True, kw_only=True):
    """A name that was asked for. Two people open it together; `may_look` says whether the caller is one of them."""

    id: str
    contribution_id: str
    state: OpeningState
    reason: str
    asked_by: str
    asked_at: datetime
    answered_by: str
    answered_at: datetime | None
    may_look: bool


class NameAnswer(Answer, frozen=True, kw_only=True):
    """Who stands behind a voice. Reading it is written in the audit."""

    member_id: str
    username: str
    name: str
    unit: str


async def ask(call: Call, body: NameReason) -> OpeningAnswer:
    return _show(call, await voices.ask_to_open(call.house, call.member, await contribution_of(call), body.reason))


async def list_openings(call: Call, query: Paging) -> Page[OpeningAnswer]:
    def shown(one: tuple[Opening, Contribution]) -> OpeningAnswer:
        return _show(call, one[0])

    return slice_of(await voices.openings(call.house, call.member), query, shown)


async def agree(call: Call, body: NoWords) -> OpeningAnswer:
    return await _answer(call, agree=True)


async def refuse(call: Call, body: NoWords) -> OpeningAnswer:
    return await _answer(call, agree=False)


async def look(call: Call, body: NoWords) -> NameAnswer:
    opening = await voices.obtain(call.house, call.member, call.path["id"])
    owner = await voices.look(call.house, call.member, opening)
    return NameAnswer(member_id=owner.id, username=owner.username, name=owner.name, unit=owner.unit)


async def _answer(call: Call, *, agree: bool) -> OpeningAnswer:
    opening = await voices.obtain(call.house, call.member, call.path["id"])
    return _show(call, await voices.answer(call.house, call.member, opening, agree=agree))


def _show(call: Call, opening: Opening) -> OpeningAnswer:
    return OpeningAnswer(
        id=opening.id,
        contribution_id=opening.contribution_id,
        state=opening.state,
        reason=opening.reason,
        asked_by=opening.asked_by,
        asked_at=opening.asked_at,
        answered_by=opening.answered_by,
        answered_at=opening.answered_at,
        may_look=opening.may_look(call.member.id),
    )
