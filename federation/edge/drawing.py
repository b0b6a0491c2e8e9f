"""The themes of a forum as everybody may know them: drawn when somebody asks, from what everybody was granted alone.

What draws them is given words and gives back themes. It is put in from above, for this room knows no analysis; both
know no inside. Nothing of it is written anywhere.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from federation.edge.words import beginning, document_of, plain, text_of
from federation.outside import public
from federation.outside.crossings import Crossing
from federation.outside.public import Stand
from federation.outside.store import Outside
from server.domain.public_themes import DrawThemes, PublicTheme, Said

MOST = 1_000
"""The newest ideas and replies of a forum that themes are drawn from."""
READ = 1_200
"""Characters of each that are read."""
FORUMS = 32
PATIENCE = 20.0
REST, LONGEST_REST, SHARE = 5.0, 120.0, 0.1
"""After a drawing a forum rests: so that no more than a tenth of the time goes into it, within these bounds. Where
something was taken back, so that nothing can be shown, it rests no longer than it must."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What speaks for a theme, with its address."""

    url: str
    text: str
    author: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A forum's themes, with the words of their quotes. `of` says from how many ideas and replies, `stand` when."""

    themes: tuple[tuple[PublicTheme, tuple[Quote, ...]], ...]
    of: int
    stand: Stand
    ended_at: float
    rest: float

    def rests(self, stand: Stand, now: float) -> bool:
        """Say whether a forum that stands like this now is not to be drawn again yet."""
        return now < self.ended_at + (self.rest if stand.taken == self.stand.taken else REST)


class Drawings:
    """Draws one forum at a time; keeps the newest drawing of each in memory.

    `clock` tells seconds; `patience` is how many of them somebody who asks waits for a drawing.
    """

    def __init__(self, outside: Outside, draw: DrawThemes | None) -> None:
        self._outside, self._draw = outside, draw
        self.clock, self.patience = outside.now, PATIENCE
        self._drawn: OrderedDict[str, Drawing] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[Drawing]] = {}
        self._one = asyncio.Lock()

    @property
    def are_there(self) -> bool:
        """Say whether this edge can draw at all."""
        return self._draw is not None

    async def of(self, forum_uri: str) -> Drawing | None:
        """Return a forum's themes; None while they are being counted.

        They may lack what came within the last seconds. Nothing in them was taken back or said anew since.
        """
        stand, known = await public.stand_of(self._outside, forum_uri), self._drawn.get(forum_uri)
        if known is None or (known.stand != stand and not known.rests(stand, self.clock())):
            known = await self._await_drawing(forum_uri)
            stand = await public.stand_of(self._outside, forum_uri)
        return known if known is not None and known.stand.taken == stand.taken else None

    async def _await_drawing(self, forum_uri: str) -> Drawing | None:
        task = self._under_way.get(forum_uri)
        if task is None:
            task = self._under_way[forum_uri] = asyncio.create_task(self._make(forum_uri))
            task.add_done_callback(lambda _: self._under_way.pop(forum_uri, None))
        try:
            async with asyncio.timeout(self.patience):
                return await asyncio.shield(task)
        except TimeoutError:
            return None

    async def _make(self, forum_uri: str) -> Drawing:
        assert self._draw is not None
        async with self._one:
            began = self.clock()
            stand = await public.stand_of(self._outside, forum_uri)
            rows = await public.said_in(self._outside, forum_uri, MOST)
            said = [_said(row) for row in rows]
            themes = await asyncio.to_thread(self._draw, said)
            ended = self.clock()
        rest = min(LONGEST_REST, max(REST, (ended - began) / SHARE))
        told = tuple((theme, tuple(_quote(rows[at], said[at]) for at in theme.quotes)) for theme in themes)
        drawing = Drawing(told, len(rows), stand, ended, rest)
        self._drawn[forum_uri] = drawing
        self._drawn.move_to_end(forum_uri)
        while len(self._drawn) > FORUMS:
            self._drawn.popitem(last=False)
        return drawing

    async def close(self) -> None:
        """Stop waiting for what is being drawn."""
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)


def _said(row: Crossing) -> Said:
    document, card = document_of(row), row.card
    title, text = text_of(document.get("name")), plain(text_of(document.get("content")))
    return Said(
        text=(f"{title}\n\n{text}" if title else text)[:READ],
        author=card.author_name,
        host=urlsplit(card.author_uri).netloc,
        thread=card.thread_uri,
        # Whole seconds, as the pages show them.
        at=math.floor(card.made_at),
    )


def _quote(row: Crossing, said: Said) -> Quote:
    return Quote(row.document.uri, beginning(" ".join(said.text.split())), said.author)


def heights(trend: Sequence[int | None], tall: int = 24) -> list[int]:
    """Return how tall the bar of each hour is, 0 where its count is not told."""
    highest = max((count for count in trend if count), default=1)
    return [round(tall * (count or 0) / highest) for count in trend]
