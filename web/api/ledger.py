"""What other servers hold of ours, taking it back, and what became of that, over the API."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import orjson

from federation.outside import ledger, recalls
from federation.outside.ledger import FIRST, Holding, Place, place_of, uri_of_crossing
from federation.outside.recalls import Recall
from server.domain.errors import Invalid, Missing
from server.domain.ideas import Contribution
from server.domain.recalls import STATEMENTS, UNANSWERED, RecallState, recall_sentence
from server.services import crossings, guises, ideas_read
from web.api.calls import Call
from web.api.idea_shapes import contribution_page
from web.api.ledger_shapes import (
    CrossingAnswer,
    CrossingsQuery,
    RecallAnswer,
    RecallFrom,
    RecallPlan,
    RecallPlanQuery,
    RecallsQuery,
    RecallWhole,
    Recipient,
    show_crossing,
    show_recall,
)
from web.api.paging import page_of, read_place
from web.api.shapes import Page, Paging

PATIENCE = 3.0
PAUSE = 0.05
MOST_LINES = 1000


async def list_crossings(call: Call, query: CrossingsQuery) -> Page[CrossingAnswer]:
    call.member.require("ledger")
    lines = await ledger.holdings(
        call.ledger, await _uris(call, query.object), _peer(query.peer), query.limit + 1, _read_place(query.after)
    )
    return await _show(call, lines, query)


def _peer(text: str) -> str:
    return "*" if text == "public" else text.strip().lower()


async def _uris(call: Call, key: str) -> list[str]:
    """Return the URIs under which something stands outside: the original's and its redacted twins'."""
    if not key:
        return []
    made = await ideas_read.by_id(call.house, key) or await ideas_read.by_uri(call.house, key)
    if made and not await ideas_read.shown_to(call.house, call.member, {made.id: made}):
        return [f"urn:nothing:{key}"]
    return await guises.all_public_uris(call.house, made) if made else [key]


def _read_place(after: str) -> Place:
    if not after:
        return FIRST
    released_at, id_, peer = read_place(after, 3)
    return float(released_at), int(id_), peer


async def _show(call: Call, lines: list[Holding], paging: Paging) -> Page[CrossingAnswer]:
    made = await ideas_read.by_uris(call.house, list({line.uri for line in lines}))
    shown = await ideas_read.shown_to(call.house, call.member, made)
    whole = page_of(
        lines,
        paging,
        lambda line: (line.uri, show_crossing(call.house, line, _page(call, line.uri, shown.get(line.uri)))),
        lambda line: "_".join(map(str, place_of(line))),
    )
    # What is of a jam that is not there for whoever asks is left out of a page, whose cursor goes on all the same.
    return Page(data=[one for uri, one in whole.data if uri in shown or uri not in made], next=whole.next)


def _page(call: Call, uri: str, made: Contribution | None) -> str:
    return uri if made is None else contribution_page(call.house, made)


# --- taking back ---


async def plan_recall(call: Call, query: RecallPlanQuery) -> RecallPlan:
    """Say what a recall would do; nothing is done."""
    call.member.require("ledger")
    made, peer = await _to_recall(call, query.peer)
    uris = await guises.uris_with(call.house, made)
    asks = await recalls.would_ask(call.ledger, uris, peer or None)
    return RecallPlan(
        sentence=recall_sentence(len(asks)),
        objects=len(uris),
        asks=[Recipient(peer=host, kind=kind) for host, kind in asks.items()],
    )


async def recall_crossing(call: Call, body: RecallFrom) -> Page[CrossingAnswer]:
    """Take one object back from the audience of a ledger line, and wait a little for the gate to do so."""
    call.member.require("ledger")
    made, peer = await _to_recall(call, body.peer)
    await crossings.recall(call.house, call.member, made, peer)
    return await _show(call, await _revoked(call, made, peer), Paging(limit=200))


async def _to_recall(call: Call, peer: str) -> tuple[Contribution, str]:
    """Return what a ledger line is about and the server that a recall of it concerns, "" for everybody."""
    uri, audience = await _crossing_of(call)
    made = await ideas_read.by_uri(call.house, uri)
    if made is None or not await ideas_read.shown_to(call.house, call.member, {uri: made}):
        raise Missing("crossing", f"{uri} is no contribution that {call.member.id} may know of")
    if peer and audience not in ("*", peer):
        raise Invalid("peer", "This line is about another server.")
    return made, peer or ("" if audience == "*" else audience)


async def _crossing_of(call: Call) -> tuple[str, str]:
    found = await uri_of_crossing(call.ledger, _number(call, "crossing"))
    if found is None:
        raise Missing("crossing", f"no crossing {call.path['crossing']}")
    return found


def _number(call: Call, part: str) -> int:
    text = call.path[part]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Missing(part, f"no {part} {text}")
    return int(text)


async def _revoked(call: Call, made: Contribution, peer: str) -> list[Holding]:
    """Return the ledger of a contribution once it shows the recall, or as it stands when patience ends."""
    end = time.monotonic() + PATIENCE
    while True:
        uris = await guises.all_public_uris(call.house, made)
        lines = await ledger.holdings(call.ledger, uris, "", MOST_LINES)
        concerned = [line for line in lines if not peer or line.peer == peer]
        if all(line.revoked_at is not None for line in concerned) or time.monotonic() > end:
            return lines
        await asyncio.sleep(PAUSE)


# --- what became of it ---


async def list_recalls(call: Call, query: RecallsQuery) -> Page[RecallAnswer]:
    call.member.require("ledger")
    states: tuple[RecallState, ...] = ()
    if query.state == "unanswered":
        states = tuple(UNANSWERED)
    elif query.state:
        states = (query.state,)
    before = None
    if query.after:
        asked_at, id_ = read_place(query.after, 2)
        before = float(asked_at), int(id_)
    found = await recalls.listed(
        call.ledger,
        states=states,
        peer=_peer(query.peer),
        object_uris=await _uris(call, query.object),
        before=before,
        limit=query.limit + 1,
    )
    made = await ideas_read.by_uris(call.house, list({one.object_uri for one in found}))
    shown = await ideas_read.shown_to(call.house, call.member, made)
    whole = page_of(
        found,
        query,
        lambda one: (one.object_uri, show_recall(call.house, one)),
        lambda one: f"{one.asked_at!r}_{one.id}",
    )
    return Page(data=[one for uri, one in whole.data if uri in shown or uri not in made], next=whole.next)


async def read_recall(call: Call) -> RecallWhole:
    call.member.require("ledger")
    found: Recall | None = await recalls.by_id(call.ledger, _number(call, "recall"))
    if found is None:
        raise Missing("recall", f"no recall {call.path['recall']}")
    made = await ideas_read.by_uri(call.house, found.object_uri)
    if made is not None and not await ideas_read.shown_to(call.house, call.member, {made.id: made}):
        raise Missing("recall", f"{call.member.id} asked for recall {found.id} of hidden {made.id}")
    told: dict[str, dict[str, Any] | None] = {}
    for name in STATEMENTS:
        body = await recalls.statement(call.ledger, found.id, name)
        told[name] = orjson.loads(body) if body else None
    return RecallWhole(recall=show_recall(call.house, found), acknowledged=told["acknowledged"], purged=told["purged"])
