"""Tables, JSON and progress as every verb prints them: results on stdout, progress on stderr."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

UNBOUNDED = 10_000


def print_json(value: Any) -> None:
    """Print a value as JSON, readable."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under headers; into a pipe no cell is ever cut or wrapped."""
    console = Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = UNBOUNDED
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    with console.capture() as printed:
        console.print(table)
    for line in printed.get().splitlines():
        click.echo(line.rstrip())


def printable(text: str) -> str:
    """Return text without the controls that could steer a terminal."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)


def when(at: float | None) -> str:
    """Return a unix time as people read it in tables, UTC; "" for none."""
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


class Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:,.0f}/s")


class Meter:
    """A progress bar: `step()` for each one done, or `share(0…1)`."""

    def __init__(self, progress: Progress, task: TaskID, total: float) -> None:
        self._progress, self._task, self._total = progress, task, total

    def step(self) -> None:
        self._progress.advance(self._task)

    def share(self, done: float) -> None:
        self._progress.update(self._task, completed=done * self._total)


@contextlib.contextmanager
def progress(label: str, total: float, *, counted: bool = True) -> Iterator[Meter]:
    """Show a progress bar on stderr, with count and rate where steps are counted."""
    console = Console(stderr=True)
    figures = (MofNCompleteColumn(), Rate()) if counted else ()
    bar = Progress(TextColumn("{task.description}"), BarColumn(), *figures, TimeRemainingColumn(), console=console)
    with bar:
        yield Meter(bar, bar.add_task(label, total=total), total)
