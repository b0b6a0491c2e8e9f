"""The page of one partner: health, counts, agreements in sentences, and what pressing would do."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

from server.domain.agreements import Agreement, NamedForum, Terms
from server.services import agreements, partners


def words_of(text: str) -> str:
    """The text of a page as a person reads it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


GOOD = {"direction": "out", "tier": "customer", "clearance": "GREEN", "onward": "organisation", "retention_days": "7"}


async def asked(site: Any, host: str = "initech.example") -> Agreement:
    now = site.house.now()
    terms = Terms(
        forums=(NamedForum("*", ""),), direction="both", clearance="GREEN", retention_days=30, onward="clients",
        tier="partner", starts_at=now, ends_at=now + timedelta(days=90),
    )  # fmt: skip
    return await agreements.take_offer(site.house, host, f"https://{host}/agreements/1", 1, terms, "{}")


async def test_an_agreement_is_offered_and_taken_back_in_the_browser(site: Any) -> None:
    browser = await site.browser(site.mara)
    answer, page = await browser.get("/boundary/partners?find=Hooli.example")
    assert answer.url.path == "/boundary/partners/hooli.example" or answer.status == 303
    _, page = await browser.get("/boundary/partners/hooli.example")
    assert "It is no partner" in words_of(page)
    assert "No agreement yet" in page
    ends = (site.house.now() + timedelta(days=60)).date().isoformat()
    answer, _ = await browser.post("/boundary/partners/hooli.example/agreements", **GOOD, forums="*", ends=ends)
    assert answer.status == 303
    _, page = await browser.get("/boundary/partners/hooli.example")
    text = words_of(page)
    assert "Version 1" in text
    assert "It covers every forum that the other may see." in text
    assert "deletes within 7 days" in text
    action = re.search(r'action="(/boundary/partners/hooli.example/agreements/[0-9a-f]{32})"', page)
    assert action is not None
    answer, _ = await browser.post(action[1], act="end", reason="Not now.")
    assert answer.status == 303
    _, page = await browser.get("/boundary/partners/hooli.example")
    assert "1 earlier version" in words_of(page)


async def test_what_was_typed_is_not_lost_when_something_is_wrong(site: Any) -> None:
    browser = await site.browser(site.mara)
    fields = {**GOOD, "retention_days": "many", "ends": "2020-01-01", "categories": "export"}
    answer, page = await browser.post("/boundary/partners/hooli.example/agreements", **fields)
    assert answer.status == 422
    assert 'value="many"' in page
    assert 'value="2020-01-01"' in page
    assert 'value="export"' in page
    assert "Give a number of days" in page
    for wrong, sentence in (
        ({**GOOD, "ends": "someday"}, "Give a day"),
        ({**GOOD, "ends": "2020-01-01", "forums": "*"}, "in the future"),
        ({**GOOD, "ends": ""}, "one to 100 forums"),
        ({**GOOD, "forums": "0" * 32}, "may be told of"),
    ):
        answer, page = await browser.post("/boundary/partners/hooli.example/agreements", **wrong)
        assert answer.status == 422
        assert sentence in page


async def test_an_offer_of_theirs_is_read_in_sentences_before_it_is_accepted(site: Any) -> None:
    made = await asked(site)
    browser = await site.browser(site.mara)
    _, page = await browser.get("/boundary/partners")
    assert "initech.example offers an agreement" in words_of(page)
    _, page = await browser.get("/boundary/partners/initech.example")
    text = words_of(page)
    assert "customers only" in text
    assert "initech.example becomes a partner here." in text
    answer, _ = await browser.post(f"/boundary/partners/initech.example/agreements/{made.id}", act="accept")
    assert answer.status == 303
    _, page = await browser.get("/boundary/partners/initech.example")
    text = words_of(page)
    assert "Agreement version 1 holds" in text
    assert "The agreement ends with it" in text
    assert "Pausing stops both directions at once." in text
    answer, _ = await browser.post(f"/boundary/partners/initech.example/agreements/{made.id}", act="accept")
    assert answer.status == 409
    answer, _ = await browser.post("/boundary/partners/initech.example", state="removed", **{"from": "page"})
    assert answer.headers["Location"].startswith("/boundary/partners/initech.example")
    assert (await agreements.find(site.house, made.id)).state == "ended"
    assert await partners.find_partner(site.house, "initech.example") is None


async def test_what_is_not_there_or_not_theirs_is_missing(site: Any) -> None:
    made = await asked(site)
    browser = await site.browser(site.mara)
    for path in ("/boundary/partners/not%20a%20host", "/boundary/partners/a_b"):
        answer, _ = await browser.get(path)
        assert answer.status == 404
    for host, act in (("hooli.example", "accept"), ("initech.example", "shred")):
        answer, _ = await browser.post(f"/boundary/partners/{host}/agreements/{made.id}", act=act)
        assert answer.status == 404
    member = await site.browser(site.jonas)
    answer, _ = await member.get("/boundary/partners/initech.example")
    assert answer.status == 404
    answer, _ = await member.post(f"/boundary/partners/initech.example/agreements/{made.id}", act="accept")
    assert answer.status == 404
    assert (await agreements.find(site.house, made.id)).state == "asked"
