"""What a forum is about, for everybody: a page, and the same as JSON."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from federation.edge.documents import wants_page
from federation.edge.drawing import Drawing, Drawings, heights
from federation.edge.pages import PAGE_HEADERS, PAGES
from federation.edge.refusals import refusal
from federation.edge.visits import visit_of
from federation.outside import crossings
from federation.outside.store import OUTSIDE
from server.domain.public_themes import FEWEST

DRAWINGS = web.AppKey("DRAWINGS", Drawings)


async def show_themes(request: web.Request) -> web.StreamResponse:
    """GET the themes of a forum that everybody may read; of any other it is the 404 of what never was.

    Whoever asks gets the same, signed or signed in or not: one corpus, of what everybody was granted.
    """
    outside, drawings = request.app[OUTSIDE], request.app[DRAWINGS]
    uri = f"{outside.addresses.edge_url}{request.path.rsplit('/', 1)[0]}"
    forum = await crossings.find(outside, uri, None)
    if forum is None or forum.card.type != "Group" or not drawings.are_there:
        return refusal(404)
    drawing = await drawings.of(uri)
    if not wants_page(request):
        return web.Response(body=orjson.dumps(_told(drawing)), content_type="application/json", headers=PAGE_HEADERS)
    shown = {
        "forum": {"title": forum.card.author_name, "url": uri},
        "drawing": drawing,
        "themes": [(theme, quotes, heights(theme.trend)) for theme, quotes in drawing.themes] if drawing else [],
        "fewest": FEWEST,
    }
    return request.app[PAGES].render(request, "themes.html", await visit_of(request), **shown)


def _told(drawing: Drawing | None) -> dict[str, Any]:
    """Return themes as JSON: `counting` is true while they cannot be told, `trend` has null where few people spoke."""
    themes = [
        {
            "label": theme.label,
            "words": theme.words,
            "size": theme.size,
            "people": theme.people,
            "trend": theme.trend,
            "by_host": [{"name": name, "contributions": count} for name, count in theme.hosts],
            "representative": [{"url": one.url, "text": one.text, "author": one.author} for one in quotes],
        }
        for theme, quotes in (drawing.themes if drawing else ())
    ]
    of = drawing.of if drawing else None
    return {"data": themes, "next": None, "of": of, "fewest": FEWEST, "counting": drawing is None}
