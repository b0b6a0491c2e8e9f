"""A real house on a real store, served to a client that behaves like a browser."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from server.database import Database
from server.domain.actors import Member
from server.domain.jams import Charter, Forum, Jam
from server.domain.uris import Addresses
from server.keys import HOUSE, IDENTITY_PROVIDER
from server.oidc import IdentityProvider
from server.services import forums, jams, partners, people, rules
from server.services.house import House
from web.health import add_health
from web.session import cookie_name
from web.setup import add_web

CHARTER = Charter(
    question="What could we do together?", promise="Dana answers.", off_limits="Headcount.", decide_by="15 December"
)


@dataclass
class Browser:
    """Follows no redirects, keeps cookies, sends what a browser sends with a form of this very site."""

    client: TestClient[web.Request, web.Application]
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=lambda: {"Sec-Fetch-Site": "same-origin"})

    async def get(self, path: str, **headers: str) -> tuple[ClientResponse, str]:
        answer = await self.client.get(path, allow_redirects=False, headers={**self.headers, **headers})
        text = await answer.text()
        if found := re.search(r'name="csrf" value="([^"]+)"', text):
            self.csrf = found[1]
        return answer, text

    async def post(self, path: str, **fields: str) -> tuple[ClientResponse, str]:
        # Asked once in a jam whether something may leave: here it always may, unless a test says otherwise.
        return await self.send(path, {"csrf": self.csrf, "confirmed": "1", **fields})

    async def send(self, path: str, fields: dict[str, str], **headers: str) -> tuple[ClientResponse, str]:
        answer = await self.client.post(path, data=fields, allow_redirects=False, headers={**self.headers, **headers})
        return answer, await answer.text()

    async def htmx(self, path: str, **fields: str) -> str:
        headers = {**self.headers, "HX-Request": "true", "X-CSRF-Token": self.csrf}
        answer = await self.client.post(path, data=fields, allow_redirects=False, headers=headers)
        assert answer.status == 200
        return await answer.text()


@dataclass
class Site:
    """An organisation called Acme with an open jam, its partner Globex, and three forums."""

    house: House
    server: TestServer
    mara: Member
    jonas: Member
    jam: Jam
    open_floor: Forum
    logistics: Forum
    own_house: Forum
    browsers: list[Browser] = field(default_factory=list)

    async def browser(self, member: Member | None = None) -> Browser:
        """A browser in which this person is signed in, or nobody."""
        client: TestClient[web.Request, web.Application] = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        browser = Browser(client)
        self.browsers.append(browser)
        if member is not None:
            begun = await people.sign_in_by_link(self.house, await people.make_link(self.house, member))
            name = cookie_name(self.house.addresses.inside_url)
            client.session.cookie_jar.update_cookies({name: begun.cookie}, self.server.make_url("/"))
            await browser.get("/")
        return browser


@pytest.fixture(name="make_house")
def make_house_fixture() -> Callable[..., Awaitable[House]]:
    return make_house


async def make_house(folder: Path, inside_url: str = "http://127.0.0.1:8101") -> House:
    store = await Database.open(folder / "store.sqlite", "server.storage.rows", migrations="server.storage.migrations")
    house = House(store, "Acme", Addresses("http://127.0.0.1:8102", inside_url), names_key=b"n" * 32)
    await rules.found_rules(house)
    return house


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of such an organisation, made once; each test works on a copy."""
    folder = tmp_path_factory.mktemp("founded")
    asyncio.run(_found(folder))
    return folder / "store.sqlite"


async def _found(folder: Path) -> None:
    house = await make_house(folder)
    mara = await people.add_member(house, "mara", "Mara Okafor", "Operations", "admin")
    await people.add_member(house, "jonas", "Jonas Lindqvist", "R&D")
    await partners.add_partner(house, mara, "jam.globex.example", "partner", "GREEN", "Globex")
    now = house.now()
    jam = await jams.create_jam(house, mara, "better", "Better together", CHARTER, now, now + timedelta(days=2))
    jam = await jams.open_jam(house, mara, jam)
    await forums.create_forum(house, mara, jam, "open-floor", "Open floor", "What?", "public")
    peers = ("jam.globex.example",)
    await forums.create_forum(house, mara, jam, "logistics", "Logistics", "Where?", "partners", peers=peers)
    await forums.create_forum(house, mara, jam, "own-house", "Our own house", "What first?", "inside")
    await house.store.close()


@pytest.fixture
def provider() -> IdentityProvider | None:
    """The identity provider of Acme: none, unless a file of tests has one."""
    return None


@pytest.fixture
async def site(tmp_path: Path, founded: Path, provider: IdentityProvider | None) -> AsyncIterator[Site]:
    shutil.copyfile(founded, tmp_path / "store.sqlite")
    house = await make_house(tmp_path)
    mara = await people.person(house, "mara")
    own = {forum.slug: forum for forum in await forums.list_forums(house, mara)}
    app = web.Application(client_max_size=1_000_000)
    app[HOUSE] = house
    if provider is not None:
        app[IDENTITY_PROVIDER] = provider
    add_web(app)
    add_health(app)
    server = TestServer(app)
    await server.start_server()
    made = Site(
        house=house,
        server=server,
        mara=mara,
        jonas=await people.person(house, "jonas"),
        jam=await jams.obtain_jam(house, mara, "better"),
        open_floor=own["open-floor"],
        logistics=own["logistics"],
        own_house=own["own-house"],
    )
    yield made
    for browser in made.browsers:
        await browser.client.session.close()
    await server.close()
    await house.store.close()
