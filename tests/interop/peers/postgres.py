"""A peer that keeps what it holds in PostgreSQL: a database of its own, started and thrown away with it."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

from tests.interop.peers.base import Peer
from tests.interop.until import until

#: PostgreSQL runs as nobody special, but never as root.
ITS_USER = "postgres"
NEEDED = ("initdb", "postgres", "createdb", "psql", "setpriv")


class OnPostgres(Peer):
    """A peer whose database `database` is at the port `postgres`, as `ITS_USER`, without a password."""

    database = ""
    postgres = 0
    #: What else has to be in PATH, and what in the checkout.
    needed: ClassVar[tuple[str, ...]] = ()
    part = ""
    store: Path | None = None

    @classmethod
    def find(cls) -> Path | None:
        found = super().find()
        whole = found and (found / cls.part).exists() and all(shutil.which(one) for one in (*NEEDED, *cls.needed))
        return found if whole and _is_root() else None

    async def start_database(self) -> None:
        """Make a database of its own and start it, as the user that PostgreSQL wants."""
        self.store = Path(tempfile.mkdtemp(prefix="interop-postgres-"))
        shutil.chown(self.store, ITS_USER)
        as_it = ("setpriv", f"--reuid={ITS_USER}", f"--regid={ITS_USER}", "--clear-groups", "--reset-env")
        made = ("-A", "trust", "-E", "UTF8", "--no-sync", "-D", self.store / "data")
        self.run(*as_it, str(shutil.which("initdb")), *made)
        quick = ("-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-k", self.store)
        self.spawn(*as_it, str(shutil.which("postgres")), "-D", self.store / "data", "-p", str(self.postgres), *quick)
        await until("PostgreSQL answers", lambda: listens(self.postgres), 60)
        self.run("createdb", *self._there, self.database)

    @property
    def _there(self) -> tuple[str, ...]:
        return ("--host", "127.0.0.1", "--port", str(self.postgres), "--username", ITS_USER)

    def sql(self, words: str) -> str:
        return self.run("psql", *self._there, "-c", words, self.database)

    async def end(self) -> None:
        await super().end()
        if self.store is not None:
            shutil.rmtree(self.store, ignore_errors=True)


def _is_root() -> bool:
    """Say whether we may start programs as other users: as root, and not in a room of somebody else's."""
    if os.geteuid() != 0:
        return False
    spans = Path("/proc/self/uid_map").read_text().split()
    return int(spans[2]) > 1


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
