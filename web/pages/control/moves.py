"""Moving, merging and splitting in the browser, and undoing it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Invalid, Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.facilitation import Move
from server.domain.ideas import Contribution
from server.domain.jams import Forum, Jam
from server.services import forums, ideas_read, moves, resembling
from server.services.house import House
from server.services.text import excerpt
from web.answers import go, head_of, show
from web.cards import url_of
from web.forms import read_form, wrong_of
from web.language import _, say
from web.pages.control.duty import facilitator, room_head
from web.pages.control.views import Asking, Choosing, MoveRow, MovesPage, ReasonPage
from web.pages.threads import obtain
from web.people import names_of_hosts
from web.reach import badge_of
from web.views import Choice, Link

WORDS = {"move": ("moved", "route"), "merge": ("merged", "layers"), "split": (say("split off"), "git-branch")}
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be done with what, by whom."""

    house: House
    member: Member
    made: Contribution
    jam: Jam
    act: str


async def _asked(request: web.Request) -> _Asked:
    house, member, made, _forum, jam = await obtain(request)
    act = request.path.rsplit("/", 1)[-1]
    if not member.may("moderate"):
        raise Missing("page", f"{member.id} does not moderate")
    return _Asked(house, member, made, jam, act)


async def show_form(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/move, …/merge and …/split"""
    return await _form(request, await _asked(request), request.query, {}, 200)


async def _form(
    request: web.Request, asked: _Asked, typed: Mapping[str, str], wrong: Mapping[str, str], status: int
) -> web.Response:
    made, act = asked.made, asked.act
    headings = {
        "move": _("Move it to another forum"),
        "merge": _("Merge it into another idea"),
        "split": _("Split it off as an idea"),
    }
    page = ReasonPage(
        jam=head_of(asked.jam, asked.jam.state_at(asked.house.now())),
        heading=headings[act],
        sentence=made.title or excerpt(made.text, 200),
        action=f"/ideas/{made.id}/{act}",
        button=headings[act],
        icon=WORDS[act][1],
        back=Link(text=made.title or _("Back to the thread"), url=url_of(made)),
        hint=_("Everybody reads it beside the thread. It can be undone."),
        choose=await _choosing(asked, typed),
        ask=_asking(act),
        values=typed,
        wrong=wrong,
    )
    return show(request, "control/reason.html", page, status=status)


def _asking(act: str) -> Asking | None:
    if act == "split":
        return Asking(name="title", words=_("Title of the idea"))
    if act == "merge":
        hint = _("Its address, where it is none of those above.")
        return Asking(name="into", words=_("Another idea"), hint=hint, required=False)
    return None


async def _choosing(asked: _Asked, typed: Mapping[str, str]) -> Choosing | None:
    house, made = asked.house, asked.made
    if asked.act == "move":
        names = await names_of_hosts(house)
        others = [one for one in await forums.list_forums(house, asked.member, asked.jam) if one.id != made.forum_id]
        return Choosing(
            name="forum",
            words=_("Forum"),
            choices=tuple(
                Choice(value=one.id, words=_place(one, badge_of(house, one, names).words),
                       chosen=one.id == typed.get("forum"))
                for one in others if one.is_local
            ),
            hint=_("Who may read it from then on stands behind the name."),
        )  # fmt: skip
    if asked.act == "merge":
        found = await resembling.similar(house, asked.member, f"{made.title} {made.text}", None, 12)
        near = [one for one in found if one.id != made.id and one.jam_id == made.jam_id]
        none = Choice(value="", words=_("None of these"), chosen=not typed.get("near"))
        return Choosing(
            name="near",
            words=_("Ideas that say something similar"),
            choices=(none, *(Choice(value=one.id, words=one.title, chosen=one.id == typed.get("near"))
                             for one in near)),
        )  # fmt: skip
    return None


async def act(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/move, …/merge and …/split"""
    asked, form = await _asked(request), await read_form(request)
    try:
        await _act(asked, form)
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _form(request, asked, form, wrong_of(refusal), refusal.status)
    return go(request, f"/ideas/{asked.made.id}", "moved")


async def _act(asked: _Asked, form: Mapping[str, str]) -> Move:
    house, member, made, reason = asked.house, asked.member, asked.made, form.get("reason", "")
    if asked.act == "move":
        return await moves.move(house, member, made, await _forum(asked, form), reason)
    if asked.act == "merge":
        return await moves.merge(house, member, made, await _into(asked, form), reason)
    return await moves.split(house, member, made, form.get("title", ""), reason)


async def _forum(asked: _Asked, form: Mapping[str, str]) -> Forum:
    try:
        return await forums.obtain_forum(asked.house, asked.member, form.get("forum", ""))
    except Missing as missing:
        raise Invalid("forum", _("Choose another forum of the same jam.")) from missing


async def _into(asked: _Asked, form: Mapping[str, str]) -> Contribution:
    named = _ID.search(form.get("into", ""))
    key = named[0] if named else form.get("near", "")
    try:
        return await ideas_read.obtain(asked.house, asked.member, key)
    except Missing as missing:
        raise Invalid("into", _("Choose one of the ideas, or give the address of another.")) from missing


async def show_moves(request: web.Request) -> web.Response:
    """GET /jams/{jam}/control/moves"""
    return await _moves(request, "", 200)


async def _moves(request: web.Request, wrong: str, status: int) -> web.Response:
    house, member, jam = await facilitator(request)
    page = MovesPage(
        jam=room_head(house, jam),
        moves=tuple([await _row(house, jam, one) for one in await moves.list_moves(house, member, jam)]),
        wrong=wrong,
    )
    return show(request, "control/moves.html", page, status=status)


async def _row(house: House, jam: Jam, one: Move) -> MoveRow:
    made = await ideas_read.by_id(house, one.contribution_id)
    words, icon = WORDS[one.kind]
    return MoveRow(
        words=_(words),
        icon=icon,
        title=(made.title or excerpt(made.text, 80)) if made else "",
        url=f"/ideas/{one.contribution_id}",
        name=one.member_name,
        reason=one.reason,
        at=one.made_at,
        undone_at=one.undone_at,
        undo_url="" if one.undone_at or not made or made.deleted else f"/jams/{jam.slug}/control/moves/{one.id}/undo",
    )


async def undo(request: web.Request) -> web.Response:
    """POST /jams/{jam}/control/moves/{move}/undo"""
    house, member, _jam = await facilitator(request)
    try:
        done = await moves.undo(house, member, request.match_info["move"])
    except (Missing, NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _moves(request, refusal.public, refusal.status)
    return go(request, f"/ideas/{done.contribution_id}", "unmoved")


def _place(forum: Forum, audience: str) -> str:
    return say("%(forum)s: %(audience)s", forum=forum.title, audience=audience)
