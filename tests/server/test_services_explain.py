"""Why something crossed or did not: explained from what was kept, and decided again to the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from server.domain.crossings import KeptVerdict
from server.domain.errors import Missing, NotAllowed
from server.domain.ideas import Contribution
from server.services import explain, incoming, partners, people, rules
from server.services.explain import Wanted
from tests.server.services_world import World, hello
from tests.server.test_services_shadow import GLOBEX, NO_BOXES, decide, text_of


async def only_decision(world: World, made: Contribution) -> KeptVerdict:
    (found,) = await explain.list_decisions(world.house, await world.admin(), Wanted(about=made.id))
    return found


async def test_a_refusal_names_its_rule_its_facts_and_what_would_have_let_it_cross(world: World):
    forum, admin = await world.forum(), await world.admin()
    await partners.add_partner(world.house, admin, GLOBEX, "partner", "RED")
    idea = await world.idea(forum, label="AMBER")
    await decide(world, idea)
    told = await explain.explain_for(world.house, admin, idea.id, GLOBEX)
    assert (told.kept.verdict.verdict, told.ruled, told.replay) == ("denied", "deny", "same")
    assert [(rule.id, rule.decides) for rule in told.matched] == [("G-label", True)]
    assert "AMBER or higher" in told.matched[0].sentence
    facts = dict(told.facts)
    assert (facts["Label"], facts["Other side"], facts["Cleared for"]) == ("AMBER", GLOBEX, "RED")
    assert told.changes == ("S-jam-boxes/boxes would allow it if the label were GREEN",)
    everyone = await explain.explain_for(world.house, admin, idea.id, "*")
    assert "cleared up to GREEN" in everyone.ruled_because


async def test_what_was_found_is_told_by_kind_and_place_never_by_its_words(world: World):
    forum, admin = await world.forum(), await world.admin()
    dan = await world.person("dan", consent=False)
    await people.add_member(world.house, "carol", "Carol Jones", "", "member")
    words = {"title": "Ask dan@acme.example", "text": "Or write to eve@acme.example, says Dan."}
    idea = await world.idea(forum, dan, **words)
    await decide(world, idea)
    told = await explain.explain_for(world.house, admin, idea.id, "*")
    places = {(place.kind, place.where): words[place.where][place.start : place.end] for place in told.places}
    assert places["email", "title"] == "dan@acme.example"
    assert places["email", "text"] == "eve@acme.example"
    assert "acme.example" not in told.kept.verdict.found
    assert [place.masked for place in told.places if place.kind == "email"] == [False, False]
    assert all(place.masked for place in told.places if place.kind == "person")
    assert told.redactions == ("name->role",)


async def test_a_rule_is_told_in_the_words_of_the_version_that_decided(world: World):
    forum, admin = await world.forum(), await world.admin()
    idea = await world.idea(forum, label="AMBER")
    await decide(world, idea)
    text = await text_of(world)
    await rules.apply_rules(world.house, admin, text.replace('label = ">=AMBER"', 'label = "RED"'), alone=True)
    told = await explain.explain_for(world.house, admin, idea.id, "*")
    assert told.replay == "same"
    assert told.kept.verdict.rule_set != (await rules.rules_in_force(world.house))[0].version
    label = next(rule for rule in told.matched if rule.id == "G-label")
    assert "AMBER or higher" in label.sentence


async def test_what_was_decided_otherwise_before_is_kept_under_its_own_id(world: World):
    forum, admin = await world.forum(), await world.admin()
    idea = await world.idea(forum)
    await decide(world, idea)
    first = await only_decision(world, idea)
    await decide(world, idea)
    assert (await only_decision(world, idea)).verdict.id == first.verdict.id
    await rules.apply_rules(world.house, admin, await text_of(world) + NO_BOXES)
    await decide(world, idea)
    second = await only_decision(world, idea)
    assert (second.verdict.verdict, second.past) == ("denied", False)
    then = await explain.explain(world.house, admin, first.verdict.id)
    assert (then.kept.verdict.verdict, then.kept.past, then.replay) == ("allowed", True, "same")
    now = await explain.explain(world.house, admin, second.verdict.id)
    assert [one.verdict.id for one in now.earlier] == [first.verdict.id]


async def test_what_stands_above_the_rules_is_told_apart_from_what_they_say(world: World):
    forum, admin = await world.forum(), await world.admin()
    await partners.add_partner(world.house, admin, GLOBEX, "partner")
    await partners.change_partner(world.house, admin, GLOBEX, state="paused")
    idea = await world.idea(forum)
    await decide(world, idea)
    told = await explain.explain_for(world.house, admin, idea.id, GLOBEX)
    assert (told.kept.verdict.verdict, told.ruled, told.changes) == ("denied", "allow", ())
    assert "paused" in told.kept.verdict.reason


async def test_what_comes_in_is_explained_by_the_id_of_its_activity(world: World):
    forum, admin = await world.forum("plans", "partners"), await world.admin()
    eve = await people.meet(world.house, f"https://{GLOBEX}/eve", "eve", GLOBEX, "Eve", "")
    verdict = await incoming.judge_incoming(world.house, hello(eve, forum))
    await incoming.record_incoming(world.house, f"https://{GLOBEX}/activities/1", "Create", verdict)
    (kept,) = await explain.list_decisions(world.house, admin, Wanted(about=f"https://{GLOBEX}/activities/1"))
    assert (kept.direction, kept.verdict.verdict) == ("in", "denied")
    told = await explain.explain(world.house, admin, kept.verdict.id)
    assert told.contribution is None
    assert told.replay == "same"
    assert told.changes == (f"A-jam-plans/plans would allow it if {GLOBEX} were a partner",)


async def test_decisions_are_found_by_audience_verdict_rule_and_direction_and_in_pages(world: World):
    forum, admin = await world.forum(), await world.admin()
    await partners.add_partner(world.house, admin, GLOBEX, "partner")
    for number in range(3):
        await decide(world, await world.idea(forum, label="GREEN" if number else "RED"))
    assert len(await explain.list_decisions(world.house, admin, Wanted())) == 6
    for wanted, expected in (
        (Wanted(audience="*"), 3),
        (Wanted(verdict="denied"), 2),
        (Wanted(rule="S-jam-boxes/boxes"), 4),
        (Wanted(direction="in"), 0),
        (Wanted(direction="out", verdict="allowed", audience=GLOBEX), 2),
        (Wanted(about="nothing"), 0),
    ):
        assert len(await explain.list_decisions(world.house, admin, wanted)) == expected, wanted
    first = await explain.list_decisions(world.house, admin, Wanted(), limit=4)
    at = first[-1].verdict.decided_at
    assert at is not None
    rest = await explain.list_decisions(world.house, admin, Wanted(), (at.timestamp(), first[-1].verdict.id))
    assert len({one.verdict.id for one in [*first, *rest]}) == 6


async def test_only_people_with_a_duty_at_the_boundary_are_told(world: World):
    bob = await world.person("bob")
    for asked in (explain.explain(world.house, bob, "x"), explain.list_decisions(world.house, bob, Wanted())):
        with pytest.raises(NotAllowed):
            await asked
    with pytest.raises(Missing):
        await explain.explain(world.house, await world.admin(), "x")


async def test_every_kept_decision_replays_and_an_altered_one_is_noticed(world: World):
    forum, admin = await world.forum(), await world.admin()
    await partners.add_partner(world.house, admin, GLOBEX, "customer", "AMBER")
    for label in ("CLEAR", "GREEN", "AMBER", "RED"):
        for text in ("Plain words.", "Write to carol@acme.example."):
            await decide(world, await world.idea(forum, label=label, text=text))
    done = await explain.replay_all(world.house)
    assert (done.count, done.reworded, done.not_kept, done.otherwise) == (16, 0, 0, [])
    kept = (await explain.list_decisions(world.house, admin, Wanted(verdict="denied")))[0]
    facts = json.loads(kept.verdict.facts) | {"label": "CLEAR", "findings": []}
    async with world.house.store.transaction() as change:
        await change.execute("UPDATE verdicts SET facts = ? WHERE id = ?", (json.dumps(facts), kept.verdict.id))
    assert (await explain.replay_all(world.house)).otherwise == [kept.verdict.id]
    assert explain.replay(replace(kept, verdict=replace(kept.verdict, decision="")), None) == "not kept"
