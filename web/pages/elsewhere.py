"""The button that fetches what is missing of a forum or thread held elsewhere."""

from __future__ import annotations

from aiohttp import web

from server.keys import HOUSE
from server.services import ideas_read
from server.services.elsewhere import ask_for_rest
from web.answers import go
from web.forms import read_form
from web.gate import caught_up
from web.ledger import ledger_of
from web.pages import forums, threads


async def fetch_thread(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/rest"""
    house, member, made, forum, _ = await threads.obtain(request)
    await read_form(request)
    idea = made if made.kind == "idea" else await ideas_read.obtain(house, member, made.thread_id)
    await ask_for_rest(house, member, forum, idea)
    await _wait(request)
    return go(request, f"/ideas/{idea.id}#rest", "rest")


async def fetch_forum(request: web.Request) -> web.Response:
    """POST /forums/{forum}/rest"""
    house, member, forum, _ = await forums.obtain(request)
    await read_form(request)
    await ask_for_rest(house, member, forum)
    await _wait(request)
    return go(request, f"/forums/{forum.id}#rest", "rest")


async def _wait(request: web.Request) -> None:
    """Give the gate a moment to write down what was asked, so that the page says it."""
    if (ledger := await ledger_of(request)) is not None:
        await caught_up(request.app[HOUSE], ledger, 1.0)
