"""Labels in the browser: categories, onward wishes, and lowering one."""

from __future__ import annotations

from typing import Any

from server.services import ideas, ideas_read, partners

HEADING = "Change the label"


async def test_an_idea_with_a_category_shows_who_is_not_cleared(site: Any) -> None:
    browser = await site.browser(site.jonas)
    path = f"/forums/{site.logistics.id}/preview"
    text = await browser.htmx(path, title="T", text="Words", label="GREEN", categories="Legal, export", onward="")
    assert "in the category export and legal, for which" in text


async def test_what_was_chosen_is_stored_and_stands_in_the_form_again(site: Any) -> None:
    browser = await site.browser(site.jonas)
    chosen = {"label": "GREEN", "categories": "legal", "onward": "organisation"}
    answer, _ = await browser.post(f"/forums/{site.own_house.id}/ideas", title="T", text="Words", **chosen)
    assert answer.status == 303
    (made,) = await ideas_read.list_ideas(site.house, site.jonas, site.own_house)
    assert made.label == "GREEN+legal>organisation"
    _, text = await browser.get(f"/ideas/{made.id}/edit")
    assert 'name="categories" value="legal"' in text
    assert '<option value="organisation" selected>' in text
    answer, text = await browser.post(
        f"/ideas/{made.id}/edit", title="T", text="Newer words", label="GREEN", categories="", onward=""
    )
    assert answer.status == 403 or "takes a reviewer or an admin" in text


async def test_a_category_that_is_none_is_refused_and_nothing_typed_is_lost(site: Any) -> None:
    browser = await site.browser(site.jonas)
    typed = {"title": "T", "text": "My very words", "label": "GREEN", "categories": "le!gal"}
    answer, text = await browser.post(f"/forums/{site.own_house.id}/ideas", **typed)
    assert answer.status == 422
    assert "My very words" in text
    assert "is no category" in text


async def test_an_admin_lowers_the_label_on_a_page_of_its_own(site: Any) -> None:
    made = await ideas.post_idea(site.house, site.jonas, site.own_house, "T", "Words", label="AMBER+legal")
    author, admin = await site.browser(site.jonas), await site.browser(site.mara)
    _, text = await author.get(f"/ideas/{made.id}/label")
    assert "To lower it, ask a reviewer or an admin" in text
    answer, text = await author.post(f"/ideas/{made.id}/label", label="GREEN", categories="", onward="")
    assert answer.status == 403
    assert "takes a reviewer or an admin" in text
    _, text = await admin.get(f"/ideas/{made.id}")
    assert f"/ideas/{made.id}/label" in text
    answer, _ = await admin.post(f"/ideas/{made.id}/label", label="GREEN", categories="legal", onward="")
    assert answer.status == 303
    assert (await ideas_read.obtain(site.house, site.mara, made.id)).label == "GREEN+legal"


async def test_a_partner_is_cleared_for_categories(site: Any) -> None:
    browser = await site.browser(site.mara)
    fields = {"host": "umbrella.example", "tier": "partner", "clearance": "GREEN", "categories": "legal export"}
    answer, _ = await browser.post("/boundary/partners", **fields)
    assert answer.status == 303
    found = await partners.find_partner(site.house, "umbrella.example")
    assert found is not None
    assert found.clearance == "GREEN+export+legal"
