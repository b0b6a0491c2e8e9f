"""What somebody who is signed in does with what stands at our edge: change their own words, take them back, support,
vote. Like their words, each is kept as what comes to an inbox is, and judged by the gate.
"""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from aiohttp import web

from federation.edge.pages import PAGES, ballot_open
from federation.edge.refusals import refusal
from federation.edge.said import Said, one_said
from federation.edge.visits import PRIVATE, read_all, read_form, visit_of
from federation.edge.words import document_of
from federation.edge.writing import (
    NOT_HERE,
    Sent,
    activity,
    again,
    granted,
    keep,
    read_words,
    sent,
    why_closed,
    written,
)
from federation.outside.crossings import Crossing
from federation.outside.received import Arriving
from federation.outside.store import OUTSIDE, Outside
from federation.vocabulary.objects import AS_CONTEXT
from federation.vocabulary.questions import names_of, read_ballot
from server.domain.sentences import later, say

POLL_ENDED = later("This poll has ended; votes are taken no more.")
MARKS_CLOSED = later("This forum has closed: support is counted there no more.")
CHOOSE = later("Choose one of the answers, then vote again.")


async def ask_change(request: web.Request) -> web.StreamResponse:
    """GET the form in which somebody changes their own words; for everybody else the 404 of what never was."""
    outside, visit = request.app[OUTSIDE], await visit_of(request)
    uri = f"{outside.addresses.edge_url}{request.path.removesuffix('/change')}"
    found = await one_said(outside, visit, uri) if visit else None
    if visit is None or found is None or not found.can_change:
        return refusal(404)
    if why := await why_closed(outside, found.forum_uri, visit):
        return await again(request, "/mine", found.title, found.text, why, 409)
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
    if why := await why_closed(outside, own.forum_uri, found.visit):
        return await again(request, "/mine", found.title, found.text, why, 409)
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
    if await why_closed(outside, about.card.forum_uri, found.visit):
        return await again(request, path, "", "", say(MARKS_CLOSED), 409)
    uri = about.document.uri
    key = outside.sealer.derive("said here", found.visit.actor_uri, uri, "Undo" if is_undone else "Like", found.once)
    like = {"@context": AS_CONTEXT, "type": "Like", "actor": found.visit.actor_uri, "object": uri}
    said = activity(outside, found.visit, "Undo" if is_undone else "Like", uri, like if is_undone else uri, key)
    return await _back(request, path, found, about, said)


async def vote(request: web.Request) -> web.StreamResponse:
    """POST the answers that one chooses in a poll: one, or several where it takes several."""
    outside, path = request.app[OUTSIDE], request.path.removesuffix("/vote")
    found, chosen = await sent(request, path), await read_all(request, "choice")
    if not isinstance(found, Sent):
        return found
    about = await granted(outside, f"{outside.addresses.edge_url}{path}", found.visit, is_idea=False)
    if about is None or read_ballot(document_of(about)) is None:
        return await again(request, path, "", "", say(NOT_HERE), 404)
    ballot = ballot_open(outside, about)
    if ballot is None or await why_closed(outside, about.card.forum_uri, found.visit):
        return await again(request, path, "", "", say(POLL_ENDED), 409)
    if not chosen or not set(chosen) <= set(names_of(document_of(about))) or (len(chosen) > 1 and not ballot.multiple):
        return await again(request, path, "", "", say(CHOOSE), 422)
    votes = [_vote(outside, found, about, name) for name in chosen]
    return await _back(request, path, found, about, *votes)


def _vote(outside: Outside, found: Sent, about: Crossing, name: str) -> Arriving:
    """Return a vote for one answer as their own server could have sent it."""
    derive, uri = outside.sealer.derive, about.document.uri
    key = derive("said here", found.visit.actor_uri, uri, "vote", found.once, name)
    vote_uri = outside.addresses.object_uri(key)
    note = {
        "type": "Note",
        "id": vote_uri,
        "attributedTo": found.visit.actor_uri,
        "name": name,
        "inReplyTo": uri,
        "to": [about.card.forum_uri],
    }
    return activity(outside, found.visit, "Create", vote_uri, note, derive("said here", key))


async def _own(outside: Outside, found: Sent, path: str) -> Said | None:
    return await one_said(outside, found.visit, f"{outside.addresses.edge_url}{path}")


async def _done(request: web.Request, path: str, found: Sent, said: Arriving, anchor: str) -> web.StreamResponse:
    """Keep something about one's own words; lead on to what became of it."""
    if refused := await keep(request, path, found, said):
        return refused
    return web.Response(status=303, headers={"Location": f"/mine#{anchor}", **PRIVATE})


async def _back(request: web.Request, path: str, found: Sent, about: Crossing, *said: Arriving) -> web.StreamResponse:
    """Keep something about what stands; lead back to where it stands."""
    if refused := await keep(request, path, found, *said):
        return refused
    edge_url = request.app[OUTSIDE].addresses.edge_url
    anchor = about.document.uri.rsplit("/", 1)[1]
    where = f"{about.card.thread_uri.removeprefix(edge_url)}#{anchor}"
    return web.Response(status=303, headers={"Location": where, **PRIVATE})
