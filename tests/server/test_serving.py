"""Starting to serve: where to listen, what settings say, and one sentence for whatever is in the way."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from server.app import CannotListen, address_of
from server.settings import Settings, SettingsError, check_url
from tests.ports import free_ports

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("url", "override", "listens"),
    [
        ("http://127.0.0.1:8100", "", ("127.0.0.1", 8100)),
        ("https://jam.example", "", ("jam.example", 443)),
        ("http://jam.example", "", ("jam.example", 80)),
        ("https://jam.example", "127.0.0.1:9000", ("127.0.0.1", 9000)),
        ("https://jam.example", "[::1]:9000", ("::1", 9000)),
    ],
)
def test_a_listener_stands_where_the_url_or_the_operator_says(url: str, override: str, listens: tuple[str, int]):
    assert address_of(url, override) == listens


@pytest.mark.parametrize("override", ["127.0.0.1:port", ":80", "127.0.0.1:99999"])
def test_an_address_that_nobody_can_listen_on_is_refused(override: str):
    with pytest.raises(CannotListen):
        address_of("https://jam.example", override)


@pytest.mark.parametrize(
    "environ",
    [
        {"MARMALADE_PEER_NETWORK": "127.0.0.0/8"},
        {"MARMALADE_PEER_NETWORKS": "everywhere"},
        {"MARMALADE_LOG_LEVEL": "loud"},
        {"MARMALADE_BROKER_URL": "nats://127.0.0.1"},
        {"MARMALADE_INSIDE_DATABASE_URL": "postgres://db/inside"},
    ],
)
def test_a_setting_that_is_unknown_or_unusable_is_named(environ: dict[str, str]):
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(Path("var"), environ)
    assert next(iter(environ)) in refused.value.public


@pytest.mark.parametrize(
    "url", ["jam.example", "ftp://jam.example", "https://user@jam.example", "https://a/b", "https://:1"]
)
def test_an_address_that_is_no_servers_is_refused(url: str):
    with pytest.raises(SettingsError):
        check_url(url)


def serve(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server", *arguments, "--home", str(home)],
        capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip


def test_a_taken_port_is_one_sentence_and_an_exit(tmp_path: Path):
    free, other = free_ports(2)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free))
        taken.listen()
        edge, inside = (f"http://127.0.0.1:{port}" for port in (free, other))
        urls = ("--inside-url", inside, "--edge-url", edge)
        assert serve(tmp_path / "home", "init", "--name", "Acme", "--admin", "ada", *urls).returncode == 0
        ended = serve(tmp_path / "home", "serve")
    assert ended.returncode == 1
    said = [line for line in ended.stderr.splitlines() if line.startswith("Error:")]
    assert len(said) == 1
    assert "Is another server running there?" in said[0]
    assert "Traceback" not in ended.stderr


def test_the_edge_address_of_an_organisation_never_changes(tmp_path: Path):
    home = tmp_path / "home"
    first = ("init", "--name", "Acme", "--admin", "ada", "--inside-url", "http://127.0.0.1:9001")
    assert serve(home, *first, "--edge-url", "http://127.0.0.1:9000").returncode == 0
    assert serve(home, *first, "--edge-url", "http://127.0.0.1:9000").returncode == 0
    ended = serve(home, *first, "--edge-url", "http://127.0.0.1:9999")
    assert ended.returncode == 1
    assert "cannot change" in ended.stderr
