"""A theme: what was said of it, all of it."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from server.domain.errors import Missing
from server.services import board, forums, themes_read
from web.answers import head_of, show
from web.cards import draw_card
from web.figures import draw_themes
from web.pages.jams import obtain
from web.pages.themes.views import Part, Spoken, ThemePage
from web.people import names_of_hosts
from web.views import Choice

SHOWN = 30


async def show_theme(request: web.Request) -> web.Response:
    """GET /jams/{jam}/themes/{theme}?part=&unsure=&from=: what speaks for a theme best, then all else, newest first.

    With `part` it shows what stands in that sub-theme alone, with `unsure` what lies about as near to another theme.
    """
    house, member, jam = await obtain(request)
    head = head_of(jam, jam.state_at(house.now()), "board")
    report = await board.read_themes(house, member, jam)
    themes, _ = draw_themes(report, head.url)
    theme = next((one for one in themes if one.id == request.match_info["theme"]), None)
    if theme is None:
        raise Missing("theme", request.match_info["theme"])
    asked = request.query.get("from", "0")
    first = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 8 else 0
    own = {forum.id: forum for forum in await forums.list_forums(house, member, jam)}
    whole, parts = themes_read.divided(report, theme.id)
    wanted = request.query.get("part", "")
    part = next((one for one in parts if one.id == wanted), None)
    if whole is None or (wanted and part is None):
        raise Missing("theme", wanted or theme.id)
    doubtful = bool(request.query.get("unsure"))
    asked_of = ({"part": part.id} if part else {}) | ({"unsure": "1"} if doubtful else {})
    shown = part or whole
    unsure = await themes_read.unsure_in(house, jam.id, shown, set(own))
    ids = unsure if doubtful else await themes_read.ids_in(house, jam.id, shown, set(own))
    found = await themes_read.said_by_ids(house, ids[first : first + SHOWN])
    total, between = len(ids), set(unsure)
    names = await names_of_hosts(house)
    edits = member.may("themes")
    page = ThemePage(
        jam=head,
        theme=theme,
        spoken=tuple(
            Spoken(
                id=made.id if edits else "",
                card=draw_card(house, made, own[made.forum_id], names),
                unsure=made.id in between,
            )
            for made in found
        ),
        total=total,
        first=first,
        next_url=f"{theme.url}?{urlencode(asked_of | {'from': first + SHOWN})}" if first + SHOWN < total else "",
        unsure=len(unsure) if part is None and len(themes) > 1 else 0,
        doubtful=doubtful,
        parts=tuple(
            Part(words=one.label, count=one.size, url=f"{theme.url}?part={one.id}", here=one == part)
            for one in parts
        ),
        others=tuple(Choice(value=one.id, words=one.label, chosen=False) for one in themes if one.id != theme.id),
        edit_url=f"{head.url}/themes/edit" if edits else "",
    )
    return show(request, "theme.html", page)
