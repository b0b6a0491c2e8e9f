"""`user` and `token`."""

import json
import zipfile
from pathlib import Path

from server.services import people
from server.services.house import House
from tests.server.cli.calling import Cli


def test_adding_a_person_prints_the_username_and_a_link_that_signs_in_once(cli: Cli) -> None:
    name, link = cli.ok(
        "user", "add", "ada", "--name", "Ada L.", "--unit", "Works", "--role", "facilitator"
    ).splitlines()
    assert name == "ada"
    secret = link.rsplit("/welcome/", 1)[1]
    signed = cli.within(lambda house: people.sign_in_by_link(house, secret))
    assert (signed.member.username, signed.member.role, signed.member.unit) == ("ada", "facilitator", "Works")


def test_a_person_added_with_a_password_signs_in_with_it(cli: Cli) -> None:
    assert cli.ok("user", "add", "ada", "--password-stdin", stdin="correct horse battery\n") == "ada\n"
    signed = cli.within(lambda house: people.sign_in(house, "ada", "correct horse battery"))
    assert signed.member.username == "ada"


def test_a_weak_password_adds_nobody(cli: Cli) -> None:
    assert "at least 8" in cli.refused("user", "add", "ada", "--password-stdin", stdin="short\n")
    assert [one["username"] for one in cli.json("user", "list")] == ["zora"]


def test_a_taken_username_and_a_forums_name_are_refused(cli: Cli) -> None:
    assert cli.refused("user", "add", "zora") == "There is a person called zora already."
    assert cli.refused("user", "add", "square") == "A forum bears the name square already."


def test_people_are_listed_as_a_table_and_as_json(cli: Cli) -> None:
    cli.ok("user", "add", "ada", "--unit", "Works")
    assert [line.split()[0] for line in cli.ok("user", "list").splitlines()] == ["username", "ada", "zora"]
    assert cli.json("user", "list")[0]["unit"] == "Works"


def test_more_people_than_one_page_are_all_listed_and_the_admin_is_still_found(cli: Cli) -> None:
    async def add(house: House) -> None:
        async with house.store.transaction():
            for number in range(520):
                await people.add_member(house, f"a{number:04}")

    cli.within(add)
    assert len(cli.json("user", "list")) == 521
    assert "is a partner" in cli.ok("partner", "add", "globex.example", "--tier", "partner")


def test_token_prints_nothing_but_a_token_that_works(cli: Cli) -> None:
    token = cli.ok("token", "zora").removesuffix("\n")
    assert token.split() == [token]
    assert cli.within(lambda house: people.member_of_token(house, token)).username == "zora"


def test_a_token_for_nobody_is_refused(cli: Cli) -> None:
    assert cli.refused("token", "nobody") == "There is no person called nobody here; `user list` shows who there is."


def test_one_jam_is_exported_as_lines_and_as_a_zip_file(cli: Cli, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in cli.ok("export", "--jam", "spring").splitlines()]
    assert lines[0]["kind"] == "jam"
    assert {line["kind"] for line in lines[1:]} == {"forum"}
    packed = tmp_path / "spring.zip"
    cli.ok("export", "--jam", "spring", "--zip", packed)
    with zipfile.ZipFile(packed) as made:
        assert "contributions.csv" in made.namelist()
    assert "cannot be written" in cli.refused("export", "--jam", "spring", "--zip", packed)
    assert cli("export", "--zip", tmp_path / "all.zip").exit_code != 0
