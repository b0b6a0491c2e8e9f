"""What people find not to be similar, and from where on ideas are: kept, used, and told to nobody else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.ideas import Contribution
from server.domain.likeness import Learnt
from server.services import ideas_read
from server.services.forums import obtain_forum
from server.services.house import House
from server.services.resembling import alike, shared_words
from server.storage import contributions, likeness
from server.storage.likeness import Meaning

MOST_LINKS = 300


async def not_similar(house: House, by: Member, subject: str, other: str, text: str) -> None:
    """Keep that an idea is not similar to what somebody writes.

    `subject` is the idea that is being changed, or the forum for which one is written. Raises Missing for what the
    person may not see.
    """
    found = await ideas_read.obtain(house, by, other)
    if found.kind != "idea":
        raise Missing("idea", f"{other} is a reply")
    known = await contributions.by_id(house.store, subject)
    if known is not None:
        await ideas_read.obtain(house, by, subject)
    else:
        subject = (await obtain_forum(house, by, subject)).id
    score = next((one.score for one in await alike(house, by, text) if one.id == found.id), 0.0)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await likeness.refuse(change, by.id, subject, found.id, score, now)


# For the analytics role, and for whoever knows what is near.


@dataclass(frozen=True, slots=True)
class Written:
    """What is to be kept of ideas and questions: id → (jam, version, vector); `gone` are no more."""

    fresh: Mapping[str, tuple[str, int, bytes]]
    gone: Collection[str]
    posted: Sequence[Contribution] = ()


async def meanings_after(house: House, number: int, limit: int = 2_000) -> list[Meaning]:
    """Return (number, contribution, jam, vector) of what was kept after a number."""
    return await likeness.meanings_after(house.store, number, limit)


async def versions_kept(house: House) -> dict[str, int]:
    return await likeness.versions(house.store)


async def keep_meanings(house: House, written: Written) -> None:
    async with house.store.transaction() as change:
        for id_ in written.gone:
            await likeness.drop_meaning(change, id_)
        for id_, (jam_id, version, vector) in written.fresh.items():
            if await change.fetch_value("SELECT 1 FROM contributions WHERE id = ? AND NOT deleted", (id_,)):
                await likeness.put_meaning(change, id_, jam_id, version, vector)
        for made in written.posted:
            await likeness.settle(change, made.author_id, made.forum_id, made.id)


async def count_lessons(house: House) -> tuple[int, int]:
    """Return how many build-on links and refusals there are to learn from."""
    return len(await likeness.links(house.store, MOST_LINKS)), len(await likeness.scores_refused(house.store))


async def last_learnt(house: House) -> Learnt | None:
    return await likeness.learnt(house.store)


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is learnt from: pairs of ideas with how many rare words they share; and how alike was what was refused."""

    alike: list[tuple[str, str, float]]
    unlike: list[tuple[str, str, float]]
    refused: list[float]


async def read_lessons(house: House) -> Lessons:
    """Return ideas with those that they build on, and with those that others build on."""
    links = await likeness.links(house.store, MOST_LINKS)
    known = {made.id: made for made in await contributions.by_ids(house.store, {id_ for pair in links for id_ in pair})}
    pairs = [(idea, base) for idea, base in links if idea in known and base in known]
    bases = [base for _, base in pairs]
    others = [
        (idea, other)
        for (idea, base), other in zip(pairs, bases[len(bases) // 2 :] + bases[: len(bases) // 2], strict=True)
        if other not in (base, idea)
    ]
    refused = await likeness.scores_refused(house.store)
    return Lessons(await _shared(house, known, pairs), await _shared(house, known, others), refused)


async def _shared(
    house: House, known: Mapping[str, Contribution], pairs: Sequence[tuple[str, str]]
) -> list[tuple[str, str, float]]:
    return [
        (one, other, await shared_words(house, f"{known[one].title} {known[one].text}", known[other]))
        for one, other in pairs
    ]


async def vectors_of(house: House, ids: Collection[str]) -> dict[str, bytes]:
    return await likeness.vectors_of(house.store, ids)


async def keep_learnt(house: House, found: Learnt) -> None:
    async with house.store.transaction() as change:
        await likeness.put_learnt(change, found)
