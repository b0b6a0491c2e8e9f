"""`doctor --leaks`: asks the running edge everything it can be asked, and looks for words that stand inside only."""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import re
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from server.cli.checks import Finding, networks_of
from server.cli.home import open_house, open_sealed, operator, wait_for_gate
from server.cli.show import progress
from server.domain.actors import Member
from server.domain.errors import Refusal
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.uris import host_of
from server.services import forums, ideas, jams, people
from server.services.house import House
from server.settings import Settings

if TYPE_CHECKING:
    from federation.outside.store import Outside
    from federation.signatures import PrivateKey
    from federation.transport import Answer, Transport

NEWEST = 100
ASKED = 20
GRANTED = 20
AT_ONCE = 8
SNIPPET = 48
LEAST_WORDS = 16
GATE_SECONDS = 5.0
# How each address is asked: Accept header, and whether signed as our own server.
WAYS = (("application/activity+json", False), ("text/html", False), ("application/activity+json", True))
CANARY = "A leak test looks for this idea from outside; it is deleted in a moment."


@dataclass(frozen=True, slots=True)
class Marker:
    """Bytes that must not be found outside. `what` says where they come from."""

    what: str
    forms: tuple[bytes, ...]


@dataclass(slots=True)
class Names:
    """What routes are filled with: the last parts of URIs, and names of people and forums."""

    keys: set[str]
    names: set[str]


async def find_leaks(home: Path) -> list[Finding]:
    """Probe the edge and report every marker found. Raises Refusal when no edge answers."""
    from federation.outside import keys
    from federation.signatures import load_private_key
    from federation.transport import Transport, TransportError

    async with open_house(home) as house, open_sealed(home) as outside:
        edge_url = house.addresses.edge_url
        networks = (*Settings.from_env(home).peer_networks, *networks_of(edge_url))
        async with Transport(networks, total_seconds=20.0, max_bytes=20_000_000) as transport:
            try:
                await transport.get(f"{edge_url}/livez", {})
            except TransportError as error:
                raise Refusal(f"Nobody answers at {edge_url}: start the server first.") from error
            key = load_private_key(await keys.private_pem(outside, "server"))
            async with _canary(house) as canary:
                seen = await wait_for_gate(house, outside, GATE_SECONDS)
                markers, names = await _inside(house, canary)
                await _add_granted(outside, names)
                asker = _Asker(transport, edge_url, outside.addresses.server_uri, key)
                return await _probe(asker, markers, names, canary is not None, seen)


@contextlib.asynccontextmanager
async def _canary(house: House) -> AsyncIterator[Contribution | None]:
    """Post an idea with unguessable words where nothing may leave, and delete it in the end; None without a place."""
    author = await operator(house)
    forum = await _inside_forum(house, author)
    if forum is None:
        yield None
        return
    words = [secrets.token_hex(12) for _ in range(2)]
    made = await ideas.post_idea(house, author, forum, f"Leak test {words[0]}", f"{CANARY} {words[1]}")
    try:
        yield made
    finally:
        await ideas.delete(house, author, made)


async def _inside_forum(house: House, reader: Member) -> Forum | None:
    for jam in await jams.list_jams(house, reader):
        if jam.host == "" and jam.state_at(house.now()) == "open":
            for forum in await forums.list_forums(house, reader, jam):
                if forum.audience == "inside":
                    return forum
    return None


async def _inside(house: House, canary: Contribution | None) -> tuple[list[Marker], Names]:
    """Return what must not be found, and what to ask for: the newest of each inside forum, and the canary."""
    found = await forums.list_forums(house, await operator(house))
    closed = [forum for forum in found if forum.audience == "inside" and forum.is_local]
    shown = [forum.id for forum in found if forum.audience != "inside"]
    elsewhere = "\n".join(f"{one.title}\n{one.text}" for one in await ideas.standing_in(house, shown))
    hidden = (await ideas.standing_in(house, [forum.id for forum in closed]))[-NEWEST:]
    names = Names(set(), set())
    markers: list[Marker] = []
    for forum in closed:
        names.keys |= {forum.id, _last(forum.uri)}
        names.names.add(forum.slug)
        markers += [
            _marker(f"id of the forum {forum.key}", forum.id),
            _marker(f"URI of the forum {forum.key}", forum.uri),
        ]
        markers += _telling(f"question of the forum {forum.key}", forum.question, elsewhere)
    for one in hidden:
        mine = canary is not None and one.id == canary.id
        what = "the canary" if mine else f"{one.kind} {one.id}"
        if one in hidden[-ASKED:]:
            names.keys |= {one.id, _last(one.uri)}
        markers += [_marker(f"id of {what}", one.id), _marker(f"URI of {what}", _last(one.uri))]
        markers += _telling(f"title of {what}", one.title, elsewhere)
        markers += _telling(f"text of {what}", one.text, elsewhere)
        if mine:
            markers += [
                _marker("the canary's words", word) for word in re.findall(r"[0-9a-f]{24}", f"{one.title} {one.text}")
            ]
    for author_id in {one.author_id for one in hidden[-ASKED:]}:
        author = await people.member_by_id(house, author_id)
        if author is not None and author.is_local:
            names.keys |= {author.id, _last(author.uri)}
            names.names.add(author.username)
            markers.append(_marker(f"id of {author.handle}", author.id))
    return markers, names


def _telling(what: str, text: str, elsewhere: str) -> Iterator[Marker]:
    """Yield the beginning of a text as a marker, unless it is too short to tell or stands in an open forum too."""
    snippet = text[:SNIPPET].partition("\n")[0].strip()
    if len(snippet) >= LEAST_WORDS and snippet not in elsewhere:
        yield _marker(what, snippet)


def _marker(what: str, text: str) -> Marker:
    """Return a marker with the forms that its text takes in JSON, HTML and addresses."""
    ascii_json = json.dumps(text)[1:-1]
    forms = {
        text,
        ascii_json,
        json.dumps(text, ensure_ascii=False)[1:-1],
        html.escape(text),
        html.escape(text, quote=False),
        quote(text),
    }
    return Marker(what, tuple(form.encode() for form in forms))


def _last(uri: str) -> str:
    return uri.rsplit("/", 1)[1]


async def _add_granted(outside: Outside, names: Names) -> None:
    """Ask for what is granted, too: an answer to a proper question must not carry more than it should."""
    from federation.outside import crossings

    for found in (await crossings.standing_actors(outside))[-GRANTED:]:
        names.keys.add(_last(found.document.uri))
        names.names.add(found.card.author_handle.lstrip("@").partition("@")[0])
    names.keys |= {_last(uri) for uri in await crossings.newest_uris(outside, GRANTED)}


@dataclass(frozen=True, slots=True)
class _Asker:
    """Asks the edge, as a stranger or signed as our own server."""

    transport: Transport
    edge_url: str
    actor_uri: str
    key: PrivateKey

    async def ask(self, path: str, accept: str, *, signed: bool) -> Answer:
        from federation.outside.keys import key_id
        from federation.signatures import sign

        url = f"{self.edge_url}{path}"
        headers = {"Accept": accept}
        if signed:
            headers = sign("GET", url, None, key_id(self.actor_uri), self.key, datetime.now(UTC), accept=accept)
        return await self.transport.get(url, headers)


async def _probe(
    asker: _Asker, markers: list[Marker], names: Names, has_canary: bool, seen_by_gate: bool
) -> list[Finding]:
    from federation.edge.routes import ROUTES

    host = host_of(asker.edge_url)
    gets = [route.path for route in ROUTES if route.method == "GET"]
    paths = [(route, path) for route in gets for path in _filled(route, names, host)]
    found: dict[tuple[str, str, str], Finding] = {}
    slots = asyncio.Semaphore(AT_ONCE)
    with progress("Asking the edge", len(paths)) as meter:

        async def ask(route: str, path: str) -> None:
            async with slots:
                for accept, signed in WAYS:
                    answer = await asker.ask(path, accept, signed=signed)
                    for marker in _in_answer(answer, path, markers):
                        who = "ourselves" if signed else "a stranger"
                        said = f"{path} told {who} the {marker.what}."
                        fix = "Stop the edge (`serve` without it), then report this as a security problem."
                        found.setdefault((route, who, marker.what), Finding("leak", "broken", said, fix))
                meter.step()

        await asyncio.gather(*(ask(route, path) for route, path in paths))
    asked = len(paths) * len(WAYS)
    routes = len({route for route, _ in paths})
    with_canary = "a canary and " if has_canary else ""
    said = f"{asked} requests on {routes} routes, {with_canary}{len(markers)} markers of the inside looked for"
    result = [*found.values()]
    if not found:
        result.append(Finding("leaks", "ok", f"{said}: none was found."))
    else:
        result.append(Finding("leaks", "broken", f"{said}: {len(found)} findings.", "See above."))
    if has_canary and not seen_by_gate:
        late = "The gate had not dealt with the canary when the edge was asked."
        result.append(Finding("gate", "note", late, "Start the gate and run this again."))
    if not has_canary:
        none = "No open jam has an inside forum, so there was no canary; what stands inside was looked for."
        result.append(Finding("canary", "note", none, "Run this again while a jam with an inside forum is open."))
    return result


def _in_answer(answer: Answer, path: str, markers: Iterable[Marker]) -> list[Marker]:
    """Return the markers in an answer's body or headers; what an answer merely says back does not count."""
    told = b"\n".join([answer.body, *(f"{name}: {value}".encode() for name, value in answer.headers.items())])
    asked = path.encode()
    return [marker for marker in markers if any(form in told.replace(asked, b"") for form in marker.forms)]


def _filled(path: str, names: Names, host: str) -> Iterator[str]:
    """Yield the addresses to ask of one route: each key and name in its place, and its questions."""
    if path.endswith("/webfinger"):
        yield path
        for name in sorted(names.names):
            yield f"{path}?resource=acct:{quote(name)}@{host}"
    elif "{key" in path:
        for key in sorted(names.keys):
            filled = re.sub(r"\{key[^/]*\}", key, path)
            yield filled
            if filled.endswith("/outbox"):
                yield f"{filled}?page=first"
    elif "{name}" in path:
        for name in sorted(names.names | {"marmalade.css", "page.css"}):
            yield path.replace("{name}", quote(name))
    else:
        yield path
