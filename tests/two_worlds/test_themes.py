"""Themes tell nothing of what their reader may not read: not by words, nor by counts, nor by trends, nor by quotes.

Two worlds say the same where everybody may read it, and in one of them many people say much more about the same things,
and about others, where the reader may not. What the reader is told of themes is the same to the last byte.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from federation.outside import crossings
from server.services import ideas, rules
from tests.federation.conftest import (
    MakeElsewhere,
    MakeOrganisation,
    blank_organisation,
    elsewhere,
    foreign_keys,
    key_pairs,
    organise,
    stack,
)
from tests.federation.elsewhere import Elsewhere, Reply
from tests.federation.organisation import Organisation

__all__ = ["blank_organisation", "elsewhere", "foreign_keys", "key_pairs", "organise", "stack"]

START = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
PUBLIC = (
    ("A covered bicycle rack at the station", "Cyclists would ride more if there were a dry bicycle rack."),
    ("Bicycle lanes on the main road", "Cycling along the main road is dangerous without bicycle lanes."),
    ("Vegetarian lunch in the canteen", "The canteen kitchen should cook a vegetarian lunch on Mondays."),
    ("Fresh salad in the canteen", "A salad for lunch in the canteen would waste less food in the kitchen."),
)
WITHHELD = (
    ("Bicycle repair stands", "CANARYBIRD repair stands for bicycles of all cyclists at the bridge."),
    ("Solar panels on the hall", "CANARYBIRD solar panels on the roof save electricity in the old hall."),
    ("A new canteen menu", "CANARYBIRD a cheaper canteen menu for lunch, cooked by the kitchen."),
)
HOW_MANY = 24


async def live(acme: Organisation, partner: Elsewhere, *, withheld: bool) -> str:
    """Live a day of a jam; return the address of its open forum."""
    await acme.partner(partner.host, clearance="AMBER")
    people = [await acme.member(f"person{n}") for n in range(6)]
    jam = await acme.jam()
    forum, closed = await acme.forum("open", "public", jam), await acme.forum("closed", "partners", jam)
    # AMBER crosses to the partner, in the very forum that is open to all: its rows stand beside those for everybody.
    text = (await rules.rules_in_force(acme.house))[0].text.replace('label = ">=AMBER"', 'label = ">=RED"')
    share = f'[[rule]]\nid = "S-amber"\nkind = "share"\nto = ["{partner.host}"]\neffect = "allow"\nlabel = "AMBER"\n'
    await rules.apply_rules(acme.house, acme.admin, f"{text}\n{share}", alone=True)
    for number in range(HOW_MANY):
        title, words = PUBLIC[number % len(PUBLIC)]
        await acme.idea(forum, f"{words} {number}", people[number // 4], title=f"{title} {number}")
        if withheld:
            title, words = WITHHELD[number % len(WITHHELD)]
            where, label = ((forum, "AMBER"), (forum, "RED"), (closed, "GREEN"))[number % 3]
            await acme.idea(where, words, people[number * 5 % 6], title=title, label=label)
        acme.wait(600)
    await acme.idle()
    return forum.uri


def plain(answer: Reply) -> tuple[Any, ...]:
    """Return an answer with its ids, which are chance, named in their order."""
    names: dict[str, str] = {}
    body = re.sub(r"[0-9a-f]{32}", lambda it: names.setdefault(it[0], f"<{len(names)}>"), answer.body.decode())
    body = re.sub(r"127\.0\.0\.1:\d+", "here", body)
    return answer.status, sorted(name for name in answer.headers if name != "date"), body


async def ask(peer: Elsewhere, forum_uri: str) -> list[tuple[Any, ...]]:
    """Ask for themes in every way: as anybody and as a server that follows nothing, as a page and as JSON."""
    ways = (("", "application/json"), (peer.server, "application/json"), ("", "text/html"), ("", "*/*"))
    return [plain(await peer.get(f"{forum_uri}/themes", by=by, accept=accept)) for by, accept in ways]


async def seen(organise: MakeOrganisation, elsewhere: MakeElsewhere, **how: bool) -> list[tuple[Any, ...]]:
    """Return what a stranger is told of themes before and after something is taken back."""
    acme, stranger = await organise("World" if how["withheld"] else "Twin", now=START), await elsewhere()
    forum_uri = await live(acme, await elsewhere(), **how)
    told = await ask(stranger, forum_uri)
    last = await crossings.of_forum(acme.outside, forum_uri, "object", None, types=("Article",), limit=1)
    gone = await acme.know(last[0].document.uri)
    assert gone is not None
    await ideas.delete(acme.house, acme.admin, gone)
    acme.wait(3600)
    await acme.idle()
    return told + await ask(stranger, forum_uri)


async def test_a_stranger_is_told_the_same_themes_whatever_is_withheld(
    organise: MakeOrganisation, elsewhere: MakeElsewhere
):
    world = await seen(organise, elsewhere, withheld=True)
    twin = await seen(organise, elsewhere, withheld=False)
    assert [(status, body.replace("Twin", "World")) for status, _, body in twin] == [
        (status, body) for status, _, body in world
    ]
    assert [headers for _, headers, _ in world] == [headers for _, headers, _ in twin]
    assert f'"of":{HOW_MANY}' in world[0][2]
    assert f'"of":{HOW_MANY - 1}' in world[4][2]
    assert world[0][2].count('"label"') >= 2
    assert '"representative":[{"url"' in world[0][2]
    assert "CANARYBIRD" not in str(world)
