"""`doctor --leaks`: the leak self-test, with every id there is, while somebody waits for it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from server.cli.checks import Finding
from server.cli.home import open_house, open_ledger, operator
from server.cli.show import progress
from server.domain.errors import Conflict, Refusal
from server.domain.self_test import Report, SelfTest
from server.services import self_tests
from server.services.house import House
from server.settings import Network, Settings

if TYPE_CHECKING:
    from federation.outside.store import Ledger

PATIENCE_SECONDS = 90.0
LOOK_SECONDS = 0.5
STOP = "Stop the edge (`serve` without it), then report this as a security problem."
GATE = "Start the server, or what is missing of it, and run this again."


async def find_leaks(home: Path) -> list[Finding]:
    """Run the self-test and report what it found. Raises Refusal when no edge answers."""
    from server.probe.own_edge import networks_of
    from server.probe.run import run_self_test

    async with open_house(home) as house, open_ledger(home) as ledger:
        edge_url = house.addresses.edge_url
        networks = (*Settings.from_env(home).peer_networks, *networks_of(edge_url))
        await _require_edge(edge_url, networks)
        test = await _begin(house, ledger)
        with progress("Asking the edge", 100) as meter:
            done = 0

            def step(now: int, of: int) -> None:
                nonlocal done
                while done < now * 100 // max(of, 1):
                    done += 1
                    meter.step()

            ended = await run_self_test(house, ledger, networks, test, everything=True, progress=step)
    return list(findings_of(ended.report))


async def _require_edge(edge_url: str, networks: tuple[Network, ...]) -> None:
    from federation.transport import Transport, TransportError

    async with Transport(networks, total_seconds=20.0) as transport:
        try:
            await transport.get(f"{edge_url}/livez", {})
        except TransportError as error:
            raise Refusal(f"Nobody answers at {edge_url}: start the server first.") from error


async def _begin(house: House, ledger: Ledger) -> SelfTest:
    """Begin, once the server's own test, if one is under way, has ended and was cleared away."""
    from federation.outside import errands

    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE_SECONDS
    while True:
        await self_tests.tidy(house, await errands.cursor(ledger, errands.RELEASE))
        try:
            return await self_tests.begin(house, by=await operator(house))
        except Conflict:
            if loop.time() > until:
                raise
        await asyncio.sleep(LOOK_SECONDS)


def findings_of(report: Report) -> list[Finding]:
    """Return what a test found as lines of `doctor`."""
    found = [
        Finding("leak", "broken", f"{leak.path} told {_whom(leak.identity)} the {leak.what}.", STOP)
        for leak in report.leaks
    ]
    said = (
        f"{report.requests} requests on {report.doors} doors, as {', '.join(report.identities)}; canaries and"
        f" {report.markers} markers of the inside looked for"
    )
    if found:
        found.append(Finding("leaks", "broken", f"{said}: {len(found)} findings.", "See above."))
    elif report.notes:
        found.append(Finding("leaks", "note", f"{said}: none was found, and that proves too little.", "See below."))
    else:
        found.append(Finding("leaks", "ok", f"{said}: none was found."))
    found += [Finding("control", "ok", control) for control in report.controls]
    found += [Finding("leaks", "note", note, GATE) for note in report.notes]
    return found


def _whom(identity: str) -> str:
    return {"anonymous": "anybody", "ex-partner": "an ex-partner"}.get(identity, f"a {identity}")
