"""`doctor`, on homes that are well and on homes that are not."""

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from federation.outside import crossings
from federation.outside.crossings import EVERYONE, Card
from server.cli.home import open_sealed, operator
from server.services import forums, ideas
from server.services.house import House
from tests.ports import free_ports
from tests.server.cli.calling import Cli

ROOT = Path(__file__).parents[3]


def _findings(cli: Cli, name: str) -> list[dict[str, Any]]:
    told = json.loads(cli("doctor", "--json").stdout)
    return [one for one in told["findings"] if one["name"] == name]


def _broken(cli: Cli) -> list[dict[str, Any]]:
    result = cli("doctor", "--json")
    told = json.loads(result.stdout)
    found = [one for one in told["findings"] if one["state"] == "broken"]
    assert result.exit_code == (1 if found else 0)
    assert told["sound"] is not bool(found)
    return found


def test_a_new_home_is_sound(cli: Cli) -> None:
    assert _broken(cli) == []
    said = cli.ok("doctor")
    for words in ("Acme lives in", "schema", "The audit chain holds.", "Version", "GB free", "The clock says"):
        assert words in said


def test_a_server_that_does_not_run_is_noted_with_what_to_do(cli: Cli) -> None:
    found = _findings(cli, "addresses")
    assert [one["state"] for one in found] == ["note", "note"]
    assert all("Start the server" in one["fix"] for one in found)


def test_a_gate_that_stands_still_is_noted(cli: Cli) -> None:
    assert "not moving" in _findings(cli, "gate")[0]["said"]
    cli.gate()
    assert _findings(cli, "gate")[0]["state"] == "ok"


def test_secrets_that_others_may_read_are_found_with_their_remedy(cli: Cli) -> None:
    path = cli.home / "outside/secrets/seal.key"
    path.chmod(0o644)
    assert [(one["name"], one["fix"]) for one in _broken(cli)] == [("secrets", f"chmod 600 {path}")]


def test_a_missing_secret_and_a_missing_store_are_found(cli: Cli) -> None:
    (cli.home / "outside/secrets/release.key").unlink()
    (cli.home / "inside/store.sqlite").unlink()
    assert {one["name"] for one in _broken(cli)} == {"secrets", "inside"}
    assert not (cli.home / "inside/store.sqlite").exists()


def test_a_corrupt_store_is_found_and_left_as_it_is(cli: Cli) -> None:
    path = cli.home / "outside/store.sqlite"
    path.write_bytes(b"this is no store" * 400)
    before = path.read_bytes()
    assert [one["name"] for one in _broken(cli)] == ["outside"]
    assert path.read_bytes() == before


def _change(path: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def test_a_store_of_a_newer_version_is_found(cli: Cli) -> None:
    statement = "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES ('storage', '9999_far', '2030-01-01')"
    _change(cli.home / "inside/store.sqlite", statement)
    assert "newer version (9999_far)" in _broken(cli)[0]["said"]
    assert "newer version" in cli.refused("user", "list")


def test_an_altered_audit_row_is_found(cli: Cli) -> None:
    _change(cli.home / "inside/store.sqlite", "UPDATE audit SET act = 'nothing' WHERE seq = 1")
    assert [(one["name"], "row 1" in one["said"]) for one in _broken(cli)] == [("audit", True)]


def test_a_clock_that_went_back_is_found(cli: Cli) -> None:
    _change(cli.home / "inside/store.sqlite", "UPDATE events SET at = ?", time.time() + 7200)
    assert [one["name"] for one in _broken(cli)] == ["clock"]


def test_no_rules_in_force_is_found(cli: Cli) -> None:
    _change(cli.home / "inside/store.sqlite", "UPDATE rule_sets SET state = 'retired'")
    assert [one["name"] for one in _broken(cli)] == ["rules"]


def test_deliveries_that_wait_long_or_died_are_noted_by_peer(cli: Cli) -> None:
    statement = (
        "INSERT INTO deliveries (host, inbox_uri, uri, audience, version, sender_uri, lane, object_uri, act, state,"
        " attempts, due_at, made_at, answer)"
        " VALUES (?, 'https://x/inbox', ?, '*', 1, '', '', '', 'Create', ?, 1, 0, ?, '')"
    )
    path = cli.home / "outside/store.sqlite"
    _change(path, statement, "slow.example", "https://a/1", "queued", time.time() - 7200)
    _change(path, statement, "gone.example", "https://a/2", "dead", time.time())
    slow, gone = _findings(cli, "deliveries")
    assert "1 deliveries wait for slow.example, the oldest since 120 minutes" in slow["said"]
    assert "1 deliveries to gone.example were given up" in gone["said"]


def test_a_very_wide_peer_network_is_noted(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARMALADE_PEER_NETWORKS", "0.0.0.0/0")
    assert "dial all of 0.0.0.0/0" in _findings(cli, "settings")[0]["said"]


def test_looking_for_leaks_needs_a_running_edge(cli: Cli) -> None:
    assert cli.refused("doctor", "--leaks") == "Nobody answers at http://127.0.0.1:7802: start the server first."


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """A home whose gate and edge run in a process of their own."""
    monkeypatch.setenv("MARMALADE_PEER_NETWORKS", "127.0.0.0/8")
    inside, edge = free_ports(2)
    cli = Cli(tmp_path / "home")
    urls = ("--inside-url", f"http://127.0.0.1:{inside}", "--edge-url", f"http://127.0.0.1:{edge}")
    cli.ok("init", "--name", "Acme", *urls, "--admin", "zora")
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "server", "serve", "--home", str(cli.home)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            env=os.environ,
        )
    try:
        _wait_until_ready(edge, tmp_path / "log")
        yield cli
    finally:
        server.terminate()
        server.wait(20)


def _wait_until_ready(port: int, log: Path) -> None:
    for _ in range(900):
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"the server did not come up: {log.read_text()}")


def _hold_jam(cli: Cli) -> None:
    """Open a jam with an inside and a public forum, and say something in both."""
    from datetime import timedelta

    from server.domain.jams import Charter
    from server.services import jams

    async def hold(house: House) -> None:
        admin, now = await operator(house), house.now()
        charter = Charter(question="q", promise="p", off_limits="o", decide_by="d")
        jam = await jams.create_jam(house, admin, "spring", "Spring", charter, now, now + timedelta(days=1))
        await jams.open_jam(house, admin, jam)
        den = await forums.create_forum(house, admin, jam, "den", "Den", "What must nobody hear?", "inside")
        square = await forums.create_forum(house, admin, jam, "square", "Square", "What may all hear?", "public")
        await ideas.post_idea(house, admin, den, "The merger with Initrode", "Only the board knows of it so far.")
        await ideas.post_idea(house, admin, square, "Lamps in the corridor", "More light, please.")

    cli.within(hold)


def test_a_sound_edge_tells_no_canary_and_one_that_leaks_is_caught(served: Cli) -> None:
    _hold_jam(served)
    told = served.json("doctor", "--leaks")
    assert told["sound"] is True
    assert "as anonymous, stranger, partner, ex-partner; canaries and" in told["findings"][0]["said"]
    assert [one["name"] for one in told["findings"][1:]] == ["control"] * 4
    _leak(served)
    result = served("doctor", "--leaks", "--json")
    assert result.exit_code == 1
    said = [one["said"] for one in json.loads(result.stdout)["findings"]]
    assert any("told a stranger the title of idea" in one for one in said)
    exported = [json.loads(line) for line in served.ok("export").splitlines()]
    assert not [one for one in exported if one.get("title", "").startswith("Leak test")]


def _leak(cli: Cli) -> None:
    """Do what the gate must never do: freeze for everyone what was said inside."""
    exported = [json.loads(line) for line in cli.ok("export").splitlines()]
    secret = next(one for one in exported if one.get("title") == "The merger with Initrode")

    async def freeze() -> None:
        async with open_sealed(cli.home) as outside:
            document = {"type": "Article", "id": secret["uri"], "name": secret["title"], "content": secret["text"]}
            card = Card(type="Article")
            body = json.dumps(document).encode()
            sealed = outside.sealer.seal(secret["uri"], 1, [EVERYONE], "object", body, card)
            async with outside.store.transaction() as change:
                await crossings.freeze(change, sealed, card, time.time())

    asyncio.run(freeze())


def test_verbs_work_beside_a_running_server_whose_gate_does_the_rest(served: Cli) -> None:
    _hold_jam(served)
    for _ in range(100):
        if held := [one for one in served.json("ledger") if one["type"] == "Article"]:
            break
        time.sleep(0.1)
    said = served.ok("recall", "--object", held[0]["uri"])
    assert said.endswith("it is served no more, and holders are asked to delete it.\n")
    assert served.json("ledger", "--object", held[0]["uri"])[0]["revoked_at"] is not None
