"""What a person can cause is one sentence and an exit code, in a process of its own as anywhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import VERBS, verbs
from tests.server.cli.calling import Cli

ROOT = Path(__file__).parents[3]
NEED_A_HOME = {
    "user": ("list",), "token": ("ada",), "partner": ("list",), "rules": ("show",), "recall": ("--object", "x"),
    "ledger": (), "doctor": (), "backup": ("file.tar",), "export": (), "usage": (), "keys": ("rotate",),
    "openapi": (), "serve": (),
}  # fmt: skip


def python_m_server(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("MARMALADE_")} | settings
    return subprocess.run(
        [sys.executable, "-m", "server", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("verb", sorted(NEED_A_HOME))
def test_without_an_organisation_every_verb_says_so_and_makes_nothing(tmp_path: Path, verb: str) -> None:
    refused = Cli(tmp_path / "none").refused(verb, *NEED_A_HOME[verb])
    assert refused == f"There is no organisation in {tmp_path / 'none'} yet: run `python -m server init` first."
    assert not (tmp_path / "none").exists()


def test_a_missing_home_is_one_sentence_in_a_process_too(tmp_path: Path) -> None:
    done = python_m_server("token", "ada", "--home", str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: There is no organisation in")
    assert "Traceback" not in done.stderr


def test_a_corrupt_store_is_one_sentence_in_a_process_too(cli: Cli) -> None:
    (cli.home / "inside/store.sqlite").write_bytes(b"nothing of a store" * 999)
    for path in (cli.home / "inside").glob("store.sqlite-*"):
        path.unlink()
    done = python_m_server("user", "list", "--home", str(cli.home))
    assert (done.returncode, done.stdout) == (1, "")
    assert "restore the last backup" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_is_one_sentence_in_a_process_too(cli: Cli) -> None:
    done = python_m_server("user", "list", "--home", str(cli.home), MARMALADE_COLOUR="orange")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: There is no setting called MARMALADE_COLOUR.")


def test_a_token_is_all_that_stands_on_stdout_of_a_process(cli: Cli) -> None:
    done = python_m_server("token", "zora", "--home", str(cli.home))
    assert done.stdout.startswith("mml_")
    assert len(done.stdout.split()) == 1
    assert done.stderr == ""


def test_a_home_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, no folder")
    urls = ("--inside-url", "http://127.0.0.1:1", "--edge-url", "http://127.0.0.1:2")
    said = Cli(tmp_path / "taken" / "home").refused("init", "--name", "Acme", *urls, "--admin", "zora")
    assert "cannot be written" in said


def test_a_missing_store_is_one_sentence_and_is_not_made_anew(cli: Cli) -> None:
    (cli.home / "outside/store.sqlite").unlink()
    assert "is missing: restore it, or run init." in cli.refused("ledger")
    assert not (cli.home / "outside/store.sqlite").exists()


def test_a_damaged_organisation_file_is_one_sentence(cli: Cli) -> None:
    (cli.home / "marmalade.toml").write_text("name = ")
    assert "is damaged" in cli.refused("user", "list")


def test_a_file_that_is_not_there_is_a_usage_error(cli: Cli) -> None:
    for words in (
        ("rules", "check", "none.toml"),
        ("replay", "none.jsonl", "--jam", "spring"),
        ("restore", "none.tar"),
    ):
        result = cli(*words)
        assert result.exit_code == 2
        assert "does not exist" in result.stderr


def test_every_verb_explains_itself() -> None:
    listed = CliRunner().invoke(verbs, ["--help"])
    assert listed.exit_code == 0
    for verb in VERBS:
        assert verb in listed.stdout
        assert CliRunner().invoke(verbs, [verb, "--help"]).exit_code == 0
