"""What somebody wrote at our edge, and what became of it: sent, waiting, shown, or not taken.

All of it comes from the outside store: their own words as they sent them, how the gate dealt with each, and whether
something was granted to them under its id. Of the gate's notes a class of reasons is told and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, Literal

import orjson
from aiohttp import web

from federation.edge.pages import PAGES
from federation.edge.visits import PRIVATE, visit_of
from federation.edge.writing import why_closed, words_of
from federation.outside import crossings, said
from federation.outside.received import Received
from federation.outside.said import Fate, Why
from federation.outside.store import OUTSIDE, Outside
from federation.outside.visitors import Visit

SHOWN = 100
State = Literal["sent", "waiting", "shown", "taken in", "not taken", "taken back"]


@dataclass(frozen=True, slots=True)
class Said:
    """Something that somebody wrote here, as they sent it last. `page` is where it is shown to them, else "".

    `changed` is what became of its last change, "" where it was never changed; `document` is what they sent first.
    """

    uri: str
    is_idea: bool
    title: str
    text: str
    at: datetime
    state: State
    why: Why | Literal[""]
    changed: Fate | Literal[""]
    changed_why: Why | Literal[""]
    page: str
    document: dict[str, Any]

    @property
    def anchor(self) -> str:
        return self.uri.rsplit("/", 1)[1]

    @property
    def forum_uri(self) -> str:
        return str((self.document.get("to") or [""])[0])

    @property
    def can_change(self) -> bool:
        return self.state in ("shown", "taken in") and bool(self.document)

    @property
    def can_take_back(self) -> bool:
        return self.state in ("waiting", "shown", "taken in")


async def show(request: web.Request) -> web.StreamResponse:
    """GET /mine: what whoever is signed in wrote here, the newest first."""
    outside, visit = request.app[OUTSIDE], await visit_of(request)
    if visit is None:
        return web.Response(status=303, headers={"Location": "/sign-in", **PRIVATE})
    kept: dict[str, list[Received]] = {}
    for one in await said.newest_of(outside, visit.actor_uri, said.WORDS):
        kept.setdefault(one.object_uri, []).append(one)
    found = [await _read(outside, visit, some) for some in list(kept.values())[:SHOWN]]
    shown = [one for one in found if one is not None]
    forums = {one.forum_uri for one in shown if one.can_change}
    opened = {uri for uri in forums if not await why_closed(outside, uri, visit)}
    page = request.app[PAGES].render(request, "mine.html", visit, said=shown, opened=opened, once=token_hex(16))
    page.headers.update(PRIVATE)
    return page


async def one_said(outside: Outside, visit: Visit, uri: str) -> Said | None:
    """Return something that whoever is signed in wrote here; None for anything else."""
    some = await said.about(outside, visit.actor_uri, uri)
    return await _read(outside, visit, some) if some else None


async def _read(outside: Outside, visit: Visit, some: Sequence[Received]) -> Said | None:
    """Make one of all that was sent about something, the newest first; None for a vote."""
    first = next((one for one in reversed(some) if one.kind == "Create"), None)
    document = _object(first) if first else {}
    if first is None or (document and "content" not in document):
        return None
    last = next((words for one in some if (words := _object(one))), {})
    change = next((one for one in some if one.kind == "Update"), None)
    page = await _page(outside, visit, first.object_uri)
    state, why = _state(some, first, page)
    return Said(
        uri=first.object_uri,
        is_idea=document.get("type") == "Article",
        title=str(last.get("name", "")),
        text=words_of(str(last.get("content", ""))),
        at=datetime.fromtimestamp(int(first.received_at), UTC),
        state=state,
        why=why,
        changed=said.fate_of(change) if change else "",
        changed_why=said.why_not(change) if change and said.fate_of(change) == "not taken" else "",
        page=page,
        document=document,
    )


def _state(some: Sequence[Received], first: Received, page: str) -> tuple[State, Why | Literal[""]]:
    gone = next((one for one in some if one.kind == "Delete"), None)
    if gone is not None and said.fate_of(gone) != "not taken":
        return "taken back", ""
    fate = said.fate_of(first)
    if fate == "not taken":
        return "not taken", said.why_not(first)
    if fate == "let in":
        return ("shown" if page else "taken in"), ""
    return fate, ""


async def _page(outside: Outside, visit: Visit, uri: str) -> str:
    """Return where something is shown to whoever is signed in, "" where it is not, or in other words."""
    found = await crossings.find(outside, uri, visit.audience)
    if found is None or found.card.type == "Tombstone":
        return ""
    where = found.card.thread_uri.removeprefix(outside.addresses.edge_url)
    return where if found.card.thread_uri == uri else f"{where}#{uri.rsplit('/', 1)[1]}"


def _object(one: Received) -> dict[str, Any]:
    if one.kind == "Delete" or not one.body:
        return {}
    found = orjson.loads(one.body).get("object")
    return found if isinstance(found, dict) else {}
