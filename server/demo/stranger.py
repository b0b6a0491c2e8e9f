"""A small ActivityPub server of one person, who belongs to nobody: follows, writes, forges, and keeps what it gets."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import orjson
from aiohttp import web

from federation.signatures import PrivateKey, generate_rsa_pem, load_private_key, sign
from federation.transport import Answer, Transport
from federation.vocabulary.activities import follow
from federation.vocabulary.actors import render_person
from server.demo.sites import LOOPBACK
from server.domain.uris import PUBLIC

ACTIVITY = "application/activity+json"


class Stranger:
    """Listens on a free port of loopback while entered. `inbox` is every body that was posted to it."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._runner: web.AppRunner | None = None
        self.private_pem, self.public_pem = "", ""
        self.host = ""
        self.inbox: list[bytes] = []

    async def __aenter__(self) -> Self:
        self.private_pem, self.public_pem = await asyncio.to_thread(generate_rsa_pem)
        app = web.Application()
        app.router.add_get("/actor", self._show_actor)
        app.router.add_post("/inbox", self._take)
        app.router.add_get("/.well-known/webfinger", self._webfinger)
        app.router.add_get("/objects/{key}", self._show_object)
        self.objects: dict[str, dict[str, Any]] = {}
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, 0).start()
        self.host = f"{LOOPBACK}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def uri(self) -> str:
        return f"{self.url}/actor"

    @property
    def key_id(self) -> str:
        return f"{self.uri}#main-key"

    @property
    def key(self) -> PrivateKey:
        return load_private_key(self.private_pem)

    def note(self, words: str, forum_uri: str, parent_uri: str) -> dict[str, Any]:
        """Make a Create of a Note that answers something in a forum, as a microblog writes it."""
        key = secrets.token_hex(8)
        made = {
            "id": f"{self.url}/objects/{key}", "type": "Note", "attributedTo": self.uri, "inReplyTo": parent_uri,
            "content": f"<p>{words}</p>", "to": [PUBLIC], "cc": [forum_uri], "audience": forum_uri,
            "published": datetime.now(UTC).isoformat(timespec="seconds"),
        }  # fmt: skip
        self.objects[key] = made
        return {
            "@context": "https://www.w3.org/ns/activitystreams", "id": f"{self.url}/activities/{key}",
            "type": "Create", "actor": self.uri, "to": [PUBLIC], "cc": [forum_uri], "object": made,
        }  # fmt: skip

    def follow(self, forum_uri: str) -> dict[str, Any]:
        return follow(f"{self.url}/activities/{secrets.token_hex(8)}", self.uri, forum_uri)

    def headers(
        self, url: str, body: bytes, *, key: PrivateKey | None = None, at: datetime | None = None
    ) -> dict[str, str]:
        """Sign a POST, rightly unless told otherwise."""
        return sign("POST", url, body, self.key_id, key or self.key, at or datetime.now(UTC))

    async def send(self, inbox_url: str, activity: dict[str, Any]) -> Answer:
        """Post an activity, rightly signed."""
        body = orjson.dumps(activity)
        return await self._transport.post(inbox_url, self.headers(inbox_url, body), body)

    async def _show_actor(self, _: web.Request) -> web.Response:
        document = render_person(
            uri=self.uri, username="wanderer", name="Wanderer (demo)", url=self.uri, public_key_pem=self.public_pem,
            shared_inbox_uri=f"{self.url}/inbox",
        )  # fmt: skip
        document |= {"inbox": f"{self.url}/inbox", "publicKey": {**document["publicKey"], "id": self.key_id}}
        return web.Response(body=orjson.dumps(document), content_type=ACTIVITY)

    async def _show_object(self, request: web.Request) -> web.Response:
        made = self.objects.get(request.match_info["key"])
        return web.Response(body=orjson.dumps(made), content_type=ACTIVITY) if made else web.Response(status=404)

    async def _webfinger(self, _: web.Request) -> web.Response:
        link = {"rel": "self", "type": ACTIVITY, "href": self.uri}
        answer = {"subject": f"acct:wanderer@{self.host}", "links": [link]}
        return web.Response(body=orjson.dumps(answer), content_type="application/jrd+json")

    async def _take(self, request: web.Request) -> web.Response:
        self.inbox.append(await request.read())
        return web.Response(status=202)
