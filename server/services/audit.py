"""The audit chain: who did what, when; whether it holds; and taking it along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from server.domain.actors import Member
from server.domain.audit import Chain, Checkpoint, Deed, checkpoint_faults
from server.services.checkpoints import STALE_SECONDS, SecondPlace, SecondPlaceTrouble
from server.services.house import House
from server.storage import audit
from server.storage.times import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditState:
    """How the chain stands. `faults` are sentences, none when it holds.

    `open_rows` have no checkpoint yet, the first of them since `open_since`; `stale` says that it should have
    one by now. `place` is where the second copy lies, "" where this process has none.
    """

    rows: int
    faults: tuple[str, ...]
    checkpoints: int
    last: Checkpoint | None
    open_rows: int
    open_since: datetime | None
    stale: bool
    place: str
    key: str

    @property
    def holds(self) -> bool:
        return not self.faults


async def note(house: House, by: Member | None, act: str, subject_id: str = "") -> None:
    """Write down something that is done elsewhere: a backup, an export, new keys. None stands for the server."""
    async with house.store.transaction() as change:
        await audit.put(change, by.id if by else "", act, subject_id, house.now().timestamp())


async def list_deeds(
    house: House,
    reader: Member,
    *,
    act: str = "",
    member_id: str = "",
    subject_id: str = "",
    before: int = 0,
    limit: int = 50,
) -> list[Deed]:
    """Return rows of the chain, newest first, below a number (0: from the end). For those with the duty `audit`."""
    reader.require("audit")
    return await audit.found(
        house.store, act=act, member_id=member_id, subject_id=subject_id, before=before, limit=limit
    )


async def list_acts(house: House, reader: Member) -> list[str]:
    """Return the kinds of act that the chain holds."""
    reader.require("audit")
    return await audit.acts(house.store)


async def examine(house: House, place: SecondPlace | None) -> AuditState:
    """Look at the whole chain, at every checkpoint in both places, and at what they say of each other."""
    ours = await audit.checkpoints(house.store)
    theirs, told = await _read(ours, place)
    chain = Chain([*ours, *theirs])
    async for page in audit.walk(house.store):
        await asyncio.to_thread(chain.walk, page)
    key = place.key.public if place else (ours[-1].key if ours else "")
    faults = [*chain.faults(), *checkpoint_faults(ours, key), *told]
    if theirs[: len(ours)] != ours[: len(theirs)] or len(theirs) > len(ours):
        faults += [f"In the second place: {fault}" for fault in checkpoint_faults(theirs, key)]
    faults += chain.faults_by(ours) + chain.faults_by(theirs)
    return _state(house, chain, tuple(dict.fromkeys(faults)), ours, place)


async def _read(ours: list[Checkpoint], place: SecondPlace | None) -> tuple[list[Checkpoint], list[str]]:
    """Return what lies in the second place, and how that differs from what the store has."""
    if place is None:
        return [], []
    try:
        theirs = await asyncio.to_thread(place.read)
    except SecondPlaceTrouble as trouble:
        return [], [trouble.public]
    return theirs, _differences(ours, theirs, place)


def _differences(ours: list[Checkpoint], theirs: list[Checkpoint], place: SecondPlace) -> list[str]:
    if ours[: len(theirs)] != theirs[: len(ours)]:
        return [f"{place.path} holds other checkpoints than the store."]
    if len(theirs) < len(ours):
        return [f"{place.path} lacks {len(ours) - len(theirs)} of {len(ours)} checkpoints."]
    if len(theirs) > len(ours) + 1:
        return [f"{place.path} knows {len(theirs) - len(ours)} checkpoints that the store has lost."]
    return []


def _state(
    house: House, chain: Chain, faults: tuple[str, ...], ours: list[Checkpoint], place: SecondPlace | None
) -> AuditState:
    last = ours[-1] if ours else None
    open_rows = max(0, chain.count - (last.count if last else 0))
    since = chain.open_since
    return AuditState(
        rows=chain.count,
        faults=faults,
        checkpoints=len(ours),
        last=last,
        open_rows=open_rows,
        open_since=moment(since) if since is not None else None,
        stale=since is not None and house.now().timestamp() - since > STALE_SECONDS,
        place=str(place.folder) if place else "",
        key=place.key.public if place else "",
    )


async def list_checkpoints(house: House) -> list[Checkpoint]:
    """Return all checkpoints that were made, in order."""
    return await audit.checkpoints(house.store)


async def checkpoint_age(house: House) -> float:
    """Return for how many seconds the oldest row without a checkpoint has waited for one; 0 where all have one."""
    last = await audit.last_checkpoint(house.store)
    waiting = await audit.first_after(house.store, last.seq if last else 0)
    return max(0.0, house.now().timestamp() - waiting.at) if waiting else 0.0


async def export_chain(house: House, by: Member, place: SecondPlace | None) -> AsyncIterator[dict[str, Any]]:
    """Yield the whole chain and its checkpoints, each with its `kind`; that they were taken along is its last row."""
    by.require("audit")
    await note(house, by, "export audit")
    made_at = house.now().isoformat()
    key = place.key.public if place else ""
    yield {"kind": "audit", "organisation": house.name, "edge_url": house.addresses.edge_url, "made_at": made_at,
           "key": key}  # fmt: skip
    async for page in audit.walk(house.store):
        for deed in page:
            yield {"kind": "row", **asdict(deed)}
    for one in await audit.checkpoints(house.store):
        yield {"kind": "checkpoint", **asdict(one)}
