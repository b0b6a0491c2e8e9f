"""Words entered for somebody without access: at a kiosk, or from the cards of a workshop."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Invalid, NotAllowed, Refusal, SignInNeeded
from server.domain.ideas import Absent, Contribution
from server.domain.jams import Forum, Jam
from server.services import judging, proxies
from server.services.house import House
from server.services.labels import label_of
from server.services.text import excerpt
from web.answers import go, head_of, show
from web.cards import url_of
from web.composing import LABEL_WORDS
from web.forms import read_form, wrong_of
from web.language import say
from web.pages.asking.meeting_views import ProxyForm
from web.pages.forums import obtain as obtain_forum
from web.pages.threads import obtain as obtain_idea
from web.people import names_of_hosts
from web.reach import draw_reach
from web.views import Choice, Link


async def show_for_forum(request: web.Request) -> web.Response:
    """GET /forums/{forum}/for-another?place=: the form for an idea."""
    house, member, forum, jam = await obtain_forum(request)
    typed = {"place": request.query.get("place", "")[:100]}
    return await _form(request, house, member, forum, jam, None, typed, {}, 200)


async def show_for_reply(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/for-another: the form for a reply."""
    house, member, made, forum, jam = await obtain_idea(request)
    return await _form(request, house, member, forum, jam, made, {}, {}, 200)


async def _form(
    request: web.Request, house: House, member: Member, forum: Forum, jam: Jam, parent: Contribution | None,
    typed: dict[str, str], wrong: dict[str, str], status: int,
) -> web.Response:  # fmt: skip
    member.require("moderate")
    default = parent.label if parent else forum.label
    try:
        label = label_of(typed.get("label") or None, default)
    except Invalid:
        label = default
    words = typed.get("title", ""), typed.get("text", "")
    draft = judging.Draft(forum, member, *words, label, thread_id=parent.thread_id if parent else "")
    verdicts = await judging.judge(house, draft)
    names, book = await names_of_hosts(house), await house.rulebook()
    page = ProxyForm(
        jam=head_of(jam, jam.state_at(house.now())),
        back=Link(text=parent.title or excerpt(parent.text, 60), url=url_of(parent))
        if parent
        else Link(text=forum.title, url=f"/forums/{forum.id}"),
        action=f"/ideas/{parent.id}/for-another" if parent else f"/forums/{forum.id}/for-another",
        titled=parent is None,
        reach=draw_reach(house, forum, verdicts, names, book, say("Enter")),
        labels=tuple(Choice(value=one, words=said, chosen=one == label) for one, said in LABEL_WORDS.items()),
        typed={"name": "", "place": "", "title": "", "text": "", "consents": "", **typed},
        wrong=wrong,
    )
    return show(request, "asking/proxy_form.html", page, status=status)


async def enter_idea(request: web.Request) -> web.Response:
    """POST /forums/{forum}/for-another; afterwards the form is there for the next card."""
    house, member, forum, jam = await obtain_forum(request)
    form = await read_form(request)
    absent = Absent(form.get("name", ""), form.get("place", ""))
    if "look" in form:
        return await _form(request, house, member, forum, jam, None, form, {}, 200)
    try:
        made = await proxies.enter_idea(
            house,
            member,
            forum,
            absent,
            form.get("title", ""),
            form.get("text", ""),
            consents=form.get("consents") == "1",
            label=form.get("label") or None,
        )
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _form(request, house, member, forum, jam, None, form, wrong_of(refusal), refusal.status)
    if "another" in form:
        return go(request, f"/forums/{forum.id}/for-another?place={quote(absent.place)}", "entered")
    return go(request, url_of(made), "entered")


async def enter_reply(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/for-another"""
    house, member, parent, forum, jam = await obtain_idea(request)
    form = await read_form(request)
    if "look" in form:
        return await _form(request, house, member, forum, jam, parent, form, {}, 200)
    try:
        made = await proxies.enter_reply(
            house,
            member,
            parent,
            Absent(form.get("name", ""), form.get("place", "")),
            form.get("text", ""),
            consents=form.get("consents") == "1",
            label=form.get("label") or None,
        )
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _form(request, house, member, forum, jam, parent, form, wrong_of(refusal), refusal.status)
    return go(request, url_of(made), "entered")
