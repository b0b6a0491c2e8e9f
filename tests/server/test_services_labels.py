"""Labels with categories and onward wishes: who may have what bears them, and who may lower one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from server.domain.errors import Invalid, NotAllowed
from server.services import crossings, ideas, judging, partners, rules
from server.services.judging import Draft
from tests.server.services_world import World

GLOBEX = "globex.example"


async def said(world: World, draft: Draft) -> dict[str, tuple[str, str]]:
    verdicts = await judging.judge(world.house, draft)
    return {verdict.audience: (verdict.verdict, verdict.reason) for verdict in verdicts}


async def test_a_category_stays_inside_except_for_partners_cleared_for_it(world: World):
    admin, forum = await world.admin(), await world.forum()
    await partners.add_partner(world.house, admin, GLOBEX, "partner", "green+Legal")
    await partners.add_partner(world.house, admin, "initech.example", "partner")
    found = await said(world, Draft(forum, admin, "Title", "Words.", "GREEN+legal"))
    assert found[GLOBEX][0] == "allowed"
    assert found["initech.example"] == (
        "denied",
        "This is in the category legal, for which initech.example is not cleared.",
    )
    assert found["*"][0] == "denied"
    known = await partners.find_partner(world.house, GLOBEX)
    assert known is not None
    assert known.clearance == "GREEN+legal"


async def test_what_may_not_be_passed_on_freely_does_not_go_to_everyone(world: World):
    admin, forum = await world.admin(), await world.forum()
    await partners.add_partner(world.house, admin, GLOBEX, "partner")
    found = await said(world, Draft(forum, admin, "Title", "Words.", "GREEN>organisation"))
    assert (found[GLOBEX][0], found["*"][0]) == ("allowed", "denied")
    assert "G-onward" in found["*"][1]


async def test_a_reply_is_as_strict_as_its_idea_in_all_three_parts(world: World):
    bob, forum = await world.person("bob"), await world.forum()
    idea = await world.idea(forum, label="AMBER+legal>recipients")
    reply = await ideas.reply(world.house, bob, idea, "It tears.", label="GREEN+export")
    assert reply.label == "AMBER+export+legal>recipients"
    draft = replace(await judging.draft_of(world.house, reply), label="GREEN")
    (verdict,) = await judging.judge(world.house, draft)
    facts = json.loads(verdict.facts)
    assert (facts["label"], facts["categories"], facts["onward"]) == ("AMBER", ["legal"], "recipients")


async def test_a_forum_can_have_a_label_with_categories(world: World):
    forum = await world.forum(label="green+export")
    assert (await world.idea(forum)).label == "GREEN+export"
    with pytest.raises(Invalid, match="did you mean 'organisation'"):
        await world.forum("other", label="GREEN>organization")
    with pytest.raises(Invalid, match="A clearance is one of"):
        await partners.add_partner(world.house, await world.admin(), GLOBEX, "partner", "GREEN>anyone")


@pytest.mark.parametrize(
    ("before", "after", "lowers"),
    [
        ("GREEN", "AMBER", False),
        ("AMBER", "GREEN", True),
        ("GREEN", "CLEAR>community", True),
        ("GREEN+legal", "GREEN", True),
        ("GREEN+legal", "AMBER+export", True),
        ("GREEN+legal", "RED+export+legal", False),
        ("GREEN>organisation", "GREEN", True),
        ("AMBER", "AMBER>anyone", True),
        ("AMBER", "AMBER>recipients", False),
    ],
)
async def test_only_a_declassifier_lowers_a_label_and_is_named(world: World, before: str, after: str, lowers: bool):
    bob, forum = await world.person("bob"), await world.forum()
    idea = await world.idea(forum, label=before)
    if lowers:
        with pytest.raises(NotAllowed, match="may not declassify") as refused:
            await ideas.edit(world.house, bob, idea, "New words.", label=after)
        assert "takes a reviewer or an admin" in refused.value.public
    else:
        assert (await ideas.edit(world.house, bob, idea, "New words.", label=after)).label == after
    admin = await world.admin()
    own = await world.idea(forum, admin, label=before)
    assert (await ideas.edit(world.house, admin, own, "New words.", label=after)).label == after
    trail = await world.house.store.fetch("SELECT member_id, act FROM audit WHERE subject_id = ?", (own.id,))
    assert [(row["member_id"], row["act"]) for row in trail] == (
        [(admin.id, f"declassify to {after}"[:40])] if lowers else []
    )


async def test_somebody_with_the_duty_lowers_the_label_of_what_another_wrote(world: World):
    idea = await world.idea(await world.forum(), label="AMBER")
    judge, carol = await world.person("judge", "reviewer"), await world.person("carol")
    with pytest.raises(NotAllowed):
        await ideas.relabel(world.house, carol, idea, "RED")
    lowered = await ideas.relabel(world.house, judge, idea, "GREEN")
    assert (lowered.label, lowered.text, lowered.version) == ("GREEN", idea.text, 2)
    assert (await ideas.relabel(world.house, judge, lowered, "green")).version == 2


async def test_an_edit_of_the_words_alone_keeps_the_label(world: World):
    bob = await world.person("bob")
    idea = await world.idea(await world.forum(), label="AMBER+legal")
    assert (await ideas.edit(world.house, bob, idea, "New words.")).label == "AMBER+legal"


async def test_the_facts_tell_age_hour_and_how_often_somebody_crossed(world: World):
    bob, forum = await world.person("bob"), await world.forum()
    for nth in (1, 2, 3):
        idea = await world.idea(forum, text=f"Idea number {nth}.")
        judged = await judging.judge(world.house, await judging.draft_of(world.house, idea))
        assert json.loads(judged[0].facts)["nth"] == nth
        await crossings.record_verdicts(world.house, [judging.Judged(idea.id, 1, "Create", tuple(judged))])
    world.time.pass_by(hours=50, minutes=59)
    (again,) = await judging.judge(world.house, await judging.draft_of(world.house, idea))
    facts = json.loads(again.facts)
    # The clock of these tests begins on a Monday at nine.
    assert (facts["nth"], facts["age"], facts["week_minute"]) == (3, 50, 9 * 60)
    (fresh,) = await judging.judge(world.house, Draft(forum, bob, "Title", "Words.", "GREEN"))
    facts = json.loads(fresh.facts)
    assert (facts["nth"], facts["age"], facts["week_minute"]) == (4, 0, 2 * 1440 + 11 * 60 + 59)
    other = await world.person("carol")
    (first,) = await judging.judge(world.house, Draft(forum, other, "Title", "Words.", "GREEN"))
    assert json.loads(first.facts)["nth"] == 1


async def test_the_first_ideas_of_an_author_can_be_held(world: World):
    forum, admin = await world.forum(), await world.admin()
    stored, _ = await rules.rules_in_force(world.house)
    first = (
        '\n[[rule]]\nid = "G-first"\nkind = "guard"\ndirection = "out"\nnth = "<=1"\neffect = "hold"\n'
        'approvals = 2\nreviewers = ["@legal", "ada"]\nwithin = "4h"\n'
    )
    _, change = await rules.apply_rules(world.house, admin, stored.text + first)
    assert change.findings[-1:] == (
        "Nobody can release what G-first holds: it wants 2 approvals, and 1 of @legal or ada may review.",
    )
    (verdict,) = await judging.judge(world.house, Draft(forum, admin, "Title", "Words.", "GREEN"))
    assert (verdict.verdict, verdict.approvals, verdict.reviewers, verdict.within_hours) == (
        "held",
        2,
        ("@legal", "ada"),
        4,
    )
    assert verdict.reason == (
        "Held by G-first: anything that is its author's first waits for a reviewer before it leaves, to anyone, "
        "released by 2 of @legal or ada within 4 hours. It is released by 2 of @legal or ada within 4 hours."
    )


async def test_nobody_waits_for_ever_unnoticed(world: World):
    await world.forum()
    await world.admin()
    await world.person("lea", "reviewer", "Legal")
    stored, _ = await rules.rules_in_force(world.house)
    held = '\n[[rule]]\nid = "G"\nkind = "guard"\ndirection = "out"\neffect = "hold"\nreviewers = {}\n{}'
    for reviewers, more, remark in (
        ('["@export"]', "", "Nobody can release what G holds: nobody in @export may review."),
        ('["@LEGAL"]', "", "What lea wrote and G holds cannot be released: nobody reviews their own words."),
        (
            '["lea"]',
            'author = "lea"\n',
            "Nobody can release what G holds: its reviewers are too few without the author, lea.",
        ),
        ('["lea", "ada"]', "", None),
    ):
        change = await rules.weigh_rules(world.house, stored.text + held.format(reviewers, more))
        assert [one for one in change.findings if "release" in one and " G " in one] == ([remark] if remark else [])


async def test_words_that_are_no_longer_looked_for_open_only_what_they_held(world: World):
    await world.forum()
    admin = await world.admin()
    stored, _ = await rules.rules_in_force(world.house)
    listed = '[lists]\ncustomers = ["Umbrella", "Hooli"]\n\n' + stored.text
    _, change = await rules.apply_rules(world.house, admin, listed)
    assert not change.is_opening
    change = await rules.weigh_rules(world.house, stored.text)
    assert change.proven
    assert change.is_opening
    assert "in which a term of “customers” is no longer looked for: hold becomes allow" in change.opens[0]
    assert "Terms of “customers” are removed: Hooli, Umbrella." in change.diff


async def test_lists_and_patterns_are_looked_for(world: World):
    forum, admin = await world.forum(), await world.admin()
    stored, _ = await rules.rules_in_force(world.house)
    words = '[lists]\ncustomers = ["Umbrella"]\n[patterns]\nticket = "TCK-[0-9]{6}"\n\n'
    await rules.apply_rules(world.house, admin, words + stored.text)
    for text, kind in (("We ship to UMBRELLA.", "list:customers"), ("See TCK-123456.", "pattern:ticket")):
        (verdict,) = await judging.judge(world.house, Draft(forum, admin, "Title", text, "GREEN"))
        assert (verdict.verdict, json.loads(verdict.facts)["findings"]) == ("held", [kind])
