"""The analytics role keeps where ideas and questions lie by their meaning, and learns what counts as similar."""

from __future__ import annotations

import numpy as np

from analytics import intents
from analytics.worker import WRITES, ThemeWorker
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.likeness import Learnt, joined, learn
from server.services import ideas_read, likeness, log
from server.services.house import House

GROWTH = 1.2
"""It is learnt anew when there is so many times as much to learn from."""


class MeaningWorker:
    """Call `run_once` again and again, beside the themes' worker whose vectors it keeps."""

    def __init__(self, house: House, themes: ThemeWorker) -> None:
        self._house, self._themes = house, themes
        self._seq = 0
        self._kept: dict[str, int] | None = None
        self._lessons = 0

    async def run_once(self, limit: int = 200) -> int:
        """Keep what the themes' worker has read; return how many events were dealt with."""
        if self._kept is None:
            self._kept = await likeness.versions_kept(self._house)
        found = await log.events_after(self._house, self._seq, limit)
        events = [event for event in found if event.seq <= self._themes.seq]
        if events:
            await self._keep(events, self._kept)
            self._seq = events[-1].seq
        elif not found:
            await self._learn()
        return len(events)

    async def _keep(self, events: list[Event], kept: dict[str, int]) -> None:
        fresh: dict[str, tuple[str, int, bytes]] = {}
        gone: set[str] = set()
        posted: list[Contribution] = []
        for id_ in dict.fromkeys(event.subject_id for event in events if event.kind in WRITES):
            made = await ideas_read.by_id(self._house, id_)
            vector = self._vector(made) if made is not None else None
            if made is None or vector is None:
                gone |= {id_} & set(kept)
            elif kept.get(id_) != made.version:
                fresh[id_] = (made.jam_id, made.version, vector)
                posted += [made] if made.kind == "idea" and id_ not in kept else []
        if not fresh and not gone:
            return
        await likeness.keep_meanings(self._house, likeness.Written(fresh, gone, posted))
        kept.update({id_: version for id_, (_, version, _) in fresh.items()})
        for id_ in gone:
            del kept[id_]

    def _vector(self, made: Contribution) -> bytes | None:
        """Return where an idea or a question lies; None for what is neither, is gone, or says nothing that is known."""
        if made.deleted or made.hidden or not (made.kind == "idea" or made.intent == "question"):
            return None
        shelf = self._themes.shelf(made.jam_id)
        meaning = intents.meaning(shelf, made.id) if shelf is not None else None
        return meaning.astype(np.float16).tobytes() if meaning is not None else None

    async def _learn(self) -> None:
        """Learn the threshold after a start, and where there is a fifth more to learn from than last time."""
        links, refusals = await likeness.count_lessons(self._house)
        if links + refusals < max(1, GROWTH * self._lessons):
            return
        self._lessons = links + refusals
        lessons = await likeness.read_lessons(self._house)
        ids = {id_ for one, other, _ in (*lessons.alike, *lessons.unlike) for id_ in (one, other)}
        vectors = {
            id_: np.frombuffer(raw, dtype=np.float16).astype(np.float32)
            for id_, raw in (await likeness.vectors_of(self._house, ids)).items()
        }

        def scores(pairs: list[tuple[str, str, float]]) -> list[float]:
            return [
                joined(float(vectors[one] @ vectors[other]), shared)
                for one, other, shared in pairs
                if one in vectors and other in vectors
            ]

        least = learn(scores(lessons.alike), [*scores(lessons.unlike), *lessons.refused])
        await likeness.keep_learnt(self._house, Learnt(least, links, refusals, self._house.now().timestamp()))
