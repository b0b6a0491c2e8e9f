"""A jam on file: JSON lines, read and checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from server.domain.errors import Refusal
from server.domain.replays import Line

MOST_PROBLEMS = 10
KEYS = ("id", "parent", "forum", "author", "unit", "at", "title", "text")


class Malformed(Refusal):
    """A file that cannot be replayed; the sentence names lines."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file holds: how many lines, and forum slug → the first line that names it."""

    count: int
    forums: dict[str, int]


def survey(path: Path) -> Survey:
    """Read a whole file before anything is written; raise Malformed with the lines that cannot be used."""
    problems: list[str] = []
    forums: dict[str, int] = {}
    count = 0
    for line in _lines(path):
        if isinstance(line, str):
            problems.append(line)
        else:
            count += 1
            forums.setdefault(line.forum, line.number)
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise Malformed(f"{path} cannot be replayed; nothing was written.\n  " + "\n  ".join(problems))
    return Survey(count, forums)


def read(path: Path) -> Iterator[Line]:
    """Yield the contributions of a file that `survey` found sound."""
    for line in _lines(path):
        if isinstance(line, str):
            raise Malformed(f"{path} changed while it was read: {line}")
        yield line


def _lines(path: Path) -> Iterator[Line | str]:
    """Yield each line as a contribution, or as a sentence about what is wrong with it."""
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                if raw.strip():
                    yield _parse(number, raw)
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from error


def _parse(number: int, raw: bytes) -> Line | str:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return f"line {number}: no JSON ({error})"
    if not isinstance(value, dict):
        return f"line {number}: no JSON object"
    fields = {key: "" if value.get(key) is None else value[key] for key in KEYS}
    wrong = [key for key in KEYS if not isinstance(fields[key], str)]
    if wrong:
        return f"line {number}: {', '.join(wrong)} must be text"
    missing = [key for key in ("id", "forum", "author", "at") if not fields[key].strip()]
    if missing:
        return f"line {number}: {', '.join(missing)} is missing"
    try:
        at = _moment(fields.pop("at"))
    except ValueError:
        return f"line {number}: at is no time in ISO 8601, as in 2026-11-23T09:00:00Z"
    return Line(number=number, at=at, **fields)


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
