"""`rules`: the boundary's table as a TOML file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from server.boundary.analyse import Flip
from server.boundary.rules import RuleSet, default_rules, sentence, write_rules
from server.cli.home import as_json, at_home, open_house, operator, run
from server.cli.show import print_json, print_table
from server.domain.crossings import StoredRules
from server.domain.errors import Refusal
from server.services import rules as tables
from server.services.rules import Change

in_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def rules() -> None:
    """Show, check and change what may cross the boundary."""


@rules.command()
@click.option("--sentences", is_flag=True, help="Say the rules in English instead.")
@at_home
@as_json
def show(sentences: bool, home: Path, as_json: bool) -> None:
    """Print the table in force as TOML, ready to be edited and applied again."""
    stored, table = run(_in_force(home))
    said = [{"id": rule.id, "sentence": sentence(rule), "note": rule.note} for rule in table.rules]
    if as_json:
        print_json({"version": stored.version, "rules": said, "toml": write_rules(table)})
    elif sentences:
        _print_sentences(table)
    else:
        click.echo(write_rules(table), nl=False)


async def _in_force(home: Path) -> tuple[StoredRules, RuleSet]:
    async with open_house(home) as house:
        return await tables.rules_in_force(house)


@rules.command()
@in_file
@at_home
@as_json
def check(file: Path, home: Path, as_json: bool) -> None:
    """Say what the rules in FILE mean, and what they would change and open. Changes nothing.

    Compares with the table in force in --home, or, where there is no organisation, with the default rules.
    """
    text = _text(file)
    if (home / "marmalade.toml").exists():
        against, change = "the table in force", run(_weigh(home, text))
    else:
        against = f"the default rules (there is no organisation in {home})"
        change = tables.compare_rules(default_rules(), text, datetime.now(UTC))
    if as_json:
        print_json(_described(change) | {"against": against})
        return
    _print_sentences(change.rules)
    _print_change(change, against)


async def _weigh(home: Path, text: str) -> Change:
    async with open_house(home) as house:
        return await tables.weigh_rules(house, text)


@rules.command()
@in_file
@click.option("--note", default="", help="Why; kept with the version.")
@at_home
@as_json
def apply(file: Path, note: str, home: Path, as_json: bool) -> None:
    """Put the rules in FILE in force at once, as the operator, and say what that opens."""
    stored, change = run(_apply(home, _text(file), note))
    if as_json:
        print_json(_described(change) | {"version": stored.version, "state": stored.state})
        return
    _print_change(change, "the table before")
    click.echo(f"Version {stored.version} is in force.")


async def _apply(home: Path, text: str, note: str) -> tuple[StoredRules, Change]:
    async with open_house(home) as house:
        return await tables.apply_rules(house, await operator(house), text, note, alone=True)


@rules.command("dry-run")
@in_file
@at_home
@as_json
def dry_run(file: Path, home: Path, as_json: bool) -> None:
    """Judge everything that was ever decided by the rules in FILE; list what would come out otherwise."""
    flips = run(_dry_run(home, _text(file)))
    if as_json:
        print_json([_flip(flip) for flip in flips])
        return
    if flips:
        rows = [
            ("opens" if flip.opens else "closes", flip.facts.peer, flip.facts.forum, flip.facts.author,
             str(flip.facts.label), flip.before.effect, flip.after.effect, ", ".join(flip.after.rules))
            for flip in flips
        ]  # fmt: skip
        print_table(("", "audience", "forum", "author", "label", "now", "then", "by"), rows)
    opening = sum(flip.opens for flip in flips)
    click.echo(f"{len(flips)} decisions would change, {opening} of them opening.")


async def _dry_run(home: Path, text: str) -> tuple[Flip, ...]:
    async with open_house(home) as house:
        return await tables.dry_run(house, text)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(f"{file} is not UTF-8 text (byte {error.start}).") from error
    except OSError as error:
        raise Refusal(f"{file} cannot be read: {error.strerror}.") from error


def _print_sentences(table: RuleSet) -> None:
    for rule in table.rules:
        click.echo(f"{rule.id}: {sentence(rule)}")


def _print_change(change: Change, against: str) -> None:
    _print_part(f"Against {against}:", change.diff, "Nothing changes.")
    _print_part("To know:", change.findings, "")
    if change.proven:
        _print_part("It opens:", change.opens, "It opens nothing.")
    else:
        _print_part("It may open more than these examples:", change.opens, "What it opens could not be searched fully.")


def _print_part(title: str, lines: tuple[str, ...], otherwise: str) -> None:
    if lines:
        click.echo(title)
        for line in lines:
            click.echo(f"  {line}")
    elif otherwise:
        click.echo(otherwise)


def _described(change: Change) -> dict[str, object]:
    return {
        "sentences": [sentence(rule) for rule in change.rules.rules],
        "diff": list(change.diff),
        "findings": list(change.findings),
        "opens": list(change.opens),
        "proven": change.proven,
        "opening": change.is_opening,
    }


def _flip(flip: Flip) -> dict[str, object]:
    return {
        "verdict_id": flip.key,
        "opens": flip.opens,
        "facts": flip.facts.to_json(),
        "before": {"effect": flip.before.effect, "rules": list(flip.before.rules), "reason": flip.before.reason},
        "after": {"effect": flip.after.effect, "rules": list(flip.after.rules), "reason": flip.after.reason},
    }
