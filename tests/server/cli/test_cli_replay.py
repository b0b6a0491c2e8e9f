"""`replay`: a jam on file."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.cli.home import operator
from server.services import forums, ideas_read, jams, people
from server.services.house import House
from server.services.replay import usernames
from tests.server.cli.calling import Cli

Lines = Callable[..., Path]


def line(id_: str, parent: str | None = None, **changed: object) -> dict[str, object]:
    plain = {
        "id": id_, "parent": parent, "forum": "den", "author": "Ada Lovelace", "unit": "Works",
        "at": "2026-03-01T09:00:00Z", "title": None if parent else f"Title of {id_}", "text": f"Words of {id_}.",
    }  # fmt: skip
    return plain | changed


def _contributions(cli: Cli) -> list[Any]:
    async def all_of(house: House) -> Any:
        jam = await jams.obtain_jam(house, await operator(house), "spring")
        return await ideas_read.all_of_jam(house, jam.id)

    return list(cli.within(all_of))


def test_ideas_and_replies_are_posted_by_their_authors_each_below_what_it_answers(cli: Cli, lines: Lines) -> None:
    file = lines(line("a"), line("b", "a", author="Bo"), line("c", "b"), line("d", forum="square", author="Zoë"))
    totals = cli.json("replay", file, "--jam", "spring")
    assert {key: totals[key] for key in ("ideas", "replies", "people", "skipped")} == {
        "ideas": 2, "replies": 2, "people": 3, "skipped": 0,
    }  # fmt: skip
    found = {one.text: one for one in _contributions(cli)}
    assert found["Words of c."].parent_id == found["Words of b."].id
    assert found["Words of c."].thread_id == found["Words of a."].id
    assert found["Words of a."].title == "Title of a"
    assert (found["Words of b."].author_handle, found["Words of a."].author_handle) == ("@bo", "@ada-lovelace")
    assert cli.within(lambda house: people.person(house, "zoe")).name == "Zoë"


def test_totals_and_rate_are_one_line_for_people(cli: Cli, lines: Lines) -> None:
    said = cli.ok("replay", lines(line("a")), "--jam", "spring")
    assert said.startswith("1 ideas, 0 replies, 1 people added, 0 skipped, ")
    assert said.endswith(" per second\n")


def test_a_thread_of_many_replies_keeps_parents_before_children(cli: Cli, lines: Lines) -> None:
    file = lines(line("0"), *(line(str(n), str(n - 1), author=f"Author {n % 7}") for n in range(1, 300)))
    assert cli.json("replay", file, "--jam", "spring")["replies"] == 299
    depth = {"": 0}
    for one in sorted(_contributions(cli), key=lambda each: each.created_at):
        depth[one.id] = depth[one.parent_id] + 1
    assert max(depth.values()) == 300


def test_an_unknown_parent_is_skipped_with_its_line_and_so_is_what_answers_it(cli: Cli, lines: Lines) -> None:
    result = cli("replay", lines(line("a"), line("b", "nowhere"), line("c", "b"), line("d", "a")), "--jam", "spring")
    assert result.exit_code == 0
    assert "Skipped line 2: its parent 'nowhere' does not stand before it in the file." in result.stderr
    assert "Skipped line 3: its parent 'b' was skipped." in result.stderr
    assert "1 ideas, 1 replies, 1 people added, 2 skipped" in result.stdout


def test_empty_words_and_a_repeated_id_are_skipped_with_their_lines(cli: Cli, lines: Lines) -> None:
    result = cli("replay", lines(line("a"), line("b", "a", text=" "), line("a")), "--jam", "spring")
    assert "Skipped line 2: Please write something first." in result.stderr
    assert "Skipped line 3: the id 'a' stands in an earlier line." in result.stderr


def test_an_idea_without_a_title_gets_the_beginning_of_its_text(cli: Cli, lines: Lines) -> None:
    cli.ok("replay", lines(line("a", title=None), line("b", title="x" * 900)), "--jam", "spring")
    assert {one.title[:11] for one in _contributions(cli)} == {"Words of a.", "x" * 11}


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "line 2: no JSON"),
        ("[]", "line 2: no JSON object"),
        (json.dumps(line("b")).replace("Words", "\\ud800"), "line 2: no JSON"),
        (line("b", text=5), "line 2: text must be text"),
        (line("b", forum=None, at=""), "line 2: forum, at is missing"),
        (line("b", at="yesterday"), "line 2: at is no time in ISO 8601"),
    ],
)
def test_a_malformed_line_is_named_and_nothing_is_written(cli: Cli, lines: Lines, bad: object, said: str) -> None:
    assert said in cli.refused("replay", lines(line("a"), bad), "--jam", "spring")
    assert _contributions(cli) == []


def test_an_unknown_jam_and_an_unknown_forum_are_refused_with_those_there_are(cli: Cli, lines: Lines) -> None:
    assert cli.refused("replay", lines(line("a")), "--jam", "autumn").endswith("Jams: spring.")
    said = cli.refused("replay", lines(line("a"), line("b", forum="attic")), "--jam", "spring")
    assert said.startswith("Line 2 names the forum 'attic'")
    assert "den" in said


def test_a_closed_jam_takes_nothing(cli: Cli, lines: Lines) -> None:
    async def freeze(house: House) -> None:
        admin = await operator(house)
        await jams.freeze_jam(house, admin, await jams.obtain_jam(house, admin, "spring"))

    cli.within(freeze)
    assert "has closed" in cli.refused("replay", lines(line("a")), "--jam", "spring")


def test_a_second_run_posts_again_as_the_same_people(cli: Cli, lines: Lines) -> None:
    file = lines(line("a"), line("b", "a", author="Bo"))
    cli.ok("replay", file, "--jam", "spring")
    assert cli.json("replay", file, "--jam", "spring")["people"] == 0
    assert len(_contributions(cli)) == 4


def test_authors_whose_names_shorten_to_the_same_stay_two_people(cli: Cli, lines: Lines) -> None:
    file = lines(line("a", author="Jo Li"), line("b", author="jo-li"), line("c", author="Square"))
    assert cli.json("replay", file, "--jam", "spring")["people"] == 3
    names = {one["username"]: one["name"] for one in cli.json("user", "list")}
    assert (names["jo-li"], names["jo-li-2"]) == ("Jo Li", "jo-li")
    assert names["square-2"] == "Square"  # a forum bears the name square


def test_a_pace_follows_the_clock_of_the_file(cli: Cli, lines: Lines) -> None:
    file = lines(line("a"), line("b", "a", at="2026-03-01T09:01:00Z"))
    started = time.perf_counter()
    cli.ok("replay", file, "--jam", "spring", "--speed", "120")
    assert time.perf_counter() - started >= 0.5
    assert cli("replay", file, "--jam", "spring", "--speed", "0").exit_code == 2


def test_every_author_gets_a_username_that_the_server_takes() -> None:
    for author in ("Ada Lovelace", "ada@example.org (Ada)", "山田", "--", "a" * 300, "Ünïcödé Näme"):
        assert forums.SLUG.fullmatch(next(usernames(author)))
