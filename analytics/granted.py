"""Themes for those outside: a pure function of what everybody was granted.

It opens no store and remembers nothing but what single texts mean. Which words it is given is for those to say who may
read them; the same words give the same themes, to the last bit, in whatever order and under whatever ids they stand.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np

from analytics.corpus import Document
from analytics.groups import suited
from analytics.report import Theme
from analytics.themes import fit
from analytics.trends import HOUR, SHOWN, last_hour
from analytics.vectors import Encoder, FindEncoder, Vectors, sentence_encoder
from server.domain.public_themes import FEWEST, PublicTheme, Said

Key = TypeVar("Key", int, str)
QUOTES = 3
KEPT = 8_000
"""Texts whose meaning is kept, 2 kB each."""


class Remembering:
    """An encoder that reads each text alone and once: what a text means depends on no other text, nor on when."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.size = encoder.size
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.vstack([self._meaning(text) for text in texts])

    def pieces(self, text: str) -> list[str]:
        return self._encoder.pieces(text)

    def _meaning(self, text: str) -> Vectors:
        known = self._known.pop(text, None)
        self._known[text] = known = self._encoder.encode([text]) if known is None else known
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return known


@lru_cache(maxsize=1)
def remembering() -> Remembering | None:
    """Return this process's encoder for what is told outside; None where its package is not installed."""
    found = sentence_encoder()
    return None if found is None else Remembering(found)


def draw(said: Sequence[Said], find_encoder: FindEncoder = remembering) -> tuple[PublicTheme, ...]:
    """Return the themes of what was said, the largest first, without those of fewer than FEWEST people or words."""
    order = sorted(range(len(said)), key=lambda at: _face(said[at]))
    threads = {thread: str(number) for number, thread in enumerate(dict.fromkeys(said[at].thread for at in order))}
    ids = {f"{place:08d}": at for place, at in enumerate(order)}
    documents = [
        Document(name, said[at].text, said[at].author, threads[said[at].thread], float(said[at].at))
        for name, at in ids.items()
    ]
    if not _tells(said):
        return ()
    names = sorted({one.author for one in said})
    # Themes so small that they could not be told would leave a small forum without any.
    most = max(1, min(suited(float(len(said))), len(said) // (2 * FEWEST)))
    report = fit(documents, most, names=names, find_encoder=find_encoder)
    newest = last_hour([float(one.at) for one in said])
    members: dict[str, list[int]] = {}
    for name, at in ids.items():
        if theme := report.assignment.get(name):
            members.setdefault(theme, []).append(at)
    found = [_told(one, [said[at] for at in members.get(one.id, ())], newest, ids) for one in report.themes]
    return tuple(one for one in found if one is not None)


def _face(one: Said) -> tuple[object, ...]:
    # Not the thread: its mark is chance. What is alike in all of these is the same, whoever comes first.
    return (one.at, one.text, one.author, one.host)


def _told(theme: Theme, members: Sequence[Said], newest: int, ids: Mapping[str, int]) -> PublicTheme | None:
    if not _tells(members):
        return None
    hours = _cells(members, lambda one: int(one.at // HOUR))
    hosts = _cells(members, lambda one: one.host)
    return PublicTheme(
        label=theme.label,
        words=theme.words,
        size=len(members),
        people=_people(members),
        quotes=tuple(ids[name] for name in theme.representative[:QUOTES]),
        trend=tuple(hours.get(hour) for hour in range(newest - SHOWN + 1, newest + 1)) if newest else (),
        hosts=tuple(sorted(hosts.items(), key=lambda cell: (-cell[1], cell[0]))),
    )


def _people(members: Sequence[Said]) -> int:
    # By the names shown: whoever is not named has an identity in each thread, and counts as one person all the same.
    return len({(one.author, one.host) for one in members})


def _tells(members: Sequence[Said]) -> bool:
    return len(members) >= FEWEST and _people(members) >= FEWEST


def _cells(members: Sequence[Said], key: Callable[[Said], Key]) -> dict[Key, int]:
    """Count by some key, without cells that are too small, nor one by which the rest could be told."""
    parts: dict[Key, list[Said]] = {}
    for one in members:
        parts.setdefault(key(one), []).append(one)
    shown = {name: part for name, part in parts.items() if _tells(part)}
    while shown:
        rest = [one for name, part in parts.items() if name not in shown for one in part]
        if not rest or _tells(rest):
            break
        del shown[min(shown, key=lambda name: (len(shown[name]), name))]
    return {name: len(part) for name, part in shown.items()}
