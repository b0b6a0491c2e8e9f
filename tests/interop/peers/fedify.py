"""Fedify (https://fedify.dev), a library in TypeScript that signs with RFC 9421; `fedify.mjs` is a server of it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any, ClassVar

from tests.interop.mastodon_api import ApiError, Person, Status
from tests.interop.peers.base import Peer
from tests.interop.until import until

SERVER = Path(__file__).with_suffix(".mjs")
PACKAGE = "node_modules/@fedify/fedify/package.json"


class Fedify(Peer):
    """`installed` is a folder with @fedify/fedify among its node_modules."""

    name, host, port = "fedify", "fedify.test", 8104
    variable = "INTEROP_FEDIFY"
    lacks: ClassVar[dict[str, str]] = {"sign in": "the server made with Fedify has no accounts to sign in with"}

    @classmethod
    def find(cls) -> Path | None:
        found = super().find()
        return found if found and (found / PACKAGE).exists() and cls._node() else None

    @classmethod
    def _node(cls) -> str | None:
        return os.environ.get("INTEROP_NODE") or shutil.which("node")

    async def start(self) -> None:
        self.version = json.loads((self.installed / PACKAGE).read_text())["version"]
        (self.folder / "node_modules").symlink_to(self.installed / "node_modules")
        (self.folder / "package.json").write_text('{"type": "module"}')
        shutil.copy(SERVER, self.folder / SERVER.name)
        self.spawn(str(self._node()), SERVER.name, self.host, str(self.port))
        await until("the server made with Fedify answers", self.is_up, 60)

    async def person(self) -> Person:
        """Return Fred, the only one there."""
        return FedifyPerson(self.host, self.tls)


class FedifyPerson(Person):
    """Somebody whose timeline is what came, as Fedify read it."""

    forum = ""

    async def do(self, command: str, **words: Any) -> Any:
        async with self.session.post(f"https://{self.host}/do/{command}", json=words) as answer:
            text = await answer.text()
            if answer.status >= 400:
                raise ApiError(f"{command}: {answer.status} {text[:500]}")
            return json.loads(text)

    async def find(self, handle: str) -> Status | None:
        found: Status | None = await self.do("find", handle=handle)
        if found:
            self.forum = found["id"]
        return found

    async def open(self, uri: str) -> Status | None:
        found: Status | None = await self.do("find", handle=uri)
        return found

    async def timeline_has(self, uri: str) -> Status | None:
        found: Status | None = await self.do("shown", uri=uri)
        return {**found, "id": uri} if found else None

    async def notified_of(self, uri: str) -> bool:
        return bool(await self.do("notified", uri=uri))

    async def follow(self, account: Status) -> None:
        await self.do("follow", id=account["id"])

    async def unfollow(self, account: Status) -> None:
        await self.do("follow", id=account["id"], undo=True)

    async def follows(self, account: Status) -> bool:
        return bool(await self.do("follows", id=account["id"]))

    async def write(self, text: str, to: Status | None = None, **more: Any) -> Status:
        more.pop("forum", None)
        made: Status = await self.do("write", text=text, to=to and to["id"], forum=self.forum, **more)
        return made

    async def edit(self, status: Status, text: str) -> None:
        await self.do("write", text=text, to=status.get("to"), forum=self.forum, **{"as": status["id"]})

    async def delete(self, status: Status) -> None:
        await self.do("remove", id=status["id"], forum=self.forum)

    async def like(self, status: Status, *, undo: bool = False) -> None:
        await self.do("like", id=status["id"], forum=self.forum, undo=undo)

    async def vote(self, poll: Status, choice: int) -> None:
        await self.do("vote", id=poll["id"], author=poll["author"], name=poll["poll"]["names"][choice])

    async def report(self, status: Status, words: str) -> None:
        await self.do("report", id=status["id"], forum=self.forum, words=words)

    async def sees_report(self, words: str) -> bool:
        return words in await self.do("flagged")

    async def takes_messages_only(self) -> None:
        """Have no other signature than RFC 9421's be seen: Fedify then asks for one itself (Accept-Signature)."""
        await self.do("only_messages")

    async def picture(self, picture: bytes, words: str) -> dict[str, Any]:
        return {"picture": {"url": f"https://{self.host}/dot.png", "type": "image/png", "words": words}}

    def warned(self, words: str) -> dict[str, Any]:
        return {"summary": words}

    async def reads(self, words: str) -> bool:
        return bool(await self.do("reads", words=words))
