"""Themes that emerge: announced once, and left out where a person found them to be none. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Emerging:
    """An emerging theme as it was announced. `key` tells it from others; `dismissed_at` is None while it stands."""

    id: int
    key: str
    theme: str
    announced_at: datetime
    dismissed_by: str
    dismissed_at: datetime | None

    @property
    def word(self) -> str:
        """The word that gave it away."""
        return self.key.rpartition("@")[0]


def key_of(told: Mapping[str, Any]) -> str:
    """Return what an emerging theme keeps when it becomes part of another: the word that gave it away, and when."""
    return f"{str(told['word'])[:180]}@{float(told['at']):.0f}"


def news(told: Iterable[Mapping[str, Any]], known: Collection[Emerging]) -> list[tuple[str, str, int]]:
    """Return (theme, key, how many ideas and replies) of what was not announced yet."""
    themes, keys = {one.theme for one in known}, {one.key for one in known}
    found: list[tuple[str, str, int]] = []
    for one in reversed(list(told)):
        theme, key = str(one["theme"]), key_of(one)
        if theme not in themes and key not in keys:
            found.append((theme, key, len(one["ids"])))
            themes.add(theme)
            keys.add(key)
    return found


def standing(told: Iterable[Mapping[str, Any]], known: Collection[Emerging]) -> list[Mapping[str, Any]]:
    """Return what emerges without what was dismissed."""
    gone = {one.key for one in known if one.dismissed_at is not None}
    return [one for one in told if key_of(one) not in gone]
