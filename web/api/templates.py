"""Templates, clones, second jams and what they carry over, over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from server.domain.jam_templates import LONGEST, read_template, write_template
from server.services import carrying, rehearsals, templates
from web.api.calls import Call
from web.api.jam_shapes import JamAnswer, Moment, NoWords, show_jam
from web.api.jams import forum_of, jam_of
from web.api.paging import slice_of
from web.api.shapes import Answer, Body, Page, Paging


class TemplatedJam(Body, frozen=True, kw_only=True):
    """A jam to be made from a template's file (TOML), or from a built-in one by `name`."""

    slug: str
    opens_at: Moment
    closes_at: Moment
    text: Annotated[str, Meta(max_length=LONGEST)] = ""
    name: str = ""
    title: str = ""


class LaterJam(Body, frozen=True, kw_only=True):
    slug: str
    opens_at: Moment
    closes_at: Moment
    title: str = ""


class ClonedJam(Body, frozen=True, kw_only=True):
    slug: str
    opens_at: Moment
    closes_at: Moment


class IdeasToCarry(Body, frozen=True, kw_only=True):
    """Ids of the ideas to carry over."""

    ideas: Annotated[tuple[str, ...], Meta(min_length=1, max_length=500)]


class TemplateAnswer(Answer, frozen=True, kw_only=True):
    """A template: its file as text. `name` is "" for a jam's own."""

    name: str
    title: str
    text: str


class CarriedAnswer(Answer, frozen=True, kw_only=True):
    """`origin_id` was carried over; `idea_id` is the copy, null for one that is linked only."""

    forum_id: str
    origin_id: str
    idea_id: str | None


class CarriedAnswers(Answer, frozen=True, kw_only=True):
    carried: list[CarriedAnswer]


class GrownAnswer(Answer, frozen=True, kw_only=True):
    jam_id: str
    slug: str
    title: str
    kind: str
    made_at: datetime


class LineageAnswer(Answer, frozen=True, kw_only=True):
    """From which jam this one was made (null for none), what grew from it, and which ideas it links to."""

    origin: GrownAnswer | None
    grown: list[GrownAnswer]
    linked: list[str]


async def list_templates(call: Call, query: Paging) -> Page[TemplateAnswer]:
    found = list(templates.built_in().items())
    return slice_of(
        found, query, lambda one: TemplateAnswer(name=one[0], title=one[1].title, text=write_template(one[1]))
    )


async def read_jam_template(call: Call) -> TemplateAnswer:
    jam = await jam_of(call)
    return TemplateAnswer(name="", title=jam.title, text=await templates.save_template(call.house, call.member, jam))


async def create_from_template(call: Call, body: TemplatedJam) -> JamAnswer:
    call.member.require("jams")
    template = templates.built_in().get(body.name) if body.name else None
    template = template or read_template(body.text)
    made = await templates.found_jam(
        call.house, call.member, template, body.slug, body.opens_at, body.closes_at, title=body.title
    )
    return show_jam(call.house, made)


async def clone_jam(call: Call, body: ClonedJam) -> JamAnswer:
    jam = await jam_of(call)
    made = await templates.clone_jam(call.house, call.member, jam, body.slug, body.opens_at, body.closes_at)
    return show_jam(call.house, made)


async def follow_jam(call: Call, body: LaterJam) -> JamAnswer:
    jam = await jam_of(call)
    made = await templates.second_jam(
        call.house, call.member, jam, body.slug, body.opens_at, body.closes_at, body.title
    )  # fmt: skip
    return show_jam(call.house, made)


async def rehearse_jam(call: Call, body: NoWords) -> JamAnswer:
    return show_jam(call.house, await rehearsals.rehearse(call.house, call.member, await jam_of(call)))


async def remove_rehearsal(call: Call) -> None:
    """The address names the rehearsal, or the jam that is rehearsed."""
    jam = await jam_of(call)
    await rehearsals.remove_rehearsal(
        call.house, call.member, await rehearsals.rehearsal_of(call.house, call.member, jam) or jam
    )


async def carry_ideas(call: Call, body: IdeasToCarry) -> CarriedAnswers:
    made = await carrying.carry(call.house, call.member, await forum_of(call), body.ideas)
    return CarriedAnswers(
        carried=[
            CarriedAnswer(forum_id=one.forum_id, origin_id=one.origin_id, idea_id=one.idea_id or None) for one in made
        ]
    )


async def read_lineage(call: Call) -> LineageAnswer:
    jam = await jam_of(call)
    found = await carrying.lineage_of(call.house, call.member, jam)
    origin = None
    if found.origin and found.origin_jam:
        old = found.origin_jam
        origin = GrownAnswer(
            jam_id=old.id, slug=old.slug, title=old.title, kind=found.origin.kind, made_at=found.origin.made_at
        )
    return LineageAnswer(
        origin=origin,
        grown=[
            GrownAnswer(jam_id=jam.id, slug=jam.slug, title=jam.title, kind=one.kind, made_at=one.made_at)
            for one, jam in found.grown
        ],
        linked=[one.id for one in found.linked],
    )
