"""The list of jams."""

from __future__ import annotations

from aiohttp import web

from server.domain.actors import Member
from server.keys import HOUSE, MAILING
from server.services import forums, jams, streams
from server.services.first_run import NO_MAIL, first_steps
from web.answers import head_of, show
from web.people import names_of_hosts
from web.session import member_of
from web.views import HomePage, JamCard

_ORDER = {"open": 0, "draft": 1, "frozen": 2, "archived": 3}


async def show_home(request: web.Request) -> web.Response:
    """GET /"""
    house, member = request.app[HOUSE], member_of(request)
    names = await names_of_hosts(house)
    by_jam: dict[str, int] = {}
    for forum in await forums.list_forums(house, member):
        by_jam[forum.jam_id] = by_jam.get(forum.jam_id, 0) + 1
    cards, named = [], []
    for jam in await jams.list_jams(house, member, limit=500):
        head = head_of(jam, jam.state_at(house.now()))
        card = JamCard(
            title=jam.title,
            question=jam.charter.question,
            url=head.url,
            state=head.state,
            opens_at=jam.opens_at,
            closes_at=jam.closes_at,
            host=names.get(jam.host, jam.host),
            forums=by_jam.get(jam.id, 0),
        )
        cards.append(card)
        named.append((jam.id, jam.title, f"{head.url}/outcomes"))
    cards.sort(key=lambda card: (_ORDER[card.state], bool(card.host), card.closes_at))
    steps = await _steps_to_go(request, member)
    silent = await streams.silent_streams(house, member)
    page = HomePage(
        jams=tuple(cards),
        may_create=member.may("jams"),
        steps=steps,
        silent=tuple((title, url, silent[id_]) for id_, title, url in named if id_ in silent),
    )
    return show(request, "home.html", page, section="home")


async def _steps_to_go(request: web.Request, member: Member) -> int:
    """How many of the first steps are to do, for admins. The mail server is asked by the list of steps alone."""
    if not member.may("people"):
        return 0
    mail = (True, "") if MAILING in request.app else NO_MAIL
    return sum(step.state == "todo" for step in await first_steps(request.app[HOUSE], member, mail))
