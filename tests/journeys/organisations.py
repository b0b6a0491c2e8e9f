"""Real organisations for the browser journeys: each is a server process of its own in a temporary folder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from click.testing import CliRunner

from server.app import make_house, names_key, open_inside
from server.cli import verbs
from server.domain.actors import Member, Role
from server.domain.jams import Audience, Charter, Forum, Jam
from server.services import forums, jams, partners, people
from server.services.house import House
from server.settings import Settings, child_environment, read_organisation
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "four plain words here"
PATIENCE = 60.0
LOOPBACK = {"MARMALADE_PEER_NETWORKS": "127.0.0.0/8", "MARMALADE_UNDO_SECONDS": "0"}
CHARTER = Charter(
    question="What should we and our partners do together next year?",
    promise="Dana Whitfield answers every theme.",
    off_limits="Headcount.",
    decide_by="15 December",
)
T = TypeVar("T")


@dataclass
class Organisation:
    """One organisation: its home, its two addresses, and its server process once it is started."""

    name: str
    home: Path
    edge_port: int
    inside_port: int
    admin: str
    process: asyncio.subprocess.Process | None = None
    links: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def edge_host(self) -> str:
        return f"127.0.0.1:{self.edge_port}"

    @property
    def edge_url(self) -> str:
        return f"http://{self.edge_host}"

    @property
    def inside_url(self) -> str:
        return f"http://127.0.0.1:{self.inside_port}"

    @property
    def log(self) -> str:
        return (self.home / "serve.log").read_text("utf-8", "replace")

    @contextlib.asynccontextmanager
    async def house(self) -> AsyncIterator[House]:
        """Open the inside beside the running server, as an operator's commands do."""
        async with open_inside(Settings.from_env(self.home, LOOPBACK)) as store:
            yield make_house(store, read_organisation(self.home), names_key=names_key(Settings.from_env(self.home)))

    async def serve(self) -> None:
        """Start the server and wait until both addresses answer and the gate has shown the server's own actor."""
        with (self.home / "serve.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "server", "serve", "--home", str(self.home)),
                cwd=ROOT, env=child_environment(LOOPBACK | self.settings), stdin=asyncio.subprocess.DEVNULL,
                stdout=log, stderr=log,
            )  # fmt: skip
        doors = ((self.inside_port, "/readyz"), (self.edge_port, "/readyz"), (self.edge_port, "/actor"))
        for port, path in doors:
            await until(f"{self.name} answers at {path}", lambda port=port, path=path: self._answers(port, path))

    async def _answers(self, port: int, path: str) -> bool:
        assert self.process is not None
        assert self.process.returncode is None, f"the server ended by itself:\n{self.log[-2000:]}"
        return await status_of(port, path) == 200

    async def end(self) -> None:
        """Ask the server to stop, and kill it when it does not."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), 20)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    async def kill(self) -> None:
        """End the server as a power cut would: nobody needs what it would still put away. Its analysis ends with it."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    # -- seeding, before or beside the server --

    async def add(self, username: str, name: str, unit: str = "", role: Role = "member") -> None:
        """Add somebody who signs in with PASSWORD."""
        async with self.house() as house:
            member = await people.add_member(house, username, name, unit, role)
            await people.set_password(house, member, PASSWORD)

    async def add_partner(self, other: Organisation) -> None:
        async with self.house() as house:
            admin = await people.person(house, self.admin)
            await partners.add_partner(house, admin, other.edge_host, "partner", "GREEN", other.name)


async def status_of(port: int, path: str, accept: str = "*/*") -> int:
    """Return the HTTP status that a loopback port answers; 0 where nobody listens."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return 0
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: {accept}\r\n"
                     "Connection: close\r\n\r\n".encode())  # fmt: skip
        line = (await reader.readline()).split()
        return int(line[1]) if len(line) > 1 else 0
    except OSError:
        return 0
    finally:
        writer.close()


async def until(what: str, look: Callable[[], Awaitable[T]], seconds: float = PATIENCE) -> T:
    """Look again and again until there is something; fail with `what` otherwise."""
    end = asyncio.get_running_loop().time() + seconds
    while not (found := await look()):
        assert asyncio.get_running_loop().time() < end, f"{what}: not within {seconds:.0f} s"
        await asyncio.sleep(0.1)
    return found


async def found(home: Path, name: str, admin: str = "morgan", *, password: str = PASSWORD) -> Organisation:
    """Set an organisation up with the `init` verb; `links` holds the sign-in link where there is no password."""
    edge, inside = free_ports(2)
    made = Organisation(name, home, edge, inside, admin)
    ours = dict.fromkeys(name for name in os.environ if name.startswith("MARMALADE_"))
    secret = {"MARMALADE_ADMIN_PASSWORD": password} if password else {}
    words = ("--name", name, "--admin", admin, "--inside-url", made.inside_url, "--edge-url", made.edge_url)
    done = await asyncio.to_thread(
        CliRunner().invoke, verbs, ["init", "--home", str(home), *words], env=ours | LOOPBACK | secret
    )
    assert done.exit_code == 0, done.output
    made.links = [word for word in done.stdout.split() if "/welcome/" in word]
    return made


@dataclass(frozen=True)
class Floor:
    """An open jam with a forum for each audience."""

    jam: Jam
    public: Forum
    partners: Forum
    inside: Forum


async def open_a_jam(house: House, admin: Member) -> Floor:
    """Open the jam "Better together" with the forums Open floor, Logistics and Our own house."""
    now = house.now()
    jam = await jams.create_jam(house, admin, "better", "Better together", CHARTER, now, now + timedelta(days=2))
    jam = await jams.open_jam(house, admin, jam)

    async def forum(slug: str, title: str, question: str, audience: Audience) -> Forum:
        return await forums.create_forum(house, admin, jam, slug, title, question, audience)

    return Floor(
        jam,
        await forum("open-floor", "Open floor", "What should we try together?", "public"),
        await forum("logistics", "Logistics", "Where do our trucks wait?", "partners"),
        await forum("own-house", "Our own house", "What must we mend first?", "inside"),
    )
