"""What the analytics role says of a jam's themes, read out of its report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from server.domain.ideas import Contribution
from server.services.house import House
from server.storage import contributions


@dataclass(frozen=True, slots=True)
class SubTheme:
    """A part of a theme; `ids` are the ideas and replies in it."""

    id: str
    label: str
    representative: tuple[str, ...]
    ids: frozenset[str]


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
    return _themes(orjson.loads(report) if report else {})


def names_in(report: str | None) -> dict[str, str]:
    """Return how the themes of a report as JSON are called, by id: by what emerges where they have no label yet."""
    found = orjson.loads(report) if report else {}
    emerging = {str(one["theme"]): str(one["word"]) for one in found.get("emerging", ())}
    return emerging | {str(one["id"]): str(one["label"]) for one in found.get("themes", ())}


def divided(report: str | None, theme_id: str) -> tuple[Theme | None, list[SubTheme]]:
    """Return a theme of a report, None where it is not there, and its sub-themes, the largest first."""
    found = orjson.loads(report) if report else {}
    placed = _placed(found.get("within"))
    told: Mapping[str, Any] = next((one for one in found.get("themes", ()) if one["id"] == theme_id), {})
    parts = [
        SubTheme(one["id"], one["label"], tuple(one["representative"]), frozenset(placed.get(one["id"], ())))
        for one in told.get("subthemes", ())
    ]
    return next((one for one in _themes(found) if one.id == theme_id), None), parts


async def said_of(house: House, theme: Theme | SubTheme, forum_ids: Collection[str]) -> list[Contribution]:
    """Return what stands in a theme, in some forums: what speaks for it best first, then the newest first."""
    best = {made: place for place, made in enumerate(theme.representative)}
    found = await contributions.by_ids(house.store, theme.ids)
    seen = [made for made in found if made.forum_id in forum_ids and not made.deleted and not made.hidden]
    return sorted(seen, key=lambda made: (best.get(made.id, len(best)), -made.created_at.timestamp(), made.id))


def _themes(found: Mapping[str, Any]) -> list[Theme]:
    placed = _placed(found.get("assignment"))
    return [_theme(one, placed) for one in found.get("themes", ()) if one.get("size")]


def _placed(where: Mapping[str, str | None] | None) -> dict[str, set[str]]:
    """Return the ids of what stands in each theme, or sub-theme."""
    placed: dict[str, set[str]] = {}
    for id_, theme in (where or {}).items():
        if theme is not None:
            placed.setdefault(theme, set()).add(id_)
    return placed


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
