"""The self-test by the clock, once an hour, and when somebody asks; and clearing away what a killed one left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import structlog

from federation.outside import errands
from federation.outside.errands import RELEASE
from federation.outside.store import Ledger
from server.domain.errors import Conflict, Missing
from server.domain.self_test import SelfTest
from server.probe.own_edge import networks_of
from server.probe.run import run_self_test
from server.services import self_tests
from server.services.house import House
from server.settings import Network

EVERY_SECONDS = 3600.0
# A server that has just started has better things to do, and its gate may have to catch up.
FIRST_SECONDS = 120.0
log = structlog.get_logger("self-test")


class SelfTestWorker:
    """Call `run_once` again and again; it returns how many tests it ran."""

    def __init__(
        self,
        house: House,
        ledger: Ledger,
        networks: tuple[Network, ...],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._house = house
        self._ledger = ledger
        self._networks = networks
        self._clock = clock
        self._not_before = clock() + FIRST_SECONDS

    async def run_once(self) -> int:
        """Clear away what was left; run a test that was asked for, or the hour's."""
        if not await self._ledger.is_there():
            return 0
        await self_tests.tidy(self._house, await errands.cursor(self._ledger, RELEASE))
        asked = await self_tests.next_asked(self._house)
        if asked is None and not await self._is_due():
            return 0
        self._not_before = self._clock() + EVERY_SECONDS
        try:
            test = await self_tests.begin(self._house, asked)
            await self._run(test)
        except (Conflict, Missing) as error:
            log.warning("no self-test", why=str(error))
            self._not_before = self._clock() + FIRST_SECONDS
            return 0
        return 1

    async def _is_due(self) -> bool:
        if self._clock() < self._not_before:
            return False
        last = await self_tests.last_ended(self._house)
        ended_at = last.ended_at if last else None
        return ended_at is None or (self._house.now() - ended_at).total_seconds() >= EVERY_SECONDS

    async def _run(self, test: SelfTest) -> None:
        own = await asyncio.to_thread(networks_of, self._house.addresses.edge_url)
        done = await run_self_test(self._house, self._ledger, (*self._networks, *own), test)
        told = {"state": done.state, "requests": done.report.requests, "leaks": len(done.report.leaks)}
        if done.state == "failed":
            log.error("words came out that must stay inside", **told)
        else:
            log.info("self-test", **told, notes=list(done.report.notes))
