"""What one of our own people can find out who is on no list: every page and every GET of the API, in all they can ask.

They read with a browser and with a token, know what everybody inside knows, and guess the ids of what is apart: the
real ones in a world where these are there, else random ones.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from aiohttp import web

from analytics.nearness import Nearest
from federation.outside.store import LEDGER
from server.keys import HOUSE
from server.services import feeds, people
from server.services.ranking import Spreads
from server.services.telling import tell
from tests.federation.elsewhere import free_socket
from tests.two_worlds.wire import Request, Wire
from tests.two_worlds.worlds import CLOSED, World
from web.api.routes import ROUTES
from web.api.setup import add_api
from web.health import add_health
from web.keys import TEMPLATES
from web.routes import GET
from web.session import cookie_name
from web.setup import add_web

# What goes on as long as it is read, sends away, or asks who somebody is.
LEFT_OUT = re.compile(r"/(stream|events|exchange/stream)$|^/sign-in|^/welcome|^/join|^/wall/|^/docs$|^/openapi")
PAGES = tuple(path for path in GET if not LEFT_OUT.search(path))
CALLS = tuple(route.path for route in ROUTES if route.method == "GET" and not LEFT_OUT.search(route.path))
# What reviewers are told of all forums: rules name them, and how much a server holds and was sent is counted over all.
TOLD_REVIEWERS = re.compile(r"^/boundary(/(rules.*|decisions|ledger.*|crossings|recalls.*|held.*|partners.*))?$")
# What is asked for besides: words that stand in what is apart as well, and words that stand there alone.
WORDS = ("words of step", "everybody may read", CLOSED[:9], "quite another", "question")
PERSON = "person0"
# Masked anew for each page; made anew for each reader.
FRESH = re.compile(
    r'(?<=name="csrf" value=")[\w=-]+|(?<="X-CSRF-Token": ")[\w=-]+|(?<=/feeds/)[\w-]{30,}(?=\.atom)'
    # The clock stands still, and tells moments apart by millionths of a second, whatever they are of.
    r"|(?<=2026-11-2[34]T\d\d:\d\d:\d\d)\.\d{6}|(?<==\d{10})\.\d{1,6}"
    # What waits is offered by the hash of its bytes, which hold ids.
    r'|(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])|(?<=SHA-256 <code>)[0-9a-f]{16}'
    # What went outside did so by a clock that is not ours to set.
    r'|<time dir="auto" datetime="(?!2026-11-2[34]T)[^>]*>[^<]*</time>'
    r'|(?<=")(?!2026-11-2[34]T)\d{4}-\d\d-\d\dT[^"]*(?=")'
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question under a name that is the same in both worlds; `signed` in with a cookie, or by a token."""

    name: str
    path: str
    headers: dict[str, str]
    method: str = "GET"
    body: bytes = b""

    def request(self) -> Request:
        return Request(self.method, self.path, self.headers, self.body)


@dataclass
class Inside:
    """The inside address of a world, with a reader who is signed in."""

    world: World
    url: str
    cookie: str
    token: str
    feeds: dict[str, str] = field(default_factory=dict)

    def questions(self) -> Iterator[Question]:
        for name, ids in self._places().items():
            for path in filter(self._compared, PAGES):
                if (filled := _filled(path, ids, whole=name != "known 0")) is not None:
                    yield self._page(f"page {path} of {name}", filled)
            for path in filter(self._compared, CALLS):
                if (filled := _filled(path, ids, whole=name != "known 0")) is not None:
                    yield self._call(f"call {path} of {name}", filled)
        yield from self._sought()
        yield from self._tried()

    def _compared(self, path: str) -> bool:
        return self.world.history.role != "reviewer" or not TOLD_REVIEWERS.match(path)

    def afterwards(self) -> Iterator[Question]:
        """Yield what is asked once more when all was tried: what is told, and what the feeds say."""
        for path in ("/inbox", "/catch-up", "/me/following", "/", "/search?q=words"):
            yield self._page(f"afterwards {path}", path)
        # Whether a guest is known, and how far, who speaks in open forums, in a closed one, or in both.
        guest = quote(f"olaf@{self.world.other.host}")
        yield self._page("page of a guest", f"/people/{guest}")
        yield self._call("call of a guest", f"/people/{guest}")
        for kind, secret in self.feeds.items():
            yield self._page(f"feed of {kind}", f"/feeds/{secret}.atom")

    def _page(self, name: str, path: str) -> Question:
        return Question(name, path, {"Accept": "text/html", "Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"})

    def _call(self, name: str, path: str) -> Question:
        return Question(name, f"/api/v1{path}", {"Authorization": f"Bearer {self.token}"})

    def _places(self) -> dict[str, dict[str, str]]:
        """Return what may stand in an address: of what this reader knows, and of what they guess."""
        world = self.world
        forums = world.setting.forums
        ideas = [one for one in world.shown if one.kind == "idea"]
        common = {"person": world.setting.named[0].id, "handle": PERSON, "username": PERSON, "host": world.other.host}
        found = {"known 0": {"jam": "better", "forum": forums["open"].id, "of": "ideas", **common}}
        for number, one in enumerate((*ideas[:2], *world.shown[-2:]), 1):
            found[f"known {number}"] = {"idea": one.id, "id": one.id, "poll": one.id, "kind": "support"}
        for name in ("closed", "vault"):
            found[name] = {"forum": forums[name].id}
        found["apart"] = {"forum": world.setting.apart.id, "jam": world.setting.apart.jam_id, "of": "ideas"}
        for name, ids in self._guessed().items():
            found[name] = ids
        return found

    def _guessed(self) -> dict[str, dict[str, str]]:
        """Return ids that steps made apart, by name: made up where this world has none."""
        found = {}
        for number, step in enumerate(self.world.history.steps):
            if not step.what.startswith("apart") or len(found) >= 6:
                continue
            real = self.world.rooms.get(f"step {number}", {})
            names = ("idea", "stream", "case", "room", "hour", "forum", "jam")
            ids = {name: real.get(name) or secrets.token_hex(16) for name in names}
            more = {"id": ids["idea"], "poll": ids["idea"], "theme": secrets.token_hex(16), "kind": "support"}
            found[f"step {number}"] = {**ids, **more}
        return found

    def _sought(self) -> Iterator[Question]:
        for words in WORDS:
            asked = quote(words)
            for path in (f"/search?q={asked}", f"/search?q={asked}&sort=new", f"/who-knows?q={asked}"):
                yield self._page(f"page {path}", path)
            for path in (
                f"/search?q={asked}&limit=50", f"/similar?text={asked}&limit=20", f"/answered?text={asked}",
                f"/experts?q={asked}",
            ):  # fmt: skip
                yield self._call(f"call {path}", path)
        text = quote("Words of step 0, the idea, that everybody may read.")
        yield self._call("call similar by a whole text", f"/similar?text={text}&limit=20")
        for path in (f"/suggestions/people?q={PERSON[:3]}", "/search?q=a&kind=idea", "/search?q=&by=person0"):
            yield self._call(f"call {path}", path)
        for what in ("people", "ideas", "replies", "posts"):
            yield self._page(f"behind {what}", f"/jams/better/behind/{what}")
            yield self._call(f"behind {what}", f"/jams/better/behind?of={what}")

    def _tried(self) -> Iterator[Question]:
        """Yield what is done with what is guessed."""
        for name, ids in list(self._guessed().items())[:3]:
            for method, path, body in (
                ("POST", "/ideas/{idea}/replies", '{"text": "Is it there?"}'),
                ("PUT", "/ideas/{idea}/marks/support", "{}"),
                ("POST", "/ideas/{idea}/flags", '{"reason": "Is it there?"}'),
                ("PUT", "/me/follows", f'{{"kind": "idea", "subject": "{ids["idea"]}"}}'),
                ("POST", "/forums/{forum}/ideas", '{"title": "There?", "text": "Is it there?"}'),
                ("PUT", f"/forums/{{forum}}/members/{PERSON}", "{}"),
            ):
                filled = path.replace("{idea}", ids["idea"]).replace("{forum}", ids["forum"])
                yield self._sent(f"{method} {path} of {name}", method, filled, body.encode())
        opened = self.world.setting.forums["open"].id
        yield self._sent(
            "POST an idea", "POST", f"/forums/{opened}/ideas", b'{"title": "Mine", "text": "Words of step 0."}'
        )

    def _sent(self, name: str, method: str, path: str, body: bytes) -> Question:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return Question(name, f"/api/v1{path}", headers, method, body)

    def plain(self, text: str) -> str:
        """Return an answer without what is made anew for each."""
        return FRESH.sub("…", text).replace(self.url, "http://inside.test")


def _filled(path: str, ids: dict[str, str], *, whole: bool) -> str | None:
    """Return an address with its parts filled in; None where the place has no part of it, `whole` if it has none."""
    names = re.findall(r"{(\w+)", path)
    if not set(names) <= ids.keys() and not (whole and set(names) & ids.keys()):
        return None if names or whole else path
    if whole and not set(names) & ids.keys():
        return None

    def fill(found: re.Match[str]) -> str:
        return ids.get(found[1]) or ("1" if r"\d" in found[0] else "0" * 32)

    return re.sub(r"{(\w+)(?:[^{}]|{[^{}]*})*}", fill, path)


async def settle_inside(world: World) -> None:
    """Have the workers of the inside do what waits for them, as far as the observer may see what they did."""
    house = world.acme.house
    while await tell(house):
        pass
    spreads = Spreads(house)
    while await spreads.run_once():
        pass


@asynccontextmanager
async def open_inside(world: World) -> AsyncIterator[tuple[Inside, Wire]]:
    """Open the inside address of a world for its observer, signed in."""
    acme, member = world.acme, world.setting.observing
    house = replace(acme.house)
    house = replace(house, nearness=Nearest(lambda: house))
    app = web.Application(client_max_size=1_000_000)
    app[HOUSE] = house
    app[LEDGER] = acme.outside.ledger
    add_web(app)
    add_api(app)
    add_health(app)
    app[TEMPLATES]._now = house.now
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    bound = free_socket()
    await web.SockSite(runner, bound).start()
    url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    begun = await people.sign_in_by_link(house, await people.make_link(house, member))
    inside = Inside(
        world, url, f"{cookie_name(house.addresses.inside_url)}={begun.cookie}", await people.make_token(house, member)
    )
    for kind, subject in (("forum", world.setting.forums["open"].id), ("search", "q=words")):
        inside.feeds[kind] = await feeds.make_feed(house, member, kind, subject)
    wire = Wire(url)
    try:
        yield inside, wire
    finally:
        await wire.close()
        await runner.cleanup()
