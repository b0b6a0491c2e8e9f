"""Drafts, the family of an idea, its versions, and people whose name begins so, over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from server.domain.drafts import KeptDraft
from server.domain.errors import Missing
from server.services import drafts, ideas_read, lineage, mentions
from server.services.visitors import visitors
from web.api.calls import Call
from web.api.idea_shapes import ContributionAnswer, show_contribution
from web.api.ideas import contribution_of
from web.api.shapes import Answer, Body, Page, Query


class DraftBody(Body, frozen=True, kw_only=True):
    """What somebody has typed; all of it empty drops the draft."""

    text: str
    title: str = ""
    label: str = ""
    intent: str = ""


class DraftAnswer(Answer, frozen=True, kw_only=True):
    """`place` is `idea:FORUM[:IDEA]`, `reply:IDEA[:REPLY]` or `edit:ID`."""

    place: str
    title: str
    text: str
    label: str
    intent: str
    kept_at: datetime


class VersionAnswer(Answer, frozen=True, kw_only=True):
    """One state of the words; `reason` is why it was written, or ""."""

    number: int
    title: str
    text: str
    reason: str
    written_at: datetime


class DescendantAnswer(Answer, frozen=True, kw_only=True):
    """`depth` counts generations below the idea that was asked about."""

    idea: ContributionAnswer
    depth: int


class FamilyAnswer(Answer, frozen=True, kw_only=True):
    """`ancestors` the oldest first; `more` descendants were left out."""

    ancestors: list[ContributionAnswer]
    descendants: list[DescendantAnswer]
    more: int


class PersonHint(Answer, frozen=True, kw_only=True):
    id: str
    name: str
    handle: str
    unit: str
    host: str


class HintQuery(Query, frozen=True, kw_only=True):
    q: Annotated[str, Meta(max_length=60, description="how a name or a handle begins")]
    limit: Annotated[int, Meta(ge=1, le=50)] = 8


def _show(draft: KeptDraft) -> DraftAnswer:
    return DraftAnswer(
        place=str(draft.place),
        title=draft.title,
        text=draft.text,
        label=draft.choices.get("label", ""),
        intent=draft.choices.get("intent", ""),
        kept_at=draft.kept_at,
    )


async def list_drafts(call: Call) -> Page[DraftAnswer]:
    found = await drafts.list_drafts(call.house, call.member)
    return Page(data=[_show(one) for one in found], next=None)


async def read_draft(call: Call) -> DraftAnswer:
    found = await drafts.draft_at(call.house, call.member, drafts.read_place(call.path["place"]))
    if found is None:
        raise Missing("draft")
    return _show(found)


async def put_draft(call: Call, body: DraftBody) -> DraftAnswer:
    place = drafts.read_place(call.path["place"])
    choices = {"label": body.label, "intent": body.intent}
    found = await drafts.keep(call.house, call.member, place, body.title, body.text, choices)
    return _show(found or KeptDraft(place, "", "", {}, call.house.now()))


async def drop_draft(call: Call) -> None:
    await drafts.drop(call.house, call.member, drafts.read_place(call.path["place"]))


async def list_versions(call: Call) -> Page[VersionAnswer]:
    made = await contribution_of(call)
    rows = [
        VersionAnswer(
            number=one.number, title=one.title, text=one.text, reason=one.reason, written_at=one.written_at
        )
        for one in await ideas_read.history(call.house, call.member, made.id)
    ]
    newest = VersionAnswer(
        number=made.version,
        title=made.title,
        text=made.text,
        reason=made.edit_reason,
        written_at=made.edited_at or made.created_at,
    )
    return Page(data=[*rows, newest], next=None)


async def read_family(call: Call) -> FamilyAnswer:
    made = await contribution_of(call)
    found, known = await lineage.lineage_of(call.house, call.member, made), await visitors(call.house)
    return FamilyAnswer(
        ancestors=[show_contribution(call.house, one, known) for one in found.ancestors],
        descendants=[
            DescendantAnswer(idea=show_contribution(call.house, one.idea, known), depth=one.depth)
            for one in found.descendants
        ],
        more=found.more,
    )


async def suggest_people(call: Call, query: HintQuery) -> Page[PersonHint]:
    found = await mentions.suggest(call.house, call.member, query.q, query.limit)
    rows = [PersonHint(id=one.id, name=one.name, handle=one.handle, unit=one.unit, host=one.host) for one in found]
    return Page(data=rows, next=None)
