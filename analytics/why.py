"""The analytics role guesses what unmarked replies are meant as, behind the themes' worker whose vectors it uses.

Each jam is judged by what people marked in it and in all jams that are open to everybody here; a closed jam's marks
serve that jam alone. Where replies stand and what was marked is a function of the event log: a restart ends where it
would have been.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analytics import intents
from analytics.intents import Judge, Numbers
from analytics.worker import WRITES, ThemeWorker
from server.domain.events import Event
from server.domain.ideas import INTENTS, Contribution, Intent
from server.domain.reasons import Guess, Learnt
from server.services import ideas_read, log, reasons
from server.services.house import House

TURN = 400
"""Replies judged in one turn, so that nothing else waits for long."""
REST = 20.0
"""Seconds between two learnings at least."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A reply whose author said what it is."""

    id: str
    jam: str
    intent: str
    signs: Numbers


@dataclass(slots=True)
class _Jam:
    """The unmarked replies of a jam: version and signs by id; `due` are those to be judged, `gone` to be dropped."""

    open: dict[str, tuple[int, Numbers]] = field(default_factory=dict)
    due: dict[str, None] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    known: dict[str, Guess] | None = None
    learnt: Learnt | None = None
    judge: tuple[Judge | None] | None = None


@dataclass(frozen=True, slots=True)
class _School:
    """What was learnt, from which marks, and when by the worker's clock."""

    marks: str
    judge: Judge | None
    at: float


class WhyWorker:
    """Call `run_once` again and again; it returns how many events and replies it dealt with."""

    def __init__(self, house: House, themes: ThemeWorker, clock: Callable[[], float] = time.monotonic) -> None:
        self._house, self._themes, self._clock = house, themes, clock
        self._seq = 0
        self._marked: dict[str, Marked] = {}
        self._jams: dict[str, _Jam] = {}
        self._schools: dict[str, _School] = {}

    async def run_once(self, limit: int = 500) -> int:
        """Take note of what the themes' worker has folded in; then learn where it is time, and judge."""
        found = await log.events_after(self._house, self._seq, limit)
        events = [event for event in found if event.seq <= self._themes.seq]
        for event in events:
            if event.kind in WRITES:
                await self._note(event)
            self._seq = event.seq
        if len(events) == limit:
            return limit
        judged = 0
        for jam_id in list(self._jams):
            judged += await self._settle(jam_id)
        return len(events) + judged

    async def _note(self, event: Event) -> None:
        made = await ideas_read.by_id(self._house, event.subject_id)
        jam = self._jams.setdefault(str(event.data["jam"]), _Jam())
        id_ = event.subject_id
        self._marked.pop(id_, None)
        jam.open.pop(id_, None)
        jam.due.pop(id_, None)
        if made is None or made.kind != "reply" or made.deleted or made.hidden:
            jam.gone.add(id_)
        elif made.intent:
            jam.gone.add(id_)
            self._marked[id_] = Marked(id_, made.jam_id, made.intent, intents.signs(made.text))
        else:
            self._open(jam, made)

    def _open(self, jam: _Jam, made: Contribution) -> None:
        jam.gone.discard(made.id)
        jam.open[made.id] = (made.version, intents.signs(made.text))
        jam.due[made.id] = None

    async def _settle(self, jam_id: str) -> int:
        """Judge what is due in a jam, and write what changed; return how many replies were judged."""
        jam = self._jams[jam_id]
        if jam.known is None:
            jam.known = await reasons.guesses_of(self._house, jam_id)
        judge, marks = await self._judge(jam_id)
        if jam.judge != (judge,):
            jam.judge, jam.due = (judge,), dict.fromkeys(jam.open)
        learnt = _learnt(judge, marks)
        if not jam.due and not jam.gone and learnt == jam.learnt:
            return 0
        now = list(jam.due)[:TURN]
        made = await asyncio.to_thread(self._guess, jam_id, jam, now, judge)
        changed = {id_: one for id_, one in made.items() if jam.known.get(id_) != one}
        gone = jam.gone & set(jam.known)
        if changed or gone or learnt != jam.learnt:
            told = replace(learnt, at=self._house.now().timestamp()) if learnt != jam.learnt else None
            await reasons.keep_guesses(self._house, jam_id, changed, gone, told)
        jam.known = {id_: one for id_, one in (jam.known | changed).items() if id_ not in gone}
        jam.gone, jam.learnt = set(), learnt
        for id_ in now:
            jam.due.pop(id_, None)
        return len(now)

    async def _judge(self, jam_id: str) -> tuple[Judge | None, int]:
        """Return who judges a jam, learning anew where it is time, and how many marks there are to learn from."""
        open_ = await reasons.lending(self._house, {one.jam for one in self._marked.values()} | {jam_id})
        key = "" if jam_id in open_ else jam_id
        marks = [one for one in self._marked.values() if one.jam in open_ or one.jam == jam_id]
        learn_from = marks[: intents.step(len(marks))]
        known = self._schools.get(key)
        wanted = "\0".join(f"{one.id} {one.intent}" for one in learn_from)
        if known is None or (known.marks != wanted and self._clock() - known.at >= REST):
            judge = await asyncio.to_thread(self._learn, key, learn_from)
            known = self._schools[key] = _School(wanted, judge, self._clock())
        return known.judge, len(marks)

    def _learn(self, key: str, marks: Sequence[Marked]) -> Judge | None:
        found = [(one, seen) for one in marks if (seen := self._meaning(one.jam, one.id)) is not None]
        if not found:
            return None
        seed = int.from_bytes(hashlib.blake2b(f"why {key}".encode(), digest_size=4).digest(), "big") >> 1
        seen = np.array([meaning for _, meaning in found], dtype=np.float32)
        shown = np.array([one.signs for one, _ in found])
        return intents.learn(seen, shown, [one.intent for one, _ in found], seed)

    def _guess(self, jam_id: str, jam: _Jam, ids: Sequence[str], judge: Judge | None) -> dict[str, Guess]:
        """Say of each reply what it is meant as; "" where nobody can tell."""
        made = {id_: Guess(jam.open[id_][0], "", 0.0) for id_ in ids}
        seen = {id_: meaning for id_ in ids if (meaning := self._meaning(jam_id, id_)) is not None}
        if judge is None or not seen:
            return made
        found = judge.judge(
            np.array(list(seen.values()), dtype=np.float32), np.array([jam.open[id_][1] for id_ in seen])
        )
        for id_, (intent, sure) in zip(seen, found, strict=True):
            made[id_] = Guess(jam.open[id_][0], _intent(intent), sure)
        return made

    def _meaning(self, jam_id: str, id_: str) -> NDArray[np.float32] | None:
        shelf = self._themes.shelf(jam_id)
        return intents.meaning(shelf, id_) if shelf is not None else None


def _learnt(judge: Judge | None, marks: int) -> Learnt:
    if judge is None:
        return Learnt(marks, intents.NEVER, 0.0, 0.0, 0.0)
    return Learnt(marks, judge.least, judge.right, judge.told, 0.0)


def _intent(word: str) -> Intent:
    return next((one for one in INTENTS if one == word), "")
