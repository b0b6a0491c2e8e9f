"""Emerging themes: announced to facilitators once, and dismissed for good where they are none."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from server.domain.errors import Conflict, Missing, NotAllowed
from server.services import audit, board, emerging, ideas, inbox, people, telling
from tests.kept_themes import keep_report


async def drawn(site: Any, *told: tuple[str, str], count: int = 8) -> None:
    """Leave a report as the analytics role would: a theme, and what emerges as (theme, word)."""
    made = [await ideas.post_idea(site.house, site.jonas, site.own_house, f"Idea {n}", "Words") for n in range(count)]
    ids = [one.id for one in made]
    themes = [
        {
            "id": name,
            "label": f"About {name}",
            "words": ["x"],
            "size": count,
            "representative": ids[:1],
            "trend": [count],
        }
        for name in ("t1", "t2", "t3")
    ]
    new = [
        {"theme": theme, "word": word.partition(" ")[0], "at": 1_790_000_000.0 + len(word), "ids": ids}
        for theme, word in told
    ]
    report = {"themes": themes, "assignment": dict.fromkeys(ids, "t1"), "emerging": new}
    await keep_report(site.house, site.jam.id, report)


async def told_to(site: Any, member: Any) -> list[str]:
    while await telling.tell(site.house):
        pass
    found = await inbox.list_inbox(site.house, member, ["duty"])
    return [one.notice.detail for one in found if one.notice.detail.startswith("emerging")]


async def test_facilitators_are_told_once_of_each_theme_and_nobody_else_is(site: Any) -> None:
    facilitator = await people.add_member(site.house, "fay", "Fay", "R&D", "facilitator")
    await drawn(site, ("t2", "soup"))
    await drawn(site, ("t2", "soup"))
    assert await told_to(site, facilitator) == ["emerging t2"]
    await drawn(site, ("t3", "soup"), ("t1", "vans"))
    assert await told_to(site, facilitator) == ["emerging t1", "emerging t2"], (
        "one that became part of another is no news"
    )
    assert await told_to(site, site.jonas) == []
    browser = await site.browser(facilitator)
    _, page = await browser.get("/inbox")
    assert "A theme emerges" in page
    assert re.findall(r'formaction="/inbox/\d+">([^<]+)</button>', page) == ["About t1", "About t2"]
    button = re.search(r'formaction="(/inbox/\d+)"', page)
    assert button is not None
    answer, _ = await browser.post(button[1])
    _, page = await browser.get(answer.headers["Location"])
    assert page.count('class="card idea"') == 8
    assert "This is not an emerging theme" in page


async def test_a_notice_of_what_became_part_of_another_theme_is_called_as_that_and_opens_what_gave_it_away(
    site: Any,
) -> None:
    facilitator = await people.add_member(site.house, "fay", "Fay", "R&D", "facilitator")
    await drawn(site, ("t2", "soup"))
    assert await told_to(site, facilitator) == ["emerging t2"]
    report = json.loads(await board.read_themes(site.house, facilitator, site.jam))
    themes = [one for one in report["themes"] if one["id"] != "t2"]
    emerging_ = [{**one, "theme": "t3", "born": "t2"} for one in report["emerging"]]
    await keep_report(site.house, site.jam.id, report | {"themes": themes, "emerging": emerging_})
    browser = await site.browser(facilitator)
    _, page = await browser.get("/inbox")
    assert re.findall(r'formaction="/inbox/\d+">([^<]+)</button>', page) == ["About t3"]
    _, page = await browser.get("/jams/better/behind/emerging?name=t2")
    assert page.count('class="card idea"') == 8


async def test_what_is_dismissed_stays_so_over_refreshes_and_can_come_back(site: Any) -> None:
    facilitator = await people.add_member(site.house, "fay", "Fay", "R&D", "facilitator")
    analyst = await people.add_member(site.house, "ana", "Ana", "R&D", "analyst")
    browser = await site.browser(facilitator)
    await drawn(site, ("t2", "soup"), ("t1", "vans"))
    await browser.get("/jams/better/behind/emerging?name=t2")
    answer, _ = await browser.post("/jams/better/themes/emerging/t2/dismiss")
    assert answer.status == 303
    await drawn(site, ("t2", "soup"), ("t1", "vans"))
    _, page = await browser.get("/jams/better/board")
    assert "“vans”" in page
    assert "“soup”" not in page
    assert len(await told_to(site, facilitator)) == 2
    with pytest.raises(Conflict):
        await emerging.dismiss(site.house, facilitator, site.jam, "t2")
    with pytest.raises(Missing):
        await emerging.dismiss(site.house, facilitator, site.jam, "t9")
    deeds = await audit.list_deeds(site.house, site.mara, subject_id="t2")
    assert [deed.act for deed in deeds] == ["dismiss emerging"]
    editor = await site.browser(analyst)
    _, page = await editor.get("/jams/better/themes/edit")
    assert "Not emerging after all" in page
    await editor.post("/jams/better/themes/emerging/t2/restore")
    _, page = await browser.get("/jams/better/board")
    assert "“soup”" in page


async def test_only_those_who_facilitate_or_analyse_may_dismiss(site: Any) -> None:
    await drawn(site, ("t2", "soup"))
    browser = await site.browser(site.jonas)
    _, page = await browser.get("/jams/better/behind/emerging?name=t2")
    assert "This is not an emerging theme" not in page
    assert (await browser.post("/jams/better/themes/emerging/t2/dismiss"))[0].status == 403
    with pytest.raises(NotAllowed):
        await emerging.dismiss(site.house, site.jonas, site.jam, "t2")


async def test_two_themes_that_one_word_gives_away_are_told_and_dismissed_apart(site: Any) -> None:
    facilitator = await people.add_member(site.house, "fay", "Fay", "R&D", "facilitator")
    await drawn(site, ("t2", "soup"), ("t3", "soup later"))
    assert sorted(await told_to(site, facilitator)) == ["emerging t2", "emerging t3"]
    await emerging.dismiss(site.house, facilitator, site.jam, "t2")
    left = json.loads(await board.read_themes(site.house, site.jonas, site.jam) or "{}")["emerging"]
    assert [one["theme"] for one in left] == ["t3"]
