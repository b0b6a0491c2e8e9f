"""Writing at our edge: an answer or an idea, and changes of them, by somebody who signed in with the account of their
own server.

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
from federation.edge.pages import PAGES, takes
from federation.edge.refusals import refusal
from federation.edge.signers import Budget
from federation.edge.visits import PRIVATE, read_form, visit_of, writer
from federation.edge.words import document_of
from federation.outside import crossings, histories
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
LOCKED = later("This thread is locked: nothing can be answered in it any more. Your words are below.")
CLOSED = later("This forum has closed: nothing can be written or changed there any more. Your words are below.")
NO_IDEAS = later("This forum takes no new ideas any more; those in it can still be answered. Your words are below.")
NOT_HERE = later("What this was for is not here any more. Your words are below.")
WRITERS = web.AppKey("WRITERS", Budget)


async def answer(request: web.Request) -> web.StreamResponse:
    """POST an answer to an idea or to another answer."""
    return await _take(request, request.path.removesuffix("/answer"), is_idea=False)


async def propose(request: web.Request) -> web.StreamResponse:
    """POST an idea into a forum."""
    return await _take(request, request.path.removesuffix("/ideas"), is_idea=True)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that somebody who is signed in sent from a page of ours. `once` is the same where it is sent twice."""

    visit: Visit
    title: str
    text: str
    once: str


async def sent(request: web.Request, path: str) -> Sent | web.StreamResponse:
    """Read a form; return the page that says what is wrong with it, with the words, where it is not to be taken."""
    form = await read_form(request)
    title, text = form.get("title", "").strip(), form.get("text", "").strip()
    visit = await visit_of(request)
    if visit is None:
        return await again(request, path, title, text, say(SIGNED_OUT), 401) if form else refusal(403)
    if await writer(request) is None or not ONCE.fullmatch(form.get("once", "")):
        return await again(request, path, title, text, say(STALE), 403)
    return Sent(visit, title, text, form["once"])


async def read_words(request: web.Request, path: str, *, is_idea: bool) -> Sent | web.StreamResponse:
    """Read a form with words; return the page that says what is wrong with them otherwise."""
    found = await sent(request, path)
    if not isinstance(found, Sent):
        return found
    if not found.text or (is_idea and not found.title):
        return await again(request, path, found.title, found.text, say(EMPTY), 422)
    if len(found.text) > TEXT_LIMIT or len(found.title) > TITLE_LIMIT:
        wrong = say(TOO_LONG, most=TEXT_LIMIT, title=TITLE_LIMIT)
        return await again(request, path, found.title, found.text, wrong, 422)
    return found


async def keep(request: web.Request, path: str, found: Sent, *said: Arriving) -> web.StreamResponse | None:
    """Store what was said, on disk before the answer; return the page that says why not, None where it is kept."""
    if not request.app[WRITERS].spend(found.visit.actor_uri):
        return await again(request, path, found.title, found.text, say(TOO_OFTEN), 429)
    await request.app[INBOX].keep_said(said)
    return None


async def _take(request: web.Request, path: str, *, is_idea: bool) -> web.StreamResponse:
    outside, found = request.app[OUTSIDE], await read_words(request, path, is_idea=is_idea)
    if not isinstance(found, Sent):
        return found
    about = await granted(outside, f"{outside.addresses.edge_url}{path}", found.visit, is_idea=is_idea)
    if about is None:
        return await again(request, path, found.title, found.text, say(NOT_HERE), 404)
    if why := await why_closed(outside, about.card.forum_uri, found.visit, is_idea=is_idea):
        return await again(request, path, found.title, found.text, why, 409)
    if not is_idea and await histories.is_locked(outside, about.card.thread_uri, found.visit.audience):
        return await again(request, path, found.title, found.text, say(LOCKED), 409)
    said = _activity(outside, found, about, is_idea=is_idea)
    if refused := await keep(request, path, found, said):
        return refused
    where = about.document.uri if is_idea else about.card.thread_uri
    page = f"{where.removeprefix(outside.addresses.edge_url)}?sent={said.object_uri.rsplit('/', 1)[1]}#sent"
    return web.Response(status=303, headers={"Location": page, **PRIVATE})


async def granted(outside: Outside, uri: str, visit: Visit, *, is_idea: bool) -> Crossing | None:
    """Return what is written under, where it was granted to everybody or to whoever is signed in."""
    found = await crossings.find(outside, uri, visit.audience)
    if found is None or found.card.type == "Tombstone":
        return None
    return found if (found.card.type == "Group" if is_idea else found.document.kind == "object") else None


async def why_closed(outside: Outside, forum_uri: str, visit: Visit, *, is_idea: bool = False) -> str:
    """Say why a forum takes no answers, or no new ideas, of somebody at this moment; "" where it does.

    The gate looks again: what is on its way when the end comes is refused there.
    """
    found = await crossings.find(outside, forum_uri, visit.audience)
    if found is None or found.card.type == "Tombstone":
        return say(NOT_HERE)
    group = document_of(found)
    if not takes(outside, group):
        return say(CLOSED)
    return say(NO_IDEAS) if is_idea and not takes(outside, group, ideas=True) else ""


def _activity(outside: Outside, found: Sent, about: Crossing, *, is_idea: bool) -> Arriving:
    """Return what was written as the activity that their own server could have sent, under ids of ours."""
    derive = outside.sealer.derive
    uri = outside.addresses.object_uri(derive("said here", found.visit.actor_uri, about.document.uri, found.once))
    more = {"name": found.title} if is_idea else {"inReplyTo": about.document.uri}
    made = {**written(outside, found, uri, about.card.forum_uri), **more, "type": "Article" if is_idea else "Note"}
    return activity(outside, found.visit, "Create", uri, made, derive("said here", uri))


def written(outside: Outside, found: Sent, uri: str, forum_uri: str) -> dict[str, Any]:
    """Return the object that somebody's words make."""
    return {
        "@context": AS_CONTEXT,
        "id": uri,
        "attributedTo": found.visit.actor_uri,
        "content": markup_of(found.text),
        "published": moment(datetime.fromtimestamp(outside.now(), UTC)),
        "to": [forum_uri],
        "cc": [],
    }


def activity(
    outside: Outside, visit: Visit, kind: str, object_uri: str, about: dict[str, Any] | str, key: str
) -> Arriving:
    """Return an activity of somebody who is signed in, under an id of ours, as it is kept."""
    said: dict[str, Any] = {
        "@context": AS_CONTEXT,
        "id": outside.addresses.activity_uri(key),
        "type": kind,
        "actor": visit.actor_uri,
        "to": about["to"] if isinstance(about, dict) and "to" in about else [],
        "cc": [],
        "object": about,
    }
    return Arriving(
        activity_uri=said["id"],
        host=visit.host,
        actor_uri=visit.actor_uri,
        kind=kind,
        object_uri=object_uri,
        body=orjson.dumps(said),
        signed_in=True,
    )


def markup_of(text: str) -> str:
    """Return plain words as markup: paragraphs and line breaks, nothing else."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return "".join(f"<p>{html.escape(one).replace(chr(10), '<br>')}</p>" for one in paragraphs)


def words_of(markup: str) -> str:
    """Return the plain words of `markup_of`'s markup."""
    paragraphs = markup.removeprefix("<p>").removesuffix("</p>").split("</p><p>")
    return html.unescape("\n\n".join(paragraphs).replace("<br>", "\n"))


async def again(request: web.Request, path: str, title: str, text: str, wrong: str, status: int) -> web.StreamResponse:
    """Show the words of a form that was not taken: nobody writes them twice."""
    page = request.app[PAGES].render(
        request, "not_sent.html", await visit_of(request), back=path, title=title, text=text, wrong=wrong
    )
    page.set_status(status)
    page.headers.update(PRIVATE)
    return page
