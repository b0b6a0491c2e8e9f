"""Each role as a user of its own: the edge cannot open the inside store, the inside cannot read the release key.

These start processes under other user ids, which only root can: run as anybody else they are skipped, loudly.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.test_roles import ROOT, call, command, environment, until
from tests.ports import free_ports

INSIDE, GATE, EDGE = 47_101, 47_102, 47_103  # users, each with a group of the same number
INSIDERS, OUTSIDERS, KEEPERS = 47_111, 47_112, 47_113  # groups
GROUPS = {
    INSIDE: [INSIDERS, OUTSIDERS],
    GATE: [INSIDERS, OUTSIDERS, KEEPERS],
    EDGE: [OUTSIDERS, KEEPERS],
}
OPEN = """
import sqlite3, sys
from pathlib import Path
for path in sys.argv[1:]:
    try:
        if path.endswith(".sqlite"):
            store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            store.execute("SELECT count(*) FROM sqlite_master").fetchone()
        else:
            Path(path).read_bytes()
        print("opened")
    except (OSError, sqlite3.Error) as error:
        print(type(error).__name__)
"""


def as_user(user: int) -> dict[str, Any]:
    return {"user": user, "group": user, "extra_groups": GROUPS[user]}


@pytest.fixture
def home() -> Iterator[tuple[Path, str, str]]:
    """An initialised organisation whose folders are shared out as docs/operators.md says."""
    if os.geteuid() != 0:
        pytest.skip("NOT CHECKED: starting a role as another user needs root. Run the tests as root once.")
    with tempfile.TemporaryDirectory(prefix="marmalade-users-") as made:
        if python_of_all() is None:
            pytest.skip(f"NOT CHECKED: other users can run no Python {sys.version_info[:2]} with the code in {ROOT}.")
        Path(made).chmod(0o711)
        folder = Path(made, "home")
        inside, edge = (f"http://127.0.0.1:{port}" for port in free_ports(2))
        words = ("init", "--home", str(folder), "--name", "Acme", "--inside-url", inside, "--edge-url", edge)
        subprocess.run(command(*words, "--admin", "ada"), cwd=ROOT, env=quiet(), check=True, capture_output=True)
        share_out(folder)
        yield folder, inside, edge


def quiet() -> dict[str, str]:
    """Return an environment in which any user finds the installed packages: this one's interpreter may be private."""
    packages = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    return {**environment(), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": packages}


@cache
def python_of_all() -> str | None:
    """Return a Python that other users can run with our code: this one, or the machine's own of the same version."""
    for python in (sys.executable, f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"):
        try:
            subprocess.run(
                [python, "-c", "import server.app"], cwd=ROOT, env=quiet(), **as_user(EDGE), capture_output=True,
                check=True,
            )  # fmt: skip
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    return None


def share_out(folder: Path) -> None:
    """Share a home out as docs/operators.md says."""
    ids = {"INSIDE": INSIDE, "GATE": GATE, "EDGE": EDGE}
    ids |= {"INSIDERS": INSIDERS, "OUTSIDERS": OUTSIDERS, "KEEPERS": KEEPERS}
    settings = {name: str(number) for name, number in ids.items()}
    subprocess.run([ROOT / "docker/share-out", folder], env={**os.environ, **settings}, check=True)


@contextmanager
def serving(folder: Path, role: str, user: int) -> Iterator[subprocess.Popen[bytes]]:
    with Path(folder.parent, f"{role}.log").open("wb") as log:
        process = subprocess.Popen(
            [str(python_of_all()), "-m", "server", "serve", "--home", str(folder), "--role", role],
            cwd=ROOT, env=quiet(), stdout=log, stderr=log, umask=0o077, **as_user(user),
        )  # fmt: skip
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def openings(user: int, *paths: Path) -> list[str]:
    found = subprocess.run(
        [str(python_of_all()), "-c", OPEN, *map(str, paths)], cwd="/", **as_user(user), check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    return found.stdout.split()


def doctor(folder: Path) -> dict[str, list[dict[str, Any]]]:
    said = subprocess.run(
        command("doctor", "--home", str(folder), "--json"), cwd=ROOT, env=quiet(), capture_output=True, check=False
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for one in json.loads(said.stdout)["findings"]:
        found.setdefault(one["name"], []).append(one)
    return found


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_roles_of_different_users_work_together_and_see_no_more_than_their_own(
    home: tuple[Path, str, str], elsewhere: MakeElsewhere
):
    peer: Elsewhere = await elsewhere("lemmy")
    folder, inside, edge = home
    token = subprocess.run(
        command("token", "ada", "--home", str(folder)), cwd=ROOT, env=quiet(), check=True, capture_output=True,
        text=True,
    ).stdout.split()[-1]  # fmt: skip

    async def wait_for(look: Any) -> Any:
        try:
            return await asyncio.to_thread(until, look, 80)
        except AssertionError as error:
            logs = {path.name: path.read_text()[-2000:] for path in folder.parent.glob("*.log")}
            raise AssertionError(logs) from error

    async def say(path: str, body: dict[str, Any]) -> Any:
        status, answer = await asyncio.to_thread(call, f"{inside}/api/v1{path}", body, token)
        assert status in (200, 201), answer
        return answer

    with ExitStack() as running:
        for role, user in (("inside", INSIDE), ("edge", EDGE), ("gate", GATE)):
            running.enter_context(serving(folder, role, user))
        await wait_for(lambda: call(f"{inside}/livez")[0] == 200 and call(f"{edge}/livez")[0] == 200)

        stores = [folder / "inside/store.sqlite", folder / "outside/store.sqlite"]
        keys = [folder / "outside/secrets/release.key", folder / "outside/secrets/seal.key"]
        secrets = [*keys, folder / "inside/names/names.key", folder / "inside/secrets/audit.key"]
        no, yes = "PermissionError", "opened"
        assert openings(EDGE, *stores, *secrets) == ["OperationalError", yes, yes, yes, no, no]
        assert openings(INSIDE, *stores, *secrets) == [yes, yes, no, no, yes, yes]
        assert openings(GATE, *stores, *secrets) == [yes, yes, yes, yes, yes, no]

        charter = {"question": "q", "promise": "p", "off_limits": "o", "decide_by": "d"}
        now = datetime.now(UTC)
        times = {"opens_at": now.isoformat(), "closes_at": (now + timedelta(days=1)).isoformat()}
        await say("/jams", {"slug": "jam", "title": "Jam", "charter": charter, **times})
        forum = await say(
            "/jams/jam/forums", {"slug": "open", "title": "Open", "question": "Why?", "audience": "public"}
        )
        await say("/jams/jam/open", {})
        await wait_for(lambda: call(forum["uri"], accept="application/activity+json")[0] == 200)
        ann = peer.person("ann")
        assert (await peer.post(f"{edge}/inbox", peer.activity("Follow", ann, forum["uri"]))).status == 202
        await wait_for(lambda: peer.arrived)
        idea = await say(f"/forums/{forum['id']}/ideas", {"title": "Hello", "text": "World"})
        await wait_for(lambda: len(peer.arrived) >= 2)
        assert peer.shapes()[:2] == ["Accept Follow", "Announce Create Article"]
        assert (await peer.get(idea["uri"])).status == 200
        answered = peer.create(peer.note(ann, "Hello back.", idea["uri"], forum["uri"]))
        assert (await peer.post(f"{edge}/inbox", answered)).status == 202
        await wait_for(lambda: "Hello back." in str(call(f"{inside}/api/v1/ideas/{idea['id']}", token=token)[1]))
        held = await asyncio.to_thread(call, f"{inside}/api/v1/boundary/crossings", None, token)
        assert held[0] == 200
        assert idea["uri"] in str(held[1])

        found = await asyncio.to_thread(doctor, folder)
        assert {one["state"] for one in found["modes"] + found["secrets"] + found["seals"]} == {"ok"}
    for path in folder.rglob("store.sqlite*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660, path


def test_doctor_finds_folders_that_are_shared_out_wrongly(home: tuple[Path, str, str]):
    folder, _, _ = home
    os.chown(folder / "outside/store.sqlite", GATE, INSIDERS)
    (folder / "outside/secrets/release.key").chmod(0o644)
    found = doctor(folder)
    assert [one["fix"] for one in found["modes"] if one["state"] == "broken"] == [
        f"chgrp {OUTSIDERS} {folder}/outside/store.sqlite && chmod 660 {folder}/outside/store.sqlite"
    ]
    assert [one["fix"] for one in found["secrets"] if one["state"] == "broken"] == [
        f"chmod 640 {folder}/outside/secrets/release.key"
    ]
    share_out(folder)
    os.chown(folder / "inside", GATE, OUTSIDERS)
    os.chown(folder / "inside/store.sqlite", GATE, OUTSIDERS)
    folder.chmod(0o700)
    said = [one["said"] for one in doctor(folder)["modes"] if one["state"] == "broken"]
    assert any("belong to one group" in one for one in said)
    assert any("cannot pass through" in one for one in said)
