"""Somebody in front of a browser: a window of their own, and every complaint that the browser made in it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from playwright.async_api import BrowserContext, ConsoleMessage, Error, Locator, Page, Response, expect

from tests.journeys.organisations import PASSWORD, until

PATIENCE = 15_000


class Fault(NamedTuple):
    """What the browser complained of; when it is of an answer, of which (address, status)."""

    words: str
    asked: tuple[str, str] = ("", "")


@dataclass
class Visitor:
    """Walks through pages by clicks and keys. What the browser complains of fails the test in `leave`."""

    context: BrowserContext
    page: Page
    home: str
    faults: list[Fault] = field(default_factory=list)
    _refusals: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    async def arrive(cls, context: BrowserContext, home: str) -> Visitor:
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        made = cls(context, page, home)
        page.on("console", made._hear)
        page.on("pageerror", made._stumble)
        page.on("requestfailed", lambda request: made._miss(request.url, request.failure or ""))
        return made

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if re.match(r"htmx:(sendAbort|afterRequest),", message.text):
            # Leaving a page breaks off what htmx was asking; it says so aloud.
            return
        refused = re.search(r"the server responded with a status of (\d{3})", message.text)
        asked = (message.location["url"], refused[1] if refused else "")
        self.faults.append(Fault(f"{message.type} on {self.page.url}: {message.text} {asked[0]}", asked))

    def _stumble(self, error: Error) -> None:
        self.faults.append(Fault(f"exception on {self.page.url}: {error}"))

    def _miss(self, url: str, why: str) -> None:
        # Leaving a page breaks off its stream of events and what htmx was asking; nothing else may go missing.
        if "ERR_ABORTED" not in why:
            self.faults.append(Fault(f"{url} was not loaded: {why}"))

    @contextlib.contextmanager
    def refused_with(self, *statuses: int) -> Iterator[None]:
        """Allow that the server refuses with one of these while the block runs; browsers complain of that too, late."""

        def note(response: Response) -> None:
            if response.status in statuses:
                self._refusals.add((response.url, str(response.status)))

        self.page.on("response", note)
        yield
        self.page.remove_listener("response", note)

    async def leave(self) -> None:
        """Close the window; fail for whatever the browser complained of."""
        await self.context.close()
        faults = [fault.words for fault in self.faults if fault.asked not in self._refusals]
        assert not faults, "\n".join(["The browser complained:", *faults])

    # -- walking --

    async def visit(self, path: str = "/") -> None:
        await self.page.goto(path if path.startswith("http") else self.home + path)

    async def sign_in(self, username: str, path: str = "/") -> None:
        """Come to a page as somebody who has to sign in first."""
        await self.visit(path)
        await self.page.get_by_label("Username").fill(username)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.press("Sign in")
        await expect(self.page.get_by_label("Your menu", exact=False)).to_be_visible()
        await self.page.wait_for_load_state()

    async def press(self, name: str, *, within: Locator | None = None) -> None:
        """Press a button by the words on it."""
        await (within or self.page).get_by_role("button", name=name).first.click()
        if name.startswith(("Post to", "Reply to", "Save to")):
            await self.confirm(name)

    async def confirm(self, name: str) -> None:
        """Whoever sends something outside for the first time in a jam is asked once: send it again."""
        await self.page.wait_for_function("() => !document.querySelector('[data-sending]')")
        await self.page.wait_for_load_state()
        if await self.page.locator("[data-confirm]").count():
            await self.page.get_by_role("button", name=name).first.click()

    async def follow(self, name: str, *, within: Locator | None = None) -> None:
        """Follow a link by its words."""
        await (within or self.page).get_by_role("link", name=name).first.click()

    async def type(self, label: str, words: str) -> None:
        """Type into a field by its label, key by key."""
        field = self.page.get_by_label(label, exact=False).first
        await field.click()
        await field.press_sequentially(words, delay=2)

    # -- looking --

    async def sees(self, words: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        await expect((within or self.page).get_by_text(words).first).to_be_visible()

    async def reload_until_there(self, wanted: Locator) -> None:
        """Reload until something is on the page: for pages that do not renew themselves."""

        async def look() -> bool:
            await self.page.reload()
            return await wanted.count() > 0

        await until(f"{self.page.url} shows what is waited for", look)

    async def does_not_see(self, words: str) -> None:
        await expect(self.page.get_by_text(words)).to_have_count(0)

    async def sees_heading(self, words: str) -> None:
        await expect(self.page.get_by_role("heading", name=words).first).to_be_visible()

    async def sees_button(self, words: str) -> None:
        await expect(self.page.get_by_role("button", name=words).first).to_be_visible()

    async def is_told(self, words: str) -> None:
        """The notice at the top of the page after something was done, or refused."""
        notice = self.page.locator(".notice").filter(has_text=words)
        await expect(notice.first).to_be_visible()
