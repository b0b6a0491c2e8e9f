"""What the analytics role says of a jam's themes, read out of its report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of a jam. `trend` counts per hour, newest last; `ids` are the ideas and replies placed in it."""

    id: str
    label: str
    size: int
    trend: tuple[int, ...] = ()
    representative: tuple[str, ...] = ()
    ids: frozenset[str] = field(default_factory=frozenset)


def read(report: str | None) -> list[Theme]:
    """Return the themes of a report as JSON, largest first; none where there is no report yet."""
    found = json.loads(report) if report else {}
    placed: dict[str, set[str]] = {}
    for id_, theme in (found.get("assignment") or {}).items():
        if theme is not None:
            placed.setdefault(str(theme), set()).add(id_)
    return [_theme(one, placed) for one in found.get("themes", ()) if one.get("size")]


def _theme(one: Mapping[str, object], placed: Mapping[str, set[str]]) -> Theme:
    trend, representative = one.get("trend"), one.get("representative")
    return Theme(
        id=str(one["id"]),
        label=str(one["label"]),
        size=int(str(one["size"])),
        trend=tuple(int(number) for number in trend) if isinstance(trend, list) else (),
        representative=tuple(map(str, representative)) if isinstance(representative, list) else (),
        ids=frozenset(placed.get(str(one["id"]), ())),
    )
