"""`holds`: the queue from the command line."""

from server.domain.holds import Hold
from server.services import holds, people
from server.services.house import House
from tests.server.cli.calling import Cli
from tests.server.holds_world import a_hold


async def _ask(house: House) -> None:
    await people.add_member(house, "rita", "Rita", "Legal", "reviewer")
    made: list[Hold] = [
        a_hold(house, "a" * 32, "", version=1, within_hours=4),
        a_hold(house, "b" * 32, "", version=2, reviewers=("@security",), approvals=2),
    ]
    for one in made:
        await holds.ask_review(house, one)


def test_what_waits_is_listed_shown_released_and_refused_in_the_name_of_a_reviewer(cli: Cli) -> None:
    assert cli.ok("holds", "list") == "Nothing waits.\n"
    cli.within(_ask)
    lines = cli.ok("holds", "list").splitlines()
    assert len(lines) == 2
    assert "0.0 h of 4 h" in lines[0]
    assert [one["wanted"] for one in cli.json("holds", "list")] == ["1 more reviewer", "2 more of @security"]
    assert "--- for *, SHA-256 00\nTitle\n\nWords." in cli.ok("holds", "show", "a" * 32)
    assert "This one is for @security to decide" in cli.refused("holds", "release", "b" * 32, "--as", "rita")
    assert cli.ok("holds", "release", "a" * 32, "--as", "rita") == "Released.\n"
    assert "released this already" in cli.refused("holds", "refuse", "a" * 32, "--as", "rita", "--reason", "No.")
    assert "There is no such person" in cli.refused("holds", "release", "b" * 32, "--as", "nobody")
    assert "There is no such hold" in cli.refused("holds", "show", "c" * 32)
