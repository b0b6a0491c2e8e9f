"""Targets of units: set by organisers, told as reached or not, never about people; and countries with a denominator."""

from __future__ import annotations

from typing import Any

import pytest

from server.domain.errors import Invalid, NotAllowed
from server.domain.goals import by_country, reached
from server.services import audit, board, goals, ideas, people


async def units(site: Any, **sizes: int) -> dict[str, list[Any]]:
    return {
        unit: [await people.add_member(site.house, f"{unit.lower()}{n}", f"{unit} {n}", unit) for n in range(size)]
        for unit, size in sizes.items()
    }


async def test_the_board_says_whether_a_target_is_reached_and_countries_have_a_denominator(site: Any) -> None:
    found = await units(site, Sales=5, Works=10, Tiny=2)
    browser = await site.browser(site.mara)
    _, page = await browser.get("/jams/better/goals")
    assert page.count("too small") == 3, "Tiny, and the two units of one person each"
    rows = [one.unit for one in await goals.list_goals(site.house, site.mara, site.jam)]
    form = {f"unit-{n}": unit for n, unit in enumerate(rows)}
    form |= {f"country-{n}": "Poland" if unit in ("Sales", "Works") else "" for n, unit in enumerate(rows)}
    form |= {f"share-{rows.index('Sales')}": "40 %", f"share-{rows.index('Works')}": "30"}
    answer, _ = await browser.post("/jams/better/goals", **form)
    assert answer.status == 303
    for one in (*found["Sales"][:2], *found["Works"][:2]):
        await ideas.post_idea(site.house, one, site.own_house, "Idea", "Words")
    _, page = await (await site.browser(site.jonas)).get("/jams/better/board")
    assert "target 40 % reached" in page
    assert "target 30 % not reached yet" in page
    figures = await board.read_board(site.house, site.jonas, site.jam)
    (country,) = figures.by_country
    assert (country.name, country.people, country.of, figures.elsewhere) == ("Poland", 4, 15, 4)
    counted = await site.house.store.fetch_value(
        "SELECT count(DISTINCT c.author_id) FROM contributions c JOIN members m ON m.id = c.author_id"
        " JOIN unit_countries u ON u.unit = m.unit WHERE u.country = 'Poland' AND NOT c.deleted AND NOT c.hidden"
    )
    assert country.people == counted
    deeds = await audit.list_deeds(site.house, site.mara, subject_id=site.jam.id)
    assert "set targets" in [deed.act for deed in deeds]


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(site: Any) -> None:
    await units(site, Sales=5, Tiny=2)
    browser = await site.browser(site.mara)
    await browser.get("/jams/better/goals")
    rows = [one.unit for one in await goals.list_goals(site.house, site.mara, site.jam)]
    number = rows.index("Sales")
    for typed in ("101", "0", "many", "-3", "٣"):
        form = {f"unit-{number}": "Sales", f"share-{number}": typed, f"country-{number}": "<i>Chile</i>"}
        answer, page = await browser.post("/jams/better/goals", **form)
        assert answer.status == 422, typed
        assert f'value="{typed}"' in page
        assert "&lt;i&gt;Chile&lt;/i&gt;" in page
    for shares in ({"Tiny": 50}, {"Nowhere": 50}):
        with pytest.raises(Invalid):
            await goals.set_goals(site.house, site.mara, site.jam, shares, {})
    with pytest.raises(NotAllowed):
        await goals.set_goals(site.house, site.jonas, site.jam, {"Sales": 50}, {})
    assert (await (await site.browser(site.jonas)).get("/jams/better/goals"))[0].status == 403
    assert await site.house.store.fetch_value("SELECT count(*) FROM unit_goals") == 0


def test_small_groups_are_never_told() -> None:
    assert [reached(2, 5, 40), reached(1, 5, 40), reached(4, 4, 10), reached(3, 9, None)] == [True, False, None, None]
    told, rest = by_country([("A", 1, 3, 2), ("B", 2, 4, 2), ("C", 1, 4, 1)], {"A": "X", "B": "X", "C": "Y"})
    assert [(one.name, one.people, one.of, one.contributions) for one in told] == [("X", 3, 7, 4)]
    assert rest == 4
