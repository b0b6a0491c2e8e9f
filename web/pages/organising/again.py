"""A jam again: as a file to share, as a clone, as the second jam that follows, and the ideas that it carries over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import hdrs, web

from server.domain.actors import Member
from server.domain.errors import Missing, Refusal
from server.domain.jams import Forum, Jam
from server.services import carrying, forums, jams, templates
from server.services.house import House
from web.answers import go, head_of, show
from web.forms import read_choices, read_form, read_time, write_time, wrong_of
from web.language import say, told
from web.pages.jams import obtain
from web.people import author_of, names_of_hosts
from web.views import Choice, JamHead, Link, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainPage:
    """What can be made of a jam. Values are the very strings that were typed."""

    jam: JamHead
    values: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateRow:
    id: str
    idea: Link
    forum: str
    author: Person
    support: int
    replies: int
    mark: str
    why_not: str
    linked: bool
    carried: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryPage:
    jam: JamHead
    sources: tuple[Choice, ...]
    targets: tuple[Choice, ...]
    rows: tuple[CandidateRow, ...]
    wrong: Mapping[str, str] = field(default_factory=dict)


async def show_again(request: web.Request) -> web.Response:
    """GET /jams/{jam}/again"""
    return await _again(request, {}, {}, 200)


async def _again(request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int) -> web.Response:
    house, member, jam = await obtain(request)
    member.require("jams")
    opens_at = (house.now() + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
    title = told(say("%(title)s, second round", title=jam.title))
    values = {
        "slug": "", "title": title[:200], "opens_at": write_time(opens_at),
        "closes_at": write_time(opens_at + max(jam.closes_at - jam.opens_at, timedelta(days=1))), **typed,
    }  # fmt: skip
    head = head_of(jam, jam.state_at(house.now()), "settings")
    page = AgainPage(jam=head, values=values, wrong=wrong)
    return show(request, "organising/again.html", page, status=status)


async def download_template(request: web.Request) -> web.Response:
    """GET /jams/{jam}/template.toml: the jam as a file to share, without people, dates or partners' names."""
    house, member, jam = await obtain(request)
    text = await templates.save_template(house, member, jam)
    named = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{jam.slug}.toml"'}
    return web.Response(text=text, content_type="application/toml", charset="utf-8", headers=named)


async def make_again(request: web.Request) -> web.Response:
    """POST /jams/{jam}/again: a clone, or the second jam, as `kind` says."""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    slug = form.get("slug", "").strip()
    try:
        opens_at, closes_at = read_time(form, "opens_at"), read_time(form, "closes_at")
        if form.get("kind") == "second":
            made = await templates.second_jam(house, member, jam, slug, opens_at, closes_at, form.get("title", ""))
            return go(request, f"/jams/{made.slug}/carry", "created")
        made = await templates.clone_jam(house, member, jam, slug, opens_at, closes_at)
    except Refusal as refusal:
        return await _again(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"/jams/{made.slug}/settings", "created")


async def show_carry(request: web.Request) -> web.Response:
    """GET /jams/{jam}/carry?from={jam}&to={forum}"""
    return await _carry(request, request.query.get("from", ""), request.query.get("to", ""), {}, 200)


async def _carry(
    request: web.Request, source_id: str, target_id: str, wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member, jam = await obtain(request)
    member.require("jams")
    names = await names_of_hosts(house)
    others = [one for one in await jams.list_jams(house, member, limit=500) if one.id != jam.id]
    own = [one for one in await forums.list_forums(house, member, jam) if one.is_local]
    source = await _source(house, member, jam, others, source_id)
    target = next((one for one in own if one.id == target_id), own[0] if own else None)
    found = await carrying.candidates(house, member, source, target) if source and target else []
    page = CarryPage(
        jam=head_of(jam, jam.state_at(house.now()), "settings"),
        sources=tuple(Choice(value=one.id, words=one.title, chosen=one == source) for one in others),
        targets=tuple(Choice(value=one.id, words=one.title, chosen=one == target) for one in own),
        rows=tuple(
            CandidateRow(
                id=one.idea.id,
                idea=Link(text=one.idea.title, url=f"/ideas/{one.idea.id}"),
                forum=one.forum.title,
                author=author_of(one.idea, names),
                support=one.idea.support,
                replies=one.idea.replies,
                mark="best" if one.idea.best else "emerging" if one.idea.emerging else "",
                why_not=one.why_not,
                linked=one.linked,
                carried=one.carried,
            )
            for one in found
        ),
        wrong=wrong,
    )
    return show(request, "organising/carry.html", page, status=status)


async def _source(house: House, member: Member, jam: Jam, others: list[Jam], source_id: str) -> Jam | None:
    """The jam to carry from: the one asked for, else the one that this jam came from, else the newest."""
    lineage = await carrying.lineage_of(house, member, jam)
    wanted = source_id or (lineage.origin_jam.id if lineage.origin_jam else "")
    return next((one for one in others if one.id == wanted), others[-1] if others else None)


async def carry(request: web.Request) -> web.Response:
    """POST /jams/{jam}/carry"""
    house, member, jam = await obtain(request)
    form, chosen = await read_form(request), await read_choices(request, "idea")
    target = await _target(house, member, jam, form.get("to", ""))
    try:
        await carrying.carry(house, member, target, chosen)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _carry(request, form.get("from", ""), target.id, wrong_of(refusal), refusal.status)
    return go(request, f"/forums/{target.id}", "carried")


async def _target(house: House, member: Member, jam: Jam, forum_id: str) -> Forum:
    target = await forums.obtain_forum(house, member, forum_id)
    if target.jam_id != jam.id:
        raise Missing("forum", f"{forum_id} is not of {jam.id}")
    return target
