"""Every route of the edge as addresses to ask: with ids and names from inside and from outside in their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from federation.edge.routes import ROUTES, Route
from federation.outside.store import Books
from server.domain.actors import Member
from server.domain.uris import host_of
from server.probe.markers import key_of
from server.services import forums, ideas_read
from server.services.house import House
from server.services.self_tests import Canaries

ASKED = 20
GRANTED = 20
FILES = ("marmalade.css", "page.css")


@dataclass(slots=True)
class Names:
    """What routes are filled with: last parts of URIs by the room they belong to, and names of people and forums."""

    keys: dict[str, set[str]] = field(default_factory=lambda: {"forums": set(), "people": set(), "objects": set()})
    names: set[str] = field(default_factory=set)

    def add(self, uri: str) -> None:
        """Take an address of ours, or leave what is none of these."""
        room = uri.rsplit("/", 2)[-2]
        self.keys.get("objects" if room == "activities" else room, set()).add(key_of(uri))


@dataclass(frozen=True, slots=True)
class Door:
    """One route with one address of it, path and query."""

    route: Route
    path: str


async def names_to_ask(house: House, books: Books, canaries: Canaries, *, everything: bool) -> Names:
    """Return the canaries' addresses; with `everything`, those of our inside and of what was granted as well."""
    names = Names()
    for forum in canaries.forums.values():
        names.add(forum.uri)
        names.keys["forums"].add(forum.id)
        names.names |= {forum.slug, forum.jam_slug}
    for made in canaries.ideas.values():
        names.add(made.uri)
        names.keys["objects"].add(made.id)
    _add_person(names, canaries.author)
    if everything:
        await _add_inside(house, canaries.author, names)
    for row in await books.store.fetch(
        "SELECT uri, author_handle, max(id) AS place FROM crossings GROUP BY uri ORDER BY place DESC LIMIT ?",
        (GRANTED if everything else GRANTED // 4,),
    ):
        names.add(row["uri"])
        names.names.add(str(row["author_handle"]).lstrip("@").partition("@")[0])
    names.names.discard("")
    return names


def _add_person(names: Names, member: Member) -> None:
    names.add(member.uri)
    names.keys["people"].add(member.id)
    names.names.add(member.username)


async def _add_inside(house: House, reader: Member, names: Names) -> None:
    closed = [one for one in await forums.list_forums(house, reader) if one.audience == "inside" and one.is_local]
    for forum in closed:
        names.add(forum.uri)
        names.keys["forums"].add(forum.id)
        names.names |= {forum.slug, forum.jam_slug}
    for made in (await ideas_read.standing_in(house, [forum.id for forum in closed]))[-ASKED:]:
        names.add(made.uri)
        names.keys["objects"].add(made.id)


def doors(names: Names, edge_url: str, method: str, *, everything: bool) -> Iterator[Door]:
    """Yield every address to ask. With `everything`, each route is asked with the keys of every room."""
    for route in ROUTES:
        if route.method == method:
            yield from (Door(route, path) for path in _filled(route.path, names, edge_url, everything=everything))


def _filled(path: str, names: Names, edge_url: str, *, everything: bool) -> Iterator[str]:
    if path.endswith("/webfinger"):
        yield path
        host = host_of(edge_url)
        for name in sorted(names.names):
            yield f"{path}?resource=acct:{quote(name)}@{host}"
        for room, keys in names.keys.items():
            for key in sorted(keys)[:ASKED]:
                yield f"{path}?resource={quote(f'{edge_url}/{room}/{key}', safe='')}"
    elif "{key" in path:
        for key in sorted(_keys(path, names, everything=everything)):
            filled = re.sub(r"\{key[^/]*\}", key, path)
            yield filled
            if filled.endswith(("/outbox", "/history", "/featured")):
                yield f"{filled}?page=first"
            if filled.startswith("/forums/") and filled.endswith("/context"):
                for idea in sorted(names.keys["objects"])[:ASKED]:
                    yield f"{filled}?thread={quote(f'{edge_url}/objects/{idea}', safe='')}"
    elif path == "/actor/history":
        yield path
        for key in sorted(names.keys["forums"]):
            yield f"{path}?forum={quote(f'{edge_url}/forums/{key}', safe='')}&page=first"
    elif "{name}" in path:
        for name in sorted({*names.names, *FILES}):
            yield path.replace("{name}", quote(name))
    else:
        yield path


def _keys(path: str, names: Names, *, everything: bool) -> Iterable[str]:
    if everything:
        return set().union(*names.keys.values())
    room = path.split("/")[1]
    return names.keys.get("objects" if room in ("activities", "files", "sign-in") else room, set())
