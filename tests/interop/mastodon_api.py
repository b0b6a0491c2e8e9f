"""Somebody on a server that speaks the client API of Mastodon, as their app shows it to them."""

from __future__ import annotations

import json
import re
import ssl
from dataclasses import dataclass
from typing import Any

import aiohttp

Status = dict[str, Any]


class ApiError(Exception):
    """The server answered its own user with an error."""


def words_of(status: Status) -> str:
    """Return the words of a status without its HTML."""
    return re.sub(r"<[^>]+>", "", str(status.get("content", "")))


@dataclass
class Person:
    """One signed-in person at https://`host`."""

    host: str
    tls: ssl.SSLContext
    token: str = ""

    def __post_init__(self) -> None:
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=self.tls))

    async def close(self) -> None:
        await self.session.close()

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None, **query: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.session.request(
            method, f"https://{self.host}{path}", json=body, params=query, headers=headers
        ) as answer:
            text = await answer.text()
            if answer.status >= 400:
                raise ApiError(f"{method} {path}: {answer.status} {text[:300]}")
            return json.loads(text) if text else None

    async def find(self, handle: str) -> Status | None:
        """Look somebody up by handle, or None."""
        try:
            found = await self.ask("GET", "/api/v2/search", q=f"@{handle}", type="accounts", resolve="true")
        except ApiError:
            return None
        accounts: list[Status] = found["accounts"]
        return next((one for one in accounts if one["acct"] == handle), None)

    async def open(self, uri: str) -> Status | None:
        """Put an address into the search field; return what it shows, or None."""
        try:
            found = await self.ask("GET", "/api/v2/search", q=uri, type="statuses", resolve="true")
        except ApiError:
            return None
        return next(iter(found["statuses"]), None)

    async def home(self) -> list[Status]:
        """Return what stands in the timeline: what is boosted in place of the boost."""
        found = await self.ask("GET", "/api/v1/timelines/home", limit="40")
        return [one["reblog"] or one for one in found]

    async def timeline_has(self, uri: str) -> Status | None:
        return next((one for one in await self.home() if one["uri"] == uri), None)

    async def follow(self, account: Status) -> None:
        await self.ask("POST", f"/api/v1/accounts/{account['id']}/follow", {})

    async def unfollow(self, account: Status) -> None:
        await self.ask("POST", f"/api/v1/accounts/{account['id']}/unfollow", {})

    async def follows(self, account: Status) -> bool:
        found = await self.ask("GET", "/api/v1/accounts/relationships", **{"id[]": account["id"]})
        return bool(found[0]["following"]) and not found[0].get("requested")

    async def write(self, text: str, to: Status | None = None, **more: Any) -> Status:
        """Write something public, or answer; `more` is what the API takes besides. A `forum` stands in the text."""
        more.pop("forum", None)
        reply = {"in_reply_to_id": to["id"]} if to else {}
        made: Status = await self.ask(
            "POST", "/api/v1/statuses", {"status": text, "visibility": "public", **reply, **more}
        )
        return made

    async def edit(self, status: Status, text: str) -> None:
        await self.ask("PUT", f"/api/v1/statuses/{status['id']}", {"status": text})

    async def delete(self, status: Status) -> None:
        await self.ask("DELETE", f"/api/v1/statuses/{status['id']}")

    async def like(self, status: Status, *, undo: bool = False) -> None:
        await self.ask("POST", f"/api/v1/statuses/{status['id']}/{'unfavourite' if undo else 'favourite'}", {})

    async def vote(self, poll: Status, choice: int) -> None:
        await self.ask("POST", f"/api/v1/polls/{poll['poll']['id']}/votes", {"choices": [choice]})

    async def report(self, status: Status, words: str) -> None:
        body = {"account_id": status["account"]["id"], "status_ids": [status["id"]], "comment": words, "forward": True}
        await self.ask("POST", "/api/v1/reports", body)

    async def sees_report(self, words: str) -> bool:
        """Say whether the reports that a moderator is shown have one with these words."""
        return words in json.dumps(await self.ask("GET", "/api/v1/admin/reports"))

    async def notified_of(self, uri: str) -> bool:
        found = await self.ask("GET", "/api/v1/notifications")
        return any((one.get("status") or {}).get("uri") == uri for one in found)

    async def takes_messages_only(self) -> None:
        """Have the server there take no other signature than RFC 9421's. Of the software with this API none can."""
        raise ApiError("it cannot be asked to")

    async def picture(self, picture: bytes, words: str) -> dict[str, Any]:
        """Upload a picture with the words that describe it; return what `write` takes for it."""
        form = aiohttp.FormData({"description": words})
        form.add_field("file", picture, filename="dot.png", content_type="image/png")
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.session.post(f"https://{self.host}/api/v2/media", data=form, headers=headers) as answer:
            if answer.status >= 400:
                raise ApiError(f"POST /api/v2/media: {answer.status} {(await answer.text())[:300]}")
            return {"media_ids": [(await answer.json())["id"]]}

    def warned(self, words: str) -> dict[str, Any]:
        """Return what `write` takes for a content warning."""
        return {"spoiler_text": words, "sensitive": True}

    async def reads(self, words: str) -> bool:
        """Say whether one of the notifications has these words."""
        return words in json.dumps(await self.ask("GET", "/api/v1/notifications"))

    # -- forum software --

    async def dislike(self, status: Status) -> None:
        """Vote against something."""
        raise ApiError("it knows no votes against")

    async def own_forum(self) -> str:
        """Make a forum there, or take one that is there; return its handle."""
        raise ApiError("it is no forum software")

    async def begin(self, title: str, words: str) -> Status:
        """Begin a thread in the forum there."""
        raise ApiError("it is no forum software")

    async def held_has(self, uri: str) -> Status | None:
        """Return what the forum there shows under an address of ours, or None."""
        raise ApiError("it is no forum software")

    async def votes(self, status: Status) -> int:
        raise ApiError("it is no forum software")

    async def lock(self, status: Status, *, locked: bool) -> None:
        """Lock a thread as a moderator there, or open it again."""
        raise ApiError("it cannot be asked to")

    async def ban(self, uri: str, seconds: float) -> None:
        """Shut whoever wrote something out of the forum there for a while."""
        raise ApiError("it cannot be asked to")

    async def remove(self, status: Status) -> None:
        """Remove a thread as a moderator there."""
        raise ApiError("it cannot be asked to")
