"""Words copied from one place to another: what a text would tell an audience that was not granted its source.

Every contribution that stands is printed (see server.boundary.quotes) in the transaction that writes it. A text
that shares prints with others is compared with their real words, and counts only if it repeats eight words or
more that the audience can read nowhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from server.boundary.quotes import Span, Words, common_runs, told
from server.domain.actors import Member
from server.domain.crossings import EVERYONE, Verdict
from server.domain.ideas import Contribution
from server.services.house import House
from server.storage import contributions, prints
from server.storage.prints import Source

CROSSED = frozenset({"allowed", "redacted"})
# Of a print, as many of the newest contributions are compared; of those an audience may read, as many in all; and
# as many that were not judged yet are judged for it.
MOST_SHARING, MOST_OPEN, MOST_JUDGED = 100, 50, 20
FILL = 500

JudgeOne = Callable[[Contribution], Awaitable[list[Verdict]]]


async def prints_of(house: House, title: str, text: str) -> frozenset[int]:
    """Return the prints of a title and a text."""
    winnower = await house.winnower()
    return winnower.prints(winnower.words(f"{title}\n{text}"))


async def fill_prints(house: House) -> int:
    """Print some of what stands and was written before there were prints; return how many contributions."""
    missing = await prints.without_prints(house.store, FILL)
    made = [(id_, await prints_of(house, title, text)) for id_, title, text in missing]
    if made:
        async with house.store.transaction() as change:
            for id_, found in made:
                await prints.put(change, id_, found)
    return len(made)


@dataclass(frozen=True, slots=True)
class Said:
    """A text to look for quotes in: `id` is the contribution that it is, or ""."""

    text: str
    id: str
    author: Member
    forum_id: str


async def untold(house: House, said: Said, audiences: Sequence[str], judge: JudgeOne) -> frozenset[str]:
    """Return those audiences to which a text would repeat words that stand inside and that they were not granted.

    `judge` says what is to be made of a contribution that the gate has not judged yet.
    """
    winnower = await house.winnower()
    words = winnower.words(said.text)
    sharing = await prints.sharing(house.store, winnower.prints(words), said.id, MOST_SHARING)
    if not sharing:
        return frozenset()
    sources = await prints.sources(house.store, sharing, [*audiences, EVERYONE])
    comparison = _Comparison(house, said, words, judge)
    return frozenset([audience for audience in audiences if await comparison.tells(audience, sources)])


@dataclass(slots=True)
class _Comparison:
    """One text beside those that it shares prints with; what was compared or judged once is kept."""

    house: House
    said: Said
    words: Words
    judge: JudgeOne
    texts: dict[str, Contribution] = field(default_factory=dict)
    runs: dict[str, list[Span]] = field(default_factory=dict)
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)

    async def tells(self, audience: str, sources: Sequence[Source]) -> bool:
        """Say whether the text repeats words of some source that the audience may read nowhere."""
        standing = {source.id: self._may_read(source, audience) for source in sources}
        closed = [id_ for id_, may in standing.items() if may is not True]
        await self._compare(closed)
        hidden = [id_ for id_ in closed if self.runs[id_]]
        if not hidden:
            return False
        readable = [id_ for id_, may in standing.items() if may is True][:MOST_OPEN]
        await self._compare(readable)
        known = [run for id_ in readable for run in self.runs[id_]]
        judged = 0
        for id_ in sorted(hidden, key=lambda id_: standing[id_] is False):
            if told(self.runs[id_], known, self.words) is None:
                continue
            judged += standing[id_] is None
            if standing[id_] is False or judged > MOST_JUDGED or not await self._crosses(id_, audience):
                return True
            known += self.runs[id_]
        return False

    async def _compare(self, ids: Sequence[str]) -> None:
        fresh = [id_ for id_ in ids if id_ not in self.runs]
        winnower = await self.house.winnower()
        for made in await contributions.by_ids(self.house.store, fresh):
            self.texts[made.id] = made
            self.runs[made.id] = common_runs(self.words, winnower.words(f"{made.title}\n{made.text}"))
        for id_ in fresh:
            self.runs.setdefault(id_, [])

    async def _crosses(self, id_: str, audience: str) -> bool:
        """Say what will be decided of something that was not judged for this audience yet."""
        if id_ not in self.verdicts:
            self.verdicts[id_] = await self.judge(self.texts[id_])
        said = {verdict.audience: verdict.verdict for verdict in self.verdicts[id_]}
        return bool({said.get(audience), said.get(EVERYONE)} & CROSSED)

    def _may_read(self, source: Source, audience: str) -> bool | None:
        """Say whether an audience may read what stands there now; None where that was not decided yet.

        What somebody said here and a reviewer has not seen yet does not keep them from saying it better.
        """
        if audience in (source.author_host, source.forum_host):
            return True
        if source.recalled & {"", audience} or source.audience == "inside":
            return False
        word = source.said.get(audience)
        if {word, source.said.get(EVERYONE)} & CROSSED:
            return True
        own = (source.author_id, source.forum_id) == (self.said.author.id, self.said.forum_id)
        if word == "held" and own:
            return True
        return None if word is None else False
