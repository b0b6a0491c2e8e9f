"""Every number of the board opens the ideas and replies behind it, and equals a count in SQL."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from server.domain.behind import KINDS, Number, group_words
from server.services import board, forums, goals, ideas, jams, memberships, moderation, people
from server.services.behind import list_behind
from server.services.exchange import read_exchange
from tests.kept_themes import keep_report
from web.figures import draw_figures

STANDS = "NOT c.deleted AND NOT c.hidden AND c.jam_id = ?"
SQL = {
    Number("ideas"): f"SELECT count(*) FROM contributions c WHERE c.kind = 'idea' AND {STANDS}",
    Number("replies"): f"SELECT count(*) FROM contributions c WHERE c.kind = 'reply' AND {STANDS}",
    Number("neglected"): f"SELECT count(*) FROM contributions c WHERE c.kind = 'idea' AND NOT EXISTS (SELECT 1 FROM"
    f" contributions r WHERE r.parent_id = c.id AND NOT r.deleted AND NOT r.hidden) AND {STANDS}",
    Number("unit", "Sales"): "SELECT count(*) FROM contributions c, members m WHERE m.id = c.author_id"
    f" AND m.unit = 'Sales' AND m.host = '' AND {STANDS}",
}


@pytest.fixture
async def spoken(site: Any) -> dict[str, Any]:
    """A jam in which three units speak, something is hidden, something deleted, and something stands in a theme."""
    house = site.house
    sales = [await people.add_member(house, f"sal{n}", f"Sal {n}", "Sales") for n in range(5)]
    works = [await people.add_member(house, f"wor{n}", f"Wor {n}", "Works") for n in range(5)]
    made = [await ideas.post_idea(house, one, site.own_house, f"Idea of {one.name}", "Words") for one in sales]
    for one in works:
        made.append(await ideas.reply(house, one, made[0], "Yes."))
    made.append(await ideas.reply(house, sales[1], made[1], "To myself."))
    hidden = await ideas.post_idea(house, sales[0], site.own_house, "Not nice", "At all.")
    await moderation.hide(house, site.mara, hidden, "It names somebody.")
    gone = await ideas.reply(house, works[0], made[0], "Never mind.")
    await ideas.delete(house, works[0], gone)
    placed = {one.id: "t1" for one in (*made, hidden)}
    theme = {"id": "t1", "label": "Vans", "words": ["van"], "size": 11, "representative": [], "trend": [11]}
    new = {"theme": "t1", "word": "van", "at": 1_790_000_000.0, "ids": [one.id for one in made[:4]]}
    report = {"themes": [theme], "assignment": placed, "emerging": [new]}
    await keep_report(house, site.jam.id, report)
    return {"sales": sales, "works": works, "made": made, "hidden": hidden, "gone": gone}


async def test_each_number_is_the_length_of_its_list_and_a_count_in_sql(site: Any, spoken: dict[str, Any]) -> None:
    figures = await board.read_board(site.house, site.jonas, site.jam)
    found = await read_exchange(site.house, site.jonas, site.jam)

    async def listed(of: Any, name: str = "", to: str = "") -> Any:
        return await list_behind(site.house, site.jonas, site.jam, Number(of, name, to), 0, 200)

    for number, count in SQL.items():
        counted = await site.house.store.fetch_value(count, (site.jam.id,))
        assert (await list_behind(site.house, site.jonas, site.jam, number, 0, 200)).total == counted, number
    assert (await listed("ideas")).total == figures.ideas == 5
    assert (await listed("replies")).total == figures.replies == 6
    assert (await listed("people")).people == figures.people == 10
    assert (await listed("neglected")).total == figures.neglected == found.alone == 3
    assert (await listed("active")).people == figures.active_now
    for unit in figures.by_unit:
        said = await listed("unit", unit.name)
        assert (said.total, said.people) == (unit.contributions, unit.people), unit.name
    for host in figures.by_host:
        assert (await listed("host", host.name if host.of is None else "")).total == host.contributions
    for minute, new, answers in figures.per_minute:
        assert (await listed("minute", str(minute))).total == new + answers
    for (by, to), replies in found.answers.items():
        assert (await listed("between", group_words(by), group_words(to))).total == replies
    assert (await listed("across")).total == found.across == 5
    assert (await listed("half")).people == found.half
    assert (await listed("theme", "t1")).total == 11, "what is hidden is not told of"
    assert (await listed("emerging", "t1")).total == 4
    assert (await listed("day")).total == 11


async def test_the_links_of_the_board_open_as_many_as_they_say_and_nothing_hidden(
    site: Any, spoken: dict[str, Any]
) -> None:
    browser = await site.browser(site.jonas)
    for address in ("board", "between"):
        _, page = await browser.get(f"/jams/better/{address}")
        links = set(re.findall(r'href="(/jams/better/behind/[^"]*)"', page))
        assert len(links) >= 4
        for link in links:
            answer, behind = await browser.get(link.replace("&amp;", "&"))
            assert answer.status == 200
            assert spoken["hidden"].id not in behind
            assert spoken["gone"].id not in behind
    _, behind = await browser.get("/jams/better/behind/unit?name=Works")
    assert "Said by people of Works" in behind
    assert behind.count('class="card idea"') == 5
    _, behind = await browser.get("/jams/better/behind/ideas?from=3")
    assert behind.count('class="card idea"') == 2


def test_who_is_active_is_told_of_how_many_guests() -> None:
    hosts = [board.Share("Acme", 3, 10, 5), board.Share("globex.example", 2, None, 4)]
    figures = board.Board(5, 10, 5, 4, 5, [], [], hosts, 0.0, guests=2)
    assert draw_figures(figures, 1)[0].of == "in the last 10 minutes, of 10 people here and 2 guests"
    alone = board.Board(3, 10, 3, 4, 5, [], [], hosts[:1], 0.0)
    assert draw_figures(alone, 1)[0].of == "in the last 10 minutes, of 10 people here"


async def test_a_unit_of_fewer_than_five_is_neither_on_the_board_nor_listed_by_its_address(
    site: Any, spoken: dict[str, Any]
) -> None:
    house, browser = site.house, await site.browser(site.jonas)
    alone = await ideas.post_idea(house, site.jonas, site.own_house, "Alone", "Here.")
    await ideas.reply(house, site.jonas, spoken["made"][0], "I answer.")
    reader = await people.add_member(house, "none", "No Unit", "")
    _, page = await browser.get("/jams/better/board")
    assert "3 units of fewer than five people are not shown" in page
    assert (await board.read_board(house, reader, site.jam)).left_out == 3
    between = ("between?name=small:&to=unit:Sales", "between?name=unit:R%26D&to=unit:Sales")
    for address in ("unit?name=R%26D", "unit?name=", "small", *between):
        assert "Nothing stands behind this number." in (await browser.get(f"/jams/better/behind/{address}"))[1], address
    for number in range(2):
        await people.add_member(house, f"leg{number}", f"Leg {number}", "Legal")
    _, page = await browser.get("/jams/better/board")
    assert "Units of fewer than five people" in page
    assert "R&amp;D" not in page[page.index("units-heading") : page.index("servers-heading")]
    assert alone.id in (await browser.get("/jams/better/behind/small"))[1]
    assert alone.id not in (await browser.get("/jams/better/behind/unit?name=R%26D"))[1]
    figures = await board.read_board(house, reader, site.jam)
    (small,) = (one for one in figures.by_unit if one.name == board.SMALL_UNITS)
    assert (small.people, small.of, small.contributions) == (1, 5, 2)
    counted = await house.store.fetch_value(
        f"SELECT count(DISTINCT c.author_id) FROM contributions c WHERE {STANDS}", (site.jam.id,)
    )
    assert sum(one.people for one in figures.by_unit) == figures.people == counted


async def test_what_people_of_a_country_said_is_listed_unless_they_are_fewer_than_five(
    site: Any, spoken: dict[str, Any]
) -> None:
    await goals.set_goals(site.house, site.mara, site.jam, {}, {"Sales": "Poland", "R&D": "Chile"})
    alone = await ideas.post_idea(site.house, site.jonas, site.own_house, "Alone", "Here.")
    browser = await site.browser(site.jonas)
    _, page = await browser.get("/jams/better/board")
    assert 'href="/jams/better/behind/country?name=Poland"' in page
    (poland,) = (await board.read_board(site.house, site.jonas, site.jam)).by_country
    listed = await list_behind(site.house, site.jonas, site.jam, Number("country", "Poland"), 0, 200)
    assert (listed.total, listed.people) == (poland.contributions, poland.people) == (6, 5)
    assert "Said by people who work in Poland" in (await browser.get("/jams/better/behind/country?name=Poland"))[1]
    for name in ("Chile", "", "Nowhere"):
        assert alone.id not in (await browser.get(f"/jams/better/behind/country?name={name}"))[1]


async def test_odd_numbers_stand_for_nothing_and_break_nothing(site: Any, spoken: dict[str, Any]) -> None:
    browser = await site.browser(site.jonas)
    assert (await browser.get("/jams/better/behind/nonsense"))[0].status == 404
    for of in KINDS:
        for asked in ("", "?name=%00%F0%9F%8D%8A&to=::", f"?name={'9' * 190}&from=-1", "?from=99999999999"):
            assert (await browser.get(f"/jams/better/behind/{of}{asked}"))[0].status == 200, (of, asked)


async def test_what_is_for_a_few_is_listed_to_nobody_else(site: Any) -> None:
    now = site.house.now()
    apart = await jams.create_jam(
        site.house, site.mara, "apart", "Apart", site.jam.charter, now, now + timedelta(days=1)
    )
    few = await forums.create_forum(site.house, site.mara, apart, "few", "Few", "?", "inside", members_only=True)
    await memberships.invite(site.house, site.mara, few, site.mara.username)
    await jams.open_jam(site.house, site.mara, apart)
    await ideas.post_idea(site.house, site.mara, few, "Among us", "Only.")
    browser = await site.browser(site.jonas)
    for path in ("behind/ideas", "why", "why/replies?by=people", "between", "board"):
        answer, page = await browser.get(f"/jams/apart/{path}")
        assert (answer.status, "Among us" in page) == (404, False)
