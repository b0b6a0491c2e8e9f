"""Whatever fails, the logs tell kinds and places, and nobody's words."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CANARY = "CANARYBIRD"
BEGIN = f"""
import asyncio, contextlib, structlog
from server.logs import set_up_logs
set_up_logs("debug")

def words(): raise ValueError("{CANARY}")

def fails():
    try: words()
    except ValueError as error: raise RuntimeError("of {CANARY}") from error

"""
FAULTS = {
    "a worker": """
async def run_once(): fails()
async def main():
    from server.worker import keep_at
    with contextlib.suppress(TimeoutError): await asyncio.wait_for(keep_at("w", run_once), 0.3)
asyncio.run(main())
""",
    "a task that nobody awaits": """
async def work(): fails()
async def main():
    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    import gc; gc.collect()
asyncio.run(main())
""",
    "a handler": """
async def answer(request): fails()
async def main():
    from aiohttp.test_utils import TestClient, TestServer
    from aiohttp import web
    app = web.Application()
    app.router.add_get("/", answer)
    async with TestClient(TestServer(app)) as client: assert (await client.get("/")).status == 500
asyncio.run(main())
""",
    "an error told of by hand": """
try: fails()
except RuntimeError as error: structlog.get_logger("x").warning("odd", exc_info=error)
""",
    "the whole process": "fails()\n",
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_told_by_kind_and_place_and_without_its_words(what: str):
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + FAULTS[what]], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    said = done.stdout + done.stderr
    assert "RuntimeError" in said
    assert "in fails" in said
    assert "ValueError" in said
    assert CANARY not in said
