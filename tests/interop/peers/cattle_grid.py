"""cattle_grid (https://codeberg.org/bovine/cattle_grid): what stands between an app and the fediverse, in Python.

It has actors, inboxes, signatures and followers, and no words of its own: the app is this file. It runs beside
PostgreSQL and RabbitMQ, and behind nginx, which asks it about the signature of each request.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
from pathlib import Path
from typing import Any, ClassVar

from tests.interop.mastodon_api import ApiError, Person, Status
from tests.interop.peers.postgres import ITS_USER, OnPostgres, listens
from tests.interop.until import until

PASSWORD = "quite-a-long-Passw0rd-for-Cora"
BEHIND, RABBIT = 8117, 8127
#: The program itself: what lies in PATH changes to a user of its own, whom only root can become.
RABBITS = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
#: Before any event.
EVER = "00000000-0000-7000-8000-000000000000"
SETTINGS = """
db_url = "postgresql+asyncpg://{user}@127.0.0.1:{postgres}/{database}"
amqp_url = "amqp://guest:guest@127.0.0.1:{rabbit}/"
processor_in_app = true
[frontend]
base_urls = ["https://{host}"]
[testing]
enable = true
enabled = true
[[testing.accounts]]
name = "cora"
password = "{word}"
permissions = ["admin"]
[[testing.accounts.actors]]
base_url = "https://{host}"
handle = "cora"
name = "Cora"
[[extensions]]
module = "cattle_grid.extensions.examples.simple_storage"
api_prefix = "/stored"
config = {{ prefix = "/stored/" }}
[[extensions]]
module = "cattle_grid.extensions.examples.webfinger_lookup"
lookup_order = 10
"""
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1; user root;
events {{ }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxied;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    location = /who {{
      internal; proxy_pass http://127.0.0.1:{behind}/auth/auth; proxy_pass_request_body off;
      proxy_set_header Host $host; proxy_set_header Content-Length "";
      proxy_set_header X-Original-Method $request_method;
      proxy_set_header X-Original-Uri $request_uri; proxy_set_header X-Original-Host $host;
      proxy_set_header X-Forwarded-Proto https;
    }}
    auth_request_set $requester $upstream_http_x_cattle_grid_requester;
    auth_request_set $serve $upstream_http_x_cattle_grid_should_serve;
    proxy_set_header Host $host;
    proxy_set_header X-Ap-Location https://$host$request_uri;
    proxy_set_header X-Cattle-Grid-Requester $requester;
    proxy_set_header X-Cattle-Grid-Should-Serve $serve;
    location / {{ auth_request /who; proxy_pass http://127.0.0.1:{behind}/ap/; }}
    location /stored/ {{ auth_request /who; proxy_pass http://127.0.0.1:{behind}; }}
    location /.well-known/ {{ proxy_pass http://127.0.0.1:{behind}/ap/.well-known/; }}
    location = /cattle_grid_actor {{ proxy_pass http://127.0.0.1:{behind}/auth/cattle_grid_actor; }}
    location /fe/ {{ proxy_pass http://127.0.0.1:{behind}; }}
  }}
}}
"""


class CattleGrid(OnPostgres):
    """`installed` is a folder with it among the packages of its `.venv`; the rest comes from the machine."""

    name, host, port = "cattle-grid", "cattle.test", 8107
    variable, part = "INTEROP_CATTLE_GRID", ".venv/bin/uvicorn"
    database, postgres, needed = "cattle", 8137, ("nginx",)
    lacks: ClassVar[dict[str, str]] = {
        "rfc9421": "cattle_grid was not seen to sign so",
        "sign in": "cattle_grid speaks no OAuth as Mastodon's API has it",
    }
    limits: ClassVar[dict[str, str]] = {
        "our report": "a report names nobody in `to`, for it is told to a server: cattle_grid gives it to nobody"
    }

    @classmethod
    def find(cls) -> Path | None:
        found = super().find()
        return found if RABBITS.exists() else None

    def _rabbit(self) -> dict[str, str]:
        own = self.folder / "rabbit"
        own.mkdir()
        return {
            "HOME": str(own),
            "RABBITMQ_NODENAME": "rabbit@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(RABBIT),
            "RABBITMQ_DIST_PORT": str(RABBIT + 1),
            "RABBITMQ_MNESIA_BASE": str(own / "mnesia"),
            "RABBITMQ_LOG_BASE": str(own / "log"),
            "RABBITMQ_PID_FILE": str(own / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(own / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(own / "rabbit"),
        }

    async def start(self) -> None:
        python = self.installed / ".venv/bin/python"
        words = "import cattle_grid.version as found; print(found.__version__)"
        self.version = self.run(python, "-c", words).split()[-1]
        settings = SETTINGS.format(
            host=self.host, word=PASSWORD, rabbit=RABBIT, user=ITS_USER, postgres=self.postgres, database=self.database
        )
        (self.folder / "cattle_grid.toml").write_text(settings)
        await self.start_database()
        self.spawn(RABBITS, **self._rabbit())
        await until("RabbitMQ answers", lambda: listens(RABBIT), 120)
        grid = (python, "-m", "cattle_grid")
        actor = f"https://{self.host}/cattle_grid_actor"
        await asyncio.to_thread(self.run, *grid, "new-config", actor, "--username", "grid")
        path = f"{self.installed}/.venv/bin:{self.environment.get('PATH', '')}"
        app = ("-m", "uvicorn", "cattle_grid:create_app", "--factory", "--host", "127.0.0.1", "--port", str(BEHIND))
        self.spawn(python, *app, PATH=path)
        settings = NGINX.format(folder=self.folder, port=self.port, behind=BEHIND)
        (self.folder / "nginx.conf").write_text(settings)
        self.spawn("nginx", "-c", self.folder / "nginx.conf")
        await until("cattle_grid answers", lambda: listens(BEHIND), 120)
        await until("nginx answers", self.is_up)

    async def person(self) -> Person:
        """Return Cora, the only one there."""
        person = CattlePerson(self.host, self.tls)
        person.token = (await person.ask("POST", "/fe/signin", {"name": "cora", "password": PASSWORD}))["token"]
        about = await person.ask("GET", "/fe/account/info")
        person.actor = about["actors"][0]["id"]
        return person


class CattlePerson(Person):
    """Somebody whose timeline is what came to her inbox, as cattle_grid told her app, and what her app then fetched."""

    actor, forum = "", ""
    likes: ClassVar[dict[str, str]] = {}
    followed = ""

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the activities that came, or that went out, the newest first."""
        found = await self.ask("GET", "/fe/account/history", None, start_from=EVER)
        return [one["data"]["raw"] for one in found["events"] if one["event_type"] == kind]

    async def look_up(self, uri: str) -> dict[str, Any] | None:
        try:
            found = await self.ask("POST", "/fe/actor/lookup", {"actorId": self.actor, "uri": uri})
        except ApiError:
            return None
        raw = found.get("raw")
        # It makes a Tombstone of every 404.
        return raw if isinstance(raw, dict) and raw.get("id") and raw.get("type") != "Tombstone" else None

    async def publish(self, activity: dict[str, Any], method: str = "publish_activity") -> dict[str, Any]:
        """Have it published; return it as it went out."""
        before = len(await self.events("outgoing"))
        whole = {"actor": self.actor, **activity} if method == "publish_activity" else activity
        await self.ask("POST", f"/fe/actor/trigger/{method}", {"actor": self.actor, "data": whole})

        async def out() -> list[dict[str, Any]]:
            found = await self.events("outgoing")
            return found[: len(found) - before]

        return (await until(f"{activity.get('type')} went out", out))[0]

    async def find(self, handle: str) -> Status | None:
        found = await self.look_up(f"acct:{handle}")
        if not found or "inbox" not in found:
            return None
        self.forum = found["id"]
        return found

    async def open(self, uri: str) -> Status | None:
        return await self.look_up(uri)

    async def timeline_has(self, uri: str) -> Status | None:
        for one in await self.events("incoming"):
            inner = one.get("object")
            thing = inner.get("object", inner) if isinstance(inner, dict) else inner
            if (thing.get("id") if isinstance(thing, dict) else thing) != uri:
                continue
            if "Delete" in (one["type"], inner.get("type") if isinstance(inner, dict) else ""):
                return None
            found = thing if isinstance(thing, dict) else await self.look_up(uri)
            return _shown(found) if found else None
        return None

    async def notified_of(self, uri: str) -> bool:
        came = [one["object"] for one in await self.events("incoming") if one["type"] == "Create"]
        return any(isinstance(one, dict) and one.get("id") == uri for one in came)

    async def follow(self, account: Status) -> None:
        there = {"type": "Follow", "object": account["id"], "to": [account["id"]]}
        self.followed = (await self.publish(there))["id"]

    async def unfollow(self, account: Status) -> None:
        follow = {"type": "Follow", "id": self.followed, "actor": self.actor, "object": account["id"]}
        await self.publish({"type": "Undo", "object": follow, "to": [account["id"]]})

    async def follows(self, account: Status) -> bool:
        came = [one for one in await self.events("incoming") if one["type"] == "Accept"]
        return any(account["id"] == one["actor"] and self.followed in json.dumps(one["object"]) for one in came)

    def _note(self, text: str, to: str | None, **more: Any) -> dict[str, Any]:
        words = f"<p>{html.escape(text)}</p>"
        name = re.match(r"@\S+", text)
        language = more.pop("language", "")
        return {
            "type": "Note",
            "attributedTo": self.actor,
            "to": [PUBLIC],
            "cc": [self.forum],
            "content": words,
            **({"contentMap": {language: words}} if language else {}),
            **({"inReplyTo": to} if to else {}),
            "tag": [{"type": "Mention", "href": self.forum, "name": name[0] if name else ""}],
            **more,
        }

    async def write(self, text: str, to: Status | None = None, **more: Any) -> Status:
        more.pop("forum", None)
        there = to["id"] if to else None
        made = (await self.publish(self._note(text, there, **more), "publish_object"))["object"]
        return {"id": made["id"], "uri": made["id"], "to": there}

    async def edit(self, status: Status, text: str) -> None:
        note = {**self._note(text, status["to"]), "id": status["id"]}
        await self.publish({"type": "Update", "object": note, "to": [PUBLIC], "cc": [self.forum]})

    async def delete(self, status: Status) -> None:
        await self.publish({"type": "Delete", "object": status["id"], "to": [PUBLIC], "cc": [self.forum]})

    async def like(self, status: Status, *, undo: bool = False) -> None:
        there = {"object": status["id"], "to": [self.forum]}
        if undo:
            like = {"type": "Like", "id": self.likes[status["id"]], "actor": self.actor, **there}
            await self.publish({"type": "Undo", "object": like, "to": [self.forum]})
        else:
            self.likes[status["id"]] = (await self.publish({"type": "Like", **there}))["id"]

    async def vote(self, poll: Status, choice: int) -> None:
        ballot = {
            "type": "Note",
            "attributedTo": self.actor,
            "to": [poll["author"]],
            "inReplyTo": poll["id"],
            "name": poll["poll"]["names"][choice],
        }
        await self.publish(ballot, "publish_object")

    async def report(self, status: Status, words: str) -> None:
        await self.publish({"type": "Flag", "object": status["id"], "content": words, "to": [self.forum]})

    async def sees_report(self, words: str) -> bool:
        return any(words in json.dumps(one) for one in await self.events("incoming") if one["type"] == "Flag")

    async def picture(self, picture: bytes, words: str) -> dict[str, Any]:
        url = f"https://{self.host}/dot.png"
        return {"attachment": [{"type": "Image", "url": url, "mediaType": "image/png", "name": words}]}

    def warned(self, words: str) -> dict[str, Any]:
        return {"summary": words, "sensitive": True}

    async def reads(self, words: str) -> bool:
        return any(words in json.dumps(one) for one in await self.events("incoming"))


def _shown(found: dict[str, Any]) -> Status:
    choices = [one.get("name", "") for one in found.get("oneOf") or found.get("anyOf") or []]
    return {
        "id": found["id"],
        "uri": found["id"],
        "author": found.get("attributedTo"),
        "title": found.get("name", ""),
        "content": found.get("content", ""),
        "poll": {"names": choices} if choices else None,
        "attachments": [{"description": one.get("name")} for one in found.get("attachment", [])],
    }
