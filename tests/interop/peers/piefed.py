"""PieFed (https://codeberg.org/rimu/pyfedi): communities in the manner of Lemmy, in Python, on PostgreSQL and Redis."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import aiohttp

from tests.interop.browsing import Browser
from tests.interop.mastodon_api import ApiError, Person, Status
from tests.interop.peers.postgres import ITS_USER, OnPostgres, listens
from tests.interop.until import until

PASSWORD = "quite-a-long-Passw0rd-for-Pia"
REDIS = 8115
QUEUES = "celery,background,send"


class PieFed(OnPostgres):
    """`installed` is the checkout with its packages in `.venv`; PostgreSQL and Redis come from the machine."""

    name, host, port = "piefed", "piefed.test", 8105
    variable, part = "INTEROP_PIEFED", ".venv/bin/flask"
    database, postgres, needed = "pyfedi", 8125, ("redis-server",)
    account, holds_forums = ("pia", PASSWORD), True
    lacks: ClassVar[dict[str, str]] = {
        "rfc9421": "PieFed knows draft-cavage signatures alone",
        "poll": "PieFed knows polls that begin a thread alone; it shows ours as a comment",
        "picture there": "PieFed's comments have no attachments: pictures are links in their words",
        "warning": "PieFed's comments have no content warnings",
        "sign in": "PieFed speaks no OAuth as Mastodon's API has it",
    }
    limits: ClassVar[dict[str, str]] = {
        "late read": "PieFed keeps a person's key for a day; before `keys rotate` it was seen",
        "signed_there": "PieFed asks unsigned, and signs where it is answered 401: what is hidden is a 404 here",
    }

    async def start(self) -> None:
        self.version = self._version()
        bin_ = self.installed / ".venv/bin"
        self.spawn("redis-server", "--port", str(REDIS), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder)
        await self.start_database()
        await until("Redis answers", lambda: listens(REDIS))
        # `init-db` makes all tables by itself, and asks for this one to be there.
        self.sql("CREATE TABLE alembic_version (version_num varchar(32))")
        self.environment = {**self.environment, **self._settings()}
        answers = f"pia\npia@{self.host}\n{PASSWORD}\n"
        await asyncio.to_thread(self.run, bin_ / "flask", "init-db", cwd=self.installed, given=answers)
        # Its own settings for gunicorn are those of its container.
        (self.folder / "gunicorn.py").touch()
        gunicorn = ("--config", self.folder / "gunicorn.py", "--bind", f"127.0.0.1:{self.port}", "--threads", "8")
        self.spawn(bin_ / "gunicorn", *gunicorn, "pyfedi:app", cwd=self.installed)
        worker = ("-A", "celery_worker_docker.celery", "worker", "-Q", QUEUES, "--concurrency", "2", "-l", "INFO")
        self.spawn(bin_ / "celery", *worker, cwd=self.installed)
        await until("PieFed answers", self.is_ready, 180)

    async def is_ready(self) -> bool:
        """Say whether it serves; it listens before that."""
        if not await self.is_up():
            return False
        url = f"http://127.0.0.1:{self.port}/nodeinfo/2.0"
        try:
            async with aiohttp.ClientSession() as session, session.get(url, headers={"Host": self.host}) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    def _version(self) -> str:
        found = re.search(r'VERSION = "([^"]+)"', (self.installed / "app/constants.py").read_text())
        return found[1] if found else "?"

    def _settings(self) -> dict[str, str]:
        redis = f"redis://127.0.0.1:{REDIS}"
        return {
            "FLASK_APP": "pyfedi.py",
            "HOME": str(self.folder),
            "SERVER_NAME": self.host,
            "SECRET_KEY": "interop",
            "DATABASE_URL": f"postgresql+psycopg2://{ITS_USER}@127.0.0.1:{self.postgres}/{self.database}",
            "CACHE_TYPE": "FileSystemCache",
            "CACHE_DIR": str(self.folder / "cache"),
            "CACHE_REDIS_URL": f"{redis}/1",
            "CELERY_BROKER_URL": f"{redis}/0",
            "RESULT_BACKEND": f"{redis}/0",
            "ENABLE_ALPHA_API": "true",
            "PYTHONUNBUFFERED": "1",
        }

    async def let_a_day_pass(self) -> None:
        """Whom it met today may begin three threads, and send no messages."""
        await asyncio.to_thread(self.sql, "UPDATE \"user\" SET created = created - interval '2 days'")

    async def person(self) -> Person:
        """Return Pia, an admin there, signed in."""
        person = PieFedPerson(self.host, self.tls)
        found = await person.call("POST", "user/login", {"username": "pia", "password": PASSWORD})
        person.token = found["jwt"]
        return person


class PieFedPerson(Person):
    """Somebody on PieFed: what others call a timeline is the community that stands for our forum."""

    community, held, asked = 0, 0, 0
    browser: Browser | None = None

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None, **query: str) -> Any:
        """Ask the API, each time as from another address: it takes three comments a minute from one."""
        self.asked += 1
        headers = {"CF-Connecting-IP": f"198.51.100.{self.asked % 250 + 1}"}
        headers |= {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"https://{self.host}/api/alpha/{path}"
        async with self.session.request(method, url, json=body, params=query, headers=headers) as answer:
            text = await answer.text()
            if answer.status >= 400:
                raise ApiError(f"{method} {path}: {answer.status} {text[:300]}")
            return json.loads(text)

    async def find(self, handle: str) -> Status | None:
        try:
            found = await self.call("GET", "resolve_object", q=f"!{handle}")
        except ApiError:
            return None
        view: Status | None = found.get("community")
        if view:
            self.community = view["community"]["id"]
        return view

    async def open(self, uri: str) -> Status | None:
        """Put an address into the search field."""
        try:
            found = await self.call("GET", "resolve_object", q=uri)
        except ApiError:
            return None
        return _shown(found)

    async def timeline_has(self, uri: str) -> Status | None:
        listed = await self.call("GET", "post/list", community_id=str(self.community), sort="New", limit="50")
        found = next((one for one in listed["posts"] if one["post"]["ap_id"] == uri), None)
        return _shown({"post": found}) if found and not found["post"]["deleted"] else None

    async def notified_of(self, uri: str) -> bool:
        found = await self.call("GET", "user/replies", limit="50")
        return any(one["comment"]["ap_id"] == uri for one in found["replies"])

    async def follow(self, account: Status) -> None:
        await self.call("POST", "community/follow", {"community_id": account["community"]["id"], "follow": True})

    async def unfollow(self, account: Status) -> None:
        await self.call("POST", "community/follow", {"community_id": account["community"]["id"], "follow": False})

    async def follows(self, account: Status) -> bool:
        found = await self.call("GET", "community", id=str(account["community"]["id"]))
        return bool(found["community_view"]["subscribed"] == "Subscribed")

    async def write(self, text: str, to: Status | None = None, **more: Any) -> Status:
        words = re.sub(r"^@\S+ ", "", text)
        if to is not None:
            body = {"body": words, "post_id": to["post"], **({"parent_id": to["comment"]} if "comment" in to else {})}
            made = await self.call("POST", "comment", body)
            return _reply(made["comment_view"])
        title, _, rest = words.partition("\n\n")
        made = await self.call("POST", "post", {"title": title, "body": rest, "community_id": self.community})
        return _idea(made["post_view"])

    async def edit(self, status: Status, text: str) -> None:
        words = re.sub(r"^@\S+ ", "", text)
        await self.call("PUT", "comment", {"comment_id": status["comment"], "body": words})

    async def delete(self, status: Status) -> None:
        await self.call("POST", "comment/delete", {"comment_id": status["comment"], "deleted": True})

    async def like(self, status: Status, *, undo: bool = False) -> None:
        await self._score(status, 0 if undo else 1)

    async def dislike(self, status: Status) -> None:
        await self._score(status, -1)

    async def _score(self, status: Status, score: int) -> None:
        kind = "comment" if "comment" in status else "post"
        await self.call("POST", f"{kind}/like", {f"{kind}_id": status[kind], "score": score})

    async def report(self, status: Status, words: str) -> None:
        await self.call("POST", "post/report", {"post_id": status["post"], "reason": words, "report_remote": True})

    async def sees_report(self, words: str) -> bool:
        """Say whether the page of reports that an admin is shown has these words."""
        if self.browser is None:
            self.browser = Browser(self.tls)
            page = await self.browser.get(f"https://{self.host}/auth/login")
            form = next(one for one in page.forms if "password" in one.fields)
            await self.browser.send(page, form, user_name="pia", password=PASSWORD)
        return words in (await self.browser.get(f"https://{self.host}/admin/reports")).text

    async def close(self) -> None:
        if self.browser is not None:
            await self.browser.close()
        await super().close()

    async def own_forum(self) -> str:
        made = await self.call("POST", "community", {"name": "quiet", "title": "Quiet"})
        self.held = made["community_view"]["community"]["id"]
        return f"quiet@{self.host}"

    async def begin(self, title: str, words: str) -> Status:
        made = await self.call("POST", "post", {"title": title, "body": words, "community_id": self.held})
        return _idea(made["post_view"])

    async def held_has(self, uri: str) -> Status | None:
        """Look among what its community's pages list, not up at our server."""
        at = {"community_id": str(self.held), "sort": "New", "limit": "50"}
        posts = (await self.call("GET", "post/list", **at))["posts"]
        comments = (await self.call("GET", "comment/list", **at))["comments"]
        found = [_idea(one) for one in posts if not one["post"]["deleted"]]
        found += [_reply(one) for one in comments if not one["comment"]["deleted"]]
        return next((one for one in found if one["uri"] == uri), None)

    async def votes(self, status: Status) -> int:
        found = await self.call("GET", "post", id=str(status["post"]))
        return int(found["post_view"]["counts"]["upvotes"])

    async def remove(self, status: Status) -> None:
        words = {"post_id": status["post"], "removed": True, "reason": "Off the point."}
        await self.call("POST", "post/remove", words)

    async def lock(self, status: Status, *, locked: bool) -> None:
        await self.call("POST", "post/lock", {"post_id": status["post"], "locked": locked})

    async def ban(self, uri: str, seconds: float) -> None:
        """Ban whoever wrote something from its community, for a while: what ends one early it tells nobody."""
        at = {"community_id": str(self.held), "sort": "New", "limit": "50"}
        posts = (await self.call("GET", "post/list", **at))["posts"]
        whom = next(one["creator"]["id"] for one in posts if one["post"]["ap_id"] == uri)
        until_ = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        about = {"community_id": self.held, "user_id": whom, "reason": "Spam.", "expires_at": until_}
        await self.call("POST", "community/moderate/ban", about)

    async def reads(self, words: str) -> bool:
        """Say whether a message to us has these words."""
        return words in json.dumps(await self.call("GET", "private_message/list", unread_only="false"))


def _shown(found: dict[str, Any]) -> Status | None:
    if found.get("post"):
        return _idea(found["post"])
    return _reply(found["comment"]) if found.get("comment") else None


def _idea(view: dict[str, Any]) -> Status:
    post = view["post"]
    return {
        "id": post["ap_id"],
        "uri": post["ap_id"],
        "by": view["creator"]["actor_id"],
        "post": post["id"],
        "title": post["title"],
        "content": post.get("body", ""),
        "locked": post.get("locked", False),
        "pinned": post.get("sticky", False),
        "attachments": [{"description": post.get("alt_text")}] if post.get("thumbnail_url") else [],
    }


def _reply(view: dict[str, Any]) -> Status:
    comment = view["comment"]
    return {
        "id": comment["ap_id"],
        "uri": comment["ap_id"],
        "by": view["creator"]["actor_id"],
        "post": comment["post_id"],
        "comment": comment["id"],
        "content": comment["body"],
    }
