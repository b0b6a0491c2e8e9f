"""The analysis stands beside the server, in a process of its own, and ends with it however that ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.federation.test_roles import call, found, serving

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked up in /proc"),
    pytest.mark.skipif(
        sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="on one core the analysis stays inside"
    ),
]


def until(look: Callable[[], int], seconds: float = 60.0) -> int:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def analysis_of(process: int) -> int:
    """Return the process id of a server's analysis, 0 while there is none."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return next((int(child) for child in children if "analytics" in words_of(int(child))), 0)


def words_of(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    return found(tmp_path_factory.mktemp("home"))


@pytest.fixture
def server(home: tuple[Path, str, str]) -> Iterator[tuple[int, int]]:
    """A server that answers: its process id, and that of its analysis."""
    folder, inside, _ = home
    with serving(folder, "all") as process:
        until(lambda: call(f"{inside}/readyz")[0] == 200)
        yield process.pid, until(lambda: analysis_of(process.pid))


def test_an_analysis_that_ends_is_started_again_while_the_server_answers(server: tuple[int, int]):
    serves, analyses = server
    os.kill(analyses, signal.SIGKILL)
    assert until(lambda: analysis_of(serves) not in (0, analyses) and analysis_of(serves)) != analyses


def test_a_server_that_is_stopped_takes_its_analysis_along(server: tuple[int, int]):
    serves, analyses = server
    os.kill(serves, signal.SIGTERM)
    until(lambda: not words_of(analyses))


def test_the_analysis_of_a_server_that_was_killed_ends_by_itself(server: tuple[int, int]):
    serves, analyses = server
    os.kill(serves, signal.SIGKILL)
    until(lambda: not words_of(analyses))


def test_where_only_one_core_may_be_used_the_analysis_is_done_in_the_server_itself(home: tuple[Path, str, str]):
    folder, inside, _ = home
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        with serving(folder, "all") as process:
            until(lambda: call(f"{inside}/readyz")[0] == 200)
            assert not analysis_of(process.pid)
    finally:
        os.sched_setaffinity(0, cores)


