"""The rule table in the browser: edited, checked, tried, approved, brought back; and decisions explained."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from server.domain.actors import Member
from server.services import crossings, ideas, judging, people, rule_versions, rules, shadow
from server.services.house import House

AMBER_SHARE = '\n[[rule]]\nid = "S-amber"\nkind = "share"\nto = "everyone"\nlabel = "<=AMBER"\n'
NO_FLOOR = '\n[[rule]]\nid = "G-floor"\nkind = "guard"\nto = "everyone"\nforum = "better/open-floor"\neffect = "deny"\n'
NO_TABLES = ("[[rule", "code_names = 7", "x = " + "[" * 3000, "\x00", "rule = 1", "[lists]\na = 1")


async def table(site: Any) -> tuple[str, int]:
    stored, _ = await rules.rules_in_force(site.house)
    return stored.text, stored.version


async def second_admin(site: Any) -> Member:
    return await people.add_member(site.house, "eve", "Eve Adeyemi", "Legal", "admin")


async def decided(house: House, author: Member, forum: Any, **words: str) -> str:
    """Post an idea, judge and keep what was decided, as the gate does; return its id."""
    said = {"title": "Paper tape", "text": "Use paper tape.", **words}
    made = await ideas.post_idea(house, author, forum, said["title"], said["text"], label=words.get("label"))
    verdicts = await judging.judge(house, await judging.draft_of(house, made))
    await crossings.record_verdicts(house, [judging.Judged(made.id, 1, "Create", tuple(verdicts))])
    return made.id


def typed(page: str) -> str:
    """The text in the editor, as a browser takes it: the line end after the tag is not part of it."""
    found = re.search(r'<textarea class="code"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


async def test_the_editor_begins_with_the_table_in_force_as_it_was_written(site: Any) -> None:
    mara = await site.browser(site.mara)
    text, version = await table(site)
    answer, page = await mara.get("/boundary/rules/edit")
    assert answer.status == 200
    assert typed(page) == text
    assert f'name="base" value="{version}"' in page
    answer, page = await mara.get("/boundary/rules/edit?from=1")
    assert typed(page) == (await rules.version_of(site.house, 1)).text
    for wrong in ("x", "999"):
        assert (await mara.get(f"/boundary/rules/edit?from={wrong}"))[0].status == 404
    jonas = await site.browser(site.jonas)
    assert (await jonas.get("/boundary/rules/edit"))[0].status == 404


async def test_a_check_names_every_problem_with_its_line_and_a_suggestion_and_keeps_the_text(site: Any) -> None:
    mara = await site.browser(site.mara)
    _, version = await table(site)
    await mara.get("/boundary/rules/edit")
    text = '# mine\n[[rule]]\nid = "a"\nkind = "gaurd"\ndirection = "out"\neffect = "deny"\nlable = "RED"\n'
    answer, page = await mara.post("/boundary/rules/edit", do="check", base=str(version), text=text, note="Why not")
    assert answer.status == 422
    assert typed(page) == text
    assert "did you mean &#39;guard&#39;" in page
    assert "did you mean &#39;label&#39;" in page
    assert 'data-line="4"' in page
    assert '<code dir="ltr">kind = &#34;gaurd&#34;</code>' in page
    assert 'value="Why not"' in page
    assert (await table(site))[1] == version


@pytest.mark.parametrize("text", NO_TABLES)
async def test_what_is_no_table_at_all_is_refused_and_kept(site: Any, text: str) -> None:
    mara = await site.browser(site.mara)
    before, version = await table(site)
    await mara.get("/boundary/rules/edit")
    for act in ("check", "apply", "shadow"):
        answer, page = await mara.post("/boundary/rules/edit", do=act, base=str(version), text=text)
        assert answer.status == 422, act
        if "\x00" not in text:
            assert typed(page) == text
    assert await table(site) == (before, version)
    assert await shadow.report(site.house) is None


async def test_a_check_shows_the_difference_the_openings_and_the_past(site: Any) -> None:
    mara = await site.browser(site.mara)
    await decided(site.house, site.jonas, site.open_floor, label="AMBER")
    text, version = await table(site)
    await mara.get("/boundary/rules/edit")
    opening = re.sub(r'(?s)\[\[rule\]\]\nid = "G-label".*?\n\n', "", text) + AMBER_SHARE
    answer, page = await mara.post("/boundary/rules/edit", do="check", base=str(version), text=opening)
    assert answer.status == 200
    assert "G-label is removed" in page
    assert "S-amber is added" in page
    assert "a second person has to approve it" in page
    assert "labelled" in page
    assert "would come out" in page
    assert (await table(site))[1] == version


async def test_a_table_that_opens_waits_for_somebody_else_and_begins_when_approved(site: Any) -> None:
    mara, eve = await site.browser(site.mara), await site.browser(await second_admin(site))
    text, version = await table(site)
    await mara.get("/boundary/rules/edit")
    answer, _ = await mara.post(
        "/boundary/rules/edit", do="apply", base=str(version), text=text + AMBER_SHARE, note="Agreed."
    )
    assert answer.headers["Location"] == "/boundary?done=rules-wait"
    (waiting,) = await rules.versions_in(site.house, "waiting")
    _, page = await mara.get("/boundary")
    assert "Whoever wrote it cannot approve it." in page
    assert f"/boundary/rules/{waiting.version}/approve" not in page
    _, page = await eve.get("/boundary")
    assert '“<span dir="auto">Agreed.</span>”' in page
    assert "S-amber is added" in page
    answer, _ = await eve.post(f"/boundary/rules/{waiting.version}/approve", against=str(version))
    assert answer.status == 303
    assert "S-amber" in (await table(site))[0]


async def test_a_form_from_before_another_change_is_refused_and_shows_what_changed(site: Any) -> None:
    mara = await site.browser(site.mara)
    eve = await second_admin(site)
    text, version = await table(site)
    await mara.get("/boundary/rules/edit")
    await rules.apply_rules(site.house, eve, text + NO_FLOOR)
    mine = "# mine\n" + text
    answer, page = await mara.post("/boundary/rules/edit", do="apply", base=str(version), text=mine)
    assert answer.status == 409
    assert typed(page) == mine
    assert "G-floor is added" in page
    assert "G-floor" in (await table(site))[0]
    _, page = await mara.post("/boundary/rules/edit", do="take", base=str(version), text=mine)
    assert "G-floor" in typed(page)
    assert typed(page).startswith("# mine\n")
    answer, _ = await mara.post("/boundary/rules/edit", do="apply", base=str((await table(site))[1]), text=typed(page))
    assert answer.headers["Location"] == "/boundary?done=rules"
    assert (await table(site))[0].startswith("# mine\n")


async def test_a_table_begins_at_its_time_and_a_bad_time_loses_nothing(site: Any) -> None:
    mara = await site.browser(site.mara)
    text, version = await table(site)
    await mara.get("/boundary/rules/edit")
    for wrong in ("yesterday", "2001-01-01T00:00"):
        answer, page = await mara.post(
            "/boundary/rules/edit", do="apply", base=str(version), text=text + NO_FLOOR, starts_at=wrong
        )
        assert answer.status == 422
        assert typed(page) == text + NO_FLOOR
    later = (site.house.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer, _ = await mara.post(
        "/boundary/rules/edit", do="apply", base=str(version), text=text + NO_FLOOR, starts_at=later
    )
    assert answer.headers["Location"] == "/boundary?done=rules-later"
    _, page = await mara.get("/boundary")
    (timed,) = await rules.versions_in(site.house, "scheduled")
    assert f"Version {timed.version} comes into force" in page
    await mara.post(f"/boundary/rules/{timed.version}/refuse")
    assert await rules.versions_in(site.house, "scheduled") == []


async def test_a_table_is_tried_in_the_shadow_and_taken_out_again(site: Any) -> None:
    mara = await site.browser(site.mara)
    text, version = await table(site)
    await mara.get("/boundary/rules/edit")
    answer, _ = await mara.post("/boundary/rules/edit", do="shadow", base=str(version), text=text + NO_FLOOR)
    assert answer.headers["Location"] == "/boundary?done=shadow"
    idea = await decided(site.house, site.jonas, site.open_floor)
    _, page = await mara.get("/boundary")
    assert "is in the shadow" in page
    assert "It would have decided 2 of 2 otherwise, 0 more openly." in page
    assert f"/boundary/decisions?object={idea}" in page
    await mara.post("/boundary/rules/shadow/end")
    assert "is in the shadow" not in (await mara.get("/boundary"))[1]


async def test_a_rule_is_added_by_a_form_as_text_below_the_table(site: Any) -> None:
    mara = await site.browser(site.mara)
    text, version = await table(site)
    await mara.get("/boundary/rules/edit")
    given = {"base": str(version), "do": "add", "text": text, "rule_kind": "guard", "rule_effect": "deny"}
    answer, page = await mara.post("/boundary/rules/edit", **given, rule_whom="jam.globex.example")
    assert answer.status == 422
    assert typed(page) == text
    assert 'value="jam.globex.example"' in page
    more = {"rule_id": "G-globex", "rule_whom": "jam.globex.example", "rule_forum": "better/logistics"}
    answer, page = await mara.post("/boundary/rules/edit", **given, **more, rule_label="GREEN")
    assert answer.status == 200
    assert typed(page).startswith(text)
    assert "G-globex is added: Nothing labelled GREEN or higher in better/logistics leaves" in page
    assert 'name="rule_id" type="text" value=""' in page


async def test_versions_are_listed_with_what_they_changed_and_brought_back(site: Any) -> None:
    mara = await site.browser(site.mara)
    text, version = await table(site)
    await rules.apply_rules(site.house, site.mara, text + NO_FLOOR, "Too loud.")
    _, page = await mara.get("/boundary/rules/versions")
    assert "G-floor is added" in page
    assert "“Too loud.”" in page
    assert "the house itself" in page
    answer, _ = await mara.post(f"/boundary/rules/{version}/rollback", base=str(version))
    assert answer.status == 409
    answer, _ = await mara.post(f"/boundary/rules/{version}/rollback", base=str(version + 1))
    assert answer.headers["Location"] == "/boundary?done=rules-wait"
    (waiting,) = await rules.versions_in(site.house, "waiting")
    assert (waiting.origin, waiting.note) == ("rollback", f"Back to version {version}.")
    await rule_versions.refuse_rules(site.house, site.mara, waiting.version)


async def test_decisions_are_listed_filtered_and_explained(site: Any) -> None:
    mara = await site.browser(site.mara)
    await decided(site.house, site.jonas, site.open_floor)
    secret = await decided(
        site.house, site.jonas, site.open_floor, title="Not yet", label="AMBER", text="Ask jo@acme.example."
    )
    _, page = await mara.get("/boundary/decisions")
    assert page.count("/boundary/crossings/") == 4
    _, page = await mara.get("/boundary/decisions?verdict=denied&audience=jam.globex.example&direction=out&rule=")
    (link,) = re.findall(r'href="(/boundary/crossings/[0-9a-f]{32})"', page)
    answer, page = await mara.get(link)
    assert answer.status == 200
    assert "Globex is cleared up to GREEN only" in page
    assert "G-label" in page
    assert "What would let it cross" not in page
    assert '<mark dir="auto">jo@acme.example</mark>' in page
    assert "comes out the same, to the byte" in page
    _, page = await mara.get(f"/boundary/decisions?object={secret}")
    assert page.count("/boundary/crossings/") == 2
    assert "Nothing of this kind was decided yet." in (await mara.get("/boundary/decisions?direction=in"))[1]
    for odd in ("after=x", "after=nan~x", "verdict=odd&direction=up", "rule=%22%27", "object=" + "x" * 3000):
        assert (await mara.get(f"/boundary/decisions?{odd}"))[0].status == 200
    jonas = await site.browser(site.jonas)
    assert (await jonas.get("/boundary/decisions"))[0].status == 404
    assert (await jonas.get(link))[0].status == 404


async def test_the_passport_leads_those_with_a_duty_to_the_reasons(site: Any) -> None:
    mara, jonas = await site.browser(site.mara), await site.browser(site.jonas)
    idea = await decided(site.house, site.jonas, site.open_floor)
    assert "/boundary/crossings/" in (await mara.get(f"/ideas/{idea}"))[1]
    assert "/boundary/crossings/" not in (await jonas.get(f"/ideas/{idea}"))[1]


async def test_the_composer_says_what_would_let_it_cross(site: Any) -> None:
    jonas = await site.browser(site.jonas)
    await jonas.get(f"/forums/{site.open_floor.id}")
    page = await jonas.htmx(f"/forums/{site.open_floor.id}/preview", title="A", text="Plain words.", label="AMBER")
    assert page.count("S-better/open-floor would allow it if the label were GREEN.") == 2
