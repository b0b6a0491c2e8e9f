"""Breakout rooms: opening, talking, handing on, and returning the summary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiohttp import web
from markupsafe import Markup

from server.domain.actors import Member
from server.domain.errors import NotAllowed, Refusal, SignInNeeded
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.rooms import Room
from server.keys import HOUSE
from server.services import forums, judging, rooms
from server.services.house import House
from web.answers import go, head_of, show
from web.cards import url_of
from web.forms import read_form, read_time, write_time, wrong_of
from web.language import say
from web.pages.asking.meeting_views import RoomCard, RoomForm, RoomPage, Said
from web.pages.threads import obtain as obtain_idea
from web.people import names_of_hosts
from web.reach import draw_reach
from web.session import member_of
from web.views import Link, Reach


def draw_room(house: House, room: Room, title: str) -> RoomCard:
    """A room as lists and its own page show it; `title` is that of its thread."""
    return RoomCard(
        url=f"/rooms/{room.id}",
        title=room.title,
        thread=Link(text=title, url=f"/ideas/{room.thread_id}"),
        owed_by=room.owed_by_name,
        due_at=room.due_at,
        open=room.is_open,
        overdue=room.is_overdue(house.now()),
        people=len(room.people),
    )


async def show_form(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/room"""
    return await _form(request, {}, {}, 200)


async def _form(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, idea, _, jam = await obtain_idea(request)
    if not rooms.may_open(member, idea):
        raise NotAllowed("The author of an idea or a facilitator opens rooms of it.")
    due = write_time(min(jam.closes_at, house.now() + timedelta(days=1)))
    blank = {"title": "", "task": "", "members": "", "owed_by": f"@{member.username}", "due_at": due}
    page = RoomForm(
        jam=head_of(jam, jam.state_at(house.now())),
        back=Link(text=idea.title, url=url_of(idea)),
        action=f"/ideas/{idea.id}/rooms",
        typed={**blank, **typed},
        wrong=wrong,
    )
    return show(request, "asking/room_form.html", page, status=status)


def _names(text: str) -> list[str]:
    return text.replace(",", " ").split()


async def open_room(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/rooms"""
    house, member, idea, _, _ = await obtain_idea(request)
    form = await read_form(request)
    try:
        made = await rooms.open_room(
            house,
            member,
            idea,
            form.get("title", ""),
            form.get("task", ""),
            _names(form.get("members", "")),
            form.get("owed_by", ""),
            read_time(form, "due_at"),
        )
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _form(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"/rooms/{made.id}", "room")


async def show_room(request: web.Request) -> web.Response:
    """GET /rooms/{room}?before=TIME"""
    return await _room(request, {}, {}, 200)


async def _room(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member = request.app[HOUSE], member_of(request)
    entered = await rooms.enter(house, member, request.match_info["room"], _before(request.query.get("before", "")))
    room = entered.room
    title = entered.idea.title if entered.idea else ""
    forum, jam = await forums.forum_and_jam(house, entered.idea.forum_id) if entered.idea else (None, None)
    within = member.id in room.people and room.is_open
    page = RoomPage(
        jam=head_of(jam, jam.state_at(house.now())) if jam else None,  # type: ignore[arg-type]
        room=draw_room(house, room, title or say("A deleted idea")),
        task=room.task,
        names=tuple(room.people.values()),
        messages=tuple(
            Said(
                id=one.id,
                author=one.author_name,
                # Rendered and sanitised when it was written: server.services.text.
                html=Markup(one.html),  # noqa: S704
                at=one.said_at,
                mine=one.author_id == member.id,
            )
            for one in entered.messages
        ),
        older_url=f"/rooms/{room.id}?before={entered.more_before.timestamp()}" if entered.more_before else "",
        within=within,
        may_hand_on=room.is_open and (member.id == room.owed_by or member.may("moderate")),
        summary_url=f"/ideas/{room.summary_id}" if room.summary_id else "",
        due_value=write_time(room.due_at),
        reach=await _reach(house, member, entered.idea, forum, typed) if within and entered.idea and forum else None,
        typed={"text": "", "summary": "", "members": "", "owed_by": "", **typed},
        wrong=wrong,
    )
    return show(request, "asking/room.html", page, status=status)


def _before(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text), UTC) if text else None
    except (ValueError, OverflowError, OSError):
        return None


async def _reach(house: House, member: Member, idea: Contribution, forum: Forum, typed: dict[str, str]) -> Reach:
    """Who will see the summary: it is a reply in the thread."""
    draft = judging.Draft(forum, member, "", typed.get("summary", ""), idea.label, thread_id=idea.id)
    verdicts = await judging.judge(house, draft)
    return draw_reach(house, forum, verdicts, await names_of_hosts(house), await house.rulebook(), say("Return"))


async def act(request: web.Request) -> web.Response:
    """POST /rooms/{room}/{verb}: say, people, owe or summary."""
    house, member = request.app[HOUSE], member_of(request)
    room = await rooms.obtain(house, member, request.match_info["room"])
    form, verb = await read_form(request), request.match_info["verb"]
    try:
        if verb == "summary":
            made = await rooms.return_summary(house, member, room, form.get("summary", ""))
            return go(request, url_of(made), "replied")
        if verb == "say":
            await rooms.say(house, member, room, form.get("text", ""))
        elif verb == "people":
            await rooms.let_in(house, member, room, _names(form.get("members", "")))
        else:
            await rooms.hand_on(house, member, room, form.get("owed_by", ""), read_time(form, "due_at"))
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        wrong = wrong_of(refusal)
        if verb == "summary":
            wrong = {"summary" if key == "text" else key: words for key, words in wrong.items()}
        return await _room(request, form, wrong, refusal.status)
    return go(request, f"/rooms/{room.id}#end", "" if verb == "say" else "saved")
