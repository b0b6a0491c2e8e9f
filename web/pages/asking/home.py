"""The page of a jam from which everything that asks the crowd is reached."""

from __future__ import annotations

from aiohttp import web

from server.domain.actors import Member
from server.domain.jams import Jam
from server.services import forums, hours, ideas_read, ratings, rooms, statements
from server.services.house import House
from web.answers import head_of, show
from web.pages.asking.hours import draw_hour
from web.pages.asking.meeting_views import RoomCard
from web.pages.asking.rooms import draw_room
from web.pages.asking.views import AskingPage
from web.pages.jams import obtain
from web.views import Link


async def show_asking(request: web.Request) -> web.Response:
    """GET /jams/{jam}/asking"""
    house, member, jam = await obtain(request)
    turn = await statements.next_for(house, member, jam)
    own = {one.id: one for one in await forums.list_forums(house, member, jam)}
    is_open = jam.state_at(house.now()) == "open"
    plans = [one for one in own.values() if await hours.may_plan(house, member, one)]
    page = AskingPage(
        jam=head_of(jam, jam.state_at(house.now())),
        axes=await ratings.axes_of(house, jam),
        may_set_axes=member.may("jams"),
        statements=turn.all,
        answered=turn.done,
        hours=tuple(
            draw_hour(house, one, own[one.forum_id])
            for one in await hours.hours_of(house, member, jam)
            if one.forum_id in own
        ),
        hour_url=f"/jams/{jam.id if jam.host else jam.slug}/hours/new" if plans else "",
        rooms=await _rooms(house, member, jam),
        may_moderate=member.may("moderate"),
        forums=tuple(
            Link(text=one.title, url=f"/forums/{one.id}/for-another")
            for one in own.values()
            if one.names == "named"
        )
        if is_open and member.may("moderate")
        else (),
        wrong={},
    )
    return show(request, "asking/home.html", page)


async def _rooms(house: House, member: Member, jam: Jam) -> tuple[RoomCard, ...]:
    found = await rooms.rooms_of_jam(house, member, jam)
    titles = {one.thread_id: await ideas_read.by_id(house, one.thread_id) for one in found}
    drawn = []
    for one in found:
        idea = titles[one.thread_id]
        drawn.append(draw_room(house, one, idea.title if idea else ""))
    return tuple(drawn)
