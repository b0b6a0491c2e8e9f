"""`themes`: what people talk about in a file of texts. Needs no home."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from server.cli.show import print_json, print_table, progress
from server.domain.errors import Refusal

if TYPE_CHECKING:
    from analytics.corpus import Document
    from analytics.report import SubTheme, Theme, ThemeReport

MOST_PROBLEMS = 10


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--k", type=click.IntRange(1), default=None, help="Find exactly so many themes.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The same seed, the same themes.")
@click.option("--subthemes", is_flag=True, help="Tell the sub-themes of large themes too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def themes(file: Path, k: int | None, seed: int, subthemes: bool, as_json: bool) -> None:
    """Find the themes of FILE: JSON lines with id and text; other keys are ignored."""
    from analytics.themes import fit

    documents = read_documents(file)
    if again := len(documents) - len({document.id for document in documents}):
        click.echo(f"{again} lines repeat the id of another: of these the last counts.", err=True)
    with progress("Finding themes", 1.0, counted=False) as meter:
        report = fit(documents, k, seed, meter.share, divided=subthemes)
    if as_json:
        print_json(_described(report, subthemes))
        return
    print_table(
        ("theme", "size", "label", "words", "says it best"),
        [
            (one.id, one.size, one.label, ", ".join(one.words), ", ".join(one.representative[:3]))
            for one in _in_order(report)
        ],
    )
    placed = sum(theme is not None for theme in report.assignment.values())
    between = f"{len(report.unsure)} about as near to another theme"
    click.echo(f"{placed} of {len(report.assignment)} texts placed, {between}, {report.seconds:.1f} seconds")


def read_documents(file: Path) -> Sequence[Document]:
    """Read JSON lines with `id` and `text`; raise Refusal with the lines that cannot be used."""
    from analytics.corpus import Document

    found: list[Document] = []
    problems: list[str] = []
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                # Some editors begin a file with a mark of its encoding.
                raw = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
                if not raw.strip():
                    continue
                read = _parse(number, raw)
                if isinstance(read, str):
                    problems.append(read)
                else:
                    found.append(Document(*read))
                if len(problems) == MOST_PROBLEMS:
                    break
    except OSError as error:
        raise Refusal(f"{file} cannot be read: {error.strerror}.") from error
    if problems:
        raise Refusal(f"{file} cannot be used.\n  " + "\n  ".join(problems))
    return found


def _parse(number: int, raw: bytes) -> tuple[str, str] | str:
    """Return id and text of a line, or a sentence about what is wrong with it."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return f"line {number}: no JSON ({error})"
    if not isinstance(value, dict):
        return f"line {number}: no JSON object"
    name, text = value.get("id"), value.get("text")
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str) or not name:
        return f"line {number}: id is missing"
    if not isinstance(text, str):
        return f"line {number}: text is missing"
    return name, text


def _described(report: ThemeReport, subthemes: bool) -> dict[str, object]:
    told: dict[str, object] = {"assignment": report.assignment, "seconds": round(report.seconds, 3)}
    if not subthemes:
        return {"themes": [_theme(theme) for theme in report.themes]} | told
    parts = [_theme(theme) | {"subthemes": [_theme(one) for one in theme.subthemes]} for theme in report.themes]
    return {"themes": parts} | told | {"within": report.within}


def _in_order(report: ThemeReport) -> Iterator[Theme | SubTheme]:
    """Yield each theme, then its sub-themes."""
    for theme in report.themes:
        yield theme
        yield from theme.subthemes


def _theme(one: Theme | SubTheme) -> dict[str, object]:
    return {
        "id": one.id,
        "label": one.label,
        "words": list(one.words),
        "size": one.size,
        "representative": list(one.representative),
    }
