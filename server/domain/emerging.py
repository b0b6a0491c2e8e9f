"""Themes that emerge: announced once, and left out where a person found them to be none. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Emerging:
    """An emerging theme as it was announced. `dismissed_at` is None while it stands."""

    id: int
    word: str
    theme: str
    announced_at: datetime
    dismissed_by: str
    dismissed_at: datetime | None


def news(told: Iterable[Mapping[str, Any]], known: Collection[Emerging]) -> list[tuple[str, str, int]]:
    """Return (theme, word, how many ideas and replies) of what was not announced yet, by neither theme nor word."""
    themes, words = {one.theme for one in known}, {one.word for one in known}
    found: list[tuple[str, str, int]] = []
    for one in reversed(list(told)):
        theme, word = str(one["theme"]), str(one["word"])[:200]
        if theme not in themes and word not in words:
            found.append((theme, word, len(one["ids"])))
            themes.add(theme)
            words.add(word)
    return found


def standing(told: Iterable[Mapping[str, Any]], known: Collection[Emerging]) -> list[Mapping[str, Any]]:
    """Return what emerges without what was dismissed."""
    gone = {one.word for one in known if one.dismissed_at is not None}
    return [one for one in told if str(one["word"])[:200] not in gone]
