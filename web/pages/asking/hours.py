"""Host hours: planning, the queue, answering."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.hours import Hour, HourQuestion
from server.domain.jams import Forum
from server.keys import HOUSE
from server.services import forums, hours
from server.services.hours import Queue
from server.services.house import House
from web.answers import go, head_of, show
from web.forms import read_form, read_time, write_time, wrong_of
from web.language import say
from web.pages.asking.meeting_views import HourCard, HourForm, HourPage, QuestionView
from web.pages.jams import obtain as obtain_jam
from web.session import member_of
from web.views import Choice, Link


async def obtain(request: web.Request) -> tuple[House, Member, Queue]:
    """The house, the person and the hour of the address with its queue, or raise Missing."""
    house, member = request.app[HOUSE], member_of(request)
    return house, member, await hours.obtain(house, member, request.match_info["hour"])


def draw_hour(house: House, hour: Hour, forum: Forum) -> HourCard:
    """An hour as lists and its own page show it."""
    return HourCard(
        url=f"/hours/{hour.id}",
        title=hour.title,
        host=hour.host_name,
        forum=Link(text=forum.title, url=f"/forums/{forum.id}"),
        state=hour.state_at(house.now()),
        starts_at=hour.starts_at,
        ends_at=hour.ends_at,
    )


async def show_hour(request: web.Request) -> web.Response:
    """GET /hours/{hour}"""
    return await _hour(request, {}, {}, 200)


async def _hour(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, queue = await obtain(request)
    hour, state = queue.hour, queue.hour.state_at(house.now())
    drawn = [_question(one, queue, member, state) for one in queue.questions]
    may_end = state != "over" and (member.id == hour.host_id or member.may("moderate"))
    page = HourPage(
        jam=head_of(queue.jam, queue.jam.state_at(house.now())),
        hour=draw_hour(house, hour, queue.forum),
        waiting=tuple(one for one in drawn if one.state == "waiting"),
        answered=tuple(one for one in drawn if one.state == "answered"),
        set_aside=sum(one.state == "set aside" for one in drawn),
        ask_url=f"/hours/{hour.id}/questions" if state != "over" else "",
        end_url=f"/hours/{hour.id}/end" if may_end else "",
        thread_url=f"/ideas/{hour.idea_id}" if hour.idea_id else "",
        stream_url=f"/jams/{queue.jam.id}/stream",
        typed=typed,
        wrong=wrong,
    )
    return show(request, "asking/hour.html", page, status=status)


def _question(one: HourQuestion, queue: Queue, reader: Member, state: str) -> QuestionView:
    page, waits = f"/hours/{one.hour_id}/questions/{one.id}", one.state == "waiting" and state != "over"
    is_host, own = reader.id == queue.hour.host_id, reader.wrote(one.author_id)
    return QuestionView(
        id=one.id,
        text=one.text,
        author=one.author_name,
        at=one.asked_at,
        state=one.state,
        support=one.support,
        mine=one.mine,
        support_url=f"{page}/support" if waits else "",
        answer_url=f"{page}/answer" if waits and is_host and state == "open" else "",
        back_url=f"{page}/back" if waits and (own or is_host or reader.may("moderate")) else "",
        back_words=say("Take it back") if own else say("Set it aside"),
        answer_link=f"/ideas/{one.answer_id}" if one.answer_id else "",
    )


async def show_form(request: web.Request) -> web.Response:
    """GET /jams/{jam}/hours/new"""
    return await _form(request, {}, {}, 200)


async def _form(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, jam = await obtain_jam(request)
    mine = [one for one in await forums.list_forums(house, member, jam) if await hours.may_plan(house, member, one)]
    if not mine:
        raise NotAllowed("The forum's hosts and facilitators plan its hours.")
    start = max(house.now(), jam.opens_at) + timedelta(hours=1)
    blank = {"title": "", "host": f"@{member.username}", "forum": request.query.get("forum", "")}
    times = {"starts_at": write_time(start), "ends_at": write_time(start + timedelta(hours=1))}
    values = {**blank, **times, **typed}
    page = HourForm(
        jam=head_of(jam, jam.state_at(house.now())),
        url=f"/jams/{jam.id if jam.host else jam.slug}/hours",
        forums=tuple(Choice(value=one.id, words=one.title, chosen=one.id == values["forum"]) for one in mine),
        names_host=member.may("moderate") or member.may("jams"),
        typed=values,
        wrong=wrong,
    )
    return show(request, "asking/hour_form.html", page, status=status)


async def plan(request: web.Request) -> web.Response:
    """POST /jams/{jam}/hours"""
    house, member, jam = await obtain_jam(request)
    form = await read_form(request)
    forum = await forums.obtain_forum(house, member, form.get("forum", ""))
    if forum.jam_id != jam.id:
        raise Missing("forum")
    try:
        made = await hours.plan(
            house,
            member,
            forum,
            form.get("host", ""),
            form.get("title", ""),
            read_time(form, "starts_at"),
            read_time(form, "ends_at"),
        )
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _form(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"/hours/{made.id}", "saved")


async def ask(request: web.Request) -> web.Response:
    """POST /hours/{hour}/questions"""
    house, member, queue = await obtain(request)
    form = await read_form(request)
    try:
        await hours.ask(house, member, queue, form.get("text", ""))
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _hour(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"/hours/{queue.hour.id}", "question")


async def support(request: web.Request) -> web.Response:
    """POST /hours/{hour}/questions/{question}/support: `given` is 1, or 0 to take it back."""
    house, member, queue = await obtain(request)
    form = await read_form(request)
    await hours.support(house, member, queue, request.match_info["question"], given=form.get("given") != "0")
    return go(request, f"/hours/{queue.hour.id}#q-{request.match_info['question']}")


async def take_back(request: web.Request) -> web.Response:
    """POST /hours/{hour}/questions/{question}/back"""
    house, member, queue = await obtain(request)
    await hours.take_back(house, member, queue, request.match_info["question"])
    return go(request, f"/hours/{queue.hour.id}", "saved")


async def answer(request: web.Request) -> web.Response:
    """POST /hours/{hour}/questions/{question}/answer"""
    house, member, queue = await obtain(request)
    form, question = await read_form(request), request.match_info["question"]
    try:
        await hours.answer(house, member, queue, question, form.get("text", ""))
    except (NotAllowed, SignInNeeded, Missing):
        raise
    except Refusal as refusal:
        typed = {f"answer-{question}": form.get("text", "")}
        wrong = {f"answer-{question}": refusal.public}
        return await _hour(request, typed, wrong, refusal.status)
    return go(request, f"/hours/{queue.hour.id}", "answered")


async def end(request: web.Request) -> web.Response:
    """POST /hours/{hour}/end"""
    house, member, queue = await obtain(request)
    planned = queue.hour.state_at(house.now()) == "planned"
    await hours.end(house, member, queue)
    jam = queue.jam
    home = f"/jams/{jam.id if jam.host else jam.slug}/asking"
    return go(request, home if planned else f"/hours/{queue.hour.id}", "saved")
