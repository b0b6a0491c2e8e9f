"""Taking the audit chain along, and checking a copy of it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.app import second_place
from server.cli import verbs
from server.services import people
from server.services.checkpoints import keep_checkpoints
from server.services.house import Clock, House
from server.settings import Settings
from tests.server.cli.calling import Cli


def verify(file: Path, *words: str) -> Result:
    return CliRunner().invoke(verbs, ["audit", "verify", str(file), *words])


def _checkpoint(cli: Cli) -> None:
    """Let the server's worker write a checkpoint, an hour from now."""

    async def later(house: House) -> None:
        from datetime import UTC, datetime

        ahead = House(
            house.store, house.name, house.addresses, Clock(lambda: datetime.now(UTC) + timedelta(hours=1))
        )
        assert await keep_checkpoints(ahead, second_place(Settings.from_env(cli.home))) == 1

    cli.within(later)


@pytest.fixture
def file(cli: Cli, tmp_path: Path) -> Path:
    _checkpoint(cli)
    cli.ok("user", "add", "mara", "--role", "reviewer")
    made = tmp_path / "audit.jsonl"
    made.write_text(cli.ok("audit", "export"))
    return made


def test_an_export_is_verified_without_a_home(cli: Cli, file: Path) -> None:
    said = verify(file)
    assert said.exit_code == 0
    assert "The chain of Acme holds" in said.stdout
    assert "came with the file" in said.stdout
    key = second_place(Settings.from_env(cli.home), make=False).key.public
    assert "came with" not in verify(file, "--key", key).stdout
    told = json.loads(verify(file, "--key", key, "--json").stdout)
    assert (told["holds"], told["checkpoints"], told["key"]) == (True, 1, key)
    second = cli.home / "checkpoints/audit.jsonl"
    assert verify(file, "--checkpoints", str(second)).exit_code == 0


def test_every_boundary_act_of_the_command_line_is_in_it(cli: Cli, tmp_path: Path) -> None:
    cli.ok("user", "add", "mara", "--role", "reviewer")
    cli.ok("token", "mara")
    cli.ok("partner", "add", "globex.example", "--tier", "partner")
    cli.ok("partner", "pause", "globex.example")
    cli.ok("keys", "rotate")
    cli.ok("export")
    cli.ok("backup", tmp_path / "backup.tar")
    rows = [json.loads(line) for line in cli.ok("audit", "export").splitlines()]
    acts = [row["act"] for row in rows if row["kind"] == "row"]
    assert acts[-9:] == [
        "add reviewer", "make sign-in link", "make token", "add partner", "partner paused", "rotate keys", "export",
        "backup", "export audit",
    ]  # fmt: skip


def _altered(file: Path, kind: str, **changes: object) -> None:
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    found = next(line for line in lines if line["kind"] == kind)
    found.update(changes)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_an_altered_export_is_found(file: Path) -> None:
    whole = file.read_text()
    _altered(file, "row", act="nothing at all")
    assert "does not hold at row 1" in verify(file).stdout
    file.write_text(whole)
    _altered(file, "checkpoint", count=1)
    assert "is not signed" in verify(file).stdout
    file.write_text(whole)
    lines = whole.splitlines(keepends=True)
    file.write_text("".join([lines[0], *lines[2:]]))
    assert verify(file).exit_code == 1
    file.write_text(lines[0] + lines[1] + lines[-1])
    said = verify(file)
    assert said.exit_code == 1
    assert "it was cut short" in said.stdout
    file.write_text(whole)
    assert "is not signed" in verify(file, "--key", "00" * 32).stdout


BAD = ("", "{}", "[]", "no json", '{"kind": "row"}', '{"kind": "rows"}', "\xff", "[" * 99_999)


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_export_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    made = tmp_path / "x.jsonl"
    made.write_text(text, "latin-1")
    said = verify(made)
    assert said.exit_code == 1
    assert said.stderr.startswith("Error: ")
    assert isinstance(said.exception, SystemExit)


def test_doctor_tells_of_the_second_place(cli: Cli) -> None:
    _checkpoint(cli)
    findings = cli.json("doctor")["findings"]
    assert [one["state"] for one in findings if one["name"] in ("audit", "checkpoints")] == ["ok", "ok"]
    second = cli.home / "checkpoints/audit.jsonl"
    kept = second.read_text()
    second.write_text("")
    found = json.loads(cli("doctor", "--json").stdout)
    assert [one["said"] for one in found["findings"] if one["state"] == "broken"] == [
        f"{second} lacks 1 of 1 checkpoints."
    ]
    second.write_text(kept.replace('"count":', '"count":1'))
    assert cli("doctor").exit_code == 1


def test_an_old_home_gets_its_audit_key_from_init(cli: Cli) -> None:
    key = cli.home / "inside/secrets/audit.key"
    before = key.read_bytes()
    words = ("--inside-url", "http://127.0.0.1:7801", "--edge-url", "http://127.0.0.1:7802", "--admin", "zora")
    cli.ok("init", "--name", "Acme", *words)
    assert key.read_bytes() == before
    key.unlink()
    assert "secrets" in {one["name"] for one in json.loads(cli("doctor", "--json").stdout)["findings"]}
    cli.ok("init", "--name", "Acme", *words)
    assert len(key.read_bytes()) == 32
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_person_who_is_changed_leaves_rows_that_say_how(cli: Cli) -> None:
    async def change(house: House) -> list[str]:
        zora = await people.person(house, "zora")
        mara = await people.add_member(house, "mara", by=zora)
        await people.change_member(house, zora, mara, role="reviewer", unit="Legal")
        await people.change_member(house, mara, mara, consent=False)
        await people.change_member(house, mara, mara, consent=True)
        await people.change_member(house, zora, mara, active=False)
        return [row["act"] for row in await house.store.fetch("SELECT act FROM audit ORDER BY seq DESC LIMIT 6")]

    assert cli.within(change) == [
        "deactivate", "agree to be named", "withdraw consent", "change unit", "make reviewer", "add member",
    ]  # fmt: skip
