"""From one of our pages to the reader's own server: there they follow a forum or answer a thread by themselves."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from federation.edge.refusals import refusal
from federation.outside.store import OUTSIDE
from server.domain.uris import HOST

LONGEST = 2_000
# Mastodon and those who follow it open there what is named by `uri`, ready to be followed or answered.
PATH = "/authorize_interaction"


async def go_home(request: web.Request) -> web.Response:
    """Send somebody to their own server, "social.example" or "@ann@social.example", with an address of ours.

    Nothing is looked up or fetched: the answer hangs on the request alone.
    """
    edge_url = request.app[OUTSIDE].addresses.edge_url
    server = request.query.get("server", "").strip().lower().rpartition("@")[2]
    page = request.query.get("page", "")
    if not HOST.fullmatch(server) or len(server) > 255 or len(page) > LONGEST or not page.startswith(f"{edge_url}/"):
        return refusal(400)
    scheme = edge_url.partition(":")[0]
    location = f"{scheme}://{server}{PATH}?{urlencode({'uri': page})}"
    return web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})
