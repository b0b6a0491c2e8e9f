"""One leak self-test from end to end: lay canaries out, prove that they can be read, withdraw some, ask every door.

What it makes ends with it, however it ends: what a killed test leaves is cleared away by the next look (`tidy`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from federation.outside import errands
from federation.outside.errands import RELEASE
from federation.outside.store import Ledger
from federation.transport import Transport, TransportError
from server.domain.self_test import Kind, Leak, Report, SelfTest
from server.probe.doors import Door, doors, names_to_ask
from server.probe.identities import Asker, askers, make_keys
from server.probe.markers import Search, canary_markers, inside_markers, key_of
from server.services import log, self_tests
from server.services.house import House
from server.services.self_tests import Canaries
from server.settings import Network

AT_ONCE = 4
GATE_SECONDS = 15.0
LONGEST_SECONDS = 150.0
LOOK_SECONDS = 0.05
MOST_LEAKS = 100
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Findings:
    """What a test has seen so far."""

    leaks: dict[tuple[str, str, str], Leak] = field(default_factory=dict)
    controls: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    routes: set[tuple[str, str]] = field(default_factory=set)
    requests: int = 0
    failed: int = 0
    markers: int = 0
    complete: bool = False

    def report(self, identities: Iterable[str]) -> Report:
        if not self.complete and not self.notes:
            self.notes.append("It was stopped before it ended.")
        if self.failed:
            self.notes.append(f"{self.failed} of {self.requests} requests were not answered.")
        return Report(
            doors=len(self.routes),
            requests=self.requests,
            markers=self.markers,
            identities=tuple(identities),
            leaks=tuple(self.leaks.values())[:MOST_LEAKS],
            controls=tuple(self.controls),
            notes=tuple(self.notes),
        )


async def run_self_test(
    house: House,
    ledger: Ledger,
    networks: tuple[Network, ...],
    test: SelfTest,
    *,
    everything: bool = False,
    progress: Progress = lambda done, of: None,
) -> SelfTest:
    """Run a test that was begun, write down its result and clear away. `networks` may be dialled: our own edge's.

    With `everything`, each route is asked with every id there is, and words of the real inside are looked for far
    more widely: for a person who waits, not for every hour.
    """
    seen = _Findings()
    identities: dict[str, None] = {}
    try:
        async with asyncio.timeout(LONGEST_SECONDS), Transport(networks, total_seconds=20.0, max_bytes=20_000_000) as t:
            keys, public = make_keys()
            everybody = list(askers(keys, t, house.addresses.edge_url))
            await _require_edge(everybody[0])
            canaries = await self_tests.lay_out(house, public)
            identities = dict.fromkeys(asker.identity for asker in everybody)
            await _prove_and_ask(house, ledger, everybody, canaries, seen, everything=everything, progress=progress)
            seen.complete = True
    except _NoEdge as error:
        seen.notes.append(str(error))
    except TimeoutError:
        seen.notes.append(f"It took longer than {LONGEST_SECONDS:.0f} seconds and was stopped.")
    finally:
        # Shielded: a server that is being stopped still says that the canaries are over.
        await asyncio.shield(_end(house, test, seen.report(identities)))
    await self_tests.clear(house)
    await _clear_away(house, ledger)
    return await self_tests.find(house, test.id)


class _NoEdge(Exception):
    """Nobody answers where the world reaches us."""


async def _require_edge(anybody: Asker) -> None:
    try:
        answer = await anybody.get("/livez")
    except TransportError as error:
        raise _NoEdge(f"Nobody answers at {anybody.edge_url}: start the edge, or let this role reach it.") from error
    if answer.status != 200:
        raise _NoEdge(f"{anybody.edge_url} answers {answer.status} to /livez: is it our edge?")


async def _end(house: House, test: SelfTest, report: Report) -> None:
    await self_tests.end(house, test, report)


async def _prove_and_ask(
    house: House,
    ledger: Ledger,
    everybody: list[Asker],
    canaries: Canaries,
    seen: _Findings,
    *,
    everything: bool,
    progress: Progress,
) -> None:
    late = "The gate had not dealt with the canaries in time: start it, and look at its log."
    if not await gate_has_caught_up(house, ledger):
        seen.notes.append(late)
        return
    by = {asker.identity: asker for asker in everybody}
    await _control(by["partner"], canaries, "granted", seen)
    await _control(by["partner"], canaries, "withdrawn", seen)
    await _control(by["ex-partner"], canaries, "former", seen)
    await self_tests.withdraw(house, canaries)
    if not await gate_has_caught_up(house, ledger):
        seen.notes.append(late)
        return
    markers = [*canary_markers(canaries), *await inside_markers(house, canaries.author)]
    seen.markers = len(markers)
    names = await names_to_ask(house, ledger, canaries, everything=everything)
    edge_url = house.addresses.edge_url
    gets = list(doors(names, edge_url, "GET", everything=everything))
    posts = list(doors(names, edge_url, "POST", everything=False))
    await _ask_all(everybody, gets, posts, canaries, Search(markers), seen, progress)
    await _control(by["partner"], canaries, "granted", seen, again=True)


async def _control(asker: Asker, canaries: Canaries, kind: Kind, seen: _Findings, *, again: bool = False) -> None:
    """Have somebody read a canary that they were granted: where they cannot, silence elsewhere proves nothing."""
    made = canaries.ideas[kind]
    seen.requests += 1
    try:
        answer = await asker.get(f"/objects/{key_of(made.uri)}")
        read = answer.status == 200 and made.text.encode() in answer.body and made.title.encode() in answer.body
    except TransportError:
        read = False
    when = " to the end" if again else ""
    if read:
        seen.controls.append(f"The {asker.identity} could read the {kind} canary{when}.")
    else:
        seen.notes.append(f"The {asker.identity} could not read the {kind} canary{when}: the test proves too little.")


async def _ask_all(
    everybody: list[Asker],
    gets: list[Door],
    posts: list[Door],
    canaries: Canaries,
    search: Search,
    seen: _Findings,
    progress: Progress,
) -> None:
    slots = asyncio.Semaphore(AT_ONCE)
    done = 0
    secret = canaries.forums["inside"].uri

    async def ask(door: Door) -> None:
        nonlocal done
        async with slots:
            for asker in everybody:
                if door.route.method == "POST" and asker.accept == "text/html":
                    continue
                await _ask(asker, door, secret, search, seen)
            done += 1
            progress(done, len(gets) + len(posts))

    await asyncio.gather(*(ask(door) for door in [*gets, *posts]))


async def _ask(asker: Asker, door: Door, secret: str, search: Search, seen: _Findings) -> None:
    seen.routes.add((door.route.method, door.route.path))
    seen.requests += 1
    try:
        post = door.route.method == "POST"
        answer = await (asker.follow(door.path, secret) if post else asker.get(door.path))
    except TransportError:
        seen.failed += 1
        return
    for what in search.found_in(answer.body, answer.headers, door.path, asker.identity):
        leak = Leak(f"{door.route.method} {door.route.path}", door.path, asker.identity, what)
        seen.leaks.setdefault((leak.door, leak.identity, what), leak)


async def gate_has_caught_up(house: House, ledger: Ledger, seconds: float = GATE_SECONDS) -> bool:
    """Wait until the gate has dealt with everything that happened so far; False when it does not in time."""
    newest, until = await log.newest_event(house), time.monotonic() + seconds
    while await errands.cursor(ledger, RELEASE) < newest:
        if time.monotonic() > until:
            return False
        await asyncio.sleep(LOOK_SECONDS)
    return True


async def _clear_away(house: House, ledger: Ledger, seconds: float = GATE_SECONDS) -> None:
    """Wait until the gate has forgotten the canaries, and remove them; a later look does it where that takes long."""
    until = time.monotonic() + seconds
    while not await self_tests.tidy(house, await errands.cursor(ledger, RELEASE)):
        if time.monotonic() > until:
            return
        await asyncio.sleep(LOOK_SECONDS)
