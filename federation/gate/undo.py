"""Undo: what is undone decides which file deals with it. Only the one who did a thing can undo it."""

from __future__ import annotations

from federation.gate.agreement_answer import undo_agreement
from federation.gate.arrival import Arrival, Outcome
from federation.gate.block import undo_block
from federation.gate.follow import undo_follow
from federation.gate.like import undo_like
from federation.gate.locks import undo_lock
from federation.gate.routing import parsed
from federation.outside import received
from federation.vocabulary.activities import Activity, read_activity
from federation.vocabulary.agreements import is_agreement

AGREED = {"Offer", "Accept"}
NOT_THEIR_DOING = "Only the one who did a thing can undo it."
UNDOABLE = {"Block": undo_block, "Follow": undo_follow, "Like": undo_like, "Lock": undo_lock}


async def admit_undo(arrival: Arrival) -> Outcome:
    undone = await _undone(arrival)
    if undone is None:
        return Outcome("ignored", "What it undoes never came.")
    if undone.actor_uri != arrival.activity.actor_uri:
        return Outcome("refused", NOT_THEIR_DOING)
    if undone.kind in AGREED and is_agreement(undone.object):
        return await undo_agreement(arrival)
    undo = UNDOABLE.get(undone.kind)
    if undo is None:
        return Outcome("ignored", f"Undoing {undone.kind[:40]} means nothing here.")
    return await undo(arrival, undone.object_uri)


async def _undone(arrival: Arrival) -> Activity | None:
    """Return the activity that is undone: as inlined, or as it once came."""
    if arrival.activity.object is not None:
        return read_activity(arrival.activity.object)
    kept = await received.by_uri(arrival.gate.outside, arrival.activity.object_uri)
    return read_activity(parsed(kept.body)) if kept else None
