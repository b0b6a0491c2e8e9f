"""`partner`, `rules`, `ledger` and `recall`."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from federation.outside import crossings
from server.boundary.rules import default_rules, write_rules
from server.cli import verbs
from server.cli.home import operator
from server.services import forums, ideas, rules
from server.services.house import House
from tests.server.cli.calling import Cli

SHARE = """
[[rule]]
id = "S-extra"
kind = "share"
to = "tier:partner"
forum = ["spring/square"]
"""


@pytest.fixture
def opening(cli: Cli, tmp_path: Path) -> Path:
    """A file with the table in force and a share more."""
    path = tmp_path / "rules.toml"
    path.write_text(cli.ok("rules", "show") + SHARE)
    return path


def test_a_partner_is_added_paused_resumed_and_removed(cli: Cli) -> None:
    said = cli.ok("partner", "add", "globex.example:8443", "--tier", "partner", "--clearance", "AMBER")
    assert said == "globex.example:8443 is a partner, cleared for AMBER.\n"
    for verb, state in (("pause", "paused"), ("resume", "active")):
        cli.ok("partner", verb, "globex.example:8443")
        assert [one["state"] for one in cli.json("partner", "list")] == [state]
    cli.ok("partner", "remove", "globex.example:8443")
    assert cli.json("partner", "list") == []


def test_an_unknown_partner_a_bad_host_and_a_bad_level_are_refused(cli: Cli) -> None:
    assert cli.refused("partner", "pause", "nobody.example").startswith("There is no partner nobody.example")
    assert "host name" in cli.refused("partner", "add", "https://x.example/", "--tier", "partner")
    assert "CLEAR" in cli.refused("partner", "add", "x.example", "--tier", "partner", "--clearance", "SECRET")


def test_the_rules_in_force_read_back_the_same(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(cli.ok("rules", "show"))
    said = cli.ok("rules", "check", path)
    assert "G-label: Nothing labelled AMBER or higher leaves, to anyone." in said
    assert "Nothing changes." in said
    assert said.endswith("It opens nothing.\n")


def test_check_says_what_a_change_would_open_and_changes_nothing(cli: Cli, opening: Path) -> None:
    before = cli.json("rules", "show")["version"]
    found = cli.json("rules", "check", opening)
    assert found["diff"][0].startswith("S-extra is added")
    assert found["against"] == "the table in force"
    assert cli.json("rules", "show")["version"] == before


def test_check_works_without_an_organisation_against_the_default_rules(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(write_rules(default_rules()) + SHARE)
    result = CliRunner().invoke(verbs, ["rules", "check", str(path), "--home", str(tmp_path / "none")])
    assert result.exit_code == 0, result.output
    assert "Against the default rules" in result.stdout
    assert "It opens:" in result.stdout
    assert not (tmp_path / "none").exists()


def test_check_names_the_line_of_every_problem(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nid = "a"\nkind = "gaurd"\n\n[[rule]]\nid = "b"\nkind = "guard"\ndirection = "up"\n')
    said = cli.refused("rules", "check", path)
    assert "line 3" in said
    assert "line 8" in said


def test_rules_that_are_no_text_are_refused(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(b"\xff\xfe")
    assert "UTF-8" in cli.refused("rules", "check", path)


def test_apply_puts_an_opening_table_in_force_at_once_and_keeps_the_note(cli: Cli, opening: Path) -> None:
    said = cli.ok("rules", "apply", opening, "--note", "Agreed on Monday")
    assert "S-extra is added" in said
    assert said.splitlines()[-1].endswith("is in force.")
    stored, table = cli.within(rules.rules_in_force)
    assert stored.note == "Agreed on Monday"
    assert "S-extra" in table.by_id


def test_versions_are_listed_brought_back_and_given_a_time(cli: Cli, opening: Path) -> None:
    before = cli.json("rules", "show")["version"]
    cli.ok("rules", "apply", opening, "--note", "Agreed on Monday")
    cli.ok("rules", "rollback", before)
    assert [one["state"] for one in cli.json("rules", "versions")[:3]] == ["active", "retired", "retired"]
    assert "Agreed on Monday" in cli.ok("rules", "versions")
    assert cli.ok("rules", "apply", opening, "--at", "2127-01-31T08:00:00Z").endswith(
        "comes into force on 2127-01-31 08:00 UTC.\n"
    )
    assert cli.json("rules", "versions")[0]["state"] == "scheduled"
    for wrong in ("soon", "2127-01-31", "2001-01-01T00:00:00Z"):
        cli.refused("rules", "apply", opening, "--at", wrong)
    assert "no such version" in cli.refused("rules", "rollback", "999")


def test_a_table_is_tried_in_the_shadow_and_reported_on(cli: Cli, tmp_path: Path) -> None:
    assert cli.json("rules", "shadow") == {"version": None}
    path = tmp_path / "rules.toml"
    path.write_text(write_rules(default_rules()))
    assert "Nothing has been decided since" in cli.ok("rules", "shadow", path)
    _post(cli, "square", "Lamps in the corridor")
    cli.gate()
    report = cli.json("rules", "shadow")
    assert (report["judged"], report["otherwise"], report["opening"]) == (1, 1, 0)
    assert "1 of 1 otherwise" in cli.ok("rules", "shadow")
    assert cli.ok("rules", "shadow", "--end") == "There is no table in the shadow.\n"
    cli.refused("rules", "shadow", "--end")


def test_a_dry_run_lists_the_decisions_that_would_change(cli: Cli, tmp_path: Path) -> None:
    _post(cli, "square", "Lamps in the corridor")
    cli.gate()
    path = tmp_path / "rules.toml"
    path.write_text(write_rules(default_rules()))
    flips = cli.json("rules", "dry-run", path)
    assert [(one["opens"], one["before"]["effect"], one["after"]["effect"]) for one in flips] == [
        (False, "allow", "deny")
    ]
    assert cli.ok("rules", "dry-run", path).endswith("1 decisions would change, 0 of them opening.\n")


def _post(cli: Cli, slug: str, title: str) -> str:
    async def post(house: House) -> str:
        author = await operator(house)
        forum = await forums.obtain_forum(house, author, f"spring/{slug}")
        return (await ideas.post_idea(house, author, forum, title, "We could try this.")).uri

    return str(cli.within(post))


def test_the_ledger_shows_what_crossed_and_recall_withdraws_it(cli: Cli) -> None:
    uri = _post(cli, "square", "Lamps in the corridor")
    inside = _post(cli, "den", "A quiet word")
    cli.gate()
    assert [(one["uri"], one["peer"], one["revoked_at"]) for one in cli.json("ledger")] == [(uri, "*", None)]
    assert uri in cli.ok("ledger", "--object", uri)
    assert cli.json("ledger", "--object", inside) == []
    assert "none is asked" in cli.ok("recall", "--object", uri, "--dry-run")
    assert cli.json("ledger", "--object", uri)[0]["revoked_at"] is None
    said = cli.ok("recall", "--object", uri)
    assert said.endswith("No gate is running: it takes effect when the gate runs next.\n")
    cli.gate()
    assert cli.json("ledger", "--object", uri)[0]["revoked_at"] is not None


def test_the_ledger_lists_who_never_answered_a_recall(cli: Cli) -> None:
    uri = _post(cli, "square", "Lamps in the corridor")
    cli.gate()
    cli.outside(lambda outside: crossings.note_reads(outside, [(uri, 1)], "gone.example"))
    assert "1 server that holds a copy" in cli.ok("recall", "--object", uri, "--dry-run")
    cli.ok("recall", "--object", uri)
    cli.gate()
    (one,) = cli.json("ledger", "--recalls", "unanswered")
    assert (one["host"], one["state"], one["cause"]) == ("gone.example", "unreachable", "hand")
    assert "It was never reached" in cli.ok("ledger", "--recalls", "all")
    assert cli.json("ledger", "--recalls", "purged") == []


def test_recalling_what_is_not_there_is_refused(cli: Cli) -> None:
    said = cli.refused("recall", "--object", "http://127.0.0.1:7802/objects/none")
    assert said.startswith("There is no idea or reply http://127.0.0.1:7802/objects/none here")


def test_an_agreement_is_offered_shown_and_ended(cli: Cli) -> None:
    said = cli.ok("partner", "agreement", "offer", "globex.example", "--until", "2030-01-01", "--retention", "0")
    assert "deletes at once" in said
    assert [one["state"] for one in cli.json("partner", "agreement", "list")] == ["draft"]
    assert "being sent" in cli.ok("partner", "agreement", "show", "globex.example")
    assert "nothing with globex.example to accept" in cli.refused("partner", "agreement", "accept", "globex.example")
    assert "is ended" in cli.ok("partner", "agreement", "end", "globex.example", "--reason", "No.")
    assert "nothing with globex.example to end" in cli.refused("partner", "agreement", "end", "globex.example")
    assert "label" in cli.refused("partner", "agreement", "offer", "globex.example", "--clearance", "PURPLE")
