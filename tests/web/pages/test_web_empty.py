"""Every list that is empty says so in one sentence, offers one thing to do, and gives one example."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest

from server.domain.jams import Charter
from server.services import jams, partners, people

TEMPLATES = Path(__file__).parents[3] / "web" / "templates"
PARTS = {"sentence", "example", "action"}
# What hangs on a wall has nobody in front of it who could press anything.
KIOSK = {"parts/wall_scene.html"}
PAGES = (
    "/drafts", "/inbox", "/search", "/search?q=zzzz", "/who-knows", "/who-knows?q=zzzz", "/meet",
    "/me/following", "/people?q=zzzz", "/people/jonas", "/invitations", "/boundary/holds",
    "/boundary/holds?direction=in", "/boundary/decisions", "/boundary/audit?act=none", "/boundary/partners",
    "/jams/better", "/jams/better/board", "/jams/better/asking", "/jams/better/statements",
    "/jams/better/statements/results", "/jams/better/control/radar", "/jams/better/control/cases",
    "/jams/better/control/heat", "/jams/better/control/moves", "/jams/better/control/shifts",
    "/jams/better/moderation", "/jams/better/report", "/jams/better/report/write", "/jams/better/walls",
    "/jams/better/rota", "/jams/empty", "/jams/empty/settings", "/jams/empty/rota", "/jams/empty/carry",
    "/forums/{forum}", "/forums/{forum}/change",
)  # fmt: skip


def empties(page: str) -> list[dict[str, str]]:
    """Return the parts of each empty state of a page, by name."""
    found = []
    for piece in page.split("data-empty>")[1:]:
        parts = re.findall(r'data-part="(\w+)"[^>]*>(.*?)</(?:p|a)>', piece.split("</div>")[0], re.S)
        found.append({name: re.sub(r"<[^>]+>", "", words).strip() for name, words in parts})
    return found


async def test_every_empty_list_says_so_offers_one_thing_and_gives_one_example(site: Any) -> None:
    now = site.house.now()
    await jams.create_jam(site.house, site.mara, "empty", "Empty", Charter(), now, site.jam.closes_at)
    for partner in await partners.list_partners(site.house):
        await partners.change_partner(site.house, site.mara, partner.host, state="removed")
    browser = await site.browser(site.mara)
    wrong = []
    for path in PAGES:
        answer, page = await browser.get(path.format(forum=site.own_house.id))
        found = empties(page)
        if answer.status != 200 or not found:
            wrong.append(f"{path}: {answer.status}, {len(found)} empty states")
        wrong += [f"{path}: {one}" for one in found if one.keys() != PARTS or not all(one.values())]
        ways = [html.unescape(way) for way in re.findall(r'data-part="action" href="([^"]+)"', page)]
        for way in ways:
            there = f'id="{way[1:]}"' in page if way.startswith("#") else (await browser.get(way))[0].status == 200
            if not there:
                wrong.append(f"{path} leads to {way}, which is not there")
    assert not wrong, "\n".join(wrong)


async def test_whoever_may_do_less_is_still_offered_something(site: Any) -> None:
    eve = await people.add_member(site.house, "eve", "Eve", "Sales")
    browser = await site.browser(eve)
    for path in ("/jams/better", f"/forums/{site.own_house.id}", "/inbox", "/jams/better/report"):
        _, page = await browser.get(path)
        assert empties(page), path
        for one in empties(page):
            assert one.keys() == PARTS, (path, one)


@pytest.mark.parametrize("template", sorted(str(one.relative_to(TEMPLATES)) for one in TEMPLATES.rglob("*.html")))
def test_no_template_draws_an_empty_state_by_itself(template: str) -> None:
    text = (TEMPLATES / template).read_text("utf-8")
    own = 0 if template in KIOSK else len(re.findall(r'class="(?:card )?empty"', text))
    assert own == 0, "Draw it with m.nothing(sentence, action, url, example)."
