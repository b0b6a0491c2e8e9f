"""Does a hanging server slow others? `python -m tests.bench.bench_slow_peers [IDEAS]`.

200 servers on loopback follow a forum, each at an address of its own; 50 of them accept connections and never answer.
Two rounds in one run, each in a process of its own: without the 50, and with them. Printed: the rate at which the
other 150 get everything, its ratio, and what connections, file handles and memory came to.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from federation.edge.deliver import Deliverer
from federation.transport import Transport
from server.services import ideas
from tests.bench.bench_gate import drain, furnish, opened, words
from tests.federation.crowd import Crowd, join
from tests.federation.organisation import LOOPBACK

GOOD, HANGING = 150, 50
LONGEST = 300.0


@dataclass(frozen=True)
class Round:
    """Letters a second to the servers that answer, and the most that was used. `grown` in MB."""

    rate: float
    cpu: float
    handles: int
    hanging: int
    grown: float


@dataclass(frozen=True)
class Helper:
    """Servers in a process apart."""

    pipe: Connection
    port: int

    def hosts(self, count: int, first: int = 0) -> list[str]:
        return [f"127.9.{n // 250}.{n % 250 + 1}:{self.port}" for n in range(first, first + count)]

    def ask(self) -> tuple[int, int]:
        """Return (requests that came, most connections at a time)."""
        self.pipe.send("count")
        took, most = self.pipe.recv()
        return took, most


@contextmanager
def helper(*, answers: bool = True) -> Iterator[Helper]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=be_servers, args=(answers, theirs), daemon=True)
    process.start()
    try:
        yield Helper(ours, ours.recv())
    finally:
        ours.send("end")
        process.join(5)


def be_servers(answers: bool, pipe: Connection) -> None:
    """Say the port, then count what came whenever asked."""

    async def serve() -> None:
        crowd = Crowd(answers=answers)
        await crowd.start()
        pipe.send(crowd.port)
        while True:
            while not pipe.poll():
                await asyncio.sleep(0.01)
            if pipe.recv() == "end":
                return
            pipe.send((crowd.took.total(), crowd.most_open))

    asyncio.run(serve())


def handles() -> int:
    return len(os.listdir("/proc/self/fd"))


async def deliver(good: Helper, bad: Helper, hosts: list[str], count: int) -> Round:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(folder) as gate, Transport(LOOPBACK) as transport:
            ada, forum, out = await furnish(gate, "public", 0)
            await join(gate.outside, forum.uri, hosts)
            for number in range(count):
                await ideas.post_idea(gate.house, ada, forum, "Idea", words(number))
            await drain(out)
            deliverer = Deliverer(gate.outside, transport)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            began, spent, most = time.perf_counter(), time.process_time(), 0
            while good.ask()[0] < GOOD * count and time.perf_counter() - began < LONGEST:
                if not await deliverer.run_once():
                    await asyncio.sleep(0.05)
                most = max(most, handles())
            took, cpu = time.perf_counter() - began, time.process_time() - spent
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            await deliverer.close()
            return Round(GOOD * count / took, GOOD * count / cpu, most, bad.ask()[1], grown)


def one_round(count: int, *, with_hanging: bool) -> Round:
    with helper() as good, helper(answers=False) as bad:
        hosts = good.hosts(GOOD)
        hosts[75:75] = bad.hosts(HANGING if with_hanging else 0, first=500)
        return asyncio.run(deliver(good, bad, hosts, count))


def apart(count: int, *, with_hanging: bool) -> Round:
    """Run a round in a fresh process, so that the memory of one is not taken for the other's."""
    ours, theirs = multiprocessing.Pipe()

    def work() -> None:
        theirs.send(one_round(count, with_hanging=with_hanging))

    child = multiprocessing.Process(target=work)
    child.start()
    found = ours.recv()
    child.join()
    assert isinstance(found, Round)
    return found


def main(count: int = 20) -> None:
    alone, beside = apart(count, with_hanging=False), apart(count, with_hanging=True)
    for name, one in ((f"{GOOD} servers alone", alone), (f"beside {HANGING} that hang", beside)):
        print(f"{name}: {one.rate:,.0f} letters/s, {one.cpu:,.0f}/s of processor time;", end=" ")
        print(f"at most {one.handles} file handles, {one.hanging} connections to those that hang;", end=" ")
        print(f"memory grew by {one.grown:.1f} MB")
    print(f"ratio {beside.rate / alone.rate:.2f} as it passes, {beside.cpu / alone.cpu:.2f} of processor time")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main(*map(int, sys.argv[1:2]))
