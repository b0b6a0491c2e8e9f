"""The analytics role beside a real store: what is written is folded in, what is taken back is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from analytics.worker import ThemeWorker
from server.database import Database
from server.domain.jams import Charter
from server.domain.uris import Addresses
from server.services import board, forums, ideas, jams, people, rules
from server.services.house import House


async def test_what_is_deleted_is_in_no_report_and_no_snapshot(tmp_path: Path):
    store = await Database.open(
        tmp_path / "store.sqlite", "server.storage.rows", migrations="server.storage.migrations"
    )
    try:
        house = House(store, "Acme", Addresses("http://127.0.0.1:1", "http://127.0.0.1:2"))
        await rules.found_rules(house)
        ada = await people.add_member(house, "ada", "Ada", "R&D", "admin")
        now = datetime.now(UTC)
        whole = Charter(question="Why?", promise="We answer.", off_limits="Nothing.", decide_by="Today")
        jam = await jams.create_jam(house, ada, "town", "Town", whole, now, now + timedelta(days=1))
        forum = await forums.create_forum(house, ada, jam, "inner", "Inner", "Why?", "inside")
        await jams.open_jam(house, ada, jam)
        made = [
            await ideas.post_idea(house, ada, forum, f"Idea {n}", f"We need better buses and quincequarkle number {n}.")
            for n in range(12)
        ]
        at = [0.0]
        worker = ThemeWorker(house, clock=lambda: at[0])
        while await worker.run_once():
            pass
        kept = await board.theme_snapshot(house, jam.id)
        assert kept is not None
        assert b"quincequarkle" in kept[1]
        for one in made:
            await ideas.edit(house, ada, one, "We need better trams.")
        await ideas.delete(house, ada, made[0])
        at[0] += 2.0
        while await worker.run_once():
            pass
        kept, report = await board.theme_snapshot(house, jam.id), await board.read_themes(house, ada, jam)
        assert kept is not None
        assert report is not None
        assert b"quincequarkle" not in kept[1]
        assert "quincequarkle" not in report
        assert made[0].id not in report
    finally:
        await store.close()
