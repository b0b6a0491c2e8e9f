"""Themes as people put them: what an analyst renamed, merged, split, pinned and moved, over what the machine drew.

The machine's drawing stays as it is; edits are applied to it one after another, oldest first, each time it is drawn
anew. So they survive refreshes, and undoing one is leaving it out. Pure: JSON values in, JSON values out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, Literal, get_args

EditKind = Literal["rename", "merge", "split", "pin", "move"]
KINDS: tuple[EditKind, ...] = get_args(EditKind)
WORDS, QUOTES = 10, 3
ROOM = 3
"""Digits of a map's places by which cells of one row are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeEdit:
    """One edit. `version` counts a jam's edits from 1; `other` is the theme merged into or the idea moved.

    `title` is the new name, "" for the machine's own again.
    """

    id: int
    version: int
    kind: EditKind
    theme: str
    other: str
    title: str
    member_id: str
    member_name: str
    made_at: datetime
    undone_at: datetime | None = None
    undone_by: str = ""


def moved_by(edits: Sequence[ThemeEdit]) -> list[str]:
    """Return the ids of the ideas and replies that people moved from one theme to another."""
    return [edit.other for edit in edits if edit.kind == "move" and edit.undone_at is None]


def known_as(drawn: Mapping[str, Any], edits: Sequence[ThemeEdit]) -> dict[int, tuple[str, str]]:
    """Return how the theme and the other of each edit (by its id) were called when it was made, "" for what is no more.

    The names are the machine's of today under what people had changed by then, and had not undone.
    """
    own = {str(theme["id"]): str(theme["label"]) for theme in drawn.get("themes", ())}
    found: dict[int, tuple[str, str]] = {}
    for number, edit in enumerate(edits):
        names, where = dict(own), {name: name for name in own}
        for one in edits[:number]:
            name, into = where.get(one.theme, ""), where.get(one.other, "")
            if one.undone_at is not None and one.undone_at <= edit.made_at:
                continue
            if one.kind == "rename" and name:
                names[name] = one.title or own[name]
            elif one.kind == "merge" and name and into:
                where.update({known: into for known, place in where.items() if place == name})
        found[edit.id] = (names.get(where.get(edit.theme, ""), ""), names.get(where.get(edit.other, ""), ""))
    return found


def curated(
    drawn: Mapping[str, Any], edits: Sequence[ThemeEdit], stood: Mapping[str, tuple[str, str, bool]]
) -> dict[str, Any]:
    """Return the machine's report with the standing edits applied; each theme's `human` says which touched it.

    `stood` says where the machine placed what people moved: id → (theme, sub-theme, unsure), "" for none; what stands
    no more is not in it. Each theme's `drawn_as` are the machine's themes that are one in it; `moved` says where that
    stands which people moved.
    """
    standing = [edit for edit in edits if edit.undone_at is None]
    themes = {theme["id"]: {**theme, "human": []} for theme in drawn.get("themes", ())}
    where = {name: name for name in themes}
    moved: dict[str, str] = {}
    cuts = drawn.get("cuts") or {}
    for edit in standing:
        name = where.get(edit.theme, "")
        if edit.kind == "split":
            _mark(themes, [name, where.get(cuts.get(str(edit.id), ""), "")], "split")
        elif edit.kind == "move":
            moved[edit.other] = name
            _mark(themes, [name], "move")
        elif name:
            _apply(themes, where, edit, name)
    return _settled(drawn, themes, where, {id_: moved[id_] for id_ in moved if id_ in stood and moved[id_]}, stood)


def _mark(themes: Mapping[str, dict[str, Any]], names: Sequence[str], kind: str) -> None:
    for name in names:
        if name in themes and kind not in themes[name]["human"]:
            themes[name]["human"].append(kind)


def _apply(themes: dict[str, dict[str, Any]], where: dict[str, str], edit: ThemeEdit, name: str) -> None:
    into = where.get(edit.other, "")
    if edit.kind == "rename":
        themes[name]["label"] = edit.title or themes[name]["label"]
    elif edit.kind == "pin":
        themes[name]["pinned"] = True
    elif not into or into == name:
        return
    else:
        _join(themes[into], themes[name])
        where.update({known: into for known, place in where.items() if place == name})
    _mark(themes, [into if edit.kind == "merge" else name], edit.kind)


def _join(into: dict[str, Any], gone: Mapping[str, Any]) -> None:
    """Let a theme speak for another one too."""
    for field, most in (("words", WORDS), ("representative", QUOTES)):
        pairs = zip_longest(into.get(field, ()), gone.get(field, ()))
        into[field] = list(dict.fromkeys(one for pair in pairs for one in pair if one))[:most]
    into["subthemes"] = [*into.get("subthemes", ()), *gone.get("subthemes", ())]
    trends = zip_longest(reversed(into.get("trend", ())), reversed(gone.get("trend", ())), fillvalue=0)
    into["trend"] = [one + other for one, other in trends][::-1]
    into["pinned"] = bool(into.get("pinned") or gone.get("pinned"))


def _settled(
    drawn: Mapping[str, Any],
    themes: Mapping[str, dict[str, Any]],
    where: Mapping[str, str],
    moved: Mapping[str, str],
    stood: Mapping[str, tuple[str, str, bool]],
) -> dict[str, Any]:
    """Count again: where what was moved stands, how large themes are, who speaks for them, and their cells."""
    now = {id_: where.get(name, name) for id_, name in moved.items()}
    counts = Counter(now.values())
    counts.subtract(where.get(stood[id_][0], stood[id_][0]) for id_ in now)
    left = Counter(stood[id_][1] for id_ in now)
    sizes: Counter[str] = Counter()
    drawn_as: dict[str, list[str]] = {}
    for name, place in where.items():
        sizes[place] += themes[name]["size"]
        drawn_as.setdefault(place, []).append(name)
    kept = [theme for name, theme in themes.items() if where[name] == name]
    for theme in kept:
        name = theme["id"]
        theme["size"] = sizes[name] + counts[name]
        theme["drawn_as"] = drawn_as[name]
        theme["representative"] = [id_ for id_ in theme["representative"] if now.get(id_, name) == name]
        theme["subthemes"] = [
            {**part, "size": size, "representative": [id_ for id_ in part["representative"] if id_ not in now]}
            for part in theme.get("subthemes", ())
            if (size := part["size"] - left[part["id"]]) > 0
        ]
    _lay_out(kept)
    kept.sort(key=lambda theme: (not theme.get("pinned"), -theme["size"], int(theme["id"][1:])))
    emerging = [{**one, "theme": where.get(one["theme"], one["theme"])} for one in drawn.get("emerging", ())]
    unplaced = drawn.get("unplaced", 0) - sum(not stood[id_][0] for id_ in now)
    return {**drawn, "themes": kept, "moved": now, "emerging": emerging, "unplaced": unplaced}


def _lay_out(themes: Sequence[dict[str, Any]]) -> None:
    """Give each theme a cell of its new size, in the row of the map and the order in which people know it."""
    total = sum(max(theme["size"], 0.2) for theme in themes)
    rows: dict[float, list[dict[str, Any]]] = {}
    for theme in sorted(themes, key=lambda one: (one.get("y", 0.0), one.get("x", 0.0))):
        rows.setdefault(round(theme.get("y", 0.0), ROOM), []).append(theme)
    y = 0.0
    for row in rows.values():
        high = sum(max(theme["size"], 0.2) for theme in row)
        x = 0.0
        for theme in row:
            wide = max(theme["size"], 0.2) / high
            theme |= {"x": round(x, 6), "y": round(y, 6), "w": round(wide, 6), "h": round(high / total, 6)}
            x += wide
        y += high / total
