"""The inbox in the browser and over the API."""

from __future__ import annotations

from typing import Any

from server.services import ideas
from server.services.telling import tell


async def reply(site: Any, text: str = "Which crates?") -> None:
    made = await ideas.post_idea(site.house, site.jonas, site.own_house, "Share crates", "They wash well.")
    await ideas.reply(site.house, site.mara, made, text)
    while await tell(site.house):
        pass


async def test_an_empty_inbox_says_what_will_stand_there_and_where_to_go(site: Any) -> None:
    _, text = await (await site.browser(site.jonas)).get("/inbox")
    assert "Replies to you, marks on your ideas" in text
    assert "Find a jam" in text


async def test_a_reply_is_counted_in_the_menu_and_leads_to_its_place(site: Any) -> None:
    await reply(site, "Which <script>alert(1)</script> crates?")
    browser = await site.browser(site.jonas)
    _, text = await browser.get("/inbox")
    assert "Mara Okafor replied to you" in text
    assert "Share crates" in text
    assert "<script>alert" not in text
    assert 'Inbox <span class="number">1</span>' in text
    number = text.split('name="ids" value="')[1].split('"')[0]
    answer, _ = await browser.post(f"/inbox/{number}")
    assert answer.status == 303
    answer, _ = await browser.get(answer.headers["Location"])
    assert "#c-" in answer.headers["Location"]
    _, text = await browser.get("/inbox")
    assert "Nothing unread." in text


async def test_notices_are_marked_read_unread_and_all_at_once(site: Any) -> None:
    await reply(site)
    browser = await site.browser(site.jonas)
    _, text = await browser.get("/inbox?unread=1&kind=reply")
    number = text.split('name="ids" value="')[1].split('"')[0]
    for act, left in (("read", "Nothing unread."), ("unread", "1 unread")):
        await browser.post("/inbox", ids=number, act=act)
        assert left in (await browser.get("/inbox"))[1]
    await browser.post("/inbox", act="all", up_to=number)
    assert "Nothing unread." in (await browser.get("/inbox"))[1]


async def test_odd_addresses_and_forms_of_the_inbox_never_break(site: Any) -> None:
    await reply(site)
    browser = await site.browser(site.mara)
    for query in (
        "?kind=nonsense",
        "?before=-1",
        "?before=99999999999999999999",
        "?unread=%00",
        "?kind=reply&before=x",
    ):
        assert (await browser.get(f"/inbox{query}"))[0].status == 200
    assert (await browser.post("/inbox", act="read"))[0].status == 422
    assert (await browser.post("/inbox", act="read", ids="999999"))[0].status == 404
    assert (await browser.post("/inbox/999999"))[0].status == 404


async def test_the_inbox_is_for_those_who_signed_in(site: Any) -> None:
    answer, _ = await (await site.browser()).get("/inbox")
    assert answer.status == 303
    assert answer.headers["Location"].startswith("/sign-in")
