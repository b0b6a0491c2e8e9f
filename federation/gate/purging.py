"""Stating a purge: once nothing here holds the words any more, looked up in both stores, the holder's word is given."""

from __future__ import annotations

from federation.gate.plan import Gateway, Plan
from federation.gate.receipts import state
from federation.outside import crossings, received, statements
from federation.outside.statements import Owed
from server.services import holds, remains

FIRST_LOOK, LAST_LOOK = 0.1, 3600.0


class Purge:
    """Call `run_once` again and again; it returns how many purges were stated."""

    def __init__(self, gate: Gateway) -> None:
        self._gate = gate

    async def run_once(self, limit: int = 100) -> int:
        """Look for what is left of acknowledged Deletes, and state the purge of those of which nothing is."""
        owed = await statements.owed(self._gate.outside, limit)
        done = [one for one in owed if await self._is_gone(one)]
        if done:
            await remains.settle_words(self._gate.house)
        for one in done:
            await self._state(one)
        return len(done)

    async def _is_gone(self, one: Owed) -> bool:
        outside = self._gate.outside
        if await self._left(one.object_uri):
            activities = await received.activities_about(outside, one.object_uri)
            await holds.drop_incoming(self._gate.house, activities)
            async with outside.store.transaction() as change:
                await crossings.purge(change, one.object_uri)
                await received.forget(change, one.object_uri)
            if await self._left(one.object_uri):
                pause = min(LAST_LOOK, FIRST_LOOK * 2.0**one.looks)
                await statements.put_off(outside, one, outside.now() + pause)
                return False
        return True

    async def _left(self, object_uri: str) -> tuple[str, ...]:
        activities = await received.activities_about(self._gate.outside, object_uri)
        inside = await remains.remains_of(self._gate.house, object_uri, activities)
        return (*await received.remains(self._gate.outside, object_uri), *inside)

    async def _state(self, one: Owed) -> None:
        gate, plan = self._gate, Plan(self._gate)
        await state(
            gate, plan, "purged", one.host, one.activity_uri, one.object_uri, one.digest, one.actor_uri
        )
        plan.steps.append(lambda change: statements.purged(change, one, gate.outside.now()))
        await plan.write()
