"""Writing in the browser: drafts, what is asked before words leave, what exactly leaves, names, and differences."""

from __future__ import annotations

from typing import Any

from server.services import ideas, ideas_read, people, rules
from tests.web.pages.conftest import Site


async def test_a_draft_is_kept_without_scripts_restored_and_gone_once_sent(site: Site) -> None:
    browser = await site.browser(site.mara)
    forum = site.own_house.id
    await browser.get(f"/forums/{forum}")
    answer, _ = await browser.post("/drafts", place=f"idea:{forum}", title="Half", text="Half a <b>thought</b>")
    assert answer.headers["Location"] == "/drafts?done=kept"
    _, page = await browser.get("/drafts")
    assert "Half a &lt;b&gt;thought&lt;/b&gt;" in page
    assert f'href="/forums/{forum}"' in page
    _, page = await browser.get(f"/forums/{forum}")
    assert "Half a &lt;b&gt;thought&lt;/b&gt;</textarea>" in page
    assert 'value="Half"' in page
    await browser.post(f"/forums/{forum}/ideas", title="Whole", text="A whole thought")
    _, page = await browser.get("/drafts")
    assert "Nothing waits to be sent." in page
    _, page = await browser.get(f"/forums/{forum}")
    assert "Half a" not in page


async def test_a_script_keeps_a_draft_silently_and_somebody_else_does_not_see_it(site: Site) -> None:
    browser = await site.browser(site.mara)
    idea = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root", "Words")
    fields = {"csrf": browser.csrf, "place": f"reply:{idea.id}", "text": "Half a reply"}
    answer, _ = await browser.send("/drafts", fields, Accept="application/json")
    assert answer.status == 204
    assert "Half a reply</textarea>" in (await browser.get(f"/ideas/{idea.id}"))[1]
    other = await site.browser(site.jonas)
    assert "Half a reply" not in (await other.get(f"/ideas/{idea.id}"))[1]
    for place in ("", "idea:x", "reply:" + "0" * 32, f"edit:{idea.id}"):
        answer, _ = await browser.send("/drafts", {**fields, "place": place})
        assert answer.status in (404, 422), place
    answer, _ = await browser.post("/drafts/drop", place=f"reply:{idea.id}")
    assert "Half a reply" not in (await browser.get(f"/ideas/{idea.id}"))[1]


async def test_the_first_words_that_leave_in_a_jam_are_asked_about_once(site: Site) -> None:
    browser = await site.browser(site.mara)
    address = f"/forums/{site.open_floor.id}/ideas"
    words = {"title": "Out", "text": "Into the open", "confirmed": ""}
    answer, page = await browser.post(address, **words)
    assert answer.status == 200
    assert "your first words in this jam that do" in page
    assert "Into the open</textarea>" in page
    assert not await ideas_read.list_ideas(site.house, site.mara, site.open_floor)
    answer, _ = await browser.post(address, **{**words, "confirmed": "1"})
    assert answer.status == 303
    answer, _ = await browser.post(address, **words)
    assert answer.status == 303
    # Inside, nobody is asked; and whoever sends nothing is told that first.
    other = await site.browser(site.jonas)
    answer, _ = await other.post(f"/forums/{site.own_house.id}/ideas", title="In", text="Words", confirmed="")
    assert answer.status == 303
    answer, page = await other.post(address, title="Out", text=" ", confirmed="")
    assert answer.status == 422
    assert "Please write something first." in page


async def test_naming_somebody_whom_the_words_will_not_reach_is_asked_about(site: Site) -> None:
    uri = "https://jam.globex.example/people/zoe"
    await people.meet(site.house, uri, "zoe", "jam.globex.example", "Zoe Quist", uri)
    browser = await site.browser(site.mara)
    words = {"title": "In", "text": "What would @zoe@jam.globex.example say?"}
    answer, page = await browser.post(f"/forums/{site.own_house.id}/ideas", **words, confirmed="")
    assert answer.status == 200
    assert "You name @zoe@jam.globex.example, who will not get this." in page
    answer, _ = await browser.post(f"/forums/{site.logistics.id}/ideas", **words, confirmed="")
    assert "who will not get this" not in await answer.text()


async def test_the_preview_shows_word_for_word_what_leaves_and_how_many_it_reaches(site: Site) -> None:
    table = (
        '\n[[rule]]\nid = "R-mail"\nkind = "guard"\ndirection = "out"\nfindings = ["email"]\neffect = "redact"\n'
        'redactions = ["email", "name->role"]\n'
    )
    stored, _ = await rules.rules_in_force(site.house)
    kept = stored.text.replace("[[rule]]", table + "\n[[rule]]", 1)
    await rules.apply_rules(site.house, site.mara, kept, alone=True)
    browser = await site.browser(site.jonas)
    page = await browser.htmx(
        f"/forums/{site.logistics.id}/preview",
        title="Ask",
        text="Write to **mara@acme.example** or to me, Jonas Lindqvist.",
    )
    inside, outside = page.split("if a reviewer lets it")
    assert "<strong>mara@acme.example</strong>" in inside
    assert "from A colleague at Acme" in outside
    assert "Write to <strong>[e-mail removed]</strong> or to me, [name removed]." in outside
    assert "mara@acme.example" not in outside
    assert "Jonas" not in outside
    page = await browser.htmx(f"/forums/{site.logistics.id}/preview", title="Ask", text="Plain words.")
    assert "It reaches 2 people at Acme and 1 server outside." in page
    assert "For Globex, word for word" in page


async def test_a_change_shows_which_words_changed_and_why(site: Site) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "Tape", "Use paper tape.")
    browser = await site.browser(site.mara)
    await browser.get(f"/ideas/{idea.id}/edit")
    words = {"title": "Tape", "text": "Use linen tape.", "reason": "Paper <i>tears</i>"}
    await browser.post(f"/ideas/{idea.id}/edit", **words)
    _, page = await browser.get(f"/ideas/{idea.id}/history")
    assert "<del>paper</del><ins>linen</ins>" in page
    assert "Paper &lt;i&gt;tears&lt;/i&gt;" in page
    answer, page = await browser.post(f"/ideas/{idea.id}/edit", title="Tape", text="X", reason="y" * 300)
    assert answer.status == 422
    assert ">X</textarea>" in page


async def test_names_lead_to_people_and_nothing_else_becomes_a_link(site: Site) -> None:
    text = "Ask @jonas, not `@jonas` nor [@jonas](https://x.example/) nor @nobody."
    idea = await ideas.post_idea(site.house, site.mara, site.open_floor, "Names", text)
    browser = await site.browser(site.mara)
    _, page = await browser.get(f"/ideas/{idea.id}")
    assert page.count('class="mention"') == 1
    assert f'href="/people/{site.jonas.id}"' in page
    stored = await ideas_read.by_id(site.house, idea.id)
    assert stored is not None
    assert "/people/" not in stored.html, "what crosses carries no address of the inside"
    _, page = await browser.get(f"/people/{site.jonas.id}")
    assert "Jonas Lindqvist" in page
    assert (await browser.get("/people/" + "0" * 32))[0].status == 404


async def test_people_are_suggested_to_those_who_are_signed_in(site: Site) -> None:
    browser = await site.browser(site.mara)
    answer, _ = await browser.get("/people/suggest?q=jo")
    assert (await answer.json())["data"] == [{"handle": "@jonas", "name": "Jonas Lindqvist", "belongs": "R&D"}]
    stranger = await site.browser()
    assert (await stranger.get("/people/suggest?q=jo"))[0].status == 303


async def test_the_family_of_an_idea_is_a_tree_with_shared_credit(site: Site) -> None:
    base = await ideas.post_idea(site.house, site.jonas, site.own_house, "Root idea", "Words")
    middle = await ideas.post_idea(site.house, site.mara, site.own_house, "Middle idea", "Words", builds_on=base.id)
    leaf = await ideas.post_idea(site.house, site.mara, site.own_house, "Leaf idea", "Words", builds_on=middle.id)
    browser = await site.browser(site.mara)
    _, page = await browser.get(f"/ideas/{leaf.id}")
    assert page.index("Root idea") < page.index("Middle idea")
    shared = page.split("The credit is shared with")[1].split("</div>")[0]
    assert "Jonas Lindqvist" in shared
    assert "Mara" not in shared
    _, page = await browser.get(f"/ideas/{base.id}")
    assert "2 ideas build on this" in page
    _, page = await browser.get(f"/people/{site.jonas.id}")
    assert "built on 1 time" in page


async def test_old_words_of_an_edit_come_back_only_while_they_are_newer(site: Any) -> None:
    idea = await ideas.post_idea(site.house, site.mara, site.own_house, "Tape", "First")
    browser = await site.browser(site.mara)
    await browser.get("/drafts")
    await browser.post("/drafts", place=f"edit:{idea.id}", title="Tape", text="Half changed")
    assert "Half changed</textarea>" in (await browser.get(f"/ideas/{idea.id}/edit"))[1]
    await ideas.edit(site.house, site.mara, idea, "Changed elsewhere")
    assert "Changed elsewhere</textarea>" in (await browser.get(f"/ideas/{idea.id}/edit"))[1]
