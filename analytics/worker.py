"""The analytics role: folds what people write into the themes of each jam, as it comes.

It is a consumer of the event log. A snapshot is kept with the number of the last event that it holds, so a
crash replays what came after and ends where it would have been.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

import orjson
import structlog

from server.domain.events import Event
from server.domain.ideas import Contribution
from server.precedence import NOBODY_WAITS, Precedence
from server.services import board, ideas_read, log, people
from server.services.house import House

if TYPE_CHECKING:
    from analytics.corpus import Document
    from analytics.live import LiveThemes
    from analytics.shelf import Shelf

log_ = structlog.get_logger()

WRITES = {"IdeaPosted", "ReplyPosted", "ContributionEdited", "ContributionDeleted", "ContributionHidden"}
WRITES |= {"ContributionRestored"}
TAKES_BACK = {"ContributionEdited", "ContributionDeleted", "ContributionHidden"}
PACE_SECONDS = 1.0
SNAPSHOT_SECONDS = 60.0
# Where there is a jam, what reads texts is loaded so long after a start: the first text need not wait for it.
WARM_SECONDS = 5.0
# How long a thread folds before the reports that are due are written.
MOMENT_SECONDS = 0.5
# Writing a report may take at most this share of the time between reports.
SHARE = 0.1


@dataclass(slots=True)
class _Corpus:
    """One jam's themes in memory. `seq` is the last event folded in; `heard` says that it knows what was told."""

    themes: LiveThemes
    seq: int
    changed: bool = False
    heard: bool = False
    refreshed: bool = False
    due_at: float = 0.0
    snapshot_at: float = 0.0


class ThemeWorker:
    """Call `run_once` again and again; it returns how many events it took."""

    def __init__(
        self, house: House, clock: Callable[[], float] = time.monotonic, precedence: Precedence = NOBODY_WAITS
    ) -> None:
        self._house = house
        self._clock = clock
        self._precedence = precedence
        self._corpora: dict[str, _Corpus] = {}
        self._names: dict[str, str] = {}
        self._seq = 0
        self._began = clock()
        self._jams, self._warm = False, False

    async def run_once(self, limit: int = 100) -> int:
        """Fold in the next events; refresh and publish the themes that are due."""
        events = await log.events_after(self._house, self._seq, limit)
        met = await people.names_of(self._house, [event.subject_id for event in events if event.kind == "MemberAdded"])
        await self._go_on(events)
        said = await ideas_read.by_ids(self._house, [event.subject_id for event in events if self._is_new(event)])
        at = 0
        while at < len(events):
            taken, event = 1, events[at]
            if event.kind in WRITES:
                await self._precedence.stand_back()
                taken = await self._fold(_alike(events[at:]), said)
            elif event.kind == "ThemeEdited":
                await self._edit(event)
            elif event.kind == "JamCreated":
                self._jams = True
            elif event.kind == "MemberAdded" and event.subject_id in met:
                self._meet(event, met[event.subject_id])
            at += taken
            self._seq = events[at - 1].seq
            if len(events) == limit:
                # More is waiting: what is told by now is not kept back until all of it is folded in.
                await self._publish_all()
        if len(events) < limit:
            # What was begun by another process is told once from here, as people may have been told less until now.
            for corpus in self._corpora.values():
                corpus.changed |= not corpus.heard
        await self._publish_all()
        if not events:
            await self._warm_up()
        return len(events)

    @property
    def seq(self) -> int:
        """The number of the last event that was folded in."""
        return self._seq

    def shelf(self, jam_id: str) -> Shelf | None:
        """Return what stands in a jam, read and placed; None for a jam in which nothing was written."""
        corpus = self._corpora.get(jam_id)
        return corpus.themes.shelf if corpus is not None else None

    def _meet(self, event: Event, name: str) -> None:
        """Take a participant's name out of themes from here on, in the order of the log."""
        if self._names.get(event.subject_id) == name:
            return
        self._names[event.subject_id] = name
        for corpus in self._corpora.values():
            if event.seq > corpus.seq:
                corpus.themes.meet(name)

    async def _warm_up(self) -> None:
        """Load what reads texts before the first is written, which takes some seconds."""
        if self._warm or not self._jams or self._clock() < self._began + WARM_SECONDS:
            return
        self._warm = True
        if not self._corpora:
            from analytics.corpus import Document
            from analytics.live import LiveThemes

            themes = await asyncio.to_thread(LiveThemes, "")
            await asyncio.to_thread(themes.add, Document("", "Good morning"))

    async def _fold(self, events: Sequence[Event], said: Mapping[str, Contribution]) -> int:
        """Fold in the first of some events of one jam, for a moment; return how many."""
        corpus = await self._corpus(str(events[0].data["jam"]))
        known = sum(event.seq <= corpus.seq for event in events)
        waiting = [(event.subject_id, said.get(event.subject_id)) for event in events[known:]]
        if not waiting:
            return known
        taken = known + await asyncio.to_thread(_apply, corpus.themes, waiting, self._precedence)
        corpus.seq, corpus.changed = events[taken - 1].seq, True
        if any(event.kind in TAKES_BACK for event in events[known:taken]):
            # The last snapshot still holds the earlier words: the next report brings one without them.
            # What is taken back is gone from words and quotes at once, however long ago the last report is.
            corpus.refreshed, corpus.snapshot_at, corpus.due_at = True, 0.0, 0.0
        if corpus.themes.due():
            # The refresh computes outside the event loop's thread: pages and deliveries go on meanwhile.
            await asyncio.to_thread(corpus.themes.refresh)
            corpus.refreshed = True
        return taken

    async def _edit(self, event: Event) -> None:
        """Do what a person asked that only the analysis can: split, and leave alone what they touched."""
        corpus = await self._corpus(str(event.data["jam"]))
        if event.seq <= corpus.seq:
            return
        await asyncio.to_thread(_touch, corpus.themes, event.data)
        corpus.seq, corpus.changed, corpus.refreshed, corpus.due_at = event.seq, True, True, 0.0

    async def _go_on(self, events: Sequence[Event]) -> None:
        """Load the snapshots of jams that some events are the first of."""
        spoken = {str(event.data["jam"]) for event in events if event.kind in WRITES}
        for jam_id in sorted(spoken - self._corpora.keys()):
            if (kept := await self._kept(jam_id)) is not None:
                self._corpora[jam_id] = kept

    def _is_new(self, event: Event) -> bool:
        """Say whether something was written that no snapshot holds: after a start most of the log is known."""
        if event.kind not in WRITES:
            return False
        known = self._corpora.get(str(event.data["jam"]))
        return known is None or event.seq > known.seq

    async def _corpus(self, jam_id: str) -> _Corpus:
        if jam_id not in self._corpora:
            from analytics.live import LiveThemes

            self._corpora[jam_id] = _Corpus(await asyncio.to_thread(LiveThemes, jam_id, self._names.values()), 0)
        return self._corpora[jam_id]

    async def _kept(self, jam_id: str) -> _Corpus | None:
        """Return what the last snapshot holds; None where there is none that can be read: the log tells it all."""
        from analytics.live import LiveThemes

        found = await board.theme_snapshot(self._house, jam_id)
        if found is None:
            return None
        try:
            return _Corpus(await asyncio.to_thread(LiveThemes.load, found[1]), found[0])
        except ValueError as reason:
            log_.warning("themes are made anew from the events", jam=jam_id, reason=str(reason))
            return None

    async def _publish_all(self) -> None:
        for jam_id, corpus in self._corpora.items():
            await self._publish(jam_id, corpus)

    async def _publish(self, jam_id: str, corpus: _Corpus) -> None:
        """Write the report, at most every PACE_SECONDS; now and then with a snapshot of refreshed themes."""
        if not corpus.changed or self._clock() < corpus.due_at:
            return
        began = self._clock()
        if not corpus.heard:
            # What was told before this process began is not written again.
            stands = await board.theme_places_of(self._house, jam_id)
            await asyncio.to_thread(corpus.themes.hear, stands)
            corpus.heard = True
        outline, places = await asyncio.to_thread(corpus.themes.tell)
        due = corpus.refreshed and began >= corpus.snapshot_at
        snapshot = await asyncio.to_thread(corpus.themes.dump) if due else None
        report = orjson.dumps(outline.to_json()).decode()
        await board.keep_themes(self._house, jam_id, corpus.seq, report, snapshot, places.stands, places.gone)
        corpus.themes.told(places)
        corpus.changed = False
        if due:
            corpus.refreshed, corpus.snapshot_at = False, began + SNAPSHOT_SECONDS
        ended = self._clock()
        corpus.due_at = ended + max(PACE_SECONDS, (ended - began) / SHARE)


def _alike(events: Sequence[Event]) -> list[Event]:
    """Return the first of some events as far as they are of what is written in one jam."""
    jam = events[0].data["jam"]
    return list(takewhile(lambda event: event.kind in WRITES and event.data["jam"] == jam, events))


def _apply(themes: LiveThemes, waiting: Sequence[tuple[str, Contribution | None]], precedence: Precedence) -> int:
    """Fold in what waits until a refresh is due, a moment is over or somebody waits for an answer; return how many."""
    began = time.perf_counter()
    for number, (contribution_id, made) in enumerate(waiting, 1):
        if made is None or made.deleted or made.hidden:
            themes.remove(contribution_id)
        else:
            themes.add(document_of(made))
        if themes.due() or precedence.is_answering() or time.perf_counter() - began > MOMENT_SECONDS:
            return number
    return len(waiting)


def _touch(themes: LiveThemes, facts: Mapping[str, object]) -> None:
    act, theme, edit = str(facts["act"]), str(facts["theme"]), str(facts["edit"])
    if act == "split":
        themes.cut(edit, theme)
    elif act == "undo split":
        themes.mend(edit)
    elif not act.startswith("undo"):
        themes.keep(theme)
        themes.keep(str(facts["other"]))


def document_of(made: Contribution) -> Document:
    """Return a contribution as a document of its jam's corpus."""
    from analytics.corpus import Document

    text = f"{made.title}\n\n{made.text}" if made.title else made.text
    return Document(made.id, text, made.author_id, made.thread_id, made.created_at.timestamp())
