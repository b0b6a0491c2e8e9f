"""How quickly a recall takes effect: `python -m tests.bench.bench_recall [SERVERS] [IDEAS]`.

SERVERS organisations in one process, over loopback, each with all of its workers; all of them hold the same ideas of
one more. Each idea is taken back by hand. Printed: from the service's commit to the gate's; how often an idea was
still served once the gate had committed; and from asking each holder to its signed acknowledgement and purge.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from federation.gate.joining import follow_found
from federation.outside import crossings as released
from federation.outside import recalls
from federation.signatures import generate_rsa_pem
from server.services import crossings, forums, rules
from server.services.house import House
from server.worker import REST_SECONDS, keep_at
from tests.federation.organisation import Organisation, found, open_store

PATIENCE = 120.0


def workers(one: Organisation) -> list[Callable[[], Awaitable[int]]]:
    return [
        one.release.run_once,
        one.admit.run_once,
        lambda: follow_found(one.gate),
        one.purge.run_once,
        one.edge.lookup.run_once,
        one.deliverer.run_once,
    ]


@asynccontextmanager
async def at_work(several: list[Organisation]) -> Any:
    tasks = [
        asyncio.create_task(keep_at("worker", run, REST_SECONDS)) for one in several for run in workers(one)
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for one in several:
        await one.edge.lookup.close()


async def until(what: str, look: Callable[[], Awaitable[bool]]) -> None:
    end = time.monotonic() + PATIENCE
    while not await look():
        if time.monotonic() > end:
            raise SystemExit(f"Gave up waiting until {what}.")
        await asyncio.sleep(0.02)


async def blank(folder: Path) -> Path:
    inside, outside = await open_store(folder, "inside"), await open_store(folder, "outside")
    await rules.found_rules(House(inside, "Blank", None))  # type: ignore[arg-type]
    for store in (inside, outside):
        await store.checkpoint()
        await store.close()
    return folder


async def main(servers: int, count: int) -> None:
    pairs = [generate_rsa_pem() for _ in range(3)]
    async with AsyncExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in ("blank", "acme", *(f"globex{number}" for number in range(servers))):
            (root / name).mkdir()
        empty = await blank(root / "blank")
        acme = await found(stack, root / "acme", empty, "Acme", pairs)
        others = [
            await found(stack, root / f"globex{number}", empty, f"Globex {number}", pairs) for number in range(servers)
        ]
        forum = await acme.forum("open")
        async with at_work([acme, *others]):
            for one in others:
                await forums.ask_to_join(one.house, one.admin, f"@open@{acme.host}")

            async def joined() -> bool:
                mirrors = [await forums.forum_by_uri(one.house, forum.uri) for one in others]
                return all(mirror is not None and mirror.joined for mirror in mirrors)

            await until("everybody has joined", joined)
            made = [await acme.idea(forum, f"Words number {number} of this run.") for number in range(count)]

            async def held() -> bool:
                return all([await one.know(idea.uri) is not None for one in others for idea in made])

            await until("everybody holds everything", held)
            await asyncio.sleep(1)
            gaps, still = [], 0
            for idea in made:
                await crossings.recall(acme.house, acme.admin, idea)
                asked = time.perf_counter()
                while await released.audiences_of(acme.outside, idea.uri):
                    await asyncio.sleep(0.001)
                gaps.append(time.perf_counter() - asked)
                answer = await acme.transport.get(idea.uri, {"Accept": "application/activity+json"})
                still += answer.status == 200

            async def purged() -> bool:
                return await recalls.counts(acme.outside) == {"purged": servers * count}

            await until("every holder has stated the purge", purged)
            rows = await recalls.listed(acme.outside, limit=servers * count)
    tell("from the service's commit to the gate's", gaps)
    print(f"served once after the gate's commit: {still} of {count}")
    tell(f"signed acknowledgements of {servers} servers", [one.acknowledged_at - one.asked_at for one in rows])  # type: ignore[operator]
    tell("signed purges", [one.purged_at - one.asked_at for one in rows])  # type: ignore[operator]


def tell(what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    shares = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.99)]
    half, most = shares
    print(f"{what}: median {half:.3f} s, 99 % within {most:.3f} s, at most {ordered[-1]:.3f} s ({len(ordered)})")


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:3]]
    asyncio.run(main(*(given + [5, 20][len(given) :])))
