"""Pages and feeds, drawn from what everybody was granted, and pages for whoever signed in with what is for them alone.

No scripts. Feeds know no cookie: they are everybody's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any
from xml.etree import ElementTree

import nh3
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from federation.edge.refusals import refusal
from federation.edge.visits import PRIVATE, visit_of
from federation.edge.words import beginning, document_of, plain, text_of
from federation.outside import crossings, histories, said
from federation.outside.crossings import Crossing
from federation.outside.store import OUTSIDE, Outside
from federation.outside.visitors import Visit
from federation.vocabulary.objects import language_of
from federation.vocabulary.questions import Ballot, read_ballot, read_moment
from server.compiled import Compiled
from server.domain.sentences import say
from server.language import RIGHT_TO_LEFT, liked_best, speaking, spoken
from server.language.figures import clock
from server.language.templates import shown, teach

HERE = Path(__file__).parent
ATOM = "http://www.w3.org/2005/Atom"
LISTED = 200
PAGE_HEADERS = {"Cache-Control": "private", "Vary": "Accept, Signature"}
#: What says more than the documents themselves is in the language that was asked for.
SPOKEN_HEADERS = {"Cache-Control": "private", "Vary": "Accept, Accept-Language, Cookie, Signature"}
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file served as it is, under its name."""

    body: bytes
    content_type: str
    etag: str


class Pages:
    """The edge's templates and its few static files, read once. `has_themes` says whether forums have such a page."""

    def __init__(self, *, has_themes: bool = False) -> None:
        self.has_themes = has_themes
        self._jinja = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            bytecode_cache=Compiled(HERE / "templates", __file__),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            finalize=shown,
        )
        teach(self._jinja)
        self._jinja.filters["clock"] = lambda at: clock(at, spoken())
        self.files = {path.name: _static(path) for path in sorted((HERE / "static").iterdir()) if path.suffix in TYPES}

    def render(self, request: web.Request, name: str, visit: Visit | None, **values: Any) -> web.Response:
        """Draw one page in the language that its reader asks for; `visit` is who is signed in."""
        outside = request.app[OUTSIDE]
        site = {"name": outside.name, "url": outside.addresses.edge_url, "host": outside.addresses.edge_host}
        language = liked_best(request.headers.get("Accept-Language", ""))
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        with speaking(language):
            text = self._jinja.get_template(name).render(
                site=site, language=language, direction=direction, visit=visit, path=request.path, **values
            )
        headers = {**SPOKEN_HEADERS, "Content-Language": language, **(PRIVATE if visit else {})}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def show(self, request: web.Request, uri: str) -> web.StreamResponse:
        """Show the page of a forum or a thread that everybody was granted, or whoever is signed in; anything else is
        the plain 404.
        """
        outside, visit = request.app[OUTSIDE], await visit_of(request)
        viewer = visit.audience if visit else None
        found = await crossings.find(outside, uri, viewer)
        if found is None or (found.card.type == "Tombstone" and found.document.audience == viewer):
            # What somebody alone could read is not there once they may not: as if it had never been.
            return refusal(404)
        if found.card.type == "Tombstone":
            return refusal(410)
        if found.card.type == "Group":
            shown = await _forum(outside, found, viewer)
            sent = await _sent(request, visit, [one["url"] for one in shown["ideas"]])
            more = {"sent_state": sent, "once": token_hex(16), "has_themes": self.has_themes}
            page = self.render(request, "forum.html", visit, forum=shown, **more)
            return _linked(page, found)
        if found.document.kind == "object":
            if found.card.thread_uri != found.document.uri:
                raise web.HTTPFound(f"{found.card.thread_uri}#{found.document.uri.rsplit('/', 1)[1]}")
            shown = await _thread(outside, found, viewer)
            replies = [one["url"] for one in shown["thread"]["replies"]]
            sent, here = await _sent(request, visit, replies), [uri, *replies]
            theirs = {
                "own": await said.written_among(outside, visit.actor_uri, here) if visit else set(),
                "supports": await said.supported_among(outside, visit.actor_uri, here) if visit else set(),
            }
            page = self.render(request, "thread.html", visit, sent_state=sent, once=token_hex(16), **theirs, **shown)
            return _linked(page, found)
        return refusal(404)


PAGES = web.AppKey("PAGES", Pages)


async def _sent(request: web.Request, visit: Visit | None, there: list[str]) -> str:
    """Return what became of what a visitor has just sent: there, or how far it came; "" where they sent nothing."""
    outside, key = request.app[OUTSIDE], request.query.get("sent", "")
    uri = outside.addresses.object_uri(key)
    if visit is None or not key:
        return ""
    if uri in there:
        return "there"
    found = await said.about(outside, visit.actor_uri, uri, ("Create",))
    return said.fate_of(found[0]) if found else ""


def _linked(page: web.Response, found: Crossing) -> web.Response:
    """Name, beside a page, the document that it shows: software that was given the page's address finds it.

    What is for whoever is signed in is there for no software.
    """
    if found.document.audience == crossings.EVERYONE:
        page.headers["Link"] = f'<{found.document.uri}>; rel="alternate"; type="application/activity+json"'
    return page


def _static(path: Path) -> StaticFile:
    body = path.read_bytes()
    return StaticFile(body, TYPES[path.suffix], f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _at(found: Crossing) -> datetime:
    # Whole seconds: a finer clock would tell how busy the inside is.
    return datetime.fromtimestamp(int(found.card.made_at), UTC)


async def _forum(outside: Outside, found: Crossing, viewer: str | None) -> dict[str, Any]:
    document = document_of(found)
    ideas = await crossings.of_forum(outside, found.document.uri, "object", viewer, types=("Article",), limit=LISTED)
    return {
        "title": found.card.author_name,
        "question": plain(text_of(document.get("summary"))),
        "handle": found.card.author_handle,
        "url": found.document.uri,
        "closed": not takes(outside, document, ideas=True),
        "listed": found.document.audience != crossings.EVERYONE,
        "ideas": [await _idea(outside, one, viewer) for one in ideas],
    }


async def _idea(outside: Outside, found: Crossing, viewer: str | None) -> dict[str, Any]:
    document = document_of(found)
    thread = await crossings.of_thread(outside, found.document.uri, viewer)
    text = plain(text_of(document.get("content")))
    return {
        "title": text_of(document.get("name")) or say("Untitled"),
        "excerpt": beginning(text),
        "language": language_of(document),
        "author_name": found.card.author_name,
        "author_handle": found.card.author_handle,
        "at": _at(found),
        "url": found.document.uri,
        "replies": max(0, len(thread) - 1),
    }


async def _thread(outside: Outside, found: Crossing, viewer: str | None) -> dict[str, Any]:
    document = document_of(found)
    forum = await crossings.find(outside, found.card.forum_uri, viewer)
    listed = [
        one
        for one in await crossings.of_thread(outside, found.document.uri, viewer)
        if one.document.uri != found.document.uri
    ]
    return {
        "forum": {
            "title": forum.card.author_name if forum else "",
            "url": found.card.forum_uri,
            "handle": forum.card.author_handle if forum else "",
            "listed": found.document.audience != crossings.EVERYONE,
            "closed": forum is None or not takes(outside, document_of(forum)),
        },
        "thread": {
            "title": text_of(document.get("name")) or say("Untitled"),
            "html": _safe(document),
            "language": language_of(document),
            "files": _files(outside, document),
            "author_name": found.card.author_name,
            "author_handle": found.card.author_handle,
            "at": _at(found),
            "url": found.document.uri,
            "path": _path(outside, found) if found.card.ours else "",
            "replies": _tree(outside, found.document.uri, listed),
            "locked": await histories.is_locked(outside, found.document.uri, viewer),
        },
    }


def takes(outside: Outside, group: dict[str, Any], *, ideas: bool = False) -> bool:
    """Say whether a forum takes answers and changes of them, or new ideas, at this moment by what it was released as.

    Its jam may have come to its end since.
    """
    jam, ends_at = group.get("jam"), read_moment(group.get("endTime"))
    if ends_at is not None and ends_at.timestamp() <= outside.now():
        return False
    answered = not ideas and isinstance(jam, dict) and jam.get("takes") == "replies"
    return answered or group.get("postingRestrictedToMods") is not True


def _path(outside: Outside, found: Crossing) -> str:
    return found.document.uri.removeprefix(outside.addresses.edge_url)


def _safe(document: dict[str, Any]) -> Markup:
    return Markup(nh3.clean(text_of(document.get("content")), link_rel="nofollow noopener ugc"))  # noqa: S704


def ballot_open(outside: Outside, found: Crossing) -> Ballot | None:
    """Return the answers of a poll of ours that is open; None for anything else."""
    ballot = read_ballot(document_of(found))
    if ballot is None or not found.card.ours or ballot.closed_at is not None:
        return None
    is_over = ballot.ends_at is not None and ballot.ends_at.timestamp() <= outside.now()
    return None if is_over else ballot


def _answers(document: dict[str, Any]) -> list[tuple[str, int | None]]:
    """Return the answers of a poll, each with how often it was chosen, None where that is not told."""
    ballot = read_ballot(document)
    if ballot is None:
        return []
    told = "votersCount" in document
    return [(name, (ballot.votes or ())[at] if told else None) for at, name in enumerate(ballot.names)]


def _files(outside: Outside, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is attached and stands here; what another server holds is shown by that server."""
    named = document.get("attachment")
    ours = f"{outside.addresses.edge_url}/files/"
    return [
        {
            "url": one["url"],
            "words": text_of(one.get("name")),
            "is_picture": one.get("type") == "Image",
            "width": one.get("width"),
            "height": one.get("height"),
        }
        for one in (named if isinstance(named, list) else [])
        if isinstance(one, dict) and text_of(one.get("url")).startswith(ours)
    ]


def _tree(outside: Outside, root_uri: str, listed: list[Crossing]) -> list[dict[str, Any]]:
    """Put answers under what they answer, depth counted from 0; one whose parent is not shown hangs on the idea."""
    known = {one.document.uri for one in listed}
    below: dict[str, list[Crossing]] = {}
    for one in listed:
        below.setdefault(one.card.parent_uri if one.card.parent_uri in known else root_uri, []).append(one)
    ordered: list[dict[str, Any]] = []
    waiting = [(one, 0) for one in reversed(below.get(root_uri, []))]
    while waiting:
        one, depth = waiting.pop()
        ordered.append(
            {
                "html": _safe(document_of(one)),
                "language": language_of(document_of(one)),
                "answers": _answers(document_of(one)),
                "ballot": ballot_open(outside, one),
                "files": _files(outside, document_of(one)),
                "author_name": one.card.author_name,
                "author_handle": one.card.author_handle,
                "at": _at(one),
                "depth": depth,
                "url": one.document.uri,
                "anchor": one.document.uri.rsplit("/", 1)[1],
                "path": _path(outside, one) if one.card.ours else "",
            }
        )
        waiting += [(child, depth + 1) for child in reversed(below.get(one.document.uri, []))]
    return ordered


async def home(request: web.Request) -> web.StreamResponse:
    """GET /: the forums that everybody may read, and those that whoever is signed in may."""
    outside, visit = request.app[OUTSIDE], await visit_of(request)
    viewer = visit.audience if visit else None
    groups = await crossings.actors(outside, "Group", viewer)
    forums = [
        {
            "title": one.card.author_name,
            "question": plain(text_of(document_of(one).get("summary"))),
            "handle": one.card.author_handle,
            "url": one.document.uri,
            "closed": not takes(outside, document_of(one), ideas=True),
            "listed": one.document.audience != crossings.EVERYONE,
            "ideas": await crossings.count_of_forum(outside, one.document.uri, "object", viewer, ("Article",)),
        }
        for one in groups
    ]
    return _pages(request).render(request, "home.html", visit, forums=forums)


def _pages(request: web.Request) -> Pages:
    return request.app[PAGES]


async def feed(request: web.Request) -> web.StreamResponse:
    """GET a forum's newest ideas as Atom (RFC 4287)."""
    outside = request.app[OUTSIDE]
    uri = f"{outside.addresses.edge_url}{request.path.rsplit('/', 1)[0]}"
    found = await crossings.find(outside, uri, None)
    if found is None or found.card.type != "Group":
        return refusal(404)
    ideas = await crossings.of_forum(outside, uri, "object", None, types=("Article",), limit=50)
    root = ElementTree.Element("feed", xmlns=ATOM)
    ElementTree.SubElement(root, "id").text = uri
    ElementTree.SubElement(root, "title").text = found.card.author_name
    newest = int(max((one.card.made_at for one in ideas), default=found.card.made_at))
    ElementTree.SubElement(root, "updated").text = datetime.fromtimestamp(newest, UTC).isoformat()
    ElementTree.SubElement(root, "link", rel="alternate", href=uri)
    for one in ideas:
        document = document_of(one)
        entry = ElementTree.SubElement(root, "entry")
        ElementTree.SubElement(entry, "id").text = one.document.uri
        ElementTree.SubElement(entry, "title").text = text_of(document.get("name")) or "Untitled"
        ElementTree.SubElement(entry, "updated").text = _at(one).isoformat()
        ElementTree.SubElement(entry, "link", rel="alternate", href=one.document.uri)
        author = ElementTree.SubElement(entry, "author")
        ElementTree.SubElement(author, "name").text = one.card.author_name
        ElementTree.SubElement(entry, "content", type="html").text = str(_safe(document))
    body = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return web.Response(body=body, content_type="application/atom+xml", headers=PAGE_HEADERS)


async def static(request: web.Request) -> web.StreamResponse:
    """GET a style sheet, font or mark of the public pages."""
    return _file(request, request.match_info["name"])


async def icon(request: web.Request) -> web.StreamResponse:
    """GET the mark under the name that browsers ask for where a page names none, as a bare refusal does."""
    return _file(request, "marmalade.svg")


def _file(request: web.Request, name: str) -> web.Response:
    found = _pages(request).files.get(name)
    if found is None:
        return refusal(404)
    headers = {"Cache-Control": "public, max-age=3600", "ETag": found.etag}
    if request.headers.get("If-None-Match") == found.etag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=found.body, content_type=found.content_type, headers=headers)
