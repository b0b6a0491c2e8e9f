"""What lies near a text by its meaning: asked while somebody writes, from vectors that the analytics role keeps.

It reads the store like any page, so a process that serves pages alone can ask it too; the encoder (250 MB) is loaded
when it is first asked, in the background, and until then only words tell what is similar.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

from analytics.corpus import clean
from analytics.points import Points
from analytics.vectors import Encoder, FindEncoder, sentence_encoder, unit
from server.services import likeness

if TYPE_CHECKING:
    from server.services.house import House

BATCH = 2_000


class Nearest:
    """Keeps the vectors of all jams in memory, 2.5 kilobytes each, and asks for new ones when it is asked."""

    def __init__(self, find_house: Callable[[], House], find_encoder: FindEncoder = sentence_encoder) -> None:
        self._find_house, self._find_encoder = find_house, find_encoder
        self._loading: asyncio.Task[Encoder | None] | None = None
        self._lock = asyncio.Lock()
        self._seen = 0
        self._points = Points()

    async def nearest(
        self, text: str, jam_ids: Collection[str], count: int, also: Collection[str] = ()
    ) -> Mapping[str, float] | None:
        """Return the cosines of the nearest ideas and questions of some jams, and of those named; None: not known."""
        encoder = await self._encoder()
        words = clean(text)
        if encoder is None or not words:
            return None
        async with self._lock:
            await self._catch_up()
            return await asyncio.to_thread(self._near, encoder, words, frozenset(jam_ids), count, frozenset(also))

    async def ready(self) -> bool:
        """Load the encoder and wait for it; say whether there is one."""
        await self._encoder()
        if self._loading is not None:
            await self._loading
        return self._find_encoder() is not None

    async def _encoder(self) -> Encoder | None:
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(self._find_encoder), name="encoder")
        return self._loading.result() if self._loading.done() else None

    async def _catch_up(self) -> None:
        while found := await likeness.meanings_after(self._find_house(), self._seen, BATCH):
            for number, id_, jam_id, vector in found:
                self._points.put(id_, jam_id, np.frombuffer(vector, dtype=np.float16))
                self._seen = number

    def _near(
        self, encoder: Encoder, words: str, jam_ids: frozenset[str], count: int, also: frozenset[str]
    ) -> dict[str, float]:
        asked = unit(encoder.encode([words]).astype(np.float32))[0]
        return self._points.nearest(asked, jam_ids, count, also)
