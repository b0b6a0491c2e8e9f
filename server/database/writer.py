"""The one writing connection of a process, and group commit.

Many transactions share one BEGIN IMMEDIATE … COMMIT: each body has a SAVEPOINT of its own, and everyone who
left a body waits for the shared COMMIT, which is on the disk when it returns. While a COMMIT runs in its
thread, new bodies queue up for the next one; so a lone caller never waits for company, and 64 callers need
one fsync, not 64.

This is a state machine of plain calls, not a task: nothing here can be cancelled. A cancelled caller leaves
the queue, or rolls its own SAVEPOINT back without awaiting anything, or stops waiting for a COMMIT that
goes on.

    idle → beginning → serving ⇄ lingering → committing → idle | beginning
             ↺ busy (another process writes; asked again every few milliseconds, on the loop)

Statements run on the event loop: a row costs 10 µs there and 60 µs through a thread. Only COMMIT, which
waits for the disk, and statements that say so (`in_thread`) leave it.
"""

import asyncio
import contextlib
import contextvars
import enum
import random
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from server.database.errors import CommitFailed, StoreBusy, StoreClosed, primary_code, translate

BODIES_PER_COMMIT = 256
CONTENDED_SECONDS = 1.0
Callback = tuple[contextvars.Context, Callable[[], object]]


@dataclass
class Counts:
    """What the writer did since it was opened: numbers of COMMITs, of bodies in them, of refused BEGINs."""

    commits: int = 0
    bodies: int = 0
    busy: int = 0
    failures: int = 0


class Turn:
    """One caller's place in the queue. `granted`: the connection is yours; `committed`: it is on the disk."""

    __slots__ = ("callbacks", "committed", "deadline", "granted")

    def __init__(self, loop: asyncio.AbstractEventLoop, deadline: float) -> None:
        self.granted: asyncio.Future[None] = loop.create_future()
        self.committed: asyncio.Future[None] = loop.create_future()
        self.callbacks: list[Callback] = []
        self.deadline = deadline


class State(enum.Enum):
    IDLE = "idle"
    BEGINNING = "beginning"
    SERVING = "serving"
    LINGERING = "lingering"
    COMMITTING = "committing"


@dataclass
class Batch:
    """The bodies that share the open BEGIN. `size_before` is how many shared the last one."""

    size_before: int
    joined: list[Turn] = field(default_factory=list)
    ends_at: float = 0.0
    broken: str = ""


class Writer:
    """Owns the writing connection. All methods are called on the event loop that made it."""

    def __init__(self, connection: sqlite3.Connection, *, group_seconds: float, turn_seconds: float) -> None:
        self.connection = connection
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store-writer")
        self.counts = Counts()
        self.closed = False
        self._loop = asyncio.get_running_loop()
        self._group_seconds = group_seconds
        self._turn_seconds = turn_seconds
        self._waiting: deque[Turn] = deque()
        self._chores: deque[tuple[Callable[[], object], asyncio.Future[object]]] = deque()
        self._state = State.IDLE
        self._batch = Batch(1)
        self._timer: asyncio.Handle | None = None
        self._watch: asyncio.Handle | None = None
        self._contended_until = 0.0
        self._idle = asyncio.Event()
        self._idle.set()

    # -- what transactions call --

    def queue(self) -> Turn:
        """Ask for the connection. Await `turn.granted`, then call `finish` exactly once, whatever happens."""
        if self.closed:
            raise StoreClosed("The store was closed; nothing can be written any more.")
        turn = Turn(self._loop, self._loop.time() + self._turn_seconds)
        self._waiting.append(turn)
        self._wake()
        if self._watch is None and not turn.granted.done():
            self._watch = self._loop.call_at(turn.deadline, self._expire)
        return turn

    def withdraw(self, turn: Turn) -> None:
        """Give up a turn whose body never ran. One still in the queue is skipped there."""
        if turn.granted.done() and not turn.granted.cancelled() and turn.granted.exception() is None:
            self.finish(turn, joined=False)

    def finish(self, turn: Turn, *, joined: bool) -> None:
        """The body is over. `joined`: its writes stay and go into the shared COMMIT."""
        batch = self._batch
        if joined:
            batch.joined.append(turn)
            if len(batch.joined) == 1:
                batch.ends_at = self._loop.time() + self._group_seconds
        if not self.connection.in_transaction:
            batch.broken = "SQLite gave the shared transaction up; nothing of it was kept."
        if batch.broken or len(batch.joined) >= BODIES_PER_COMMIT or self._late():
            self._commit()
        elif not self._grant():
            self._linger()

    async def run_alone(self, chore: Callable[[], object]) -> object:
        """Run `chore` in the writer's thread between transactions. A cancelled caller leaves it running."""
        if self.closed:
            raise StoreClosed("The store was closed.")
        done: asyncio.Future[object] = self._loop.create_future()
        self._chores.append((chore, done))
        self._wake()
        return await done

    async def wait_idle(self) -> None:
        """Return once nothing is queued, open or being committed."""
        await self._idle.wait()

    async def close(self) -> None:
        """Take no new turns, finish those that were taken, close the connection."""
        self.closed = True
        await self._idle.wait()
        if self._watch is not None:
            self._watch.cancel()
        self.thread.shutdown(wait=True)
        self.connection.close()

    # -- the machine --

    def _wake(self) -> None:
        if self._state is State.IDLE:
            self._idle.clear()
            self._begin()
        elif self._state is State.LINGERING:
            self._cancel_timer()
            if not self._grant():
                self._linger()

    def _begin(self) -> None:
        self._timer = None
        self._state = State.BEGINNING
        if self._chores:
            self._run_chore()
            return
        self._drop_cancelled()
        if not self._waiting:
            self._rest()
            return
        try:
            self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            self._refused(error)
            return
        self._batch = Batch(len(self._batch.joined))
        if not self._grant():
            self._linger()

    def _refused(self, error: sqlite3.Error) -> None:
        if primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            self.counts.busy += 1
            self._contended_until = self._loop.time() + CONTENDED_SECONDS
        else:
            self._refuse(self._waiting.popleft(), translate(error))
        self._timer = self._loop.call_later(random.uniform(0.0005, 0.003), self._begin)  # noqa: S311

    def _expire(self) -> None:
        """Refuse those who have waited too long; look again when the next one will have."""
        self._watch = None
        now = self._loop.time()
        sentence = (
            f"The store was not free to write in {self._turn_seconds:g} s; another transaction holds it."
        )
        while self._waiting and (self._waiting[0].granted.done() or self._waiting[0].deadline <= now):
            self._refuse(self._waiting.popleft(), StoreBusy(sentence))
        if self._waiting:
            self._watch = self._loop.call_at(self._waiting[0].deadline, self._expire)

    @staticmethod
    def _refuse(turn: Turn, error: Exception) -> None:
        if not turn.granted.done():
            turn.granted.set_exception(error)

    def _drop_cancelled(self) -> None:
        while self._waiting and self._waiting[0].granted.done():
            self._waiting.popleft()

    def _grant(self) -> bool:
        self._drop_cancelled()
        if not self._waiting:
            return False
        self._state = State.SERVING
        self._waiting.popleft().granted.set_result(None)
        return True

    def _late(self) -> bool:
        """A batch that was long enough open commits, however many wait: they form the next one."""
        batch = self._batch
        return bool(batch.joined) and self._loop.time() > batch.ends_at + 4 * self._group_seconds

    def _linger(self) -> None:
        """Nobody waits: commit at once, unless as many as last time may still be on their way."""
        self._state = State.LINGERING
        batch = self._batch
        left = batch.ends_at - self._loop.time()
        if batch.joined and len(batch.joined) < batch.size_before and left > 0:
            self._timer = self._loop.call_later(left, self._commit)
        else:
            self._timer = self._loop.call_soon(self._commit)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _commit(self) -> None:
        self._cancel_timer()
        self._state = State.COMMITTING
        if self._batch.joined and not self._batch.broken:
            work = self._loop.run_in_executor(self.thread, self.connection.execute, "COMMIT")
            work.add_done_callback(self._committed)
            return
        self._roll_back()
        self._settle(self._batch.broken)

    def _roll_back(self) -> None:
        """Should this fail, the next BEGIN fails too and says why to whoever asked for it."""
        if self.connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")

    def _committed(self, work: "asyncio.Future[sqlite3.Cursor]") -> None:
        error = work.exception()
        if error is not None:
            self._roll_back()
            self._settle(f"The commit failed ({error}); nothing of the transaction was kept.")
            return
        self.counts.commits += 1
        self.counts.bodies += len(self._batch.joined)
        self._settle("")

    def _settle(self, failure: str) -> None:
        """Tell everyone who joined, then go on with whoever queued up meanwhile."""
        for turn in self._batch.joined:
            if not failure:
                for context, callback in turn.callbacks:
                    self._loop.call_soon(callback, context=context)
                if not turn.committed.done():
                    turn.committed.set_result(None)
            elif not turn.committed.done():
                turn.committed.set_exception(CommitFailed(failure))
        self.counts.failures += bool(failure)
        if not self._waiting and not self._chores:
            self._rest()
        elif self._loop.time() < self._contended_until:
            self._state = State.BEGINNING  # let the other processes have a go
            self._timer = self._loop.call_later(random.uniform(0.001, 0.004), self._begin)  # noqa: S311
        else:
            self._begin()

    def _rest(self) -> None:
        self._state = State.IDLE
        self._idle.set()

    def _run_chore(self) -> None:
        chore, done = self._chores.popleft()
        work = self._loop.run_in_executor(self.thread, chore)

        def report(finished: "asyncio.Future[object]") -> None:
            error = finished.exception()
            if done.done():
                pass
            elif error is not None:
                done.set_exception(translate(error) if isinstance(error, sqlite3.Error) else error)
            else:
                done.set_result(finished.result())
            self._begin()

        work.add_done_callback(report)
