"""The operators' page is held to the code."""

import re
from pathlib import Path

import click

from server.app import ROLES
from server.cli import VERBS, verbs
from server.domain.actors import ROLES as ROLES_OF_PEOPLE
from server.settings import SETTINGS

PAGE = (Path(__file__).parents[3] / "docs" / "operators.md").read_text("utf-8")


def _verbs() -> list[str]:
    """Return every verb as it is typed, with its second word where it has one."""
    context = click.Context(verbs)
    found = []
    for name in VERBS:
        verb = verbs.get_command(context, name)
        seconds = [f"{name} {second}" for second in verb.commands] if isinstance(verb, click.Group) else [name]
        found += seconds
    return found


def test_every_setting_is_documented_and_none_that_is_not_there() -> None:
    named = set(re.findall(r"`(MARMALADE_\w+)`", PAGE.partition("## Settings")[2]))
    assert named - {"MARMALADE_"} == set(SETTINGS), "docs/operators.md and server.settings.SETTINGS differ"


def test_every_verb_is_documented_and_none_that_is_not_there() -> None:
    table = PAGE.partition("## Verbs")[2].partition("###")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([a-z -]+?)(?: --[a-z]+)?`", row)}
    assert named == set(_verbs()), "docs/operators.md and server.cli.VERBS differ"


def test_every_role_is_documented() -> None:
    for role in (*ROLES[1:], *ROLES_OF_PEOPLE[1:]):
        assert f"`{role}`" in PAGE, f"docs/operators.md does not say what {role} does"
