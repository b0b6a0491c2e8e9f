"""Trials in several processes at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.queues import Queue
from queue import Empty

import structlog

from tests.two_worlds.ground import open_ground
from tests.two_worlds.history import history_of
from tests.two_worlds.trial import Result, attempt

SHARE = 0.2
Told = tuple[int, Result | str]


async def _run(seed: int, numbers: list[int], share: float, told: Queue[Told | None]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    async with open_ground() as ground:
        for number in numbers:
            try:
                told.put((number, await attempt(ground, history_of(seed, number, share))))
            except Exception as error:
                logging.exception("trial %s", number)
                told.put((number, repr(error)))
    told.put(None)


def _work(seed: int, numbers: list[int], share: float, told: Queue[Told | None]) -> None:
    asyncio.run(_run(seed, numbers, share, told))


def run(seed: int, numbers: list[int], jobs: int, share: float) -> Iterator[Told]:
    """Run trials in `jobs` processes; yield each as it ends, fewer than asked where a process died."""
    context = get_context("spawn")
    told: Queue[Told | None] = context.Queue()
    parts = [numbers[job::jobs] for job in range(jobs)]
    workers = [context.Process(target=_work, args=(seed, part, share, told), daemon=True) for part in parts]
    for worker in workers:
        worker.start()
    left = len(workers)
    while left:
        try:
            one = told.get(timeout=10)
        except Empty:
            if not any(worker.is_alive() for worker in workers):
                return
            continue
        if one is None:
            left -= 1
        else:
            yield one
    for worker in workers:
        worker.join()


def explain(seed: int, number: int, share: float, result: Result | str) -> str:
    """Return what is needed to see a failing trial again."""
    lines = [f"\nTrial {number} of seed {seed} failed. Again: make worlds SEED={seed} ONLY={number}"]
    lines.append(str(history_of(seed, number, share)))
    if isinstance(result, str):
        return "\n".join([*lines, f"  fault: {result}"])
    for what, found in (("difference", result.differences), ("canary", result.canaries), ("fault", result.faults)):
        lines += [f"  {what}: {one}" for one in found[:3]]
    return "\n".join(lines)
