"""The page of other servers: what is said there is done, and what is refused comes back with its words."""

from __future__ import annotations

from server.services import servers
from tests.web.pages.conftest import Site

LIST = "#domain,#severity\nspam.example,suspend\ns***.example,\n"


async def test_an_admin_shuts_out_limits_and_lets_in_again(site: Site) -> None:
    browser = await site.browser(site.mara)
    await browser.get("/boundary/servers")
    await browser.post("/boundary/servers", host="spam.example", standing="suspended", note="Spam.")
    _, page = await browser.get("/boundary/servers?find=spam")
    assert "shut out" in page
    assert "Spam." in page
    await browser.post("/boundary/servers/spam.example", standing="limited")
    assert [one.standing for one in await servers.list_servers(site.house, site.mara)] == ["limited"]
    await browser.post("/boundary/servers/spam.example", standing="")
    assert [one.standing for one in await servers.list_servers(site.house, site.mara)] == [""]


async def test_a_partner_is_not_shut_out_and_the_words_come_back(site: Site) -> None:
    browser = await site.browser(site.mara)
    await browser.get("/boundary/servers")
    answer, page = await browser.post("/boundary/servers", host="globex.example", standing="suspended", note="Why not")
    assert answer.status == 409
    assert "jam.globex.example is a partner" in page
    assert "Why not" in page


async def test_a_list_is_pasted_and_what_was_left_out_is_told(site: Site) -> None:
    browser = await site.browser(site.mara)
    await browser.get("/boundary/servers")
    _, page = await browser.post("/boundary/servers/list", list=LIST)
    assert "1 server changed." in page
    assert "1 line was left out" in page
    _, told = await browser.get("/boundary/servers/list.csv")
    assert told.splitlines()[1].startswith("spam.example,suspend")


async def test_a_person_elsewhere_is_limited_and_others_find_no_such_page(site: Site) -> None:
    browser = await site.browser(site.mara)
    await browser.get("/boundary/servers")
    await browser.post("/boundary/servers/people", uri="https://social.example/users/ann", standing="limited")
    _, page = await browser.get("/boundary/servers")
    assert "https://social.example/users/ann" in page
    jonas = await site.browser(site.jonas)
    answer, _ = await jonas.get("/boundary/servers")
    assert answer.status == 404
