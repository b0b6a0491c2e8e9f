"""What the analytics role says of a jam's themes: read out of its report, and where ideas and replies stand in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from server.domain.ideas import Contribution
from server.services.house import House
from server.storage import contributions, theme_places
from server.storage.theme_places import Members

NOBODY = Members(())


@dataclass(frozen=True, slots=True)
class SubTheme:
    """A part of a theme, and what stands in it."""

    id: str
    label: str
    size: int
    representative: tuple[str, ...]
    members: Members


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of a jam, and what stands in it. `trend` counts per hour, newest last."""

    id: str
    label: str
    size: int
    trend: tuple[int, ...] = ()
    representative: tuple[str, ...] = ()
    members: Members = NOBODY


def read(report: str | None) -> list[Theme]:
    """Return the themes of a report as JSON, largest first; none where there is no report yet."""
    return _themes(orjson.loads(report) if report else {})


def names_in(report: str | None) -> dict[str, str]:
    """Return how the themes of a report as JSON are called, by id: by what emerges where they have no label yet.

    What was announced and is part of another theme since is called as that is.
    """
    found = orjson.loads(report) if report else {}
    labels = {str(one["id"]): str(one["label"]) for one in found.get("themes", ())}
    emerging = [(born_of(one), str(one["theme"]), str(one["word"])) for one in found.get("emerging", ())]
    return {born: labels.get(theme, word) for born, theme, word in emerging} | labels


def born_of(told: Mapping[str, Any]) -> str:
    """Return the id of an emerging theme when it was announced."""
    return str(told.get("born") or told["theme"])


def divided(report: str | None, theme_id: str) -> tuple[Theme | None, list[SubTheme]]:
    """Return a theme of a report, None where it is not there, and its sub-themes, the largest first."""
    found = orjson.loads(report) if report else {}
    told: Mapping[str, Any] = next((one for one in found.get("themes", ()) if one["id"] == theme_id), {})
    # What people moved stands in no sub-theme: the machine drew those.
    moved = tuple(found.get("moved") or ())
    parts = [
        SubTheme(
            one["id"], one["label"], one["size"], tuple(one["representative"]),
            Members((str(one["id"]).partition(".")[0],), one["id"], left=moved),
        )
        for one in told.get("subthemes", ())
    ]  # fmt: skip
    return next((one for one in _themes(found) if one.id == theme_id), None), parts


async def ids_in(house: House, jam_id: str, theme: Theme | SubTheme, forum_ids: Collection[str]) -> list[str]:
    """Return the ids of what stands in a theme, in some forums: what speaks for it best, then the newest first."""
    ids = await theme_places.newest(house.store, jam_id, theme.members, forum_ids)
    here = set(ids)
    best = [id_ for id_ in theme.representative if id_ in here]
    return [*best, *(id_ for id_ in ids if id_ not in best)]


async def said_by_ids(house: House, ids: Sequence[str]) -> list[Contribution]:
    """Return those of some ideas and replies that stand, in their order."""
    known = {made.id: made for made in await contributions.by_ids(house.store, ids)}
    return [known[id_] for id_ in ids if id_ in known]


class Shown:
    """In which theme things stand as people see it, by where the machine placed them."""

    def __init__(self, report: Mapping[str, Any]) -> None:
        self._moved: Mapping[str, str] = report.get("moved") or {}
        self._theme = {drawn: str(one["id"]) for one in report.get("themes", ()) for drawn in _drawn_as(one)}

    def of(self, id_: str, drawn: str) -> str | None:
        """Return the theme of what the machine placed in `drawn` ("": in none)."""
        return self._moved.get(id_) or self._theme.get(drawn)

    def is_moved(self, id_: str) -> bool:
        return id_ in self._moved


@dataclass(frozen=True, slots=True)
class Standing:
    """Where all stands in a jam: by id its theme, None for none (`assignment`), and its sub-theme where it has one
    (`within`). `unsure` lie about as near to another theme, and no person put them there.
    """

    assignment: dict[str, str | None]
    within: dict[str, str]
    unsure: list[str]


async def everything(house: House, jam_id: str, report: Mapping[str, Any]) -> Standing:
    """Return where all stands in a jam."""
    shown = Shown(report)
    placed = await theme_places.of_jam(house.store, jam_id)
    drawn = {id_: place for id_, place in placed.items() if not shown.is_moved(id_)}
    return Standing(
        {id_: shown.of(id_, theme) for id_, (theme, _, _) in placed.items()},
        {id_: part for id_, (_, part, _) in drawn.items() if part},
        [id_ for id_, (_, _, unsure) in drawn.items() if unsure],
    )


async def unsure_in(house: House, jam_id: str, theme: Theme | SubTheme, forum_ids: Collection[str]) -> list[str]:
    """Return the ids of what stands in a theme, in some forums, and lies about as near to another: newest first."""
    members = replace(theme.members, unsure=True)
    return await theme_places.newest(house.store, jam_id, members, forum_ids)


async def themes_of(house: House, jam_id: str, report: str | None, ids: Collection[str]) -> dict[str, str]:
    """Return the themes of some ideas and replies; those in none are absent."""
    shown = Shown(orjson.loads(report) if report else {})
    placed = await theme_places.of(house.store, ids)
    return {id_: theme for id_, (drawn, _, _) in placed.items() if (theme := shown.of(id_, drawn))}


async def since(house: House, jam_id: str, report: str | None, at: float) -> Counter[str]:
    """Count what was written of each theme after a moment (unix seconds)."""
    shown = Shown(orjson.loads(report) if report else {})
    found = await theme_places.since(house.store, jam_id, at)
    return Counter(theme for id_, drawn in found.items() if (theme := shown.of(id_, drawn)))


def _themes(found: Mapping[str, Any]) -> list[Theme]:
    moved: Mapping[str, str] = found.get("moved") or {}
    return [_theme(one, moved) for one in found.get("themes", ()) if one.get("size")]


def _drawn_as(one: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the machine's themes of which one consists."""
    return tuple(one.get("drawn_as") or (str(one["id"]),))


def _theme(one: Mapping[str, Any], moved: Mapping[str, str]) -> Theme:
    trend, representative = one.get("trend"), one.get("representative")
    id_ = str(one["id"])
    return Theme(
        id=id_,
        label=str(one["label"]),
        size=int(str(one["size"])),
        trend=tuple(int(number) for number in trend) if isinstance(trend, list) else (),
        representative=tuple(map(str, representative)) if isinstance(representative, list) else (),
        members=Members(
            _drawn_as(one),
            joined=tuple(made for made, theme in moved.items() if theme == id_),
            left=tuple(made for made, theme in moved.items() if theme != id_),
        ),
    )
