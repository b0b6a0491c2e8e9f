"""What lies near a text by its meaning: asked while somebody writes, from vectors that the analytics role keeps.

It reads the store like any page, so a process that serves pages alone can ask it too; the encoder (250 MB) is loaded
when it is first asked, in the background, and until then only words tell what is similar.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from analytics.corpus import clean
from analytics.points import Points
from analytics.threads import use_one_thread
from analytics.vectors import Encoder, FindEncoder, Vectors, sentence_encoder, unit
from server.services import likeness

if TYPE_CHECKING:
    from server.services.house import House

BATCH = 2_000
LAST = 8
"""Texts asked for last, of which it is kept where they lie."""


class Nearest:
    """Keeps the vectors of all jams in memory, 2.5 kilobytes each, and asks for new ones when it is asked."""

    def __init__(self, find_house: Callable[[], House], find_encoder: FindEncoder = sentence_encoder) -> None:
        self._find_house, self._find_encoder = find_house, find_encoder
        self._loading: asyncio.Task[Encoder | None] | None = None
        self._lock = asyncio.Lock()
        self._seen = 0
        self._points = Points()
        self._read: OrderedDict[str, Vectors] = OrderedDict()

    async def nearest(self, text: str, jam_ids: Collection[str], count: int) -> Mapping[str, float] | None:
        """Return the cosines of the nearest ideas and questions of some jams; None: not known."""
        encoder, words = await self._encoder(), clean(text)
        if encoder is None or not words:
            return None
        async with self._lock:
            await self._catch_up()
            return await asyncio.to_thread(self._near, encoder, words, frozenset(jam_ids), count)

    async def cosines(self, text: str, jam_ids: Collection[str], ids: Collection[str]) -> Mapping[str, float]:
        """Return the cosines of those of some ideas and questions that are of some jams, as far as known."""
        encoder, words = await self._encoder(), clean(text)
        if encoder is None or not words:
            return {}
        async with self._lock:
            asked = self._read.get(words)
            if asked is None:
                asked = await asyncio.to_thread(self._encoded, encoder, words)
            return self._points.cosines(asked, jam_ids, ids)

    async def ready(self) -> bool:
        """Load the encoder and wait for it; say whether there is one."""
        await self._encoder()
        if self._loading is not None:
            await self._loading
        return self._find_encoder() is not None

    async def _encoder(self) -> Encoder | None:
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(self._load), name="encoder")
        return self._loading.result() if self._loading.done() else None

    def _load(self) -> Encoder | None:
        found = self._find_encoder()
        use_one_thread()
        return found

    async def _catch_up(self) -> None:
        while found := await likeness.meanings_after(self._find_house(), self._seen, BATCH):
            await asyncio.to_thread(self._take, found)

    def _take(self, found: Sequence[tuple[int, str, str, bytes]]) -> None:
        for number, id_, jam_id, vector in found:
            self._points.put(id_, jam_id, np.frombuffer(vector, dtype=np.float16))
            self._seen = number

    def _near(self, encoder: Encoder, words: str, jam_ids: frozenset[str], count: int) -> dict[str, float]:
        return self._points.nearest(self._encoded(encoder, words), jam_ids, count)

    def _encoded(self, encoder: Encoder, words: str) -> Vectors:
        """Return where a text lies; of those asked for last it is known: one page asks for the same several times."""
        if words not in self._read:
            self._read[words] = unit(encoder.encode([words]).astype(np.float32))[0]
        self._read.move_to_end(words)
        while len(self._read) > LAST:
            self._read.popitem(last=False)
        return self._read[words]
