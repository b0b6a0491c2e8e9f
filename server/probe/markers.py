"""What must not be found outside: words, ids and addresses, in the forms that an answer may give them."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from ahocorasick_rs import BytesAhoCorasick

from server.domain.actors import Member
from server.domain.self_test import CANARIES, PLACES
from server.services import forums, ideas_read
from server.services.house import House
from server.services.self_tests import Canaries

NEWEST = 100
SNIPPET = 48
LEAST_WORDS = 16


@dataclass(frozen=True, slots=True)
class Marker:
    """Bytes that must not be found outside but by `readers`. `what` says where they come from, and tells nothing."""

    what: str
    forms: tuple[bytes, ...]
    readers: frozenset[str] = frozenset()


def marker(what: str, text: str, readers: Iterable[str] = ()) -> Marker:
    """Return a marker with the forms that its text takes in JSON, HTML, addresses and base64."""
    forms = {
        text,
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        html.escape(text),
        html.escape(text, quote=False),
        quote(text),
        text.encode().hex(),
    }
    raw = text.encode()
    forms |= {base64.b64encode(raw[skip:])[: (len(raw) - skip) // 3 * 4].decode() for skip in range(3)}
    return Marker(what, tuple(form.encode() for form in forms if len(form) >= LEAST_WORDS // 2), frozenset(readers))


def key_of(uri: str) -> str:
    """Return the last part of one of our URIs."""
    return uri.rsplit("/", 1)[1]


def canary_markers(canaries: Canaries) -> Iterator[Marker]:
    """Yield what tells of a canary or of its forum."""
    for name, forum in canaries.forums.items():
        once = PLACES[name].readers
        # The ex-partner's forum was closed before anybody asks; its address stands in what took the words back.
        now = () if name == "former" else once
        yield marker(f"id of the {name} canary forum", forum.id)
        yield marker(f"address of the {name} canary forum", key_of(forum.uri), once)
        yield marker(f"name of the {name} canary forum", forum.slug, now)
        yield marker(f"title of the {name} canary forum", forum.title, now)
        yield marker(f"question of the {name} canary forum", forum.question, now)
    held_once = {"withdrawn": ("partner",), "former": ("ex-partner",)}
    for kind, made in canaries.ideas.items():
        readers = CANARIES[kind].readers
        yield marker(f"id of the {kind} canary", made.id)
        yield marker(f"title of the {kind} canary", made.title, readers)
        yield marker(f"text of the {kind} canary", made.text, readers)
        # Whoever held it is told that it is gone, by its address.
        yield marker(f"address of the {kind} canary", key_of(made.uri), {*readers, *held_once.get(kind, ())})


async def inside_markers(house: House, reader: Member) -> list[Marker]:
    """Return what tells of our inside forums and of the newest words in them: nobody outside may read any of it."""
    found = await forums.list_forums(house, reader)
    closed = [forum for forum in found if forum.audience == "inside" and forum.is_local]
    shown = [forum.id for forum in found if forum.audience != "inside"]
    elsewhere = "\n".join(f"{one.title}\n{one.text}" for one in await ideas_read.standing_in(house, shown))
    made: list[Marker] = []
    for forum in closed:
        made += [marker(f"id of the forum {forum.key}", forum.id), marker(f"URI of the forum {forum.key}", forum.uri)]
        made += _telling(f"question of the forum {forum.key}", forum.question, elsewhere)
    for one in (await ideas_read.standing_in(house, [forum.id for forum in closed]))[-NEWEST:]:
        what = f"{one.kind} {one.id}"
        made += [marker(f"id of {what}", one.id), marker(f"URI of {what}", key_of(one.uri))]
        made += _telling(f"title of {what}", one.title, elsewhere)
        made += _telling(f"text of {what}", one.text, elsewhere)
    return made


def _telling(what: str, text: str, elsewhere: str) -> Iterator[Marker]:
    """Yield the beginning of a text as a marker, unless it is too short to tell or stands in an open forum too."""
    snippet = text[:SNIPPET].partition("\n")[0].strip()
    if len(snippet) >= LEAST_WORDS and snippet not in elsewhere:
        yield marker(what, snippet)


class Search:
    """Looks for all markers of a run at once in whatever is answered."""

    def __init__(self, markers: Sequence[Marker]) -> None:
        self._markers = markers
        self._owners = [number for number, one in enumerate(markers) for _ in one.forms]
        self._machine = BytesAhoCorasick([form for one in markers for form in one.forms])

    def found_in(self, body: bytes, headers: Mapping[str, str], path: str, identity: str) -> list[str]:
        """Return what an answer tells somebody who may not know it; what it merely says back does not count."""
        told = b"\n".join([body, *(f"{name}: {value}".encode() for name, value in headers.items())])
        told = told.replace(path.encode(), b"")
        matches = self._machine.find_matches_as_indexes(told, overlapping=True)
        found = [self._markers[number] for number in sorted({self._owners[index] for index, _, _ in matches})]
        return [one.what for one in found if identity not in one.readers]
