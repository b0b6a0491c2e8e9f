"""What one observer can find out: every delivery it got, and every route asked in every way it can think of."""

from __future__ import annotations

import base64
import re
import secrets
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from federation.edge.routes import ROUTES
from tests.federation.elsewhere import ACTIVITY, Arrived, Reply
from tests.two_worlds.worlds import CANARY, World

Entry = tuple[str, ...]
ROOMS = ("forums", "people", "objects", "activities")
TOLD_ELSEWHERE = {"date", "signature", "digest", "host", "content-length"}


class Transcript:
    """All that the observer got, with what is random by design renamed by its first appearance.

    Ids are 128 random bits and keys are made alike, so that renaming them hides nothing: an ETag is checked to be
    the hash of its body before it is renamed.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._names: dict[str, str] = {}
        self.entries: list[Entry] = []
        self.raw: list[bytes] = []

    def heard(self, one: Arrived) -> None:
        self.raw += [one.body, repr(one.headers).encode()]
        signed = re.sub(r'signature="[^"]*"', "", one.headers["signature"])
        headers = sorted(f"{n}: {v}" for n, v in one.headers.items() if n not in TOLD_ELSEWHERE)
        self._enter("delivery", one.path, signed, *headers, one.body.decode())

    def got(self, probe: str, answer: Reply) -> None:
        self.raw += [answer.body, repr(answer.headers).encode()]
        etag = answer.headers.get("etag", "")
        if etag and answer.body and answer.headers["content-type"].startswith("application"):
            assert etag == f'"{sha256(answer.body).hexdigest()[:32]}"'
        headers = sorted(f"{n}: {v}" for n, v in answer.headers.items() if n != "date")
        self._enter(probe, str(answer.status), *headers, answer.body.decode("utf-8", "surrogateescape"))

    def _enter(self, *parts: str) -> None:
        self.entries.append(tuple(self._plain(part) for part in parts))

    def _plain(self, text: str) -> str:
        for peer, name in (
            (self._world.acme.host, "acme:00000"),
            (self._world.watcher.host, "watcher:00000"),
            (self._world.other.host, "other:00000"),
        ):
            text = text.replace(peer, name)
        return re.sub(
            r"(?<![0-9A-Za-z])(?:[0-9a-f]{32}|(?<=colleague-)[0-9a-f]{8}|[0-9]+-[0-9a-f]{8})(?![0-9A-Za-z])",
            lambda found: self._names.setdefault(found[0], f"<{len(self._names)}>"),
            text,
        )


def canaries(raw: list[bytes]) -> list[bytes]:
    """Return what of all that came holds a canary, plain or in the disguises of transport."""
    word = CANARY.encode()
    disguises = {word.lower(), word.hex().encode(), CANARY.encode("utf-16-le").lower(), word[::-1].lower()}
    disguises |= {base64.b64encode(b"x" * shift + word)[4 : 4 + 8].lower() for shift in range(3)}
    disguises.add("".join(f"%{byte:02x}" for byte in word).encode())
    return [one[:300] for one in raw if any(disguise in one.lower() for disguise in disguises)]


async def observe(world: World) -> Transcript:
    """Write down what came, then play the script, then write down what came of it."""
    told = Transcript(world)
    for one in world.watcher.arrived:
        told.heard(one)
    world.watcher.arrived.clear()
    seen = _known(told.raw, world)
    guesses = await _guesses(world)
    await _read(world, told, seen, guesses)
    await _act(world, told, seen, guesses)
    await world.acme.idle()
    world.acme.wait(3600)
    await world.acme.idle()
    for one in world.watcher.arrived:
        told.heard(one)
    await _read(world, told, seen[:4], {})
    return told


def _known(raw: list[bytes], world: World) -> list[str]:
    """Return all of our URIs that the observer was ever told, in the order in which it heard of them."""
    pattern = re.compile(re.escape(world.acme.url) + r"/(?:forums|people|objects|activities)/[0-9a-f]{32}")
    return list(dict.fromkeys(found for body in raw for found in pattern.findall(body.decode("utf-8", "replace"))))


async def _guesses(world: World) -> dict[str, str]:
    """Return what the observer may only guess: the real id in a world where it is there, else a random one."""
    found = {}
    for name in ["pilot", "secret", "closed", "zoe", *(f"step {n}" for n in world.veiled)]:
        room = world.veiled[int(name[5:])] if name.startswith("step") else {"zoe": "people"}.get(name, "forums")
        found[name] = world.hidden.get(name, f"{world.acme.url}/{room}/{secrets.token_hex(16)}")
        if room == "objects":
            row = await world.acme.outside.store.fetch_one(
                "SELECT uri FROM crossings WHERE subject_uri = ? AND kind = 'activity' LIMIT 1", (found[name],)
            )
            made = f"{world.acme.url}/activities/{secrets.token_hex(16)}"
            found[f"activity of {name}"] = row["uri"] if row else made
    if world.observer != "stranger":
        found["closed"] = f"{world.acme.url}/forums/{'0' * 32}"
    return found


def _paths(uri: str) -> list[str]:
    """Return every GET route for an id of ours, whatever room it is from: `{room}/{key}` and all below."""
    room, key = uri.split("/")[-2:]
    return [
        re.sub(r"\{key:[^}]*\}+", key, route.path)
        for route in ROUTES
        if route.method == "GET" and route.path.startswith(f"/{room}/{{key")
    ]


async def _read(world: World, told: Transcript, seen: list[str], guesses: dict[str, str]) -> None:
    ask, url, ann = world.watcher.get, world.acme.url, world.ann
    for number, uri in enumerate(seen):
        for n, path in enumerate(_paths(uri)):
            told.got(f"GET known {number} {n}", await ask(url + path))
            told.got(f"signed GET known {number} {n}", await ask(url + path, by=ann))
            if n == 0:
                told.got(f"page of known {number}", await ask(url + path, accept="text/html"))
                told.got(f"HEAD known {number}", await ask(url + path, by=ann, method="HEAD"))
    for number, (name, uri) in enumerate(guesses.items()):
        below = _paths(uri)[1:]
        told.got(f"signed GET {name}", await ask(uri, by=ann))
        told.got(f"page of {name}", await ask(uri, accept="text/html"))
        # What is below a guess is asked for in turn, in every room for those whose room is known.
        for path in below if number < 4 else below[number % max(1, len(below)) :][:1]:
            told.got(f"signed GET {name} {path.rsplit('/', 1)[1]}", await ask(url + path, by=ann))
    for route in ROUTES:
        if route.method == "GET" and "{" not in route.path:
            for accept in (ACTIVITY, "text/html"):
                told.got(f"{route.path} {accept}", await ask(url + route.path, accept=accept))
            told.got(f"signed {route.path}", await ask(url + route.path, by=ann))
    for name in ("root", "zoe", "yanyan", "person0", "open", "closed", CANARY, "secret", f"pilot-{CANARY.lower()}-w"):
        told.got(f"/@{name}", await ask(f"{url}/@{quote(name)}"))
        resource = f"{url}/.well-known/webfinger?resource=acct:{name}@{world.acme.host}"
        told.got(f"webfinger {name}", await ask(resource))
        told.got(f"signed webfinger {name}", await ask(resource, by=ann))
    for name, uri in guesses.items():
        resource = f"{url}/.well-known/webfinger?resource={quote(uri, safe='')}"
        told.got(f"webfinger of {name}", await ask(resource, by=ann))
    for forum in [uri for uri in seen if "/forums/" in uri][:2]:
        for by in ("", ann):
            page = f"{forum}/outbox?page=first"
            for n in range(5):
                answer = await ask(page, by=by)
                told.got(f"outbox page {n} by {by[-3:]}", answer)
                page = answer.json.get("next", "") if answer.status == 200 else ""
                if not page:
                    break
        for uri in guesses.values():
            told.got("outbox from a guess", await ask(f"{forum}/outbox?page={uri.rsplit('/', 1)[1]}", by=ann))


async def _act(world: World, told: Transcript, seen: list[str], guesses: dict[str, str]) -> None:
    watcher, url, ann = world.watcher, world.acme.url, world.ann
    inboxes = [route.path for route in ROUTES if route.method == "POST"]
    targets = {f"known {n}": uri for n, uri in enumerate(seen[-4:])} | {
        name: uri for n, (name, uri) in enumerate(guesses.items()) if n % 3 == 0
    }
    forum = world.open_.uri
    for name, uri in targets.items():
        said: list[dict[str, Any]] = [
            watcher.activity("Like", ann, uri),
            watcher.activity("Follow", ann, uri),
            watcher.activity("Delete", ann, uri),
            watcher.activity("Announce", ann, uri),
            watcher.activity("Undo", ann, uri),
            watcher.create(watcher.note(ann, "What is there?", uri, forum)),
            watcher.activity("Update", ann, {**watcher.note(ann, "Mine.", to=uri), "id": uri}),
        ]
        for n, activity in enumerate(said):
            path = re.sub(r"\{key:[^}]*\}+", uri.rsplit("/", 1)[1], inboxes[n % len(inboxes)])
            told.got(f"{activity['type']} {name}", await watcher.post(url + path, activity))
        told.got(f"unsigned {name}", await watcher.post(world.acme.inbox, said[0], by="-"))
        told.got(f"PUT {name}", await watcher.get(uri, by=ann, method="PUT"))
