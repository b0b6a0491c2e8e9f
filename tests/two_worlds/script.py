"""The observer's script: each route of the edge, with each id it was told or may guess, in each way it can ask."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from federation.edge.routes import ROUTES
from federation.edge.visits import cookie_name
from federation.outside import visitors
from tests.federation.elsewhere import ACTIVITY
from tests.two_worlds.wire import Request
from tests.two_worlds.worlds import CANARY, World

ROOMS = ("forums", "people", "objects", "activities")
NAMES = (
    "root", "zoe", "yanyan", "person0", "open", "closed", "lab", "better", "rex", CANARY, f"pilot-{CANARY.lower()}-w",
)  # fmt: skip
GETS = tuple(route.path for route in ROUTES if route.method == "GET")
INBOXES = tuple(route.path for route in ROUTES if route.method == "POST")
PAGE = "text/html"
# Other ways to ask for the same thing, which a careless check may miss.
ODD: tuple[tuple[str, dict[str, str]], ...] = (
    ("ld+json", {"Accept": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'}),
    ("json", {"Accept": "application/json"}),
    ("anything", {"Accept": "*/*"}),
    ("no Accept", {}),
    ("both", {"Accept": f"{PAGE}, {ACTIVITY}"}),
    ("If-None-Match *", {"Accept": ACTIVITY, "If-None-Match": "*"}),
    ("Range", {"Accept": ACTIVITY, "Range": "bytes=0-9"}),
    ("forwarded", {"Accept": ACTIVITY, "X-Forwarded-Host": "inside.test", "X-Original-URL": "/"}),
    ("override", {"Accept": ACTIVITY, "X-HTTP-Method-Override": "DELETE"}),
    ("broken signature", {"Accept": ACTIVITY, "Signature": 'keyId="x",headers="date",signature="eA=="'}),
)


@dataclass(frozen=True, slots=True)
class Probe:
    """One question, under a name that is the same in both worlds; written and signed when it is asked."""

    name: str
    request: Callable[[], Request]


def paths_below(uri: str) -> list[str]:
    """Return every GET route for an id of ours: `/{room}/{key}` and all below."""
    room, key = uri.split("/")[-2:]
    return [_filled(path, key) for path in GETS if path.startswith(f"/{room}/{{key")]


def _filled(path: str, key: str) -> str:
    return re.sub(r"\{key:[^}]*\}+", key, path)


@dataclass
class Script:
    """Questions for one world: `seen` are our URIs that the observer was told, `guesses` those it may only guess."""

    world: World
    seen: list[str]
    guesses: dict[str, str]
    cookie: str

    @classmethod
    async def of(cls, world: World, raw: list[bytes]) -> Script:
        """Make it once the observer's own person has signed in at the edge, who is on no list."""
        pattern = re.compile(re.escape(world.acme.url) + rf"/(?:{'|'.join(ROOMS)})/[0-9a-f]{{32}}")
        seen = dict.fromkeys(found for body in raw for found in pattern.findall(body.decode("utf-8", "replace")))
        outside, watcher = world.acme.outside, world.watcher
        token = await visitors.begin(outside, world.setting.ann, watcher.host, "ann", "Ann")
        return cls(world, list(seen), await _guesses(world), f"{cookie_name(world.acme.url)}={token}")

    def get(self, name: str, path: str, *, by: str = "", method: str = "GET", **headers: str) -> Probe:
        """Return a question, signed where `by` names an actor."""

        def request() -> Request:
            url = self.world.acme.url + path
            signed = self.world.watcher.signature(method, url, by) if by else {}
            return Request(method, path, {"Accept": ACTIVITY, **headers, **signed})

        return Probe(f"{method} {name}" + (" signed" if by else ""), request)

    def _visiting(self, name: str, path: str, accept: str = PAGE) -> Probe:
        """Return a question as a browser asks it that is signed in at the edge."""
        return self.get(f"{name} while signed in", path, Accept=accept, Cookie=self.cookie)

    def reads(self) -> Iterator[Probe]:
        yield from self._known(self.seen)
        yield from self._guessed()
        yield from self._fixed()
        yield from self._found()
        yield from self._remembered()

    def afterwards(self) -> Iterator[Probe]:
        yield from self._known(self.seen[:4])
        yield from self._fixed()

    def _known(self, seen: list[str]) -> Iterator[Probe]:
        ann = self.world.setting.ann
        for number, uri in enumerate(seen):
            for n, path in enumerate(paths_below(uri)):
                yield self.get(f"known {number} {n}", path)
                yield self.get(f"known {number} {n}", path, by=ann)
            yield self.get(f"page of known {number}", path_of(uri), Accept=PAGE)
            yield self.get(f"page of known {number}", path_of(uri), by=ann, Accept=PAGE)
            yield self._visiting(f"page of known {number}", path_of(uri))
            yield self._visiting(f"known {number}", path_of(uri), ACTIVITY)
            yield self.get(f"known {number}", path_of(uri), by=ann, method="HEAD")
            how, headers = ODD[number % len(ODD)]
            yield _plainly(f"known {number}, {how}", path_of(uri), headers)

    def _guessed(self) -> Iterator[Probe]:
        ann, watcher = self.world.setting.ann, self.world.watcher
        for number, (name, uri) in enumerate(self.guesses.items()):
            for path in paths_below(uri):
                below = path.removeprefix(path_of(uri))
                yield self.get(f"{name}{below}", path, by=ann)
                yield self.get(f"{name}{below}", path, Accept=PAGE if number % 2 else ACTIVITY)
            yield self.get(f"{name} as our server", path_of(uri), by=watcher.server)
            yield self.get(f"page of {name}", path_of(uri), Accept=PAGE)
            yield self._visiting(f"page of {name}", path_of(uri))
            yield self._visiting(f"file of {name}", path_of(uri).replace("/objects/", "/files/"))
            yield self.get(name, path_of(uri), by=ann, method="HEAD")
            yield self.get(name, path_of(uri), by=ann, method="OPTIONS")
            for how, headers in (ODD[number % len(ODD)], ODD[(number + 3) % len(ODD)]):
                yield _plainly(f"{name}, {how}", path_of(uri), headers)
            for how, path in _misspelt(path_of(uri)):
                yield self.get(f"{name}, {how}", path, by=ann)
            yield self.get(f"webfinger of {name}", _webfinger(uri), by=ann)

    def _fixed(self) -> Iterator[Probe]:
        for path in GETS:
            if "{" not in path:
                yield self.get(path, path)
                yield self.get(f"{path} as page", path, Accept=PAGE)
                yield self.get(path, path, by=self.world.setting.ann)
                yield self._visiting(path, path)

    def _found(self) -> Iterator[Probe]:
        ann, host = self.world.setting.ann, self.world.acme.host
        for name in NAMES:
            yield self.get(f"/@{name}", f"/@{quote(name)}")
            yield self.get(f"jam {name}", f"/jams/{quote(name)}")
            yield self.get(f"jam {name}", f"/jams/{quote(name)}", by=ann)
            yield self.get(f"webfinger {name}", _webfinger(f"acct:{name}@{host}"))
            yield self.get(f"webfinger {name}", _webfinger(f"acct:{name}@{host}"), by=ann)
        for name in ("marmalade.css", "edge.css", "..%2f..%2fdocuments.py", "%2e%2e/pages.py"):
            yield self.get(f"static {name}", f"/static/{name}")

    def _remembered(self) -> Iterator[Probe]:
        """Yield questions for histories, and for threads by their forum, from their beginning and from guesses."""
        ann, watcher = self.world.setting.ann, self.world.watcher
        known = [uri for uri in self.seen if "/forums/" in uri][:3]
        for name, uri in ({f"known {n}": uri for n, uri in enumerate(known)} | self.guesses).items():
            asked = quote(uri, safe="")
            for forum in known:
                path = f"{path_of(forum)}/context?thread={asked}"
                yield self.get(f"thread {name} of {known.index(forum)}", path, by=ann)
            key = uri.rsplit("/", 1)[1]
            for below in (f"/forums/{key}/history?page=first", f"/actor/history?forum={asked}&page=first"):
                yield self.get(f"history {name} {below[:6]}", below)
                yield self.get(f"history {name} {below[:6]}", below, by=ann)
                yield self.get(f"history {name} {below[:6]} as our server", below, by=watcher.server)
            for number, forum in enumerate(known):
                yield self.get(f"history {number} from {name}", f"{path_of(forum)}/history?page={key}", by=ann)

    def outboxes(self) -> Iterator[tuple[str, str, str]]:
        """Yield (name, path, signer) of outboxes to turn the pages of, from their beginning and from a guess."""
        ann = self.world.setting.ann
        for number, uri in enumerate([uri for uri in self.seen if "/forums/" in uri][:3]):
            for by in ("", ann):
                yield f"outbox {number} by {by[-3:]}", f"{path_of(uri)}/outbox?page=first", by
                yield f"history {number} by {by[-3:]}", f"{path_of(uri)}/history?page=first", by
            for name, guess in self.guesses.items():
                key = guess.rsplit("/", 1)[1]
                yield f"outbox {number} from {name}", f"{path_of(uri)}/outbox?page={key}", ann

    def posts(self) -> Iterator[Probe]:
        """Yield activities about what the observer knows and guesses, to every inbox."""
        targets = {f"known {n}": uri for n, uri in enumerate(self.seen[-6:])} | self.guesses
        for number, (name, uri) in enumerate(targets.items()):
            key = uri.rsplit("/", 1)[1]
            for n, (kind, say) in enumerate(self._said(uri).items()):
                yield self._post(f"{kind} {name}", _filled(INBOXES[(n + number) % len(INBOXES)], key), say)
            like = self._said(uri)["Like"]
            yield self._post(f"unsigned Like {name}", "/inbox", like, by="")
            yield self._post(f"Like by another {name}", "/inbox", like, by=self.world.watcher.server)
            yield self.get(name, path_of(uri), by=self.world.setting.ann, method="PUT")
            yield self.get(name, path_of(uri), by=self.world.setting.ann, method="DELETE")

    def _said(self, uri: str) -> dict[str, Callable[[], dict[str, Any]]]:
        watcher, ann, forum = self.world.watcher, self.world.setting.ann, self.world.setting.forums["open"].uri
        plain = ("Like", "Follow", "Delete", "Announce", "Undo", "Flag", "Offer", "Accept", "Block")
        return {kind: partial(watcher.activity, kind, ann, uri) for kind in plain} | {
            "answer": lambda: watcher.create(watcher.note(ann, "What is there?", uri, forum)),
            "article": lambda: watcher.create(watcher.note(ann, f"On {uri}.", to=forum, name="That", buildsOn=uri)),
            "Update": lambda: watcher.activity("Update", ann, {**watcher.note(ann, "Mine.", to=uri), "id": uri}),
        }

    def _post(self, name: str, path: str, say: Callable[[], dict[str, Any]], by: str | None = None) -> Probe:
        def request() -> Request:
            activity = say()
            body = json.dumps(activity).encode()
            signer = activity["actor"] if by is None else by
            signed = self.world.watcher.signature("POST", self.world.acme.url + path, signer, body) if signer else {}
            return Request("POST", path, {"Content-Type": ACTIVITY, **signed}, body)

        return Probe(name, request)


def _plainly(name: str, path: str, headers: dict[str, str]) -> Probe:
    return Probe(name, lambda: Request("GET", path, headers))


def path_of(uri: str) -> str:
    return urlsplit(uri).path


def _webfinger(resource: str) -> str:
    return f"/.well-known/webfinger?resource={quote(resource, safe=':@')}"


def _misspelt(path: str) -> list[tuple[str, str]]:
    room, key = path.strip("/").split("/")
    return [
        ("with a slash", f"{path}/"),
        ("in capitals", f"/{room}/{key.upper()}"),
        ("escaped", f"/{room}/%{ord(key[0]):02x}{key[1:]}"),
        ("with dots", f"/{room}/../{room}/{key}"),
        ("with a question", f"{path}?audience=*&host={CANARY}"),
    ]


async def _guesses(world: World) -> dict[str, str]:
    """Return what the observer may only guess: the real id in a world where it is there, else a random one."""
    found: dict[str, str] = {"zoe": world.setting.zoe.uri, "rex": world.setting.reviewers[0].uri}
    for name in ("pilot", "vault", "closed"):
        found[name] = world.setting.forums[name].uri
    if world.history.observer not in ("stranger", "customer"):
        found["closed"] = f"{world.acme.url}/forums/{'0' * 32}"
    for number, room in world.veiled.items():
        name, made = f"step {number}", f"{world.acme.url}/{room}/{secrets.token_hex(16)}"
        found[name] = world.hidden.get(name, made)
        if room == "objects":
            activity = f"{world.acme.url}/activities/{secrets.token_hex(16)}"
            found[f"activity of {name}"] = await _activity_about(world, found[name]) or activity
    return found


async def _activity_about(world: World, uri: str) -> str:
    row = await world.acme.outside.store.fetch_one(
        "SELECT uri FROM crossings WHERE subject_uri = ? AND kind = 'activity' LIMIT 1", (uri,)
    )
    return row["uri"] if row else ""
