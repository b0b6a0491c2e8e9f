"""What is left of words that were deleted: looked up, not believed. For whoever states that something is purged."""

from __future__ import annotations

from collections.abc import Sequence

from server.services.house import House
from server.storage import contributions, remains

MOST_MERGES = 10_000


async def remains_of(house: House, object_uri: str, activity_uris: Sequence[str]) -> tuple[str, ...]:
    """Name the places inside that still hold words of an object, or of the activities that brought it."""
    made = await contributions.by_uri(house.store, object_uri)
    if made is None:
        return await remains.of_activities(house.store, activity_uris)
    return await remains.of(house.store, made.id, activity_uris)


async def settle_words(house: House) -> None:
    """Rewrite the search index without the words of what was deleted, a piece at a time."""
    for number in range(MOST_MERGES):
        async with house.store.transaction() as change:
            more = await remains.merge_words(change, begin=number == 0)
        if not more:
            return
