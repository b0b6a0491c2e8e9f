"""The real text of the demo: statements of a public conversation (data/ATTRIBUTION.md says whose and what changed)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

FILE = Path(__file__).parent / "data" / "bowling-green.jsonl"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `parent` answers it, `builds_on` links it ("" for neither); `agrees` is the source's count."""

    id: str
    parent: str
    forum: str
    organisation: str
    author: str
    unit: str
    at: datetime
    title: str
    text: str
    agrees: int
    builds_on: str


def read_statements(path: Path = FILE) -> list[Statement]:
    """Return all statements, oldest first."""
    return [_read(line) for line in path.read_text("utf-8").splitlines()]


def _read(line: str) -> Statement:
    row = json.loads(line)
    return Statement(
        id=row["id"],
        parent=row["parent"] or "",
        forum=row["forum"],
        organisation=row["organisation"],
        author=row["author"],
        unit=row["unit"],
        at=datetime.fromisoformat(row["at"]),
        title=row["title"],
        text=row["text"],
        agrees=row["agrees"],
        builds_on=row.get("builds_on", ""),
    )


def name_of(username: str) -> str:
    """Return the invented name of an invented username: "ada-k" is Ada K."""
    first, _, last = username.partition("-")
    return f"{first.title()} {last.upper()}." if last else first.title()
