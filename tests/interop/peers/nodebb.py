"""NodeBB (https://github.com/NodeBB/NodeBB): forums whose categories follow ours, and Groups to one another."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import aiohttp

from tests.interop.mastodon_api import ApiError, Person, Status
from tests.interop.peers.base import Peer
from tests.interop.peers.postgres import listens
from tests.interop.until import until

PASSWORD = "quite-a-long-Passw0rd-for-Nora"
REDIS = 8113


class NodeBB(Peer):
    """`installed` is the checkout with its packages; Redis comes from the machine."""

    name, host, port = "nodebb", "nodebb.test", 8103
    variable, holds_forums = "INTEROP_NODEBB", True
    lacks: ClassVar[dict[str, str]] = {
        "rfc9421": "NodeBB knows draft-cavage signatures alone",
        "poll": "NodeBB shows a Question as words and takes no votes in it",
        "picture here": "NodeBB's own pages were not built, and its API does not tell what is attached",
        "picture there": "NodeBB's forms were not driven with uploads",
        "warning": "NodeBB has no content warnings",
        "pin": "NodeBB takes no pins from other servers",
        "lock": "NodeBB takes no Lock",
        "held lock": "NodeBB tells nobody of a locked topic",
        "held ban": "NodeBB tells nobody whom it bans",
        "language": "NodeBB states no language",
        "sign in": "NodeBB speaks no OAuth as Mastodon's API has it",
    }

    @classmethod
    def find(cls) -> Path | None:
        found = super().find()
        return found if found and shutil.which("redis-server") and cls._node() else None

    @classmethod
    def _node(cls) -> str | None:
        """Return the Node to use: INTEROP_NODE, or that in PATH."""
        return os.environ.get("INTEROP_NODE") or shutil.which("node")

    async def start(self) -> None:
        self.version = json.loads((self.installed / "install/package.json").read_text())["version"]
        # With CI in its environment NodeBB sends nothing.
        self.environment = {name: value for name, value in self.environment.items() if name != "CI"}
        self.spawn("redis-server", "--port", str(REDIS), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder)
        settings = self.folder / "config.json"
        answers = {
            "url": f"https://{self.host}",
            "secret": "interop",
            "port": self.port,
            "submitPluginUsage": "no",
            "database": "redis",
            "redis:host": "127.0.0.1",
            "redis:port": REDIS,
            "redis:password": "",
            "redis:database": 0,
            "admin:username": "nora",
            "admin:password": PASSWORD,
            "admin:password:confirm": PASSWORD,
            "admin:email": "nora@nodebb.test",
        }
        node = str(self._node())
        await until("Redis answers", lambda: listens(REDIS))
        await asyncio.to_thread(
            self.run,
            node,
            self.installed / "nodebb",
            "setup",
            json.dumps(answers),
            "--skip-build",
            "--config",
            settings,
        )
        settings.write_text(json.dumps({**json.loads(settings.read_text()), "trust_proxy": True}))
        quick = ("postDelay", "0", "initialPostDelay", "0", "postQueue", "0")
        self.run("redis-cli", "-p", str(REDIS), "hset", "config", *quick)
        self.spawn(node, self.installed / "app.js", "--config", settings, cwd=self.installed)
        await until("NodeBB answers", self.is_up, 120)

    async def person(self) -> Person:
        """Return Nora, an admin there, signed in."""
        person = NodeBBPerson(self.host, self.tls)
        await person.sign_in("nora", PASSWORD)
        return person


class NodeBBPerson(Person):
    """Somebody on NodeBB: what others call a timeline is the category that stands for our forum."""

    def __post_init__(self) -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=self.tls), cookie_jar=jar)
        self.seal = ""
        self.held = 0

    async def sign_in(self, name: str, password: str) -> None:
        self.seal = (await self.call("GET", "/api/config"))["csrf_token"]
        await self.call("POST", "/login", {"username": name, "password": password})
        self.seal = (await self.call("GET", "/api/config"))["csrf_token"]

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        async with self.session.request(
            method, f"https://{self.host}{path}", json=body, headers={"x-csrf-token": self.seal}
        ) as answer:
            text = await answer.text()
            if answer.status >= 400:
                raise ApiError(f"{method} {path}: {answer.status} {text[:300]}")
            try:
                found = json.loads(text)
            except ValueError:
                return None
            return found.get("response", found) if isinstance(found, dict) else found

    async def find(self, handle: str) -> Status | None:
        """Look for a category; typed with an @ before it, NodeBB finds nothing."""
        found = await self.call("GET", f"/api/v3/search/categories?search={quote(handle, safe='')}")
        return next(
            (one for one in found["categories"] if one.get("match") and str(one["cid"]).startswith("http")), None
        )

    async def open(self, uri: str) -> Status | None:
        """Put an address into the search field, as NodeBB's search page does."""
        try:
            await self.call("GET", f"/api/search?in=titlesposts&term={quote(uri, safe='')}")
        except ApiError:
            return None
        return await self._held(uri)

    async def _held(self, uri: str) -> Status | None:
        """Return what NodeBB's page of a thread shows under an address."""
        try:
            kept = await self.call("GET", f"/api/v3/posts/{quote(uri, safe='')}")
            topic = await self.call("GET", f"/api/topic/{kept['tid']}")
        except ApiError:
            return None
        shown = next((one for one in topic["posts"] if one["pid"] == uri and not one["deleted"]), None)
        if shown is None or topic["deleted"]:
            return None
        return {"id": uri, "uri": uri, "content": shown["content"], "title": topic["title"], "tid": kept["tid"]}

    async def timeline_has(self, uri: str) -> Status | None:
        return await self._held(uri)

    async def notified_of(self, uri: str) -> bool:
        return await self._held(uri) is not None

    async def follow(self, account: Status) -> None:
        await self.call("PUT", f"/api/v3/categories/{quote(account['cid'], safe='')}/watch", {"state": "tracking"})

    async def unfollow(self, account: Status) -> None:
        await self.call("PUT", f"/api/v3/categories/{quote(account['cid'], safe='')}/watch", {"state": "notwatching"})

    async def follows(self, account: Status) -> bool:
        return True

    async def write(self, text: str, to: Status | None = None, **more: Any) -> Status:
        if to is not None:
            made: Status = await self.call("POST", f"/api/v3/topics/{to['tid']}", {"content": text, "toPid": to["id"]})
            return {"id": made["pid"], "tid": to["tid"]}
        title, _, words = re.sub(r"^@\S+ ", "", text).partition("\n\n")
        begun = await self.call(
            "POST", "/api/v3/topics", {"cid": more["forum"]["cid"], "title": title, "content": words}
        )
        return {"id": begun["mainPid"], "tid": begun["tid"]}

    async def edit(self, status: Status, text: str) -> None:
        await self.call("PUT", f"/api/v3/posts/{status['id']}", {"content": text})

    async def delete(self, status: Status) -> None:
        await self.call("DELETE", f"/api/v3/posts/{status['id']}/state")

    async def like(self, status: Status, *, undo: bool = False) -> None:
        path = f"/api/v3/posts/{quote(str(status['id']), safe='')}/vote"
        await (self.call("DELETE", path) if undo else self.call("PUT", path, {"delta": 1}))

    async def dislike(self, status: Status) -> None:
        await self.call("PUT", f"/api/v3/posts/{quote(str(status['id']), safe='')}/vote", {"delta": -1})

    async def sees_report(self, words: str) -> bool:
        for one in (await self.call("GET", "/api/flags"))["flags"]:
            if words in json.dumps(await self.call("GET", f"/api/flags/{one['flagId']}")):
                return True
        return False

    async def report(self, status: Status, words: str) -> None:
        body = {"type": "post", "id": status["id"], "reason": words, "notifyRemote": True}
        await self.call("POST", "/api/v3/flags", body)

    async def own_forum(self) -> str:
        """Take the second of the categories that NodeBB begins with."""
        listed = (await self.call("GET", "/api/categories"))["categories"]
        self.held = listed[1]["cid"]
        return f"{listed[1]['handle']}@{self.host}"

    async def begin(self, title: str, words: str) -> Status:
        begun = await self.call("POST", "/api/v3/topics", {"cid": self.held, "title": title, "content": words})
        return {"id": begun["mainPid"], "tid": begun["tid"]}

    async def held_has(self, uri: str) -> Status | None:
        return await self._held(uri)

    async def votes(self, status: Status) -> int:
        return int((await self.call("GET", f"/api/v3/posts/{status['id']}"))["upvotes"])

    async def remove(self, status: Status) -> None:
        await self.call("DELETE", f"/api/v3/topics/{status['tid']}/state")

    async def reads(self, words: str) -> bool:
        """Say whether a message to us has these words: what a forum writes to somebody alone is a chat there."""
        rooms = (await self.call("GET", "/api/v3/chats"))["rooms"]
        said = [await self.call("GET", f"/api/v3/chats/{one['roomId']}/messages") for one in rooms]
        return words in json.dumps([rooms, said])
