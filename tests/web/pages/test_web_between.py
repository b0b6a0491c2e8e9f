"""Silos and bridges: who answers whom, equal to a count in SQL."""

from __future__ import annotations

from typing import Any

from server.domain.exchange import gini, half_of, told_apart
from server.services import ideas, ideas_read, people
from server.services.exchange import read_exchange

COUNT = (
    "SELECT count(*) FROM contributions c JOIN contributions p ON p.id = c.parent_id"
    " JOIN members a ON a.id = c.author_id JOIN members b ON b.id = p.author_id"
    " WHERE c.kind = 'reply' AND NOT c.deleted AND a.unit = ? AND b.unit = ? AND a.id != b.id"
)


async def test_replies_between_units_equal_a_count_and_small_units_are_not_told_apart(site: Any) -> None:
    house = site.house
    sales = [await people.add_member(house, f"sal{n}", f"Sal {n}", "Sales") for n in range(5)]
    works = [await people.add_member(house, f"wor{n}", f"Wor {n}", "Works") for n in range(5)]
    idea = await ideas.post_idea(house, sales[0], site.own_house, "One van", "Share it.")
    await ideas.post_idea(house, sales[0], site.own_house, "Nobody answers", "This.")
    for one in (*works, sales[1], site.jonas):
        last = await ideas.reply(house, one, idea, "Yes.")
    await ideas.reply(house, sales[0], idea, "To myself.")
    await ideas.delete(house, works[4], (await ideas_read.read_thread(house, works[4], idea.id)).replies[4])
    alone = await read_exchange(house, site.mara, site.jam)
    assert (alone.left_out, alone.across, ("small", "") in alone.groups) == (2, 4, False), "Mara and Jonas are two"
    assert (
        "2 units of fewer than five people" in (await (await site.browser(site.jonas)).get("/jams/better/between"))[1]
    )
    for number in range(3):
        await people.add_member(house, f"leg{number}", f"Leg {number}", "Legal")
    found = await read_exchange(house, site.mara, site.jam)
    assert last.author_id == site.jonas.id
    for by, to in (("Works", "Sales"), ("Sales", "Sales")):
        counted = await house.store.fetch_value(COUNT, (by, to))
        assert found.answers[("unit", by), ("unit", to)] == counted
    assert found.answers[("unit", "Works"), ("unit", "Sales")] == 4
    assert found.answers[("small", ""), ("unit", "Sales")] == 1, "Jonas is alone in his unit"
    assert (found.people, found.alone, found.ideas, found.across, found.minutes) == (7, 1, 2, 5, 1)
    _, page = await (await site.browser(site.jonas)).get("/jams/better/between")
    assert "units of fewer than five people" in page
    assert page.count('r="7"') == 3, "Sales, Works and the small"
    assert "R&amp;D" not in page[page.index("ties-heading") :]


async def test_a_jam_in_which_nobody_answers_says_so(site: Any) -> None:
    _, page = await (await site.browser(site.jonas)).get("/jams/better/between")
    assert "Nobody has answered anybody yet." in page


def test_how_evenly_people_speak() -> None:
    assert (half_of([]), gini([])) == (0, 0.0)
    assert (half_of([149, *[1] * 30]), half_of([2, 2, 2, 2])) == (1, 2)
    assert gini([3, 3, 3]) == 0
    assert round(gini([0, 0, 0, 100]), 2) == 0.75
    assert told_apart([(("unit", "A"), ("host", "b.example"), 2)], {"A": 5}) == {
        (("unit", "A"), ("host", "b.example")): 2
    }
