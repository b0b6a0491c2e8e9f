"""Following, catching up, saved searches, feeds and profiles in the browser."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from structlog.testing import capture_logs

from server.services import ideas, marking, people
from server.services.telling import tell

ATOM = "{http://www.w3.org/2005/Atom}"


async def idea_of(site: Any, title: str = "Share crates", text: str = "They wash well.") -> Any:
    return await ideas.post_idea(site.house, site.mara, site.own_house, title, text)


async def test_a_forum_is_followed_from_its_page_and_let_go_again(site: Any) -> None:
    browser = await site.browser(site.jonas)
    _, page = await browser.get(f"/forums/{site.own_house.id}")
    link = re.search(r'<a class="button small" href="(/follow\?[^"]+)"', page)
    assert link
    _, text = await browser.get(link[1].replace("&amp;", "&"))
    assert "Follow this?" in text
    fields = {"kind": "forum", "subject": site.own_house.id, "jam": "", "back": f"/forums/{site.own_house.id}"}
    answer, _ = await browser.post("/follow", act="follow", **fields)
    assert answer.headers["Location"] == f"/forums/{site.own_house.id}"
    await idea_of(site)
    while await tell(site.house):
        pass
    assert "Mara Okafor posted an idea" in (await browser.get("/inbox?kind=followed"))[1]
    assert "Our own house" in (await browser.get("/me/following"))[1]
    await browser.post("/follow", act="end", **fields)
    assert "Our own house" not in (await browser.get("/me/following"))[1]


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "forum", "subject": "nothing"},
        {"kind": "planet", "subject": "x"},
        {"kind": "theme", "subject": "t1", "jam": "better"},
        {"kind": "person", "subject": ""},
        {},
    ],
)
async def test_what_is_not_there_cannot_be_followed(site: Any, fields: dict[str, str]) -> None:
    browser = await site.browser(site.jonas)
    answer, _ = await browser.post("/follow", **fields)
    assert answer.status in (404, 422)


async def test_catching_up_names_what_came_with_links_and_an_empty_one_says_so(site: Any) -> None:
    browser = await site.browser(site.jonas)
    made = await idea_of(site)
    await ideas.reply(site.house, site.jonas, made, "I would help.")
    await marking.mark(site.house, site.mara, made, "emerging", "Cheap.")
    _, text = await browser.get("/catch-up")
    assert "marked emerging" in text
    assert f"/ideas/{made.id}" in text
    assert "This is your first visit" in text
    for span in ("week", "day", "nonsense"):
        assert (await browser.get(f"/catch-up?span={span}"))[0].status == 200


async def test_a_search_is_saved_opened_and_let_go(site: Any) -> None:
    browser = await site.browser(site.jonas)
    await idea_of(site)
    _, page = await browser.get("/search?q=crates&kind=idea")
    query = re.search(r'name="query" value="([^"]+)"', page)
    assert query
    await browser.post("/me/searches", name="All crates", query=query[1].replace("&amp;", "&"))
    await idea_of(site, "More crates", "Many.")
    _, text = await browser.get("/me/following")
    assert "All crates" in text
    assert "1 new" in text
    number = re.search(r'action="/me/searches/(\d+)"', text)
    assert number
    answer, _ = await browser.post(f"/me/searches/{number[1]}")
    assert answer.headers["Location"] == "/search?q=crates&kind=idea"
    assert "1 new" not in (await browser.get("/me/following"))[1]
    assert (await (await site.browser(site.mara)).post(f"/me/searches/{number[1]}"))[0].status == 404
    await browser.post("/me/searches", act="end", id=number[1])
    assert "All crates" not in (await browser.get("/me/following"))[1]
    assert (await browser.post("/me/searches", name="x", query=""))[0].status == 422


async def feed_of(site: Any, browser: Any, **fields: str) -> str:
    _, text = await browser.post("/me/feeds", **fields)
    found = re.search(r"<code class=\"secret\">http://[^/]+(/feeds/[^<]+)</code>", text)
    assert found
    return found[1]


async def test_a_feed_is_valid_atom_without_its_secret_and_is_not_sent_twice(site: Any) -> None:
    browser = await site.browser(site.jonas)
    await idea_of(site, "A <b>title</b> & more", "Words\ufffe with <script>alert(1)</script>")
    path = await feed_of(site, browser, kind="forum", subject=site.own_house.id)
    stranger = await site.browser()
    answer = await stranger.client.get(path)
    body = await answer.read()
    assert answer.status == 200
    assert answer.content_type == "application/atom+xml"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert path.split("/")[2].removesuffix(".atom").encode() not in body
    root = ET.fromstring(body)
    assert root.tag == f"{ATOM}feed"
    assert all(root.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    (entry,) = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A <b>title</b> & more"
    assert all(entry.findtext(f"{ATOM}{name}") for name in ("id", "updated", "published"))
    assert "<script>" not in (entry.findtext(f"{ATOM}content") or "")
    again = await stranger.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304
    await idea_of(site, "Second")
    assert (await stranger.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})).status == 200


async def test_a_feed_asks_for_permission_each_time_and_a_revoked_one_is_as_good_as_none(site: Any) -> None:
    browser, stranger = await site.browser(site.jonas), await site.browser()
    await idea_of(site)
    path = await feed_of(site, browser, kind="search", subject="q=crates")
    assert "Share crates" in await (await stranger.client.get(path)).text()
    other = await feed_of(site, browser, kind="person", subject=site.mara.id)
    assert (await stranger.client.get(other)).status == 200
    _, text = await browser.get("/me/following")
    for number in re.findall(r'name="id" value="(\d+)"', text):
        await (await site.browser(site.mara)).send("/me/feeds", {"act": "end", "id": number})
    assert (await stranger.client.get(path)).status == 200, "nobody else can revoke it"
    number = re.findall(r'name="id" value="(\d+)"', text)[0]
    await browser.post("/me/feeds", act="end", id=number)
    assert (await stranger.client.get(other)).status == 404
    await people.change_member(site.house, site.mara, site.jonas, active=False)
    assert (await stranger.client.get(path)).status == 404
    for odd in ("/feeds/x.atom", "/feeds/%2e%2e.atom", "/feeds/.atom"):
        assert (await stranger.client.get(odd)).status == 404
    hashes = await site.house.store.fetch("SELECT hash FROM feeds")
    assert all(path.split("/")[2].removesuffix(".atom") not in row["hash"] for row in hashes)


async def test_a_profile_is_reached_from_a_byline_and_shows_how_far_an_outsider_is_known(site: Any) -> None:
    browser = await site.browser(site.jonas)
    made = await idea_of(site)
    _, page = await browser.get(f"/ideas/{made.id}")
    assert 'href="/people/mara"' in page
    _, text = await browser.get("/people/mara")
    assert "Mara Okafor" in text
    assert "Operations" in text
    assert "What it changes" not in text
    assert (await browser.get("/people/nobody"))[0].status == 404
    assert (await browser.get("/meet"))[0].status == 200
    assert "Whom to meet" in (await browser.get("/people/jonas"))[1]


async def test_the_secret_of_a_feed_is_in_no_log(site: Any) -> None:
    path = await feed_of(site, await site.browser(site.jonas), kind="search", subject="q=crates")
    await people.change_member(site.house, site.mara, site.jonas, active=False)
    with capture_logs() as logged:
        assert (await (await site.browser()).client.get(path)).status == 404
    assert "/feeds/{secret}.atom" in repr(logged)
    assert path not in repr(logged)
