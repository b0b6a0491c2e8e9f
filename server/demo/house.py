"""Build the three organisations, start their servers and wait until they answer."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass

from federation.transport import Transport
from server.app import Role
from server.demo.api import until
from server.demo.people import Part, found_organisation, gather_cast
from server.demo.processes import Processes, Running
from server.demo.sites import NETWORKS, Site
from server.demo.stage import Stage
from server.demo.statements import Statement

NOWHERE = "sqlite:///nonexistent/there/is/no/inside.sqlite"
SPLIT: tuple[Role, ...] = ("inside", "gate", "edge", "analytics")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Built:
    """The stage with its servers running. `split` are Acme's processes by role, where it runs in several."""

    stage: Stage
    processes: Processes
    split: dict[str, Running]


@contextlib.asynccontextmanager
async def build(
    sites: dict[str, Site], statements: Iterable[Statement], say: Say, *,
    more: dict[str, tuple[Part, ...]] | None = None, split: bool = False,
) -> AsyncIterator[Built]:  # fmt: skip
    """Found, fill and start the organisations; end every process on the way out."""
    networks = (ipaddress.ip_network(NETWORKS),)
    async with Transport(networks, "Marmalade demo", 20.0, 8_000_000) as transport, Processes() as processes:
        say("Founding Acme, Globex and Initech")
        await asyncio.gather(*map(found_organisation, sites.values()))
        say("Inviting their people")
        cast = await gather_cast(sites, statements, transport, more or {})
        say("Starting their servers")
        running: dict[str, Running] = {}
        for site in sites.values():
            for role in SPLIT if split and site.key == "acme" else ("all",):
                running[f"{site.key} {role}"] = await start(processes, site, role)
        for site in sites.values():
            await wait_ready(transport, processes, site)
        yield Built(Stage(sites, cast, transport), processes, running)


async def start(processes: Processes, site: Site, role: Role) -> Running:
    """Start one server process; the edge alone is told of no inside store at all."""
    hidden = {"MARMALADE_INSIDE_DATABASE_URL": NOWHERE} if role == "edge" else {}
    return await processes.start(site, role, **hidden)


async def wait_ready(transport: Transport, processes: Processes, site: Site, seconds: float = 60.0) -> None:
    """Wait until both addresses of a site answer that they are ready."""

    async def ready() -> bool:
        processes.require_alive()
        for url in (site.edge_url, site.inside_url):
            if (await transport.get(f"{url}/readyz", {})).status != 200:
                return False
        # The server's own actor is there once the gate has run.
        return (await transport.get(f"{site.edge_url}/actor", {})).status == 200

    await until(f"{site.name}'s server is ready", ready, seconds)
