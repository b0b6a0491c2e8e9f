"""One organisation in a temporary folder: both stores, the gate's workers, and its edge on a loopback port.

Nothing runs by itself: `idle()` drives every worker until there is nothing left to do.
"""

from __future__ import annotations

import hashlib
import ipaddress
import shutil
import socket
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.edge.deliver import Deliverer
from federation.edge.setup import Edge, ServerSigner, make_edge
from federation.gate.actors import show_server
from federation.gate.admit import Admit
from federation.gate.joining import follow_found
from federation.gate.plan import Gateway
from federation.gate.purging import Purge
from federation.gate.release import Release
from federation.gate.votes import Votes
from federation.outside.received import Received
from federation.outside.released import Sealer
from federation.outside.store import Outside
from federation.signatures import load_private_key
from federation.transport import Transport
from server.database import Database
from server.domain.actors import Member, Role
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Audience, Charter, Forum, Jam
from server.domain.public_themes import PublicTheme, Said
from server.domain.uris import Addresses
from server.services import forums, ideas, ideas_read, jams, partners, people
from server.services.house import Clock, House
from tests.federation.elsewhere import free_socket

CHARTER = Charter(question="q", promise="p", off_limits="o", decide_by="d")
LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


async def open_store(folder: Path, side: str) -> Database:
    rooms = {"inside": "server.storage", "outside": "federation.outside"}
    return await Database.open(
        folder / f"{side}.sqlite",
        f"{rooms[side]}.rows",
        migrations=f"{rooms[side]}.migrations",
        group_seconds=0.0,
    )


@dataclass
class Organisation:
    """An organisation that a test drives by hand. `ahead` is how many seconds its clocks are ahead."""

    house: House
    outside: Outside
    gate: Gateway
    release: Release
    admit: Admit
    purge: Purge
    votes: Votes
    edge: Edge
    deliverer: Deliverer
    transport: Transport
    admin: Member
    signer: ServerSigner
    faults: list[tuple[str, Exception]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=lambda: [0.0])

    @property
    def url(self) -> str:
        return self.house.addresses.edge_url

    @property
    def host(self) -> str:
        return self.house.addresses.edge_host

    @property
    def inbox(self) -> str:
        return f"{self.url}/inbox"

    def wait(self, seconds: float) -> None:
        """Let time pass for this organisation."""
        self.seconds[0] += seconds

    async def idle(self) -> None:
        """Work until nobody here has anything to do now."""
        await self.signer.load()
        for _ in range(300):
            worked = await self.release.run_once() + await self.admit.run_once() + await follow_found(self.gate)
            worked += await self.votes.run_once()
            worked += await self.purge.run_once() + await self.edge.lookup.run_once()
            await self.edge.lookup.settle()
            worked += await self.edge.reader.run_once()
            await self.edge.reader.settle()
            worked += await self.deliverer.run_once()
            await self.deliverer.settle()
            if not worked:
                return
        raise AssertionError("the workers find no end")

    # -- what people do --

    async def member(self, username: str, role: Role = "member", **more: Any) -> Member:
        return await people.add_member(self.house, username, more.pop("name", username.title()), "R&D", role, **more)

    async def jam(self, slug: str = "better", *, opened: bool = True, hours: float = 24) -> Jam:
        now = self.house.now()
        jam = await jams.create_jam(
            self.house, self.admin, slug, slug.title(), CHARTER, now, now + timedelta(hours=hours)
        )
        return await jams.open_jam(self.house, self.admin, jam) if opened else jam

    async def forum(
        self, slug: str = "open", audience: Audience = "public", jam: Jam | None = None, **more: Any
    ) -> Forum:
        jam = jam or next(iter(await jams.list_jams(self.house, self.admin)), None) or await self.jam()
        return await forums.create_forum(self.house, self.admin, jam, slug, slug.title(), "Why?", audience, **more)

    async def idea(self, forum: Forum, text: str = "Words.", author: Member | None = None, **more: Any) -> Contribution:
        title = more.pop("title", "An idea")
        return await ideas.post_idea(self.house, author or self.admin, forum, title, text, **more)

    async def reply(self, parent: Contribution, text: str, author: Member | None = None, **more: Any) -> Contribution:
        return await ideas.reply(self.house, author or self.admin, parent, text, **more)

    async def partner(self, host: str, tier: Any = "partner", clearance: str = "GREEN") -> None:
        await partners.add_partner(self.house, self.admin, host, tier, clearance)

    async def know(self, uri: str) -> Contribution | None:
        """Return what stands inside under a URI, deleted or not."""
        return await ideas_read.by_uri(self.house, uri)

    async def fresh(self, made: Contribution) -> Contribution:
        found = await ideas_read.by_id(self.house, made.id)
        assert found is not None
        return found

    async def received(self) -> list[tuple[str, str, str]]:
        """Return (kind, state, note) of all that came, in order."""
        rows = await self.outside.store.fetch("SELECT kind, state, note FROM received ORDER BY id")
        return [(row["kind"], row["state"], row["note"]) for row in rows]

    async def last_received(self) -> tuple[str, str]:
        rows = await self.received()
        return rows[-1][:2]

    async def deliveries(self, host: str = "") -> list[tuple[str, str]]:
        rows = await self.outside.store.fetch(
            "SELECT act, state FROM deliveries WHERE ? = '' OR host = ? ORDER BY id", (host, host)
        )
        return [(row["act"], row["state"]) for row in rows]


def _draw(said: Sequence[Said]) -> tuple[PublicTheme, ...]:
    """Draw themes as the server does: the analysis is loaded by the first test that asks for some."""
    from analytics.granted import draw

    return draw(said)


def proof_pair(name: str) -> tuple[str, str]:
    """Return the Ed25519 pair with which an organisation of this name signs documents, the same each time."""
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), load_private_key(private.decode()).public_pem()


async def found(
    stack: AsyncExitStack, folder: Path, blank: Path, name: str, pairs: list[tuple[str, str]], *,
    in_flight: int = 8, now: datetime | None = None, bound: socket.socket | None = None, road: Any = None,
) -> Organisation:  # fmt: skip
    """Found an organisation and open its edge. `pairs` are the key pairs it uses, over and over.

    `blank` holds the stores that it begins with: those of a new one, or of one that was at this address before.
    `bound` is the socket at which its edge listens; `road` a middleware through which every request to it goes.
    """
    for side in ("inside", "outside"):
        shutil.copy(blank / f"{side}.sqlite", folder)
    bound = bound or free_socket()
    addresses = Addresses(f"http://127.0.0.1:{bound.getsockname()[1]}", "http://inside.test")
    inside, store = await open_store(folder, "inside"), await open_store(folder, "outside")
    stack.push_async_callback(inside.close)
    stack.push_async_callback(store.close)
    seconds = [0.0]
    start = now or datetime.now(UTC)
    read = (lambda: start + timedelta(seconds=seconds[0])) if now else (
        lambda: datetime.now(UTC) + timedelta(seconds=seconds[0])
    )  # fmt: skip
    house = House(inside, name, addresses, Clock(read), names_key=b"n" * 32)
    outside = Outside(store, Sealer(b"r" * 32), addresses, name, b"s" * 32, lambda: time.time() + seconds[0])
    used = [0]

    def make_pair() -> tuple[str, str]:
        used[0] += 1
        return pairs[used[0] % len(pairs)]

    gate = Gateway(house, outside, make_pair, lambda: proof_pair(name))
    await show_server(gate)
    transport = await stack.enter_async_context(Transport(LOOPBACK, total_seconds=3.0))
    signer = ServerSigner(outside)
    await signer.load()
    edge = make_edge(outside, transport, signer, _draw)
    # However busy the machine, and the first drawing loads the analysis.
    edge.drawings.patience = 600.0
    if road is not None:
        edge.app.middlewares.insert(0, road)
    runner = web.AppRunner(edge.app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.SockSite(runner, bound).start()
    stack.push_async_callback(runner.cleanup)
    deliverer = Deliverer(outside, transport, in_flight)
    stack.push_async_callback(deliverer.close)
    faults: list[tuple[str, Exception]] = []

    def note(event: Event, error: Exception) -> None:
        faults.append((event.kind, error))

    known = [one for one in await people.list_people(house) if one.username == "root"]
    admin = known[0] if known else await people.add_member(house, "root", "Ada Admin", "IT", "admin")
    return Organisation(
        house, outside, gate, Release(gate, note), Admit(gate), Purge(gate), Votes(gate), edge, deliverer, transport,
        admin, signer, faults, seconds,
    )  # fmt: skip


def arrived(rows: list[Received]) -> list[str]:
    return [row.kind for row in rows]
