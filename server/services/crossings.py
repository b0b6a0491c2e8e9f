"""Verdicts kept, and what follows from them: who was told what, by which rule, and what is called back."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from server.database import ConstraintBroken, StatementFailed
from server.domain.actors import Member
from server.domain.crossings import Verdict
from server.domain.errors import Missing
from server.domain.ideas import Contribution
from server.domain.uris import new_id
from server.services.house import House
from server.services.judging import Judged, draft_of, judge
from server.storage import events, recalls, shadows
from server.storage import verdicts as verdict_rows


async def record_verdicts(house: House, judged: Sequence[Judged]) -> None:
    """Keep what was decided, with the facts: crossings and refusals alike."""
    if not judged:
        return
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        for one in judged:
            for verdict in one.verdicts:
                await verdict_rows.put(change, one.contribution_id, one.version, one.act, verdict, new_id(), now)
        # A fault in what the shadow says undoes this inner block alone: what was decided stays decided.
        with contextlib.suppress(StatementFailed, ConstraintBroken):
            async with house.store.transaction() as inner:
                for one in judged:
                    for verdict in one.verdicts:
                        await shadows.put(inner, one.contribution_id, one.version, one.act, verdict, now)


async def verdicts_of(house: House, reader: Member, made: Contribution) -> list[Verdict]:
    """Return what was decided for each audience; before the gate has seen it, what it will decide."""
    if not reader.is_local or not reader.active:
        raise Missing("idea")
    stored = await verdict_rows.of(house.store, made.id)
    return stored or await judge(house, await draft_of(house, made))


async def recalled_hosts(house: House, made: Contribution) -> set[str]:
    """Return the servers from which a contribution, or the idea that it answers, was taken back."""
    whole = {made.id, made.thread_id}
    return {host for one in whole for host in await recalls.recalled_from(house.store, one)} - {""}


async def effects_of(house: House, contribution_ids: Sequence[str]) -> dict[tuple[str, int, str], str]:
    """Return (contribution id, version, audience) → what was last said of those words, in one word."""
    return await verdict_rows.effects_of(house.store, contribution_ids)


async def verdicts_behind(
    house: House, contribution_ids: Sequence[str]
) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """Return (contribution id, audience) → (id of its newest verdict, the rules behind it): for the ledger."""
    return await verdict_rows.behind(house.store, contribution_ids)


async def recall(house: House, by: Member, made: Contribution, peer: str = "") -> None:
    """Take a contribution back from one server ("" for all): it is served no more, and holders are asked to delete."""
    by.require("ledger")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await recalls.put(change, made.id, peer, by.id, now)
        await events.append(change, "RecallAsked", made.id, {"peer": peer, "thread": made.thread_id}, now)
        await events.audit(change, by.id, "recall", made.id, now)
