"""A browser of the tests' own at an edge: it keeps cookies, follows no redirect by itself, and reads forms."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from tests.federation.home_server import HomeServer
from tests.federation.organisation import Organisation

Form = dict[str, str] | list[tuple[str, str]]


@dataclass
class Page:
    """An answer as a browser gets it; header names in lower case. `cookies` are the Set-Cookie lines."""

    status: int
    headers: dict[str, str]
    text: str
    cookies: list[str]

    @property
    def location(self) -> str:
        return self.headers["location"]

    def hidden(self, name: str) -> str:
        """Return the value of a hidden field."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.text)
        assert found is not None, name
        return html.unescape(found[1])


@dataclass
class Browser:
    """Somebody's browser at one organisation's edge."""

    at: Organisation
    session: aiohttp.ClientSession
    jar: dict[str, str] = field(default_factory=dict)

    async def get(self, path: str, **headers: str) -> Page:
        return await self._ask("GET", path, None, {"Accept": "text/html", **headers})

    async def post(self, path: str, form: Form, **headers: str) -> Page:
        return await self._ask("POST", path, form, {"Origin": self.at.url, **headers})

    async def _ask(self, method: str, path: str, form: Form | None, headers: dict[str, str]) -> Page:
        url = path if path.startswith("http") else f"{self.at.url}{path}"
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())} if self.jar else {}
        async with self.session.request(
            method, URL(url, encoded=True), data=form, headers={**sent, **headers}, allow_redirects=False
        ) as answer:
            lines = answer.headers.getall("Set-Cookie", [])
            for line in lines:
                for name, morsel in SimpleCookie(line).items():
                    if morsel["max-age"] == "0" or not morsel.value:
                        self.jar.pop(name, None)
                    else:
                        self.jar[name] = morsel.value
            said = {name.lower(): value for name, value in answer.headers.items()}
            return Page(answer.status, said, await answer.text(), lines)

    async def go_there(self, address: str, next_path: str = "/") -> Page:
        """Give an address at the page for signing in."""
        return await self.post("/sign-in", {"address": address, "next": next_path})

    async def agree(self, there: Page) -> str:
        """Follow to the home server, where consent is given; return where that sends the browser back to."""
        async with self.session.get(URL(there.location, encoded=True), allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            return answer.headers["Location"]

    async def sign_in(self, home: HomeServer, who: str = "ann", next_path: str = "/") -> Page:
        """Walk the whole way."""
        home.who = who
        there = await self.go_there(f"@{who}@{home.host}", next_path)
        assert there.status == 303, there.text
        return await self.get(urlsplit(await self.agree(there))._replace(scheme="", netloc="").geturl())
