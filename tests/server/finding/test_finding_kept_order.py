"""What the fair order and the board keep says what counting all of it anew says, whatever was done meanwhile."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from server.domain.errors import Refusal
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.ranking import Ranked, Standing, rank
from server.services import ideas, ideas_read, marking, moderation, moves, people
from server.services.house import House
from server.services.ranking import Exposures, Spreads, rank_forum
from tests.server.services_world import World

# All of a forum counted in one go, from the contributions and marks themselves.
ANEW = """
WITH voices AS (
 SELECT c.thread_id AS idea, c.author_id AS who FROM contributions c
 WHERE c.forum_id = ? AND c.kind = 'reply' AND NOT c.deleted AND NOT c.hidden
 UNION SELECT i.id, k.member_id FROM contributions i JOIN marks k ON k.contribution_id = i.id
 AND k.kind = 'support' WHERE i.forum_id = ? AND i.kind = 'idea'),
spread AS (SELECT v.idea, count(*) AS people, count(DISTINCT m.host || '/' || m.unit) AS units,
 count(DISTINCT m.host) AS servers FROM voices v JOIN members m ON m.id = v.who
 JOIN contributions i ON i.id = v.idea AND i.author_id != v.who GROUP BY v.idea)
SELECT c.id, c.emerging, c.best, c.created_at, s.people, s.units, s.servers, e.views FROM contributions c
 LEFT JOIN spread s ON s.idea = c.id LEFT JOIN exposures e ON e.idea_id = c.id
 WHERE c.forum_id = ? AND c.kind = 'idea' AND NOT c.deleted AND NOT c.hidden"""


TALLIES = "SELECT jam_id, forum_id, author_id, ideas, replies FROM tallies ORDER BY forum_id, author_id"
COUNTED = """
SELECT jam_id, forum_id, author_id, count(*) FILTER (WHERE kind = 'idea') AS ideas,
 count(*) FILTER (WHERE kind = 'reply') AS replies
 FROM contributions WHERE NOT deleted AND NOT hidden
 GROUP BY jam_id, forum_id, author_id ORDER BY forum_id, author_id"""


async def counted_anew(house: House, forum: Forum) -> list[Standing]:
    now = house.now().timestamp()
    return [
        Standing(
            id=row["id"], people=row["people"] or 0, units=row["units"] or 0, servers=row["servers"] or 0,
            emerging=bool(row["emerging"]), best=bool(row["best"]), age_hours=(now - row["created_at"]) / 3600,
            views=row["views"] or 0,
        )
        for row in await house.store.fetch(ANEW, (forum.id,) * 3)
    ]  # fmt: skip


def ageless(ranked: Iterable[Ranked]) -> list[tuple[Standing, bool]]:
    """Places without what the moment of asking makes of them."""
    return [(replace(one.standing, age_hours=0), one.fresh) for one in ranked]


class Jam:
    """Two forums, eight people of three units, and what they may do to one another's words, by chance."""

    def __init__(self, world: World, chance: random.Random, forums: list[Forum]) -> None:
        self.world, self.house, self.chance, self.forums = world, world.house, chance, forums
        self.counted, self.spreads = Exposures(), Spreads(world.house)

    async def one(self) -> None:
        deeds: list[Callable[[], Awaitable[object]]] = [
            self.post, self.post, self.post, self.answer, self.answer, self.answer, self.answer, self.support,
            self.support, self.unsupport, self.judge, self.hide, self.delete, self.move, self.merge, self.split,
            self.change_unit, self.show, self.count, self.count, self.lose,
        ]  # fmt: skip
        self.world.time.pass_by(minutes=self.chance.randrange(30))
        with suppress(Refusal):
            await self.chance.choice(deeds)()

    async def somebody(self):  # type: ignore[no-untyped-def]
        number = self.chance.randrange(8)
        return await self.world.person(f"p{number}", unit=f"Unit {number % 3}")

    async def any_of(self, kind: str) -> Contribution:
        rows = await self.house.store.fetch(
            "SELECT id FROM contributions WHERE kind = ? ORDER BY created_at, id", (kind,)
        )
        if not rows:
            await self.post()
            return await self.any_of("idea")
        found = await ideas_read.by_id(self.house, self.chance.choice(rows)["id"])
        assert found is not None
        return found

    async def post(self) -> object:
        return await self.world.idea(self.chance.choice(self.forums), await self.somebody())

    async def answer(self) -> object:
        return await ideas.reply(self.house, await self.somebody(), await self.any_of("idea"), "Yes.")

    async def support(self) -> object:
        kind = self.chance.choice(("idea", "idea", "reply"))
        return await marking.mark(self.house, await self.somebody(), await self.any_of(kind), "support")

    async def unsupport(self) -> object:
        return await marking.unmark(self.house, await self.somebody(), await self.any_of("idea"), "support")

    async def judge(self) -> object:
        kind = self.chance.choice(("best", "emerging"))
        fay = await self.world.person("fay", "facilitator")
        return await marking.mark(self.house, fay, await self.any_of("idea"), kind, "It is new.")  # type: ignore[arg-type]

    async def hide(self) -> object:
        kind = self.chance.choice(("idea", "reply"))
        fay = await self.world.person("fay", "facilitator")
        case = await moderation.hide(self.house, fay, await self.any_of(kind), "Rude.")
        if self.chance.random() < 0.5:
            await moderation.decide(self.house, fay, case.id, "restore", "Not rude.")
        return case

    async def delete(self) -> object:
        made = await self.any_of(self.chance.choice(("idea", "reply")))
        return await ideas.delete(self.house, await self.world.admin(), made)

    async def move(self) -> object:
        fay, idea = await self.world.person("fay", "facilitator"), await self.any_of("idea")
        return await moves.move(self.house, fay, idea, self.chance.choice(self.forums), "There.")

    async def merge(self) -> object:
        fay = await self.world.person("fay", "facilitator")
        done = await moves.merge(self.house, fay, await self.any_of("idea"), await self.any_of("idea"), "The same.")
        if self.chance.random() < 0.3:
            await moves.undo(self.house, fay, done.id)
        return done

    async def split(self) -> object:
        fay = await self.world.person("fay", "facilitator")
        return await moves.split(self.house, fay, await self.any_of("reply"), "Apart", "Another question.")

    async def change_unit(self) -> object:
        unit = f"Unit {self.chance.randrange(4)}"
        member = await people.person(self.house, (await self.somebody()).username)
        return await people.change_member(self.house, await self.world.admin(), member, unit=unit)

    async def show(self) -> object:
        for _ in range(self.chance.randrange(12)):
            self.counted.count(await self.somebody(), [await self.any_of("idea")])
        return await self.counted.write(self.house)

    async def count(self) -> object:
        return await self.spreads.run_once()

    async def lose(self) -> object:
        """What is kept of some ideas is lost; a server that starts finds it."""
        async with self.house.store.transaction() as change:
            await change.execute("DELETE FROM spreads WHERE idea_id < ?", (f"{self.chance.randrange(16):x}",))
        self.spreads = Spreads(self.house)
        return await self.spreads.run_once()


async def test_the_kept_order_and_tallies_are_those_counted_anew_whatever_was_done(world: World) -> None:
    chance = random.Random(11)
    jam = await world.jam()
    doing = Jam(world, chance, [await world.forum(slug, jam=jam) for slug in ("boxes", "tape")])
    reader = await world.person("cleo")
    for number in range(240):
        await doing.one()
        forum = doing.forums[number % 2]
        expected = rank(await counted_anew(world.house, forum))
        start, limit = chance.randrange(1 + len(expected)), chance.choice((1, 4, 30))
        placed = await rank_forum(world.house, reader, forum, start, limit)
        assert ageless(one.place for one in placed) == ageless(expected[start : start + limit]), f"deed {number}"
        assert await world.house.store.fetch(TALLIES) == await world.house.store.fetch(COUNTED), f"deed {number}"
    assert len(expected) > 10


async def test_of_a_forum_of_many_ideas_each_page_is_that_of_the_whole_order(world: World) -> None:
    """Many of one weight, some heavier by less than freshness, and most of them seen."""
    forum, chance = await world.forum(), random.Random(5)
    reader = await world.person("cleo")
    for number in range(60):
        idea = await world.idea(forum, await world.person("bob"), title=f"Idea {number}")
        for voice in range(chance.choice((0, 0, 0, 1, 1, 2, 3))):
            member = await world.person(f"p{voice}", unit=f"Unit {voice % 2}")
            await marking.mark(world.house, member, idea, "support")
        world.time.pass_by(hours=chance.choice((0, 0, 0.1, 3)))
        async with world.house.store.transaction() as change:
            await change.execute("INSERT INTO exposures VALUES (?, ?)", (idea.id, chance.randrange(15, 60)))
    while await (spreads := Spreads(world.house)).run_once():
        pass
    assert await spreads.run_once() == 0
    expected = rank(await counted_anew(world.house, forum))
    for start in range(0, 60, 7):
        placed = await rank_forum(world.house, reader, forum, start, 7)
        assert ageless(one.place for one in placed) == ageless(expected[start : start + 7])
