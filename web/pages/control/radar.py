"""Ideas that nobody has answered for two hours."""

from __future__ import annotations

from aiohttp import web

from server.domain.facilitation import NEGLECTED_AFTER
from server.services import forums, radar
from web.answers import show
from web.cards import draw_card
from web.pages.control.duty import facilitator, room_head
from web.pages.control.views import RadarPage, Waiting
from web.people import names_of_hosts


async def show_radar(request: web.Request) -> web.Response:
    """GET /jams/{jam}/control/radar: the page stays as it is; a script says what was answered and what came."""
    house, member, jam = await facilitator(request)
    names = await names_of_hosts(house)
    by_id = {forum.id: forum for forum in await forums.list_forums(house, member, jam)}
    page = RadarPage(
        jam=room_head(house, jam),
        waiting=tuple(
            Waiting(
                id=made.id,
                card=draw_card(house, made, by_id[made.forum_id], names),
                since=made.created_at,
                answer_url=f"/ideas/{made.id}/reply",
            )
            for made in await radar.neglected(house, member, jam)
            if made.forum_id in by_id
        ),
        hours=int(NEGLECTED_AFTER.total_seconds() // 3600),
        url=request.path,
        stream_url=f"/jams/{jam.id}/stream",
    )
    return show(request, "control/radar.html", page)
