"""The analytics role: folds what people write into the themes of each jam, as it comes.

It is a consumer of the event log. A snapshot is kept with the number of the last event that it holds, so a
crash replays what came after and ends where it would have been.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.domain.events import Event
from server.domain.ideas import Contribution
from server.services import board, ideas, log, people
from server.services.house import House

if TYPE_CHECKING:
    from analytics.corpus import Document
    from analytics.live import LiveThemes

WRITES = {"IdeaPosted", "ReplyPosted", "ContributionEdited", "ContributionDeleted", "ContributionHidden"}
WRITES |= {"ContributionRestored"}
TAKES_BACK = {"ContributionEdited", "ContributionDeleted", "ContributionHidden"}
PACE_SECONDS = 1.5
SNAPSHOT_SECONDS = 60.0
# Writing a report may take at most this share of the time between reports.
SHARE = 0.1


@dataclass(slots=True)
class _Corpus:
    """One jam's themes in memory. `seq` is the last event folded in."""

    themes: LiveThemes
    seq: int
    changed: bool = False
    refreshed: bool = False
    due_at: float = 0.0
    snapshot_at: float = 0.0


class ThemeWorker:
    """Call `run_once` again and again; it returns how many events it took."""

    def __init__(self, house: House, clock: Callable[[], float] = time.monotonic) -> None:
        self._house = house
        self._clock = clock
        self._corpora: dict[str, _Corpus] = {}
        self._seq = 0

    async def run_once(self, limit: int = 500) -> int:
        """Fold in the next events; refresh and publish the themes that are due."""
        events = await log.events_after(self._house, self._seq, limit)
        for event in events:
            if event.kind in WRITES:
                await self._fold(event)
            self._seq = event.seq
        for jam_id, corpus in self._corpora.items():
            await self._publish(jam_id, corpus)
        return len(events)

    async def _fold(self, event: Event) -> None:
        corpus = await self._corpus(str(event.data["jam"]))
        if event.seq <= corpus.seq:
            return
        made = await ideas.by_id(self._house, event.subject_id)
        await asyncio.to_thread(_apply, corpus.themes, event.subject_id, made)
        corpus.seq, corpus.changed = event.seq, True
        if event.kind in TAKES_BACK:
            # The last snapshot still holds the earlier words: the next report brings one without them.
            corpus.refreshed, corpus.snapshot_at = True, 0.0
        if corpus.themes.due():
            # The refresh computes outside the event loop's thread: pages and deliveries go on meanwhile.
            await asyncio.to_thread(corpus.themes.refresh)
            corpus.refreshed = True

    async def _corpus(self, jam_id: str) -> _Corpus:
        if jam_id not in self._corpora:
            from analytics.live import LiveThemes

            kept = await board.theme_snapshot(self._house, jam_id)
            if kept is not None:
                themes = await asyncio.to_thread(LiveThemes.load, kept[1])
                self._corpora[jam_id] = _Corpus(themes, kept[0])
            else:
                names = [member.name for member in await people.list_people(self._house, limit=100_000)]
                themes = await asyncio.to_thread(LiveThemes, jam_id, names)
                self._corpora[jam_id] = _Corpus(themes, 0)
        return self._corpora[jam_id]

    async def _publish(self, jam_id: str, corpus: _Corpus) -> None:
        """Write the report, at most every PACE_SECONDS; now and then with a snapshot of refreshed themes."""
        if not corpus.changed or self._clock() < corpus.due_at:
            return
        began = self._clock()
        report = await asyncio.to_thread(lambda: json.dumps(corpus.themes.report().to_json()))
        due = corpus.refreshed and began >= corpus.snapshot_at
        snapshot = await asyncio.to_thread(corpus.themes.dump) if due else None
        await board.keep_themes(self._house, jam_id, corpus.seq, report, snapshot)
        corpus.changed = False
        if due:
            corpus.refreshed, corpus.snapshot_at = False, began + SNAPSHOT_SECONDS
        ended = self._clock()
        corpus.due_at = ended + max(PACE_SECONDS, (ended - began) / SHARE)


def _apply(themes: LiveThemes, contribution_id: str, made: Contribution | None) -> None:
    if made is None or made.deleted or made.hidden:
        themes.remove(contribution_id)
    else:
        themes.add(document_of(made))


def document_of(made: Contribution) -> Document:
    """Return a contribution as a document of its jam's corpus."""
    from analytics.corpus import Document

    text = f"{made.title}\n\n{made.text}" if made.title else made.text
    return Document(made.id, text, made.author_id, made.thread_id, made.created_at.timestamp())
