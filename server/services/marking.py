"""Marks on ideas and replies: support, and what facilitators say of them."""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.facilitation import REASON_LIMIT
from server.domain.ideas import Contribution, MarkKind
from server.services.house import House
from server.services.ideas import _record, _require_shown
from server.services.text import clean_line
from server.storage import contributions, events, jams, mark_reasons


async def mark(house: House, by: Member, target: Contribution, kind: MarkKind, reason: str = "") -> None:
    """Set a mark. Support is anyone's; emerging and best are a facilitator's, whose reason is kept and shown."""
    await _check_mark(house, by, target, kind)
    _require_shown(target)
    said = clean_line(reason, "reason", REASON_LIMIT, required=False)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if await contributions.mark(change, target.id, kind, by.id, now):
            if kind != "support":
                await mark_reasons.put(target.id, kind, by.id, said, now)
                await events.audit(change, by.id, f"mark {kind}", target.id, now)
            await _record(house, change, "Marked", target, {"kind": kind, "by": by.id})


async def unmark(house: House, by: Member, target: Contribution, kind: MarkKind) -> None:
    """Take a mark back."""
    await _check_mark(house, by, target, kind)
    async with house.store.transaction() as change:
        if await contributions.unmark(change, target.id, kind, by.id):
            if kind != "support":
                now = house.now().timestamp()
                await mark_reasons.end(change, target.id, kind, by.id, now)
                await events.audit(change, by.id, f"unmark {kind}", target.id, now)
            await _record(house, change, "Unmarked", target, {"kind": kind, "by": by.id})


async def markers(house: House, made: Contribution) -> dict[MarkKind, str]:
    """Return which marks our facilitators set at an idea, each with the id of whoever did: for the gate."""
    return await contributions.markers(house.store, made.id)


async def _check_mark(house: House, by: Member, target: Contribution, kind: MarkKind) -> None:
    if target.deleted:
        raise Missing("idea", f"mark on deleted {target.id}")
    if kind != "support":
        by.require("mark")
    jam = await jams.jam_by(house.store, target.jam_id)
    if jam is None:
        raise Missing("jam")
    if kind == "support":
        jam.require_open(house.now())


async def supporters(house: House, made: Contribution) -> list[str]:
    """Return the ids of our own people who support something: for the gate."""
    return await contributions.supporters(house.store, made.id)
