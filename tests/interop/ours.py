"""Our own server, as its people use it: a process of its own behind the proxy, driven over the JSON API."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from tests.interop.until import until

ROOT = Path(__file__).resolve().parents[2]
INSIDE, EDGE = 8001, 8000
CHARTER = {"question": "What next?", "promise": "Every theme is answered.", "off_limits": "Pay.", "decide_by": "May"}
Thing = dict[str, Any]


class Refused(Exception):
    """The API answered with an error."""


@dataclass
class Ours:
    """One organisation at https://`host`; `forum` everybody may see, `closed` is for partners."""

    host: str
    folder: Path
    environment: dict[str, str]
    jam: str = ""
    forum: Thing = field(default_factory=dict)
    closed: Thing = field(default_factory=dict)
    roles: tuple[str, ...] = ("all",)
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _token: str = ""
    _reviewer: str = ""
    _session: aiohttp.ClientSession | None = None

    @property
    def handle(self) -> str:
        return f"{self.forum['slug']}@{self.host}"

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self._processes]

    def _settings(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MARMALADE_")}
        ours = {"MARMALADE_UNDO_SECONDS": "0", "MARMALADE_LOG_LEVEL": "debug"}
        return {**kept, **self.environment, **ours}

    def command(self, *words: str) -> str:
        """Run one of the server's verbs, as an operator does; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "server", *words, "--home", str(self.folder)],
            cwd=ROOT,
            env=self._settings(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    async def start(self) -> None:
        addresses = ("--inside-url", f"http://127.0.0.1:{INSIDE}", "--edge-url", f"https://{self.host}")
        self.command("init", "--name", "Acme", *addresses, "--admin", "ada")
        self._token = self.command("token", "ada").split()[-1]
        self.command("user", "add", "rita", "--role", "reviewer")
        self._reviewer = self.command("token", "rita").split()[-1]
        self._processes = [self._serve(role) for role in self.roles]
        self._session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {self._token}"})
        await until("our server answers", self._is_up, 60)

    def _serve(self, role: str) -> subprocess.Popen[bytes]:
        words = ("serve", "--home", str(self.folder), "--role", role, "--edge-listen", f"127.0.0.1:{EDGE}")
        with (self.folder / "serve.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "server", *words],
                cwd=ROOT,
                env=self._settings(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def end(self) -> None:
        if self._session is not None:
            await self._session.close()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            await asyncio.to_thread(process.wait, 20)

    async def _is_up(self) -> bool:
        for process in self._processes:
            assert process.poll() is None, (self.folder / "serve.log").read_text()[-3000:]
        assert self._session is not None
        try:
            for port, path in ((INSIDE, "/readyz"), (EDGE, "/readyz"), (EDGE, "/actor")):
                async with self._session.get(f"http://127.0.0.1:{port}{path}") as answer:
                    if answer.status != 200:
                        return False
        except aiohttp.ClientError:
            return False
        return True

    async def ask(self, method: str, path: str, body: Thing | None = None, by: str = "") -> Any:
        """Ask as ada, or as whoever the token `by` is of."""
        assert self._session is not None
        url, headers = f"http://127.0.0.1:{INSIDE}/api/v1{path}", {"Authorization": f"Bearer {by or self._token}"}
        async with self._session.request(method, url, json=body, headers=headers) as answer:
            if answer.status >= 400:
                raise Refused(f"{method} {path}: {answer.status} {(await answer.text())[:500]}")
            return await answer.json() if answer.status not in (202, 204) else None

    # -- what people do here --

    async def open_jam(self, slug: str) -> None:
        """Open a jam with a forum for everybody and one for partners."""
        self.jam = await self._new_jam(slug)
        self.forum = await self.new_forum(f"{slug}-open", "public")
        self.closed = await self.new_forum(f"{slug}-partners", "partners")

    async def _new_jam(self, slug: str) -> str:
        now = datetime.now(UTC)
        times = {"opens_at": now.isoformat(), "closes_at": (now + timedelta(days=1)).isoformat()}
        made = await self.ask("POST", "/jams", {"slug": slug, "title": slug, "charter": CHARTER, **times})
        await self.ask("POST", f"/jams/{made['id']}/open", {})
        return str(made["id"])

    async def new_forum(self, slug: str, audience: str) -> Thing:
        words = {"slug": slug, "title": slug.title(), "question": "What?", "audience": audience}
        made: Thing = await self.ask("POST", f"/jams/{self.jam}/forums", words)
        return made

    async def listed_forum(self, slug: str, host: str, handle: str) -> Thing:
        """Open a jam with a forum for those on its list alone, with somebody of a partner on it; return the forum."""
        await self.ask("POST", "/partners", {"host": host})
        jam = await self._new_jam(slug)
        words = {"slug": f"{slug}-few", "title": "A few", "question": "What?", "audience": "partners"}
        made: Thing = await self.ask("POST", f"/jams/{jam}/forums", {**words, "members_only": True})
        await self.ask("PUT", f"/forums/{made['id']}/members/{handle}", {})
        return made

    async def idea(self, title: str, text: str, forum: Thing | None = None) -> Thing:
        where = (forum or self.forum)["id"]
        made: Thing = await self.ask("POST", f"/forums/{where}/ideas", {"title": title, "text": text})
        return made

    async def idea_with_picture(self, title: str, text: str, picture: bytes, words: str) -> Thing:
        assert self._session is not None
        where = f"http://127.0.0.1:{INSIDE}/api/v1/files"
        async with self._session.post(where, params={"name": "dot.png", "alt": words}, data=picture) as answer:
            if answer.status >= 400:
                raise Refused(f"POST /files: {answer.status} {await answer.text()}")
            file = await answer.json()
        body = {"title": title, "text": text, "files": [file["id"]]}
        made: Thing = await self.ask("POST", f"/forums/{self.forum['id']}/ideas", body)
        return made

    async def held(self) -> list[Thing]:
        """Return what waits for a reviewer."""
        found: list[Thing] = (await self.ask("GET", "/boundary/holds"))["data"]
        return found

    async def release_all(self) -> None:
        """Have a reviewer let across what waits."""
        for one in await self.held():
            await self.ask("POST", f"/boundary/holds/{one['id']}/release", {}, by=self._reviewer)

    async def freeze(self) -> None:
        await self.ask("POST", f"/jams/{self.jam}/freeze", {})

    async def reply(self, to: Thing, text: str) -> Thing:
        made: Thing = await self.ask("POST", f"/ideas/{to['id']}/replies", {"text": text})
        return made

    async def read(self, made: Thing) -> Thing:
        found: Thing = await self.ask("GET", f"/ideas/{made['id']}")
        return found

    async def ideas(self) -> list[Thing]:
        found: list[Thing] = (await self.ask("GET", f"/forums/{self.forum['id']}/ideas"))["data"]
        return found

    async def answer_with(self, idea: Thing, words: str) -> Thing | None:
        """Return the reply in a thread that says these words."""
        replies = (await self.read(idea))["replies"]
        return next((one for one in replies if words in one["text"] and not one["deleted"]), None)

    async def cases(self) -> list[Thing]:
        found: list[Thing] = (await self.ask("GET", f"/jams/{self.jam}/cases"))["data"]
        return found
