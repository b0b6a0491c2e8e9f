"""Many callers' rows in one transaction: what comes while one is being written shares the next.

The store's writer shares commits between transactions; this shares the transaction itself, where each would have been
one or two rows: what came to the inbox, and what became of deliveries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from server.database import Database, DatabaseError, Transaction

MOST = 256
T = TypeVar("T")


class Together(Generic[T]):
    """Writes what callers add, in the order in which they do. `write` puts several into an open transaction."""

    def __init__(self, store: Database, write: Callable[[Transaction, Sequence[T]], Awaitable[None]]) -> None:
        self._store = store
        self._write = write
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._work: asyncio.Task[None] | None = None

    @property
    def is_writing(self) -> bool:
        """Whether anybody waits for what they added."""
        return self._work is not None

    async def add(self, one: T) -> None:
        """Have one written; on return it is on disk. A cancelled caller's is written too. Errors: the store's."""
        await self.begin(one)

    def begin(self, one: T) -> asyncio.Future[None]:
        """Have one written; the future is done once it is on disk. Errors in it: the store's."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((one, done))
        if self._work is None:
            self._work = asyncio.create_task(self._write_all())
        return done

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                if await self._tell(batch) and len(batch) > 1:
                    # One that cannot be written must not take the others with it.
                    for one in batch:
                        await self._tell([one], is_last=True)
        finally:
            self._work = None

    async def _tell(self, batch: Sequence[tuple[T, asyncio.Future[None]]], *, is_last: bool = False) -> bool:
        """Write a batch and tell its callers; return whether it failed, of which one alone hears."""
        try:
            async with self._store.transaction() as change:
                await self._write(change, [one for one, _ in batch])
        except DatabaseError as error:
            if is_last or len(batch) == 1:
                _settle(batch, error)
            return True
        _settle(batch, None)
        return False


def _settle(batch: Sequence[tuple[object, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, done in batch:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
