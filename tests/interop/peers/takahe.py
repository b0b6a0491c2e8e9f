"""Takahē (https://github.com/jointakahe/takahe): a microblog in Python, on PostgreSQL, with Mastodon's client API."""

from __future__ import annotations

import asyncio
import json
import re
from typing import ClassVar

import aiohttp

from tests.interop.browsing import Browser
from tests.interop.mastodon_api import Person, Status
from tests.interop.peers.postgres import ITS_USER, OnPostgres
from tests.interop.until import until

PASSWORD = "quite-a-long-Passw0rd-for-Tara"
TOKEN = "tara-on-her-phone"
#: The domain, Tara, who is an admin, and an app of hers, as Takahē's own shell makes them.
PEOPLE = """
from api.models import Application, Token
from users.models import Domain, User
from users.services import IdentityService
domain = Domain.objects.create(domain="{host}", local=True, public=True, default=True)
user = User.objects.create_superuser("tara@{host}", "{word}")
tara = IdentityService.create(user, "tara", domain, "Tara")
app = Application.create("interop", "https://{host}/done", None, "read write")
Token.objects.create(application=app, user=user, identity=tara, token="{token}", scopes=["read", "write"])
"""


class Takahe(OnPostgres):
    """`installed` is the checkout with its packages in `.venv` and its files collected."""

    name, host, port = "takahe", "takahe.test", 8106
    variable, part = "INTEROP_TAKAHE", "static-collected/staticfiles.json"
    database, postgres = "takahe", 8126
    account, enters_as = ("tara", PASSWORD), "tara@takahe.test"
    lacks: ClassVar[dict[str, str]] = {
        "rfc9421": "Takahē knows draft-cavage signatures alone",
        "report": "Takahē has no page or API on which its people report",
        "language": "Takahē states no language",
    }

    async def start(self) -> None:
        python, manage = self.installed / ".venv/bin/python", self.installed / "manage.py"
        self.version = self._version()
        await self.start_database()
        self.environment = {**self.environment, **self._settings()}
        await asyncio.to_thread(self.run, python, manage, "migrate", "--verbosity", "0", cwd=self.installed)
        people = PEOPLE.format(host=self.host, word=PASSWORD, token=TOKEN)
        await asyncio.to_thread(self.run, python, manage, "shell", cwd=self.installed, given=people)
        gunicorn = ("-m", "gunicorn", "takahe.wsgi:application", "--bind", f"127.0.0.1:{self.port}", "--threads", "8")
        self.spawn(python, *gunicorn, cwd=self.installed)
        self.spawn(python, manage, "runstator", cwd=self.installed)
        await until("Takahē answers", self.is_ready, 120)

    async def is_ready(self) -> bool:
        """Say whether it serves; it listens before that."""
        if not await self.is_up():
            return False
        headers = {"Host": self.host, "X-Forwarded-Proto": "https"}
        url = f"http://127.0.0.1:{self.port}/api/v1/instance"
        async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
            return answer.status == 200

    def _version(self) -> str:
        found = re.search(r'__version__ = "([^"]+)"', (self.installed / "takahe/__init__.py").read_text())
        return found[1] if found else "?"

    def _settings(self) -> dict[str, str]:
        return {
            "TAKAHE_ENV_FILE": str(self.folder / "env"),
            "TAKAHE_ENVIRONMENT": "production",
            "TAKAHE_DATABASE_SERVER": f"postgres://{ITS_USER}@127.0.0.1:{self.postgres}/{self.database}",
            "TAKAHE_SECRET_KEY": "interop",
            "TAKAHE_MAIN_DOMAIN": self.host,
            "TAKAHE_USE_PROXY_HEADERS": "true",
            "TAKAHE_CSRF_HOSTS": json.dumps([f"https://{self.host}"]),
            "TAKAHE_MEDIA_BACKEND": "local://",
            "TAKAHE_MEDIA_ROOT": str(self.folder / "media"),
            "TAKAHE_MEDIA_URL": f"https://{self.host}/media/",
            "PYTHONUNBUFFERED": "1",
        }

    async def person(self) -> Person:
        """Return Tara, an admin there, with an app that is signed in."""
        return TakahePerson(self.host, self.tls, TOKEN)


class TakahePerson(Person):
    """Somebody on Takahē; what admins are shown is on its pages alone."""

    browser: Browser | None = None

    async def sees_report(self, words: str) -> bool:
        if self.browser is None:
            self.browser = Browser(self.tls)
            page = await self.browser.get(f"https://{self.host}/auth/login/")
            form = next(one for one in page.forms if "password" in one.fields)
            await self.browser.send(page, form, username=f"tara@{self.host}", password=PASSWORD)
        listed = await self.browser.get(f"https://{self.host}/admin/reports/")
        pages = [await self.browser.get(f"https://{self.host}{one}") for one in _reports(listed.text)]
        return any(words in page.text for page in pages)

    async def close(self) -> None:
        if self.browser is not None:
            await self.browser.close()
        await super().close()

    async def open(self, uri: str) -> Status | None:
        found = await super().open(uri)
        return found if found and found["uri"] == uri else None


def _reports(page: str) -> list[str]:
    return sorted(set(re.findall(r'"(/admin/reports/\d+/)', page)))
