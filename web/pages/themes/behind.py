"""Every number of the board opens what stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from aiohttp import web

from server.domain.behind import KINDS, Number, Of, group_of
from server.domain.errors import Missing
from server.domain.jams import Jam
from server.services import emerging, forums
from server.services.behind import Listed, list_behind
from web.answers import go, head_of, show
from web.cards import draw_card
from web.language import counted, say, together
from web.pages.jams import obtain
from web.pages.themes.between import words_of
from web.pages.themes.views import Behind, BehindPage
from web.people import names_of_hosts

SHOWN = 30
TITLES: Mapping[Of, str] = {
    "ideas": say("All ideas"),
    "replies": say("All replies"),
    "people": say("What people said who are named"),
    "active": say("Written or marked in the last ten minutes"),
    "neglected": say("Ideas without an answer"),
    "half": say("What those said who said half of it"),
    "small": say("Said by people of units of fewer than five people"),
    "day": say("What the last 24 hours brought"),
    "across": say("Replies from one group to another"),
    "theme": say("What was said of a theme"),
    "emerging": say("What suddenly many speak of"),
}


async def show_behind(request: web.Request) -> web.Response:
    """GET /jams/{jam}/behind/{of}?name=&to=&from="""
    house, member, jam = await obtain(request)
    of = next((one for one in KINDS if one == request.match_info["of"]), None)
    if of is None:
        raise Missing("page", f"no number {request.match_info['of']}")
    asked = request.query.get("from", "0")
    first = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 8 else 0
    number = Number(of, request.query.get("name", "")[:200], request.query.get("to", "")[:200])
    found = await list_behind(house, member, jam, number, first, SHOWN)
    own = {forum.id: forum for forum in await forums.list_forums(house, member, jam)}
    names = await names_of_hosts(house)
    head = head_of(jam, jam.state_at(house.now()), "board")
    more = urlencode({**request.query, "from": first + SHOWN})
    dismiss_url = ""
    if of == "emerging" and found.total and emerging.may_dismiss(member):
        dismiss_url = f"{head.url}/themes/emerging/{quote(number.name, safe='')}/dismiss"
    page = BehindPage(
        jam=head,
        title=title_of(number, jam, house.name, names),
        lead=_lead(found),
        back_url=f"{head.url}/between" if of in ("across", "between", "half", "day", "neglected") else "",
        back=say("Who answers whom"),
        said=tuple(Behind(card=draw_card(house, made, own[made.forum_id], names)) for made in found.found),
        total=found.total,
        first=first,
        next_url=f"{head.url}/behind/{of}?{more}" if first + SHOWN < found.total else "",
        dismiss_url=dismiss_url,
    )
    return show(request, "themes/behind.html", page)


async def dismiss(request: web.Request) -> web.Response:
    """POST /jams/{jam}/themes/emerging/{theme}/{verb}: an emerging theme is none; or is one after all."""
    house, member, jam = await obtain(request)
    again = request.match_info["verb"] == "restore"
    await emerging.dismiss(house, member, jam, request.match_info["theme"], again=again)
    return go(request, f"/jams/{jam.slug}/board", "saved")


def title_of(number: Number, jam: Jam, here: str, names: Mapping[str, str]) -> str:
    """What a list is called, in the reader's language."""
    if number.of == "unit":
        return say("Said by people of %(unit)s", unit=number.name) if number.name else say("Said by people of no unit")
    if number.of == "country":
        return say("Said by people who work in %(country)s", country=number.name)
    if number.of == "host":
        return say("Said by people of %(host)s", host=names.get(number.name, number.name) or here)
    if number.of == "minute":
        at = int(number.name) if number.name.isascii() and number.name.isdecimal() and len(number.name) < 12 else 0
        return say("Said in the minute of %(time)s UTC", time=datetime.fromtimestamp(at, UTC).strftime("%H:%M"))
    if number.of == "between":
        by, to = words_of(group_of(number.name), names), words_of(group_of(number.to), names)
        return say("%(by)s answering %(to)s", by=by, to=to)
    return TITLES[number.of]


def _lead(found: Listed) -> str:
    return together(
        counted("%(n)s idea or reply", "%(n)s ideas and replies", found.total),
        counted("%(n)s named person", "%(n)s named people", found.people),
        between=" · ",
    )
