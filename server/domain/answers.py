"""What becomes of a jam: an answer to each theme, and the report that they are published in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.differences import Piece, compare

LONGEST_LABEL = 200
LONGEST_CORRECTION = 1_000
MOST_SOURCES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeAnswer:
    """What those who decide say to a theme: what is done, what is not, and why.

    `theme_id` is "" for a question that no theme stands for. `label`, `size` (ideas and replies) and `sources` (ids
    of what speaks for it) are the theme as it was when it was answered. `owner_id` is whoever was asked to answer.
    """

    id: str
    jam_id: str
    theme_id: str
    label: str
    size: int
    sources: tuple[str, ...]
    owner_id: str
    owner_name: str
    doing: str
    declined: str
    why: str
    written_by: str
    writer_name: str
    writer_unit: str
    made_at: datetime
    written_at: datetime | None

    @property
    def is_answered(self) -> bool:
        return bool(self.why and (self.doing or self.declined))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report of a jam: read-only from `published_at` on, None before.

    A correction makes the next version, with the `reason` for it; the first has none.
    """

    jam_id: str
    foreword: str = ""
    publisher_name: str = ""
    published_at: datetime | None = None
    version: int = 1
    reason: str = ""


def citation(
    jam_title: str, organisation: str, published_at: datetime, url: str, answer: str = "", version: int = 0
) -> str:
    """Return one line that names the report, or one answer in it, and the address that stays.

    `version` is 0 for a report that was never corrected.
    """
    report = f"Report of {jam_title}" + (f" (version {version})" if version else "")
    what = f"Answer to “{answer}”. In: {report}" if answer else report
    return f"{what}. {organisation}, {published_at.day} {published_at:%B %Y}. {url}"


def corrected(before: Sequence[ThemeAnswer], after: Sequence[ThemeAnswer]) -> list[tuple[str, list[Piece]]]:
    """Return what a correction changed: the answers whose words differ, by name, with what went and what came."""
    old = {one.id: _words(one) for one in before}
    return [
        (one.label, compare(old[one.id], _words(one)))
        for one in after
        if one.id in old and old[one.id] != _words(one)
    ]


def _words(one: ThemeAnswer) -> str:
    return "\n".join(words for words in (one.label, one.doing, one.declined, one.why) if words)
