"""Who works on what has come stands back while somebody waits for an answer, and never for good."""

from __future__ import annotations

import asyncio

from server.precedence import Precedence
from server.worker import keep_at


async def test_work_begins_once_nobody_waits_for_an_answer_any_more():
    waiting = [True]
    precedence = Precedence(lambda: bool(waiting))
    work = asyncio.create_task(precedence.stand_back())
    await asyncio.sleep(0.03)
    assert not work.done()
    waiting.clear()
    async with asyncio.timeout(10):
        await work


async def test_work_goes_on_however_long_others_wait_for_answers():
    rounds: list[int] = []

    async def run_once() -> int:
        rounds.append(1)
        return 1

    work = asyncio.create_task(keep_at("work", run_once, 0.0, Precedence(lambda: True)))
    async with asyncio.timeout(10):
        while len(rounds) < 3:
            await asyncio.sleep(0.01)
    work.cancel()


async def test_others_have_the_loop_between_two_pieces_of_work_though_nobody_waits():
    seen: list[str] = []

    async def another() -> None:
        seen.append("another")

    task = asyncio.create_task(another())
    await Precedence().stand_back()
    assert seen == ["another"]
    await task
