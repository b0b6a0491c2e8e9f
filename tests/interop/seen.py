"""What was seen, feature by feature, and the table of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Word = Literal["seen", "not seen", "not tried"]


@dataclass(frozen=True)
class Sight:
    """One feature against one peer. `why` says what was missing, or why it was not tried.

    Where that is `known`, it is the peer's way and no failure of ours.
    """

    feature: str
    word: Word
    why: str = ""
    known: bool = False


@dataclass
class Report:
    """Everything of one peer, in order."""

    peer: str
    version: str
    sights: list[Sight] = field(default_factory=list)

    @property
    def failed(self) -> list[Sight]:
        return [one for one in self.sights if one.word == "not seen" and not one.known]


def table(reports: list[Report]) -> str:
    """Return a Markdown table: a line a feature, a column a peer; then why something was not seen or not tried."""
    features = list(dict.fromkeys(one.feature for report in reports for one in report.sights))
    lines = [
        "| | " + " | ".join(f"{one.peer} {one.version}" for one in reports) + " |",
        "|---" * (len(reports) + 1) + "|",
    ]
    notes: list[str] = []
    for feature in features:
        cells = []
        for report in reports:
            found = next((one for one in report.sights if one.feature == feature), None)
            cells.append(found.word if found else "not tried")
            if found and found.why:
                notes.append(f"- {report.peer}, {feature}: {found.word}: {found.why}")
        lines.append(f"| {feature} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", *notes]) + "\n"
