"""The fair order of a forum, with the reason for each place; and counting to how many people ideas were shown."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.ranking import Ranked, rank
from server.services.forums import obtain_forum
from server.services.house import House
from server.storage import contributions, ranking

# Who was shown what is kept in memory only, for so many pairs: to count a person once.
REMEMBERED = 200_000
# So many ideas are counted in one transaction, which others wait for.
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Placed:
    """An idea in its place of the fair order."""

    idea: Contribution
    place: Ranked


async def rank_forum(house: House, reader: Member, forum: Forum, start: int = 0, limit: int = 30) -> list[Placed]:
    """Return a forum's ideas in the fair order, `limit` of them from a place on (counting from 0)."""
    await obtain_forum(house, reader, forum.id)
    first = max(0, start)
    known = await ranking.standings(house.store, forum.id, house.now().timestamp(), first + limit)
    chosen = rank(known, first + limit)[first:]
    ideas = {one.id: one for one in await contributions.by_ids(house.store, [one.standing.id for one in chosen])}
    return [Placed(ideas[one.standing.id], one) for one in chosen if one.standing.id in ideas]


@dataclass(slots=True)
class Spreads:
    """Counts anew who stands behind ideas, where something changed; first of all what was lost."""

    house: House
    _looked: bool = False

    async def run_once(self) -> int:
        """Count a number of ideas and keep it; return how many."""
        if not self._looked:
            async with self.house.store.transaction() as change:
                await ranking.note_lost(change)
            self._looked = True
        if not await ranking.due(self.house.store.fetch, 1):
            return 0
        async with self.house.store.transaction() as change:
            return await ranking.count_due(change, AT_ONCE)


@dataclass(slots=True)
class Exposures:
    """Counts to how many people ideas were shown, in memory, and writes the counts down now and then.

    What was not written yet when the process ends is lost: then an idea is shown to a few people more.
    """

    _seen: OrderedDict[tuple[str, str], None] = field(default_factory=OrderedDict)
    _due: dict[str, int] = field(default_factory=dict)

    def count(self, reader: Member, ideas: Iterable[Contribution]) -> None:
        """Note that ideas were shown to somebody other than their author."""
        for idea in ideas:
            pair = (reader.id, idea.id)
            if reader.wrote(idea.author_id) or pair in self._seen:
                continue
            self._seen[pair] = None
            self._due[idea.id] = self._due.get(idea.id, 0) + 1
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def write(self, house: House) -> int:
        """Write down what was counted; return for how many ideas."""
        due, self._due = self._due, {}
        if due:
            async with house.store.transaction() as change:
                await ranking.add_views(change, due)
        return len(due)
