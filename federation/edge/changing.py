"""What somebody who is signed in does with what stands at our edge: change their own words, take them back, support,
vote. Like their words, each is kept as what comes to an inbox is, and judged by the gate.
"""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from aiohttp import web

from federation.edge.pages import PAGES
from federation.edge.refusals import refusal
from federation.edge.said import Said, one_said
from federation.edge.visits import PRIVATE, read_form, visit_of
from federation.edge.writing import NOT_HERE, Sent, activity, again, granted, keep, read_words, sent, written
from federation.outside.crossings import Crossing
from federation.outside.store import OUTSIDE, Outside
from federation.vocabulary.objects import AS_CONTEXT
from server.domain.sentences import say


async def ask_change(request: web.Request) -> web.StreamResponse:
    """GET the form in which somebody changes their own words; for everybody else the 404 of what never was."""
    outside, visit = request.app[OUTSIDE], await visit_of(request)
    uri = f"{outside.addresses.edge_url}{request.path.removesuffix('/change')}"
    found = await one_said(outside, visit, uri) if visit else None
    if found is None or not found.can_change:
        return refusal(404)
    page = request.app[PAGES].render(request, "change.html", visit, said=found, once=token_hex(16))
    page.headers.update(PRIVATE)
    return page


async def change(request: web.Request) -> web.StreamResponse:
    """POST other words in place of one's own."""
    outside, path = request.app[OUTSIDE], request.path.removesuffix("/change")
    is_idea = "title" in await read_form(request)
    found = await read_words(request, path, is_idea=is_idea)
    if not isinstance(found, Sent):
        return found
    own = await _own(outside, found, path)
    if own is None or not own.can_change or own.is_idea != is_idea:
        return await again(request, path, found.title, found.text, say(NOT_HERE), 404)
    made: dict[str, Any] = {**own.document, **written(outside, found, own.uri, own.forum_uri)}
    made |= {"name": found.title} if is_idea else {}
    key = outside.sealer.derive("said here", own.uri, "Update", found.once)
    return await _done(request, path, found, activity(outside, found.visit, "Update", own.uri, made, key), own.anchor)


async def take_back(request: web.Request) -> web.StreamResponse:
    """POST that one's own words go."""
    outside, path = request.app[OUTSIDE], request.path.removesuffix("/take-back")
    found = await sent(request, path)
    if not isinstance(found, Sent):
        return found
    own = await _own(outside, found, path)
    if own is None or not own.can_take_back:
        return await again(request, path, "", "", say(NOT_HERE), 404)
    key = outside.sealer.derive("said here", own.uri, "Delete", found.once)
    said = activity(outside, found.visit, "Delete", own.uri, own.uri, key)
    return await _done(request, path, found, said, own.anchor)


async def support(request: web.Request) -> web.StreamResponse:
    """POST that one supports words, or, with `undo`, no longer does."""
    outside, path = request.app[OUTSIDE], request.path.removesuffix("/support")
    found, is_undone = await sent(request, path), "undo" in await read_form(request)
    if not isinstance(found, Sent):
        return found
    about = await granted(outside, f"{outside.addresses.edge_url}{path}", found.visit, is_idea=False)
    if about is None:
        return await again(request, path, "", "", say(NOT_HERE), 404)
    uri = about.document.uri
    key = outside.sealer.derive("said here", found.visit.actor_uri, uri, "Undo" if is_undone else "Like", found.once)
    like = {"@context": AS_CONTEXT, "type": "Like", "actor": found.visit.actor_uri, "object": uri}
    said = activity(outside, found.visit, "Undo" if is_undone else "Like", uri, like if is_undone else uri, key)
    return await _back(request, path, found, said, about)


async def vote(request: web.Request) -> web.StreamResponse:
    """POST the answer that one chooses in a poll."""
    outside, path = request.app[OUTSIDE], request.path.removesuffix("/vote")
    found, chosen = await sent(request, path), (await read_form(request)).get("choice", "").strip()
    if not isinstance(found, Sent):
        return found
    about = await granted(outside, f"{outside.addresses.edge_url}{path}", found.visit, is_idea=False)
    if about is None or not chosen:
        return await again(request, path, "", "", say(NOT_HERE), 404)
    derive, uri = outside.sealer.derive, about.document.uri
    key = derive("said here", found.visit.actor_uri, uri, "vote", found.once)
    vote_uri = outside.addresses.object_uri(key)
    note = {
        "type": "Note",
        "id": vote_uri,
        "attributedTo": found.visit.actor_uri,
        "name": chosen[:500],
        "inReplyTo": uri,
        "to": [about.card.forum_uri],
    }
    said = activity(outside, found.visit, "Create", vote_uri, note, derive("said here", key))
    return await _back(request, path, found, said, about)


async def _own(outside: Outside, found: Sent, path: str) -> Said | None:
    return await one_said(outside, found.visit, f"{outside.addresses.edge_url}{path}")


async def _done(request: web.Request, path: str, found: Sent, said: Any, anchor: str) -> web.StreamResponse:
    """Keep something about one's own words; lead on to what became of it."""
    if refused := await keep(request, path, found, said):
        return refused
    return web.Response(status=303, headers={"Location": f"/mine#{anchor}", **PRIVATE})


async def _back(request: web.Request, path: str, found: Sent, said: Any, about: Crossing) -> web.StreamResponse:
    """Keep something about what stands; lead back to where it stands."""
    if refused := await keep(request, path, found, said):
        return refused
    edge_url = request.app[OUTSIDE].addresses.edge_url
    anchor = about.document.uri.rsplit("/", 1)[1]
    where = f"{about.card.thread_uri.removeprefix(edge_url)}#{anchor}"
    return web.Response(status=303, headers={"Location": where, **PRIVATE})
