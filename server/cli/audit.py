"""`audit`: take the audit chain along, and check a copy of it anywhere, without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import orjson

from server.app import second_place
from server.cli.home import as_json, at_home, open_house, operator, run
from server.cli.show import print_json
from server.domain.audit import Chain, Checkpoint, Deed, checkpoint_faults, read_checkpoint
from server.domain.errors import Refusal
from server.services.audit import export_chain
from server.settings import Settings

ROW: dict[str, type | tuple[type, ...]] = {
    "seq": int, "at": (int, float), "member_id": str, "act": str, "subject_id": str, "hash": str,
}  # fmt: skip


@click.group()
def audit() -> None:
    """The chain of who did what: take it along, and check it."""


@audit.command()
@at_home
def export(home: Path) -> None:
    """Print the whole chain and its signed checkpoints as JSON lines. It holds ids, hosts and numbers, no words."""
    run(_export(home))


async def _export(home: Path) -> None:
    place = second_place(Settings.from_env(home))
    async with open_house(home) as house:
        async for record in export_chain(house, await operator(house), place):
            click.echo(orjson.dumps(record))


@audit.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", default="", metavar="HEX", help="The audit key as `doctor` prints it; else the file's own.")
@click.option(
    "--checkpoints", "second", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of the second place, if you have it.",
)  # fmt: skip
@as_json
def verify(file: Path, key: str, second: Path | None, as_json: bool) -> None:
    """Check FILE, as `audit export` wrote it: every hash, every signature, and that no row is missing or another.

    Needs no home and no server. Give the key by --key from a place that you trust: a forged file brings its own.
    """
    head, deeds, checkpoints = _read(file)
    trusted = key.strip().lower() or str(head.get("key", ""))
    if second is not None:
        checkpoints = _longer(checkpoints, second)
    chain = Chain(checkpoints)
    chain.walk(deeds)
    faults = chain.faults() + checkpoint_faults(checkpoints, trusted) + chain.faults_by(checkpoints)
    covered = checkpoints[-1].seq if checkpoints else 0
    if as_json:
        print_json({"holds": not faults, "faults": faults, "rows": chain.count, "checkpoints": len(checkpoints),
                    "covered": covered, "key": trusted})  # fmt: skip
    else:
        _say(head, chain, checkpoints, faults, trusted, given=bool(key))
    if faults:
        raise SystemExit(1)


def _say(
    head: dict[str, Any], chain: Chain, checkpoints: list[Checkpoint], faults: list[str], key: str, *, given: bool
) -> None:
    for fault in faults:
        click.echo(fault)
    if faults:
        return
    covered = checkpoints[-1].seq if checkpoints else 0
    click.echo(
        f"The chain of {head.get('organisation', '?')} holds: {chain.count} rows, {len(checkpoints)} checkpoints, the "
        f"last at row {covered}, signed with {key[:16] or 'no key'}…"
    )
    if checkpoints and not given:
        click.echo("That key came with the file. Compare it with the one that `doctor` prints, or give it by --key.")


def _read(file: Path) -> tuple[dict[str, Any], list[Deed], list[Checkpoint]]:
    head: dict[str, Any] = {}
    deeds: list[Deed] = []
    checkpoints: list[Checkpoint] = []
    for number, line in _lines(file):
        try:
            value = json.loads(line)
            kind = value.get("kind")
            if kind == "audit":
                head = value
            elif kind == "row":
                deeds.append(_deed(value))
            elif kind == "checkpoint":
                checkpoints.append(read_checkpoint(line))
            else:
                raise ValueError(f"nothing here is called {str(kind)[:40]!r}")
        except (ValueError, AttributeError, RecursionError) as error:
            raise Refusal(f"Line {number} of {file} is not what `audit export` writes: {error}.") from error
    if not head:
        raise Refusal(f"{file} does not begin as `audit export` begins.")
    return head, deeds, checkpoints


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        with file.open(encoding="utf-8") as lines:
            yield from enumerate(lines, 1)
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"{file} cannot be read: {error}.") from error


def _deed(value: dict[str, Any]) -> Deed:
    for name, kind in ROW.items():
        if not isinstance(value.get(name), kind) or isinstance(value[name], bool):
            raise ValueError(f"{name} is missing or of the wrong kind")
    return Deed(**{name: value[name] for name in ROW})


def _longer(checkpoints: list[Checkpoint], second: Path) -> list[Checkpoint]:
    """Return the checkpoints of the second place, which knows at least what the file does; raise where not."""
    theirs = []
    for number, line in _lines(second):
        try:
            theirs.append(read_checkpoint(line))
        except (ValueError, RecursionError) as error:
            raise Refusal(f"Line {number} of {second} is damaged: {error}.") from error
    if checkpoints != theirs[: len(checkpoints)]:
        raise Refusal(f"{second} holds other checkpoints than the export: one of the two was altered.")
    return theirs
