"""`rules`: the boundary's table as a TOML file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from server.boundary.analyse import Flip
from server.boundary.rules import RuleSet, default_rules, sentence
from server.boundary.sentences import when
from server.cli.home import as_json, at_home, everybody, open_house, operator, run
from server.cli.show import print_json, print_table
from server.domain.crossings import StoredRules
from server.domain.errors import Refusal
from server.services import dry_run as rehearsals
from server.services import rule_versions, shadow
from server.services import rules as tables
from server.services.dry_run import Rehearsal
from server.services.rules import Change
from server.services.shadow import ShadowReport

in_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def read_time(context: click.Context, parameter: click.Parameter, given: str | None) -> datetime | None:
    """Read a time with its zone, or refuse it with an example."""
    if not given:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError as error:
        raise Refusal("Write the time like 2027-01-31T08:00:00Z.") from error
    if at.tzinfo is None:
        raise Refusal("Say in which zone: 2027-01-31T08:00:00Z is in UTC.")
    return at


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
        print_json({"version": stored.version, "rules": said, "toml": stored.text})
    elif sentences:
        _print_sentences(table)
    else:
        click.echo(stored.text, nl=False)


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
@click.option("--at", "starts_at", callback=read_time, help="Begin then instead of at once: 2027-01-31T08:00:00Z.")
@at_home
@as_json
def apply(file: Path, note: str, starts_at: datetime | None, home: Path, as_json: bool) -> None:
    """Put the rules in FILE in force at once or at a time, as the operator, and say what that opens."""
    _print_applied(*run(_apply(home, _text(file), note, starts_at)), as_json=as_json)


async def _apply(home: Path, text: str, note: str, starts_at: datetime | None) -> tuple[StoredRules, Change]:
    async with open_house(home) as house:
        by = await operator(house)
        return await tables.apply_rules(house, by, text, note, alone=True, starts_at=starts_at)


def _print_applied(stored: StoredRules, change: Change, *, as_json: bool) -> None:
    if as_json:
        print_json(_described(change) | {"version": stored.version, "state": stored.state})
        return
    _print_change(change, "the table before")
    if stored.starts_at is not None:
        click.echo(f"Version {stored.version} comes into force on {when(stored.starts_at)}.")
    else:
        click.echo(f"Version {stored.version} is in force.")


@rules.command()
@at_home
@as_json
def versions(home: Path, as_json: bool) -> None:
    """List the versions of the table, newest first: who made each, what came of it and why."""
    found = run(_versions(home))
    rows = [
        (str(stored.version), stored.state, when(stored.starts_at or stored.created_at), by, stored.note)
        for stored, by in found
    ]
    if as_json:
        print_json([dict(zip(("version", "state", "at", "by", "note"), row, strict=True)) for row in rows])
    else:
        print_table(("version", "state", "at", "by", "note"), rows)


async def _versions(home: Path) -> list[tuple[StoredRules, str]]:
    async with open_house(home) as house:
        names = {member.id: member.username async for member in everybody(house)}
        return [(one, names.get(one.author_id, "")) for one in await tables.list_versions(house)]


@rules.command()
@click.argument("version", type=click.IntRange(1))
@at_home
@as_json
def rollback(version: int, home: Path, as_json: bool) -> None:
    """Bring VERSION back as a new version, in force at once, as the operator."""
    _print_applied(*run(_roll_back(home, version)), as_json=as_json)


async def _roll_back(home: Path, version: int) -> tuple[StoredRules, Change]:
    async with open_house(home) as house:
        return await rule_versions.roll_back(house, await operator(house), version, alone=True)


@rules.command("shadow")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--end", is_flag=True, help="Take the table out of the shadow.")
@click.option("--note", default="", help="Why; kept with the version.")
@at_home
@as_json
def try_in_shadow(file: Path | None, end: bool, note: str, home: Path, as_json: bool) -> None:
    """Try the rules in FILE beside those in force; without FILE, say what they would have decided otherwise."""
    report = run(_shadow(home, _text(file) if file else None, note, end=end))
    if as_json:
        print_json(_reported(report))
    elif report is None:
        click.echo("There is no table in the shadow.")
    else:
        click.echo(f"Version {report.stored.version} is in the shadow. {report.sentence}")
        rows = [
            ("opens" if one.opens else "", one.act, one.audience, one.before, one.after, ", ".join(one.rules))
            for one in report.differences
        ]
        if rows:
            print_table(("", "act", "audience", "now", "then", "by"), rows)


async def _shadow(home: Path, text: str | None, note: str, *, end: bool) -> ShadowReport | None:
    async with open_house(home) as house:
        if end:
            await shadow.end_shadow(house, await operator(house))
        elif text is not None:
            await shadow.start_shadow(house, await operator(house), text, note)
        return await shadow.report(house)


def _reported(report: ShadowReport | None) -> dict[str, object]:
    if report is None:
        return {"version": None}
    return {
        "version": report.stored.version,
        "judged": report.judged,
        "otherwise": report.otherwise,
        "opening": report.opening,
        "differences": [
            {"act": one.act, "audience": one.audience, "before": one.before, "after": one.after, "opens": one.opens,
             "rules": list(one.rules), "reason": one.reason}
            for one in report.differences
        ],
    }  # fmt: skip


@rules.command("dry-run")
@in_file
@at_home
@as_json
def dry_run(file: Path, home: Path, as_json: bool) -> None:
    """Judge everything that was ever decided by the rules in FILE; list what would come out otherwise."""
    done = run(_dry_run(home, _text(file)))
    if as_json:
        print_json([_flip(flip) for flip in done.flips])
        return
    if done.flips:
        rows = [
            ("opens" if flip.opens else "closes", flip.facts.peer, flip.facts.forum, flip.facts.author,
             str(flip.facts.label), flip.before.effect, flip.after.effect, ", ".join(flip.after.rules))
            for flip in done.flips
        ]  # fmt: skip
        print_table(("", "audience", "forum", "author", "label", "now", "then", "by"), rows)
        if done.total > len(rows):
            click.echo(f"… and {done.total - len(rows):,} more.")
    click.echo(f"{done.total} decisions would change, {done.opening} of them opening.")


async def _dry_run(home: Path, text: str) -> Rehearsal:
    async with open_house(home) as house:
        return await rehearsals.dry_run(house, text)


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
