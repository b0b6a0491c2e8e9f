"""The demo's own check, as a newcomer runs it: three organisations as processes, looked at from the outside."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUM = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)


def free_base() -> int:
    """Find a base whose six ports are free."""
    for base in range(10_000, 20_000, 1000):
        doors = []
        try:
            for port in (base, base + 1, base + 100, base + 101, base + 200, base + 201):
                door = socket.socket()
                doors.append(door)
                door.bind(("127.0.0.1", port))
        except OSError:
            continue
        else:
            return base
        finally:
            for door in doors:
                door.close()
    raise AssertionError("no free ports")


def run_demo(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server", "demo", *words], cwd=ROOT, capture_output=True, text=True, timeout=500
    )


@pytest.mark.slow
@pytest.mark.timeout(520)
def test_the_demo_tells_its_story_and_nothing_leaks(tmp_path: Path) -> None:
    done = run_demo("--check", "--home", str(tmp_path / "demo"), "--port-base", str(free_base()))
    found = SUM.search(done.stdout)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert found
    assert int(found[1]) > 80
    assert int(found[2]) == 0


def test_the_demo_never_empties_a_folder_that_it_did_not_make(tmp_path: Path) -> None:
    kept = tmp_path / "demo" / "acme" / "precious.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine")
    done = run_demo("--check", "--home", str(tmp_path / "demo"), "--port-base", str(free_base()))
    assert done.returncode == 1
    assert "no demo made it" in done.stdout + done.stderr
    assert kept.read_text() == "mine"


def test_a_taken_port_is_named_with_the_way_to_choose_others(tmp_path: Path) -> None:
    base = free_base()
    with socket.socket() as door:
        door.bind(("127.0.0.1", base))
        door.listen()
        done = run_demo("--home", str(tmp_path / "demo"), "--port-base", str(base))
    assert done.returncode == 1
    assert str(base) in done.stderr
    assert "--port-base" in done.stderr
    assert not (tmp_path / "demo" / "acme").exists()
