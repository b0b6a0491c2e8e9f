"""Writing at our edge: an answer, or an idea, by somebody who signed in with the account of their own server.

What they send is stored as what comes to an inbox is, on disk before the answer, and judged by the gate. Its ids are
derived from who wrote it and from the form, so that a form that is sent twice is one answer. Whatever goes wrong, the
page shows the words again.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web

from federation.edge.inbox import INBOX
from federation.edge.pages import PAGES
from federation.edge.refusals import refusal
from federation.edge.signers import Budget
from federation.edge.visits import PRIVATE, read_form, visit_of, writer
from federation.outside import crossings
from federation.outside.crossings import Crossing
from federation.outside.received import Arriving
from federation.outside.store import OUTSIDE, Outside
from federation.outside.visitors import Visit
from federation.vocabulary.objects import AS_CONTEXT, moment
from server.domain.ideas import TEXT_LIMIT, TITLE_LIMIT
from server.domain.sentences import later, say

A_MINUTE = 20
ONCE = re.compile(r"[0-9a-f]{32}")
SIGNED_OUT = later("You are not signed in any more, so this was not sent. Sign in again, and send it once more.")
STALE = later("This page was open for too long. Look at it once more and send it again.")
EMPTY = later("Write something first.")
TOO_LONG = later("That is too long: an answer has room for %(most)s characters, a title for %(title)s.")
TOO_OFTEN = later("You write very quickly. Wait a minute, then send it again.")
NOT_HERE = later("What this was for is not here any more. Your words are below.")
WRITERS = web.AppKey("WRITERS", Budget)


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote under something of ours: `title` is "" for an answer."""

    about: Crossing
    title: str
    text: str


async def answer(request: web.Request) -> web.StreamResponse:
    """POST an answer to an idea or to another answer."""
    return await _take(request, request.path.removesuffix("/answer"), is_idea=False)


async def propose(request: web.Request) -> web.StreamResponse:
    """POST an idea into a forum."""
    return await _take(request, request.path.removesuffix("/ideas"), is_idea=True)


async def _take(request: web.Request, path: str, *, is_idea: bool) -> web.StreamResponse:
    outside, form = request.app[OUTSIDE], await read_form(request)
    title, text = form.get("title", "").strip(), form.get("text", "").strip()
    visit = await visit_of(request)
    if visit is None:
        return await _again(request, path, title, text, say(SIGNED_OUT), 401) if form else refusal(403)
    if await writer(request) is None or not ONCE.fullmatch(form.get("once", "")):
        return await _again(request, path, title, text, say(STALE), 403)
    if not text or (is_idea and not title):
        return await _again(request, path, title, text, say(EMPTY), 422)
    if len(text) > TEXT_LIMIT or len(title) > TITLE_LIMIT:
        return await _again(request, path, title, text, say(TOO_LONG, most=TEXT_LIMIT, title=TITLE_LIMIT), 422)
    about = await _about(outside, f"{outside.addresses.edge_url}{path}", visit, is_idea=is_idea)
    if about is None:
        return await _again(request, path, title, text, say(NOT_HERE), 404)
    if not request.app[WRITERS].spend(visit.actor_uri):
        return await _again(request, path, title, text, say(TOO_OFTEN), 429)
    said = _activity(outside, visit, Words(about, title if is_idea else "", text), form["once"])
    await request.app[INBOX].keep_said(said)
    where = about.document.uri if is_idea else about.card.thread_uri
    page = f"{where.removeprefix(outside.addresses.edge_url)}?sent={said.object_uri.rsplit('/', 1)[1]}#sent"
    return web.Response(status=303, headers={"Location": page, **PRIVATE})


async def _about(outside: Outside, uri: str, visit: Visit, *, is_idea: bool) -> Crossing | None:
    """Return what is written under, where it was granted to everybody or to whoever is signed in."""
    found = await crossings.find(outside, uri, visit.audience)
    if found is None or found.card.type == "Tombstone":
        return None
    return found if (found.card.type == "Group" if is_idea else found.document.kind == "object") else None


def _activity(outside: Outside, visit: Visit, words: Words, once: str) -> Arriving:
    """Return what was written as the activity that their own server could have sent, under ids of ours."""
    about, addresses, derive = words.about, outside.addresses, outside.sealer.derive
    uri = addresses.object_uri(derive("said here", visit.actor_uri, about.document.uri, once))
    addressed = {"to": [about.card.forum_uri], "cc": []}
    paragraphs = re.split(r"\n\s*\n", words.text.replace("\r\n", "\n"))
    made: dict[str, Any] = {
        "@context": AS_CONTEXT,
        "id": uri,
        "type": "Article" if words.title else "Note",
        "attributedTo": visit.actor_uri,
        "content": "".join(f"<p>{html.escape(one).replace(chr(10), '<br>')}</p>" for one in paragraphs),
        "published": moment(datetime.fromtimestamp(outside.now(), UTC)),
        **addressed,
        **({"name": words.title} if words.title else {"inReplyTo": about.document.uri}),
    }
    activity: dict[str, Any] = {
        "@context": AS_CONTEXT,
        "id": addresses.activity_uri(derive("said here", uri)),
        "type": "Create",
        "actor": visit.actor_uri,
        "object": made,
        **addressed,
    }
    return Arriving(
        activity_uri=activity["id"],
        host=visit.host,
        actor_uri=visit.actor_uri,
        kind="Create",
        object_uri=uri,
        body=orjson.dumps(activity),
        signed_in=True,
    )


async def _again(
    request: web.Request, path: str, title: str, text: str, wrong: str, status: int
) -> web.StreamResponse:
    """Show the words of a form that was not taken: nobody writes them twice."""
    page = request.app[PAGES].render(
        request, "not_sent.html", await visit_of(request), back=path, title=title, text=text, wrong=wrong
    )
    page.set_status(status)
    page.headers.update(PRIVATE)
    return page
