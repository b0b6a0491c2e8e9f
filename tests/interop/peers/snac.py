"""snac (https://codeberg.org/grunfink/snac2): a small server in C that speaks Mastodon's client API."""

from __future__ import annotations

import hashlib
import json
from typing import ClassVar

import aiohttp

from tests.interop.mastodon_api import ApiError, Person, Status
from tests.interop.peers.base import Peer
from tests.interop.until import until


class Snac(Peer):
    name, host, port = "snac", "snac.test", 8101
    variable, program = "INTEROP_SNAC", "snac"
    lacks: ClassVar[dict[str, str]] = {
        "rfc9421": "snac knows draft-cavage signatures alone",
        "report": "snac has no reports",
        "our report": "snac has no reports",
    }
    limits: ClassVar[dict[str, str]] = {
        "rotation": "snac takes no Update of a Group, and drops what does not fit the key that it keeps for 36 hours",
        "late read": "snac drops what the forum signs with its new key; before `keys rotate` it was seen",
        "rotation_answer": "snac takes no Update of a person whom nobody there follows",
    }

    async def start(self) -> None:
        self.version = self.run(self.installed, fine=(0, 1)).split()[1]
        home = self.folder / "data"
        answers = f"127.0.0.1\n{self.port}\n{self.host}\n\n\n"
        self.run(self.installed, "init", home, given=answers)
        settings = json.loads((home / "server.json").read_text())
        settings |= {"queue_retry_minutes": 1, "dbglevel": 1, "shared_inboxes": True, "disable_inbox_collection": True}
        (home / "server.json").write_text(json.dumps(settings))
        said = self.run(self.installed, "adduser", home, "sam")
        self._password = said.partition("User password is ")[2].split()[0]
        self.account = ("sam", self._password)
        self.spawn(self.installed, "httpd", home)
        await until("snac answers", self.is_up)

    async def person(self) -> Person:
        """Return Sam, signed in."""
        person = SnacPerson(self.host, self.tls)
        person.password = self._password
        form = aiohttp.FormData({"login": "sam", "passwd": self._password})
        async with person.session.post(f"https://{self.host}/oauth/x-snac-get-token", data=form) as answer:
            person.token = (await answer.text()).strip()
        return person


class SnacPerson(Person):
    """Somebody who reads in snac's own pages: what it tells apps leaves out articles with a title, taking them for
    votes in polls.
    """

    password = ""

    async def timeline_has(self, uri: str) -> Status | None:
        entry = aiohttp.BasicAuth("sam", self.password)
        async with self.session.get(f"https://{self.host}/sam/admin", auth=entry) as answer:
            page = await answer.text()
        return await self._status(uri) if uri in page else None

    async def open(self, uri: str) -> Status | None:
        await self.ask("GET", "/api/v2/search", q=uri, type="statuses", resolve="true")
        return await self._status(uri)

    async def _status(self, uri: str) -> Status | None:
        """Return what snac holds under an address: its ids are ten figures and the address' MD5."""
        number = "0" * 10 + hashlib.md5(uri.encode(), usedforsecurity=False).hexdigest()
        try:
            found: Status = await self.ask("GET", f"/api/v1/statuses/{number}")
        except ApiError:
            return None
        found = found.get("reblog") or found
        return found if found.get("uri") == uri else None
