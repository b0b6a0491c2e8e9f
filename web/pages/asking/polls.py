"""Quick polls: asking, voting, ending; with and without scripts."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Invalid, NotAllowed, Refusal, SignInNeeded
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.polls import words_of
from server.services import judging, polls
from server.services.house import House
from server.services.labels import label_of
from web.answers import draw, from_htmx, go, head_of, html, show
from web.asking import draw_polls
from web.cards import url_of
from web.composing import LABEL_WORDS
from web.forms import read_choices, read_form, read_time, write_time, wrong_of
from web.language import say
from web.pages.asking.views import PollForm
from web.pages.threads import obtain
from web.people import names_of_hosts
from web.reach import draw_reach
from web.session import member_of
from web.views import Choice, Link


async def show_form(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/poll"""
    return await _form(request, {}, {}, 200)


async def _form(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, idea, forum, jam = await obtain(request)
    if not await polls.may_ask(house, member, idea):
        raise NotAllowed("Its author, a host or a facilitator can put a poll to an idea.")
    words = words_of(typed.get("question", ""), typed.get("choices", "").splitlines())
    try:
        label = label_of(typed.get("label") or None, idea.label)
    except Invalid:
        label = idea.label
    draft = await judging.draft_by(house, member, judging.Draft(forum, member, "", words, label, thread_id=idea.id))
    verdicts = await judging.judge(house, draft)
    names, book = await names_of_hosts(house), await house.rulebook()
    latest = min(jam.closes_at, house.now() + timedelta(days=1))
    page = PollForm(
        jam=head_of(jam, jam.state_at(house.now())),
        back=Link(text=idea.title, url=url_of(idea)),
        action=f"/ideas/{idea.id}/polls",
        typed={"question": "", "choices": "", "multiple": "", "hidden": "", "ends_at": write_time(latest), **typed},
        wrong=wrong,
        reach=draw_reach(house, forum, verdicts, names, book, say("Ask")),
        labels=tuple(Choice(value=one, words=words, chosen=one == label) for one, words in LABEL_WORDS.items()),
        latest=jam.closes_at,
    )
    return show(request, "asking/poll_form.html", page, status=status)


async def ask(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/polls; with `look` it only says who would see it."""
    house, member, idea, _, _ = await obtain(request)
    form = await read_form(request)
    if "look" in form:
        return await _form(request, form, {}, 200)
    try:
        made = await polls.ask(
            house,
            member,
            idea,
            form.get("question", ""),
            form.get("choices", "").splitlines(),
            ends_at=read_time(form, "ends_at"),
            multiple=form.get("multiple") == "1",
            hidden=form.get("hidden") == "1",
            label=form.get("label") or None,
        )
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _form(request, form, wrong_of(refusal), refusal.status)
    return go(request, url_of(made), "asked-poll")


async def show_poll(request: web.Request) -> web.Response:
    """GET /polls/{idea}: the poll alone for a script, else its place in the thread."""
    house, member, made, _, jam = await obtain(request)
    made, _ = await polls.obtain(house, member, made.id)
    if not from_htmx(request):
        return go(request, url_of(made))
    return await _fragment(request, house, member, made, jam, {})


async def _fragment(
    request: web.Request, house: House, member: Member, made: Contribution, jam: Jam, wrong: dict[str, str]
) -> web.Response:
    found = await draw_polls(house, member, made, jam)
    return html(draw(request, "asking/poll.html", poll=found[made.id], wrong=wrong.get("choice") or wrong.get("", "")))


async def vote(request: web.Request) -> web.Response:
    """POST /polls/{idea}/vote"""
    house, member, made, _, jam = await obtain(request)
    chosen = await read_choices(request, "choice")
    try:
        await polls.vote(house, member, made, [int(one) if one.isdecimal() and len(one) < 4 else -1 for one in chosen])
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        if not from_htmx(request):
            raise
        return await _fragment(request, house, member, made, jam, wrong_of(refusal))
    if from_htmx(request):
        return await _fragment(request, house, member, made, jam, {})
    return go(request, url_of(made), "voted")


async def end(request: web.Request) -> web.Response:
    """POST /polls/{idea}/end"""
    house, _, made, _, _ = await obtain(request)
    made, _ = await polls.obtain(house, member_of(request), made.id)
    await polls.end(house, member_of(request), made)
    return go(request, url_of(made), "saved")
