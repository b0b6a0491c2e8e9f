"""A house with a running jam, and the analytics role beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.worker import ThemeWorker
from server.database import Database
from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.domain.jams import Charter, Forum, Jam
from server.domain.uris import Addresses
from server.services import board, forums, ideas, jams, people, rules
from server.services.house import House

WHOLE = Charter(question="Why?", promise="We answer.", off_limits="Nothing.", decide_by="Today")


@dataclass
class Town:
    """A house with a running jam, and a worker whose clock stands still between two looks."""

    house: House
    ada: Member
    jam: Jam
    forum: Forum
    at: list[float] = field(default_factory=lambda: [0.0])

    def worker(self) -> ThemeWorker:
        return ThemeWorker(self.house, clock=lambda: self.at[0])

    async def catch_up(self, worker: ThemeWorker, seconds: float = 2.0) -> None:
        self.at[0] += seconds
        while await worker.run_once():
            pass

    async def say(self, *texts: str, by: Member | None = None) -> list[Contribution]:
        return [await ideas.post_idea(self.house, by or self.ada, self.forum, f"N {n}", t) for n, t in enumerate(texts)]

    async def report(self) -> str:
        return await board.read_themes(self.house, self.ada, self.jam) or ""

    async def snapshot(self) -> bytes:
        found = await board.theme_snapshot(self.house, self.jam.id)
        assert found is not None
        return found[1]


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    store = await Database.open(
        tmp_path / "store.sqlite", "server.storage.rows", migrations="server.storage.migrations"
    )
    house = House(store, "Acme", Addresses("http://127.0.0.1:1", "http://127.0.0.1:2"))
    await rules.found_rules(house)
    ada = await people.add_member(house, "ada", "Ada", "R&D", "admin")
    now = datetime.now(UTC)
    jam = await jams.create_jam(house, ada, "town", "Town", WHOLE, now, now + timedelta(days=1))
    forum = await forums.create_forum(house, ada, jam, "inner", "Inner", "Why?", "inside")
    await jams.open_jam(house, ada, jam)
    yield Town(house, ada, jam, forum)
    await store.close()
