"""Stating a purge: once nothing here holds the words any more, looked up in both stores, the holder's word is given."""

from __future__ import annotations

from federation.gate.agreement_answer import digest_of_agreement, other_party
from federation.gate.plan import Gateway, Plan
from federation.gate.receipts import state
from federation.outside import crossings, received, statements
from federation.outside.statements import Owed
from server.domain.agreements import Agreement
from server.services import agreements, holds, remains

FIRST_LOOK, LAST_LOOK = 0.1, 3600.0


class Purge:
    """Call `run_once` again and again; it returns how many purges were stated."""

    def __init__(self, gate: Gateway) -> None:
        self._gate = gate
        self._agreements = AgreementPurge(gate)

    async def run_once(self, limit: int = 100) -> int:
        """Look for what is left of acknowledged Deletes, and state the purge of those of which nothing is."""
        owed = await statements.owed(self._gate.outside, limit)
        done = [one for one in owed if await self._is_gone(one)]
        if done:
            await remains.settle_words(self._gate.house)
        for one in done:
            await self._state(one)
        return len(done) + await self._agreements.run_once()

    async def _is_gone(self, one: Owed) -> bool:
        if await is_gone(self._gate, one.object_uri):
            return True
        pause = min(LAST_LOOK, FIRST_LOOK * 2.0**one.looks)
        await statements.put_off(self._gate.outside, one, self._gate.outside.now() + pause)
        return False

    async def _state(self, one: Owed) -> None:
        gate, plan = self._gate, Plan(self._gate)
        await state(
            gate, plan, "purged", one.host, one.activity_uri, one.object_uri, one.digest, one.actor_uri
        )
        plan.steps.append(lambda change: statements.purged(change, one, gate.outside.now()))
        await plan.write()


class AgreementPurge:
    """The same for agreements that are over, of which everything was deleted that had to be."""

    def __init__(self, gate: Gateway) -> None:
        self._gate = gate
        self._looks: dict[str, tuple[int, float]] = {}

    async def run_once(self) -> int:
        """State the purge after each agreement of whose words nothing is left; return how many."""
        return sum([await self._look(one) for one in await agreements.to_state(self._gate.house)])

    async def _look(self, one: Agreement) -> bool:
        gate, now = self._gate, self._gate.outside.now()
        looks, next_at = self._looks.get(one.id, (0, 0.0))
        if now < next_at:
            return False
        gone = [await is_gone(gate, uri) for uri in await agreements.purged_uris(gate.house, one)]
        if not all(gone):
            self._looks[one.id] = looks + 1, now + min(LAST_LOOK, FIRST_LOOK * 2.0**looks)
            return False
        await remains.settle_words(gate.house)
        plan, them = Plan(gate), other_party(one, gate.house.addresses.server_uri)
        await state(gate, plan, "purged", one.host, one.uri, one.uri, digest_of_agreement(one), them)
        await plan.write()
        await agreements.note_stated(gate.house, one)
        return True


async def is_gone(gate: Gateway, object_uri: str) -> bool:
    """Say whether neither store holds words of an object any more; what is left outside is forgotten on the way."""
    if not await _left(gate, object_uri):
        return True
    activities = await received.activities_about(gate.outside, object_uri)
    await holds.drop_incoming(gate.house, activities)
    async with gate.outside.store.transaction() as change:
        await crossings.purge(change, object_uri)
        await received.forget(change, object_uri)
    return not await _left(gate, object_uri)


async def _left(gate: Gateway, object_uri: str) -> tuple[str, ...]:
    activities = await received.activities_about(gate.outside, object_uri)
    inside = await remains.remains_of(gate.house, object_uri, activities)
    return (*await received.remains(gate.outside, object_uri), *inside)
