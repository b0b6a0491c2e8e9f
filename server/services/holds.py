"""The queue of what waits for a reviewer, outgoing and incoming."""

from __future__ import annotations

from collections.abc import Sequence

from server.domain.actors import Member
from server.domain.crossings import Hold
from server.domain.errors import Conflict, Missing, NotAllowed
from server.services.house import House
from server.services.text import clean_text
from server.storage import contributions, events
from server.storage import holds as hold_rows


async def ask_review(house: House, made: Hold) -> None:
    """Put something into the queue; what waits already keeps its place."""
    async with house.store.transaction():
        await hold_rows.put(made)


async def ask_again(house: House, hold: Hold, copies: dict[str, str], preview: str, reason: str) -> None:
    """Void an approval whose bytes are no longer those on offer, and ask anew."""
    async with house.store.transaction() as change:
        await hold_rows.reopen(change, hold.id, copies, preview, reason)


async def list_holds(
    house: House, reader: Member, state: str = "waiting", after: float = 0.0, limit: int = 50
) -> list[Hold]:
    """Return the queue, oldest first."""
    reader.require("review")
    return await hold_rows.in_state(house.store, state, after, limit)


async def count_waiting(house: House) -> int:
    return await hold_rows.count_waiting(house.store)


async def hold_on(
    house: House, direction: str, contribution_id: str = "", version: int = 0, activity_uri: str = ""
) -> Hold | None:
    return await hold_rows.on(house.store, direction, contribution_id, version, activity_uri)


async def find_hold(house: House, hold_id: str) -> Hold:
    found = await hold_rows.by_id(house.store, hold_id)
    if found is None:
        raise Missing("hold", f"no hold {hold_id}")
    return found


async def release(house: House, by: Member, hold_id: str) -> Hold:
    """Let exactly the bytes on offer cross (or the received activity in). The author cannot be the reviewer."""
    return await _decide(house, by, hold_id, "released", "")


async def refuse(house: House, by: Member, hold_id: str, reason: str) -> Hold:
    """Keep it back, with a reason that the author sees."""
    return await _decide(house, by, hold_id, "refused", clean_text(reason, "reason"))


async def _decide(house: House, by: Member, hold_id: str, state: str, note: str) -> Hold:
    by.require("review")
    hold = await find_hold(house, hold_id)
    if hold.direction == "out":
        made = await contributions.by_id(house.store, hold.contribution_id)
        if made is not None and made.author_id == by.id and state == "released":
            raise NotAllowed("Somebody other than the author has to review this.")
    now = house.now().timestamp()
    kind = "HoldReleased" if state == "released" else "HoldRefused"
    async with house.store.transaction() as change:
        if not await hold_rows.decide(change, hold.id, state, by.id, note, now):
            raise Conflict("Somebody has decided on this already, or its words have changed.")
        data = {"direction": hold.direction, "contribution": hold.contribution_id, "activity": hold.activity_uri}
        await events.append(change, "HoldReleased" if kind == "HoldReleased" else "HoldRefused", hold.id, data, now)
        await events.audit(change, by.id, kind, hold.id, now)
    return await find_hold(house, hold_id)


async def drop_incoming(house: House, activity_uris: Sequence[str]) -> None:
    """End what waits about activities whose object was deleted where it came from; drop what reviewers were shown."""
    if activity_uris:
        async with house.store.transaction() as change:
            await hold_rows.drop_incoming(change, activity_uris)
