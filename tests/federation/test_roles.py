"""One organisation as several processes over the same files; the edge among them without the inside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.ports import free_ports

ROOT = Path(__file__).parents[2]
SHOW_ROOMS = """
import asyncio, sys
from pathlib import Path
from server.app import run
from server.settings import Settings
async def main():
    work = asyncio.create_task(run(Settings.from_env(Path(sys.argv[1])), "edge"))
    await asyncio.sleep(0.5)
    assert not work.done(), work.exception()
    inside = ("server.storage", "server.services", "web", "analytics", "federation.gate", "gensim")
    print(sorted(name for name in sys.modules if name.startswith(inside)))
    work.cancel()
asyncio.run(main())
"""


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "server", *words]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARMALADE_")}
    return {**kept, "MARMALADE_PEER_NETWORKS": "127.0.0.0/8", "MARMALADE_ADMIN_PASSWORD": "correct horse battery"}


@pytest.fixture
def home(tmp_path: Path) -> tuple[Path, str, str]:
    return found(tmp_path)


def found(folder: Path) -> tuple[Path, str, str]:
    """Return an initialised organisation: (home, inside URL, edge URL)."""
    inside, edge = (f"http://127.0.0.1:{port}" for port in free_ports(2))
    words = ("init", "--home", str(folder), "--name", "Acme", "--inside-url", inside, "--edge-url", edge)
    subprocess.run(command(*words, "--admin", "ada"), cwd=ROOT, env=environment(), check=True, capture_output=True)
    return folder, inside, edge


@contextmanager
def serving(home: Path, role: str) -> Iterator[subprocess.Popen[bytes]]:
    said = home / f"{role}.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            command("serve", "--home", str(home), "--role", role), cwd=ROOT, env=environment(), stdout=log, stderr=log
        )
    try:
        yield process
    except AssertionError:
        print(role, process.poll(), said.read_text(), sep="\n")
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def call(url: str, body: dict[str, Any] | None = None, token: str = "", accept: str = "application/json") -> Any:
    """Return (status, JSON or text) of a request; (0, "") while nobody listens."""
    headers = {"Accept": accept, "Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, json.dumps(body).encode() if body is not None else None, headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return 0, ""
    except json.JSONDecodeError:
        return 200, ""


def until(found: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
    return value


def test_an_edge_process_never_loads_what_can_read_the_inside(home: tuple[Path, str, str]):
    found = subprocess.run(
        [sys.executable, "-c", SHOW_ROOMS, str(home[0])], cwd=ROOT, env=environment(), check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert found.stdout.splitlines()[-1] == "[]"


def test_the_inside_works_without_any_key_of_the_outside(home: tuple[Path, str, str]):
    folder, inside, _ = home
    token = subprocess.run(
        command("token", "ada", "--home", str(folder)), cwd=ROOT, env=environment(), check=True, capture_output=True,
        text=True,
    ).stdout.split()[-1]  # fmt: skip
    for secret in (folder / "outside" / "secrets").iterdir():
        secret.unlink()
    with serving(folder, "inside"):
        until(lambda: call(f"{inside}/readyz")[0] == 200)
        assert call(f"{inside}/api/v1/boundary/crossings", token=token) == (200, {"data": [], "next": None})
        with urllib.request.urlopen(f"{inside}/metrics", timeout=5) as answer:
            assert b"marmalade_gate_lag_events" in answer.read()
        long = urllib.parse.quote("ب" * 10_000)
        assert call(f"{inside}/api/v1/similar?text={long}", token=token)[0] == 200, "as long as the API allows"


@pytest.mark.slow
async def test_three_processes_work_together_and_the_edge_goes_on_without_the_inside(
    home: tuple[Path, str, str], elsewhere: MakeElsewhere
):
    peer: Elsewhere = await elsewhere("lemmy")
    folder, inside, edge = home
    token = subprocess.run(
        command("token", "ada", "--home", str(folder)), cwd=ROOT, env=environment(), check=True, capture_output=True,
        text=True,
    ).stdout.split()[-1]  # fmt: skip

    async def wait_for(look: Callable[[], Any]) -> Any:
        return await asyncio.to_thread(until, look)

    with ExitStack() as rest, serving(folder, "edge"):
        for role in ("inside", "gate"):
            rest.enter_context(serving(folder, role))
        await wait_for(lambda: call(f"{inside}/livez")[0] == 200 and call(f"{edge}/livez")[0] == 200)
        charter = {"question": "q", "promise": "p", "off_limits": "o", "decide_by": "d"}
        now = datetime.now(UTC)
        times = {"opens_at": now.isoformat(), "closes_at": (now + timedelta(days=1)).isoformat()}

        async def say(path: str, body: dict[str, Any]) -> Any:
            status, answer = await asyncio.to_thread(call, f"{inside}/api/v1{path}", body, token)
            assert status in (200, 201), answer
            return answer

        await say("/jams", {"slug": "jam", "title": "Jam", "charter": charter, **times})
        forum = await say(
            "/jams/jam/forums", {"slug": "open", "title": "Open", "question": "Why?", "audience": "public"}
        )
        await say("/jams/jam/open", {})
        await wait_for(lambda: call(forum["uri"], accept="application/activity+json")[0] == 200)
        ann = peer.person("ann")
        assert (await peer.post(f"{edge}/inbox", peer.activity("Follow", ann, forum["uri"]))).status == 202
        while not peer.arrived:
            await asyncio.sleep(0.1)
        idea = await say(f"/forums/{forum['id']}/ideas", {"title": "Hello", "text": "World"})
        while len(peer.arrived) < 2:
            await asyncio.sleep(0.1)
        assert peer.shapes() == ["Accept Follow", "Announce Create Article"]
        assert all(one.valid for one in peer.arrived)

        peer.answer = 503
        second = await say(f"/forums/{forum['id']}/ideas", {"title": "Second", "text": "World"})
        await wait_for(lambda: call(second["uri"], accept="application/activity+json")[0] == 200)
        rest.close()
        for path in (folder / "inside").iterdir():
            path.unlink() if path.is_file() else None
        assert (await asyncio.to_thread(call, f"{inside}/livez"))[0] == 0
        assert (await peer.get(idea["uri"])).status == 200
        assert (await peer.post(f"{edge}/inbox", peer.activity("Like", ann, idea["uri"]))).status == 202
        peer.answer = 202
        while len(peer.arrived) < 3:
            await asyncio.sleep(0.1)
        assert peer.shapes()[-1] == "Announce Create Article"
