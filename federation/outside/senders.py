"""What is asked of whoever signs a request, at each of them: remembered as long as nothing of it changes.

Triggers count each change of it in the store, whichever process makes it (`revisions`). That number is asked once in a
turn of the event loop, so that a flood of requests shares one look at one row. It holds for those alone whose requests
had been read by then: bytes are read in one turn, and what waits for them is called in a later one, after `_end_turn`.
So a change counts for whoever asks after it, as if each had asked the store. (Somebody who sends their next request
before they have the answer to the last may be dealt with by the look of the turn in which it came.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from federation.outside import peers
from federation.outside.peers import PeerState
from federation.outside.store import Books

MOST = 10_000


class Senders:
    """Answers as `peers.shut_out` and `peers.key_at_hand` do."""

    def __init__(self, outside: Books) -> None:
        self._outside = outside
        self._answers: dict[tuple[str, str], Any] = {}
        self._revision = -1
        self._turn, self._asked_in = 0, -1

    async def shut_out(self, host: str) -> PeerState | None:
        """Return why nothing is taken from a server."""
        found: PeerState | None = await self._ask(peers.shut_out, host)
        return found

    async def key_at_hand(self, key_id: str) -> tuple[str, str] | None:
        """Return (the owner's URI, its PEM) of the key that an actor signs with."""
        found: tuple[str, str] | None = await self._ask(peers.key_at_hand, key_id)
        return found

    async def _ask(self, question: Callable[[Books, str], Awaitable[Any]], about: str) -> Any:
        await self._forget_what_changed()
        key, revision = (question.__name__, about), self._revision
        if key not in self._answers:
            answer = await question(self._outside, about)
            if revision != self._revision:
                # It may be older than what others have seen meanwhile.
                return answer
            if len(self._answers) >= MOST:
                self._answers.clear()
            self._answers[key] = answer
        return self._answers[key]

    async def _forget_what_changed(self) -> None:
        if self._asked_in == self._turn:
            return
        turn = self._turn
        asyncio.get_running_loop().call_soon(self._end_turn, turn)
        revision = int(await self._outside.store.fetch_value("SELECT number FROM revisions") or 0)
        if revision != self._revision:
            self._answers.clear()
            self._revision = revision
        # Where the look itself took longer than this turn, it is good for this request alone.
        self._asked_in = turn

    def _end_turn(self, turn: int) -> None:
        self._turn = max(self._turn, turn + 1)
