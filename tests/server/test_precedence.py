"""Who works on what has come stands back while somebody has to be answered, and never for good."""

from __future__ import annotations

import asyncio
import time

from server.precedence import Precedence
from server.worker import keep_at


def resting() -> float:
    return 0.0


async def test_work_begins_once_nobody_waits_for_an_answer_any_more():
    waiting, asked = [True], []

    def is_answering() -> bool:
        asked.append(1)
        return bool(waiting)

    work = asyncio.create_task(Precedence(is_answering, time.monotonic).stand_back())
    while len(asked) < 4:
        assert not work.done()
        await asyncio.sleep(0.005)
    waiting.clear()
    asked.clear()
    async with asyncio.timeout(10):
        await work
    assert len(asked) <= 1, "it looked, and began"


async def test_work_goes_on_however_long_others_have_to_be_answered():
    rounds: list[int] = []

    async def run_once() -> int:
        rounds.append(1)
        return 1

    work = asyncio.create_task(keep_at("work", run_once, 0.0, Precedence(lambda: True, time.monotonic)))
    async with asyncio.timeout(10):
        while len(rounds) < 2:
            await asyncio.sleep(0.01)
    work.cancel()


async def test_work_goes_on_beside_answers_that_leave_the_process_time_to_rest():
    asked: list[int] = []

    def is_answering() -> bool:
        asked.append(1)
        return True

    async with asyncio.timeout(10):
        await Precedence(is_answering, resting).stand_back()
    assert len(asked) == 1


async def test_others_have_the_loop_between_two_pieces_of_work_though_nobody_waits():
    seen: list[str] = []

    async def another() -> None:
        seen.append("another")

    task = asyncio.create_task(another())
    await Precedence().stand_back()
    assert seen == ["another"]
    await task
