"""What a forum is about, at the edge: from what everybody may read, and without it as soon as it is taken back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from server.domain.jams import Forum
from server.services import crossings, ideas
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation

SAID = (
    ("A bicycle rack", "Cyclists would ride more if the station had a dry bicycle rack for their bicycles."),
    ("Vegetarian lunch", "The canteen kitchen should cook a vegetarian lunch, and waste less food at lunch."),
)


@pytest.fixture
async def stranger(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere()


@pytest.fixture
async def talk(acme: Organisation) -> Forum:
    """A forum in which six people speak of two things; drawings rest until the test lets time pass."""
    acme.edge.drawings.clock = lambda: acme.seconds[0]
    people = [await acme.member(f"p{n}") for n in range(6)]
    forum = await acme.forum("open")
    for number in range(24):
        title, words = SAID[number % 2]
        await acme.idea(forum, f"{words} {number}", people[number // 2 % 6], title=title)
    await acme.idle()
    return forum


async def ask(peer: Elsewhere, forum: Forum) -> dict[str, Any]:
    answer = await peer.get(f"{forum.uri}/themes", accept="application/json")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("application/json")
    return answer.json


async def test_a_stranger_reads_what_a_forum_is_about(acme: Organisation, stranger: Elsewhere, talk: Forum):
    told = await ask(stranger, talk)
    assert (told["of"], told["fewest"], told["next"], told["counting"]) == (24, 5, None, False)
    assert sum(theme["size"] for theme in told["data"]) == 24
    for theme in told["data"]:
        assert theme["people"] >= 5
        assert theme["by_host"] == [{"name": acme.host, "contributions": theme["size"]}]
        assert all(quote["url"].startswith(f"{acme.url}/objects/") for quote in theme["representative"])
    page = (await stranger.get(f"{talk.uri}/themes", accept="text/html")).body.decode()
    for theme in told["data"]:
        assert theme["label"] in page
        assert theme["representative"][0]["url"] in page
    assert f'href="{talk.uri}/themes"' in (await stranger.get(talk.uri, accept="text/html")).body.decode()


async def test_what_is_taken_back_is_in_no_theme_from_that_moment(acme: Organisation, stranger: Elsewhere, talk: Forum):
    told = await ask(stranger, talk)
    gone = await acme.know(told["data"][0]["representative"][0]["url"])
    assert gone is not None
    await ideas.delete(acme.house, acme.admin, gone)
    await acme.idle()
    assert await ask(stranger, talk) == {"data": [], "next": None, "of": None, "fewest": 5, "counting": True}
    assert "being counted" in (await stranger.get(f"{talk.uri}/themes", accept="text/html")).body.decode()
    acme.wait(60)
    anew = await ask(stranger, talk)
    assert (anew["of"], anew["counting"]) == (23, False)
    assert gone.uri not in str(anew)
    kept = await acme.know(anew["data"][0]["representative"][0]["url"])
    assert kept is not None
    await crossings.recall(acme.house, acme.admin, kept)
    await acme.idle()
    assert (await ask(stranger, talk))["counting"]


async def test_new_words_come_in_after_some_seconds_and_old_ones_are_told_meanwhile(
    acme: Organisation, stranger: Elsewhere, talk: Forum
):
    told = await ask(stranger, talk)
    await acme.idea(talk, f"{SAID[0][1]} again")
    await acme.idle()
    assert await ask(stranger, talk) == told
    acme.wait(60)
    assert (await ask(stranger, talk))["of"] == 25


async def test_few_words_make_no_theme_and_say_so(acme: Organisation, stranger: Elsewhere):
    forum = await acme.forum("open")
    for number in range(4):
        await acme.idea(forum, f"{SAID[0][1]} {number}")
    await acme.idle()
    assert (await ask(stranger, forum))["data"] == []
    page = (await stranger.get(f"{forum.uri}/themes", accept="text/html")).body.decode()
    assert re.search("No theme yet: a theme is shown once 5 people have spoken of it", page)


async def test_themes_of_a_forum_that_is_not_for_everybody_are_what_never_was(
    acme: Organisation, elsewhere: MakeElsewhere
):
    partner = await elsewhere()
    await acme.partner(partner.host)
    forums = [await acme.forum("closed", "partners"), await acme.forum("inner", "inside")]
    await acme.idle()
    paths = [f"{forum.uri}/themes" for forum in forums] + [f"{acme.url}/forums/{'0' * 32}/themes"]
    told = {
        (answer.status, answer.body, tuple(sorted({**answer.headers, "date": ""}.items())))
        for path in paths
        for by in ("", partner.server)
        for accept in ("text/html", "application/json")
        for answer in [await partner.get(path, by=by, accept=accept)]
    }
    assert len(told) == 1
    assert {status for status, _, _ in told} == {404}
