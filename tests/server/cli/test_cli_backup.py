"""`backup`, `restore`, `export`, `usage`, `keys rotate` and `openapi`."""

import asyncio
import io
import json
import stat
import tarfile
from pathlib import Path

import pytest

from federation.outside import crossings, keys
from federation.signatures import load_public_key
from federation.signatures.multikeys import to_multikey
from server.cli.home import open_sealed, operator
from server.services import forums, ideas, marking, people
from server.services.house import House
from tests.server.cli.calling import Cli


def _post(cli: Cli, slug: str = "den") -> None:
    async def post(house: House) -> None:
        author = await operator(house)
        forum = await forums.obtain_forum(house, author, f"spring/{slug}")
        idea = await ideas.post_idea(house, author, forum, "Lamps", "More lamps, please.")
        await ideas.reply(house, author, idea, "Yes.")
        await marking.mark(house, author, idea, "support")

    cli.within(post)


@pytest.fixture
def file(cli: Cli, tmp_path: Path) -> Path:
    """A backup of a home in which something was said."""
    _post(cli)
    cli.ok("backup", tmp_path / "acme.tar")
    return tmp_path / "acme.tar"


def test_a_restored_home_says_and_signs_all_that_the_old_one_did(cli: Cli, file: Path, tmp_path: Path) -> None:
    token = cli.ok("token", "zora")  # younger than the backup
    fresh = Cli(tmp_path / "fresh")
    fresh.ok("restore", file)
    assert fresh.ok("export") == cli.ok("export")
    assert fresh.ok("rules", "show") == cli.ok("rules", "show")
    assert fresh.within(lambda house: people.member_of_token(house, token.strip())) is None
    for name in ("release.key", "seal.key"):
        path = Path("outside/secrets", name)
        assert (fresh.home / path).read_bytes() == (cli.home / path).read_bytes()
        assert stat.S_IMODE((fresh.home / path).stat().st_mode) == 0o600
    assert stat.S_IMODE((fresh.home / "inside/store.sqlite").stat().st_mode) == 0o600
    assert not list(fresh.home.rglob(".restore-*"))
    fresh.gate()


def test_a_backup_is_its_owners_alone_and_leaves_nothing_else_behind(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not [path.name for path in file.parent.iterdir() if path.name.startswith(".backup")]
    assert not list(file.parent.glob("*.part"))


def test_a_backup_overwrites_nothing(cli: Cli, file: Path) -> None:
    assert cli.refused("backup", file) == f"{file} exists already; name another file."


def test_a_backup_into_a_missing_folder_is_refused(cli: Cli, tmp_path: Path) -> None:
    assert "cannot be written" in cli.refused("backup", tmp_path / "none" / "acme.tar")


def test_verify_says_whose_a_sound_backup_is_and_restores_nothing(cli: Cli, file: Path, tmp_path: Path) -> None:
    fresh = Cli(tmp_path / "fresh")
    assert fresh.ok("restore", file, "--verify").startswith(f"{file} is sound: Acme (http://127.0.0.1:7802)")
    assert not fresh.home.exists()


def test_a_home_that_is_not_empty_is_left_alone(cli: Cli, file: Path) -> None:
    assert "is not empty" in cli.refused("restore", file)


def test_an_altered_backup_is_refused_and_restores_nothing(file: Path, tmp_path: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    fresh = Cli(tmp_path / "fresh")
    assert "SHA-256 differs" in fresh.refused("restore", file, "--verify")
    fresh.refused("restore", file)
    assert list(fresh.home.iterdir()) == []


def test_a_backup_cut_short_is_refused(file: Path, tmp_path: Path) -> None:
    file.write_bytes(file.read_bytes()[:60_000])
    assert "damaged" in Cli(tmp_path / "fresh").refused("restore", file, "--verify")


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "inside/secrets/../../evil", "inside/other"])
def test_a_tar_file_from_elsewhere_reaches_no_other_place(file: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(file) as tar:
        manifest = tar.extractfile("manifest.json")
        assert manifest is not None
        told = json.loads(manifest.read())
    told["files"][name] = {"bytes": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    forged = tmp_path / "forged.tar"
    with tarfile.open(forged, "w") as tar:
        for title, body in (("manifest.json", json.dumps(told).encode()), (name, b"")):
            member = tarfile.TarInfo(title)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    assert "no backup of this server" in Cli(tmp_path / "fresh").refused("restore", forged)


def test_export_holds_everything_that_was_said_and_who_said_it(cli: Cli) -> None:
    _post(cli)
    told = [json.loads(line) for line in cli.ok("export").splitlines()]
    assert [one["kind"] for one in told] == ["jam", "forum", "forum", "idea", "reply", "mark"]
    jam, _, _, idea, reply, mark = told
    assert jam["charter"]["question"] == "What next?"
    assert (idea["author"], idea["text"], reply["parent_id"]) == ("@zora", "More lamps, please.", idea["id"])
    assert (mark["mark"], mark["contribution_id"], mark["by"]) == ("support", idea["id"], "@zora")


def test_usage_counts_rows_and_bytes_of_both_stores(cli: Cli) -> None:
    _post(cli)
    told = cli.json("usage")
    assert told["inside"]["tables"]["contributions"]["rows"] == 2
    assert told["outside"]["tables"]["crossings"]["bytes"] > 0
    assert "contributions" in cli.ok("usage")


def test_rotating_keys_changes_every_pair_and_every_actor_document_at_once(cli: Cli) -> None:
    _post(cli, "square")
    cli.gate()

    async def pems() -> dict[str, str]:
        async with open_sealed(cli.home) as outside:
            return {name: await keys.public_pem(outside, name) or "" for name in await keys.names(outside)}

    async def shown() -> set[str]:
        async with open_sealed(cli.home) as outside:
            found = await crossings.standing_actors(outside)
            documents = [json.loads(one.document.body) for one in found]
            signing = {document["publicKey"]["publicKeyPem"] for document in documents}
            return signing | {
                key["publicKeyMultibase"] for document in documents for key in document.get("assertionMethod", [])
            }

    before = asyncio.run(pems())
    assert "key pairs are new" in cli.ok("keys", "rotate")
    after = asyncio.run(pems())
    assert {"people", "server", keys.PROOFS} < set(after)
    assert not set(before.values()) & set(after.values())
    # RSA keys are shown as PEM, Ed25519 keys, which are short, as Multikeys.
    assert asyncio.run(shown()) == {
        pem if len(pem) > 300 else to_multikey(load_public_key(pem)) for pem in after.values()
    }


def test_openapi_prints_the_document_of_the_api(cli: Cli) -> None:
    told = json.loads(cli.ok("openapi"))
    assert told["openapi"].startswith("3.")
    assert "/jams/{jam}" in told["paths"]
