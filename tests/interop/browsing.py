"""A browser at our edge and at a home server's own pages: it keeps cookies, follows redirects, fills in forms."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from tests.interop.until import NotSeen

MOST_PAGES = 12


@dataclass
class Form:
    """A form of a page: where it goes, its fields with what stands in them, and the kinds of its inputs.

    Of a list of choices the first stands in it.
    """

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False
        self._choice = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("method", "get").lower()))
            self._open = True
        elif self._open and tag in ("input", "textarea") and "name" in said:
            self.forms[-1].fields[said["name"]] = said.get("value", "")
            self.forms[-1].kinds[said["name"]] = said.get("type", tag)
        elif self._open and tag == "select" and "name" in said:
            self._choice = said["name"]
        elif self._open and tag == "option" and self._choice and (self._choice not in self.forms[-1].fields):
            self.forms[-1].fields[self._choice] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select":
            self._choice = ""


@dataclass
class Page:
    """What the browser shows after all redirects."""

    url: str
    status: int
    text: str

    @property
    def forms(self) -> list[Form]:
        reader = _Forms()
        reader.feed(self.text)
        return reader.forms

    def form(self, action: str) -> Form:
        """Return the form that goes to this path."""
        found = next((one for one in self.forms if urlsplit(one.action).path == action), None)
        if found is None:
            raise NotSeen(f"{self.url} ({self.status}) has no form for {action}: {self.text[:2000]}")
        return found


@dataclass
class Browser:
    """Somebody's browser. `await close()` it."""

    tls: ssl.SSLContext

    def __post_init__(self) -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=self.tls), cookie_jar=jar)

    async def close(self) -> None:
        await self.session.close()

    async def get(self, url: str) -> Page:
        return await self._follow("GET", url, None, "none")

    async def send(self, page: Page, form: Form, **filled: str) -> Page:
        """Send a form of a page, filled in."""
        url = urljoin(page.url, form.action)
        return await self._follow(form.method.upper(), url, {**form.fields, **filled}, "same-origin")

    async def _follow(self, method: str, url: str, form: dict[str, str] | None, site: str) -> Page:
        for _ in range(MOST_PAGES):
            headers = {"Accept": "text/html", "Sec-Fetch-Site": site}
            if form is not None:
                headers["Origin"] = str(URL(url).origin())
            async with self.session.request(
                method, URL(url, encoded=True), data=form, headers=headers, allow_redirects=False
            ) as answer:
                if answer.status not in (301, 302, 303, 307):
                    return Page(url, answer.status, await answer.text())
                there = urljoin(url, answer.headers["Location"])
                site = "same-origin" if urlsplit(there).netloc == urlsplit(url).netloc else "cross-site"
                method, url, form = "GET", there, None
        raise NotSeen(f"more than {MOST_PAGES} redirects, to {url}")

    async def agree(self, page: Page, name: str, password: str, back: str) -> Page:
        """Sign in at a home server and agree, by its own forms, until it sends the browser to the host `back`."""
        for _ in range(MOST_PAGES):
            if urlsplit(page.url).netloc == back:
                return page
            if page.status >= 400:
                break
            asks = next((one for one in page.forms if "password" in one.kinds.values()), None)
            form = asks or next((one for one in page.forms if one.method == "post"), None)
            if form is None:
                break
            filled = {name_of: password for name_of, kind in form.kinds.items() if kind == "password"}
            filled |= {of: name for of, kind in form.kinds.items() if asks and kind in ("text", "email")}
            page = await self.send(page, form, **filled)
        raise NotSeen(f"{page.url} answered {page.status} and leads no further: {page.text[:1500]}")
