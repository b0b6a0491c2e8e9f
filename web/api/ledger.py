"""What other servers hold of ours, and taking it back, over the API."""

from __future__ import annotations

import asyncio
import time

from federation.outside.ledger import Holding, holdings, uri_of_crossing
from server.domain.errors import Invalid, Missing
from server.domain.ideas import Contribution
from server.services import crossings, ideas
from web.api.boundary_shapes import CrossingAnswer, CrossingsQuery, RecallFrom, show_crossing
from web.api.calls import Call
from web.api.idea_shapes import contribution_page
from web.api.paging import read_count, slice_of
from web.api.shapes import Page, Paging

PATIENCE = 3.0
PAUSE = 0.05
MOST_LINES = 1000


async def list_crossings(call: Call, query: CrossingsQuery) -> Page[CrossingAnswer]:
    call.member.require("ledger")
    peer = "*" if query.peer == "public" else query.peer.strip().lower()
    lines: list[Holding] = []
    for uri in await _uris(call, query.object):
        lines += await holdings(call.outside, uri, peer, read_count(query.after) + query.limit + 1)
    return await _show(call, lines, query)


async def _uris(call: Call, key: str) -> list[str]:
    """Return the URIs under which something stands outside: the original's and its redacted twins'."""
    if not key:
        return [""]
    made = await ideas.by_id(call.house, key) or await ideas.by_uri(call.house, key)
    return await crossings.all_public_uris(call.house, made) if made else [key]


async def _show(call: Call, lines: list[Holding], paging: Paging) -> Page[CrossingAnswer]:
    pages: dict[str, str] = {}
    shown = slice_of(lines, paging, lambda line: line)
    for line in shown.data:
        if line.uri not in pages:
            pages[line.uri] = _page(call, line.uri, await ideas.by_uri(call.house, line.uri))
    return Page(data=[show_crossing(line, pages[line.uri]) for line in shown.data], next=shown.next)


def _page(call: Call, uri: str, made: Contribution | None) -> str:
    return uri if made is None else contribution_page(call.house, made)


async def recall_crossing(call: Call, body: RecallFrom) -> Page[CrossingAnswer]:
    """Take one object back from the audience of a ledger line, and wait a little for the gate to do so."""
    call.member.require("ledger")
    uri, audience = await _crossing_of(call)
    made = await ideas.by_uri(call.house, uri)
    if made is None:
        raise Missing("crossing", f"{uri} is no contribution")
    if body.peer and audience not in ("*", body.peer):
        raise Invalid("peer", "This line is about another server.")
    peer = body.peer or ("" if audience == "*" else audience)
    await crossings.recall(call.house, call.member, made, peer)
    return await _show(call, await _revoked(call, made, peer), Paging(limit=200))


async def _crossing_of(call: Call) -> tuple[str, str]:
    text = call.path["crossing"]
    digits = text.isascii() and text.isdigit() and len(text) < 19
    found = await uri_of_crossing(call.outside, int(text)) if digits else None
    if found is None:
        raise Missing("crossing", f"no crossing {text}")
    return found


async def _revoked(call: Call, made: Contribution, peer: str) -> list[Holding]:
    """Return the ledger of a contribution once it shows the recall, or as it stands when patience ends."""
    end = time.monotonic() + PATIENCE
    while True:
        lines: list[Holding] = []
        for uri in await crossings.all_public_uris(call.house, made):
            lines += await holdings(call.outside, uri, "", MOST_LINES)
        concerned = [line for line in lines if not peer or line.audience == peer]
        if all(line.revoked_at is not None for line in concerned) or time.monotonic() > end:
            return lines
        await asyncio.sleep(PAUSE)
