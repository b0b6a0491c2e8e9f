"""GoToSocial (https://codeberg.org/superseriousbusiness/gotosocial): a microblog in Go with Mastodon's client API."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import aiohttp

from tests.interop.mastodon_api import Person
from tests.interop.peers.base import Peer
from tests.interop.until import until

PASSWORD = "quite-a-long-Passw0rd-for-Gita"


class GoToSocial(Peer):
    """`installed` is the program; `web/` with templates and assets lies beside it, as in its releases."""

    name, host, port = "gotosocial", "gts.test", 8102
    variable, program = "INTEROP_GOTOSOCIAL", "gotosocial"
    lacks: ClassVar[dict[str, str]] = {"rfc9421": "GoToSocial 0.20 knows draft-cavage signatures alone"}
    account, enters_as = ("gita", PASSWORD), "gita@gts.test"

    async def start(self) -> None:
        self.version = self.run(self.installed, "--version").split()[-1]
        self._settings = self._set()
        # Accounts can be made once the server has run; it reads them when it starts.
        self.spawn(self.installed, "server", "start", **self._settings)
        await until("GoToSocial answers", self.is_ready, 240)
        await self.end()
        self.processes.clear()
        words = ("--username", "gita", "--email", "gita@gts.test", "--password", PASSWORD)
        await asyncio.to_thread(self.run, self.installed, "admin", "account", "create", *words, **self._settings)
        await asyncio.to_thread(
            self.run, self.installed, "admin", "account", "promote", "--username", "gita", **self._settings
        )
        self.spawn(self.installed, "server", "start", **self._settings)
        await until("GoToSocial answers", self.is_ready, 180)

    async def is_ready(self) -> bool:
        """Say whether it serves; while it migrates its database it listens without that."""
        if not await self.is_up():
            return False
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.port}/readyz", headers={"Host": self.host}) as answer,
        ):
            return answer.status == 200

    def _set(self) -> dict[str, str]:
        web = Path(self.installed).resolve().parent / "web"
        return {
            "GTS_HOST": self.host,
            "GTS_PROTOCOL": "https",
            "GTS_BIND_ADDRESS": "127.0.0.1",
            "GTS_PORT": str(self.port),
            "GTS_DB_TYPE": "sqlite",
            "GTS_DB_ADDRESS": str(self.folder / "sqlite.db"),
            "GTS_STORAGE_LOCAL_BASE_PATH": str(self.folder / "storage"),
            "GTS_WEB_TEMPLATE_BASE_DIR": f"{web}/template/",
            "GTS_WEB_ASSET_BASE_DIR": f"{web}/assets/",
            "GTS_LETSENCRYPT_ENABLED": "false",
            "GTS_ADVANCED_RATE_LIMIT_REQUESTS": "0",
            "GTS_TRUSTED_PROXIES": "127.0.0.1/32",
            "GTS_LOG_LEVEL": "info",
        }

    async def person(self) -> Person:
        """Return Gita, an admin there, signed in."""
        person = Person(self.host, self.tls)
        app = await person.ask(
            "POST",
            "/api/v1/apps",
            {"client_name": "interop", "redirect_uris": f"https://{self.host}/done", "scopes": "read write admin"},
        )
        code = await self._agree(app["client_id"])
        body = {
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
            "code": code,
            "redirect_uri": f"https://{self.host}/done",
            "grant_type": "authorization_code",
            "scope": "read write admin",
        }
        person.token = (await person.ask("POST", "/oauth/token", body))["access_token"]
        return person

    async def _agree(self, client: str) -> str:
        """Walk the sign-in as a browser does; return the code that the app gets."""
        base = f"https://{self.host}"
        asked = {
            "client_id": client,
            "redirect_uri": f"{base}/done",
            "response_type": "code",
            "scope": "read write admin",
        }
        connector = aiohttp.TCPConnector(ssl=self.tls)
        async with aiohttp.ClientSession(base, connector=connector) as browser:
            async with browser.get("/oauth/authorize", params=asked):
                pass
            async with browser.post("/auth/sign_in", data={"username": "gita@gts.test", "password": PASSWORD}):
                pass
            async with browser.post("/oauth/authorize", allow_redirects=False) as answer:
                return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
