"""Who is asked to delete what, and what the ledger knows of it afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from federation.outside import crossings as released
from federation.outside import ledger, recalls
from federation.outside.recalls import Recall
from server.domain.recalls import SILENCE_SECONDS
from server.services import crossings, guises, ideas, partners, people, rules
from server.services import forums as forum_services
from server.services.rule_times import RuleClock
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import Elsewhere
from tests.federation.gate.test_gate_withdrawal import follow
from tests.federation.organisation import Organisation

GUARD = '\n[[rule]]\nid = "G-public"\nkind = "guard"\nto = "tier:public"\neffect = "deny"\n'


@pytest.fixture
async def initech(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("lemmy")


@pytest.fixture
async def umbrella(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("mastodon")


async def asked(acme: Organisation, object_uri: str = "") -> dict[str, Recall]:
    """Return host → recall of one object, or of the only one there is."""
    found = await recalls.listed(acme.outside, object_uris=[object_uri] if object_uri else [])
    return {one.host: one for one in found}


async def lines(acme: Organisation, uri: str, peer: str = "") -> dict[str, ledger.Holding]:
    return {one.peer: one for one in await ledger.holdings(acme.outside, [uri], peer)}


async def test_the_ledger_tells_who_was_sent_who_came_and_who_passed_it_on(
    acme: Organisation, initech: Elsewhere, umbrella: Elsewhere, elsewhere: MakeElsewhere
):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    mia = umbrella.person("mia")
    await umbrella.get(idea.uri, by=mia)
    booster = await elsewhere("gotosocial")
    olaf = booster.person("olaf")
    await booster.post(acme.inbox, booster.activity("Announce", olaf, idea.uri))
    initech.answer = 503
    await ideas.edit(acme.house, acme.admin, idea, "Second words.")
    await acme.idle()
    held = await lines(acme, idea.uri)
    assert set(held) == {"*", initech.host, umbrella.host, booster.host}
    assert (held["*"].how, held["*"].version, held["*"].held_version) == ("granted", 2, 0)
    assert held[initech.host].ways == ("delivered", "queued")
    assert (held[initech.host].held_version, held[initech.host].version) == (1, 2)
    assert (held[umbrella.host].how, held[umbrella.host].held_version) == ("fetched", 1)
    assert held[booster.host].how == "announced"
    assert all(one.since for host, one in held.items() if host != "*")
    assert set(await lines(acme, idea.uri, umbrella.host)) == {umbrella.host}
    assert set(await lines(acme, idea.uri, "*")) == {"*"}


async def test_an_activity_or_an_outbox_that_was_fetched_counts_as_a_copy(acme: Organisation, umbrella: Elsewhere):
    forum = await acme.forum("open")
    first, second = await acme.idea(forum, "One."), await acme.idea(forum, "Two.")
    await acme.idle()
    mia = umbrella.person("mia")
    page = await umbrella.get(f"{forum.uri}/outbox?page=first", by=mia)
    assert len(page.json["orderedItems"]) >= 2
    for one in (first, second):
        assert (await lines(acme, one.uri, umbrella.host))[umbrella.host].how == "fetched"


async def test_a_recall_reaches_all_who_were_sent_came_or_passed_it_on(
    acme: Organisation, initech: Elsewhere, umbrella: Elsewhere, elsewhere: MakeElsewhere
):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    await umbrella.get(idea.uri, by=umbrella.person("mia"))
    booster = await elsewhere("gotosocial")
    await booster.post(acme.inbox, booster.activity("Announce", booster.person("olaf"), idea.uri))
    await acme.idle()
    would = await recalls.would_ask(acme.outside, await guises.uris_with(acme.house, idea), None)
    assert would == {initech.host: "forum", umbrella.host: "unknown", booster.host: "microblog"}
    await crossings.recall(acme.house, acme.admin, idea)
    await acme.idle()
    found = await asked(acme, idea.uri)
    assert {host: one.state for host, one in found.items()} == dict.fromkeys(would, "accepted")
    assert {one.cause for one in found.values()} == {"hand"}
    assert "Delete Tombstone" in umbrella.shapes()
    assert booster.shapes() == ["Delete Tombstone"]
    assert all(line.recall == "accepted" for host, line in (await lines(acme, idea.uri)).items() if host != "*")


async def test_who_was_asked_once_is_not_asked_again_before_it_gets_another_copy(
    acme: Organisation, initech: Elsewhere
):
    forum = await acme.forum("open")
    await acme.partner(initech.host)
    ann = await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    await crossings.recall(acme.house, acme.admin, idea, initech.host)
    await acme.idle()
    await crossings.recall(acme.house, acme.admin, idea)
    await ideas.delete(acme.house, acme.admin, await acme.fresh(idea))
    await acme.idle()
    assert initech.shapes().count("Announce Delete Tombstone") == 1
    assert (await asked(acme))[initech.host].rounds == 1
    again = await acme.idea(forum, "Another.", label="GREEN")
    await acme.idle()
    for label in ("AMBER", "GREEN", "AMBER"):
        await ideas.edit(acme.house, acme.admin, await acme.fresh(again), f"As {label}.", label=label)
        await acme.idle()
        await initech.get(again.uri, by=ann)
    recall = (await asked(acme, again.uri))[initech.host]
    assert (recall.rounds, recall.cause, recall.state) == (2, "label", "accepted")
    deletes = [one.activity["id"] for one in initech.arrived if "Delete" in one.shape]
    assert len(set(deletes)) == len(deletes) == 3, "the same id a second time would be ignored"


async def test_a_holder_that_does_not_answer_is_tried_for_thirty_days_and_then_listed(
    acme: Organisation, initech: Elsewhere
):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    initech.answer = 503
    await crossings.recall(acme.house, acme.admin, idea)
    await acme.idle()
    recall = (await asked(acme))[initech.host]
    assert (recall.state, recall.answer) == ("queued", "HTTP 503")
    assert [one.host for one in await recalls.listed(acme.outside, states=("queued",))] == [initech.host]
    acme.wait(31 * 24 * 3600)
    await acme.idle()
    recall = (await asked(acme))[initech.host]
    assert recall.state == "unreachable"
    assert recall.ended_at is not None
    assert await recalls.counts(acme.outside) == {"unreachable": 1}


async def test_a_holder_that_refuses_three_times_is_listed_with_its_answer(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    initech.answer = 422
    await crossings.recall(acme.house, acme.admin, idea)
    for _ in range(4):
        await acme.idle()
        acme.wait(30)
    recall = (await asked(acme))[initech.host]
    assert (recall.state, recall.answer) == ("refused", "HTTP 422")


async def test_software_of_ours_that_takes_the_request_and_never_signs_falls_silent(
    acme: Organisation, elsewhere: MakeElsewhere
):
    globex = await elsewhere("marmalade")
    forum = await acme.forum("open")
    await follow(globex, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    await crossings.recall(acme.house, acme.admin, idea)
    await acme.idle()
    assert (await asked(acme))[globex.host].state == "accepted"
    acme.wait(SILENCE_SECONDS + 1)
    assert (await asked(acme))[globex.host].state == "silent"
    assert [one.host for one in await recalls.listed(acme.outside, states=("silent",))] == [globex.host]
    assert (await lines(acme, idea.uri))[globex.host].recall == "silent"


async def test_a_holder_without_a_known_inbox_is_listed_as_unreachable(acme: Organisation):
    forum = await acme.forum("open")
    idea = await acme.idea(forum)
    await acme.idle()
    await released.note_reads(acme.outside, [(idea.uri, 1)], "gone.example")
    await crossings.recall(acme.house, acme.admin, idea)
    await acme.idle()
    recall = (await asked(acme))["gone.example"]
    assert (recall.state, recall.answer) == ("unreachable", "No inbox of it is known to us.")


async def test_a_recall_from_a_server_that_never_held_it_leaves_no_trace_there(
    acme: Organisation, initech: Elsewhere, umbrella: Elsewhere
):
    closed = await acme.forum("friends", "partners")
    await acme.partner(initech.host)
    idea = await acme.idea(closed)
    await acme.idle()
    await crossings.recall(acme.house, acme.admin, idea, umbrella.host)
    await acme.idle()
    mia = umbrella.person("mia")
    nothing = await umbrella.get(f"{acme.url}/objects/{'0' * 32}", by=mia)
    found = await umbrella.get(idea.uri, by=mia)
    assert (found.status, found.body) == (404, nothing.body)
    assert await asked(acme) == {}


@pytest.mark.parametrize("cause", ["rule", "label", "consent", "hand", "deletion", "agreement", "edit"])
async def test_every_cause_of_a_withdrawal_ends_the_grant_with_its_event_and_asks_the_holders(
    acme: Organisation, elsewhere: MakeElsewhere, cause: str
):
    partner = await elsewhere("lemmy")
    audience = "partners" if cause == "agreement" else "public"
    forum = await acme.forum("square", audience)
    await acme.partner(partner.host)
    ann = await follow(partner, acme, forum.uri)
    zoe = await acme.member("zoe", name="Zoe Zuckerfrau")
    idea = await acme.idea(forum, "Words.", zoe)
    await acme.idle()
    await withdraw(acme, cause, idea, partner.host)
    while await acme.release.run_once():
        pass
    # Nothing was delivered since: the gate's own commit has ended it.
    assert (await partner.get(idea.uri, by=ann)).status == 410
    assert (await partner.get(idea.uri)).status == (404 if cause == "agreement" else 410)
    await acme.idle()
    found = await asked(acme, idea.uri)
    assert {host: (one.cause, one.state) for host, one in found.items()} == {partner.host: (cause, "accepted")}
    assert any("Delete" in shape for shape in partner.shapes())
    assert not acme.faults


async def withdraw(acme: Organisation, cause: str, idea: ideas.Contribution, host: str) -> None:
    """Do the one thing that ends a grant for this cause."""
    house, admin = acme.house, acme.admin
    author = await people.member_by_id(house, idea.author_id)
    assert author is not None
    match cause:
        case "rule":
            stored, _ = await rules.rules_in_force(house)
            guard = '\n[[rule]]\nid = "G-x"\nkind = "guard"\ndirection = "out"\njam = ["better"]\neffect = "deny"\n'
            await rules.apply_rules(house, admin, stored.text + guard, alone=True)
        case "label":
            await ideas.edit(house, author, idea, idea.text, label="AMBER")
        case "consent":
            await people.change_member(house, author, author, consent=False)
        case "hand":
            await crossings.recall(house, admin, idea)
        case "deletion":
            await ideas.delete(house, author, idea)
        case "agreement":
            await partners.change_partner(house, admin, host, state="removed")
        case "edit":
            stored, _ = await rules.rules_in_force(house)
            guard = '\n[[rule]]\nid = "G-long"\nkind = "guard"\ndirection = "out"\nlength = ">50"\neffect = "deny"\n'
            await rules.apply_rules(house, admin, stored.text + guard, alone=True)
            await acme.idle()
            await ideas.edit(house, author, idea, "Many more words than the guard on length lets through.")


async def test_what_we_passed_on_for_others_is_taken_back_from_those_we_passed_it_to(
    acme: Organisation, initech: Elsewhere, elsewhere: MakeElsewhere
):
    forum = await acme.forum("open")
    author = await elsewhere("lemmy")
    await follow(initech, acme, forum.uri)
    bea = await follow(author, acme, forum.uri, "bea")
    idea = await acme.idea(forum)
    await acme.idle()
    note = author.note(bea, "A reply from elsewhere.", idea.uri, forum.uri)
    await author.post(acme.inbox, author.create(note))
    await acme.idle()
    stored, _ = await rules.rules_in_force(acme.house)
    await rules.apply_rules(acme.house, acme.admin, stored.text + GUARD, alone=True)
    await acme.idle()
    assert {host: one.cause for host, one in (await asked(acme, note["id"])).items()} == {initech.host: "rule"}
    told = [one.activity["object"] for one in initech.arrived if one.shape == "Announce Delete Tombstone"]
    said = {one["object"]["id"]: one["actor"] for one in told}
    assert said == {idea.uri: acme.admin.uri, note["id"]: forum.uri}, "of others' words the forum speaks for itself"


async def test_the_server_of_a_forum_elsewhere_passes_our_recall_on(
    organise: MakeOrganisation, elsewhere: MakeElsewhere
):
    acme, globex = await organise("Acme"), await organise("Globex")
    third = await elsewhere("lemmy")
    forum = await globex.forum("open")
    await globex.idle()
    await follow(third, globex, forum.uri)
    await forum_services.ask_to_join(acme.house, acme.admin, f"@open@{globex.host}")
    for _ in range(3):
        await acme.idle()
        await globex.idle()
    mirror = await forum_services.forum_by_uri(acme.house, forum.uri)
    assert mirror is not None
    idea = await acme.idea(mirror, "Ours, at theirs.")
    await acme.idle()
    await globex.idle()
    assert "Announce Create Article" in third.shapes()
    await crossings.recall(acme.house, acme.admin, idea)
    for _ in range(3):
        await acme.idle()
        await globex.idle()
    assert "Announce Delete Tombstone" in third.shapes()
    seen = await globex.know(idea.uri)
    assert seen is not None
    assert seen.deleted
    assert (await asked(globex, idea.uri))[third.host].cause == "deletion"


async def test_a_guard_on_age_takes_back_what_has_grown_old_and_an_edit_makes_it_young_again(
    acme: Organisation, initech: Elsewhere
):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    old = await acme.idea(forum)
    reply = await acme.reply(old, "An answer.")
    clock = RuleClock(acme.house)
    stored, _ = await rules.rules_in_force(acme.house)
    guard = '\n[[rule]]\nid = "G-old"\nkind = "guard"\ndirection = "out"\nage = ">=2h"\neffect = "deny"\n'
    await rules.apply_rules(acme.house, acme.admin, stored.text + guard, alone=True)
    await acme.idle()
    assert await clock.run_once() == 0
    acme.wait(3600)
    young = await acme.idea(forum)
    await acme.idle()
    assert await clock.run_once() == 0
    acme.wait(3700)
    assert await RuleClock(acme.house).run_once() == 2, "a process that has just begun goes on where others were"
    assert await RuleClock(acme.house).run_once() == 0
    await acme.idle()
    assert [(await initech.get(one.uri)).status for one in (old, reply, young)] == [410, 410, 200]
    assert (await asked(acme, old.uri))[initech.host].cause == "rule"
    await ideas.edit(acme.house, acme.admin, young, "Second words.")
    await acme.idle()
    acme.wait(3700)
    assert await clock.run_once() == 2, "this clock has not looked for long"
    await acme.idle()
    assert (await initech.get(young.uri)).status == 200
    acme.wait(3700)
    assert await clock.run_once() == 1
    await acme.idle()
    assert (await initech.get(young.uri)).status == 410


async def test_a_share_that_ends_by_itself_takes_back_what_it_let_out(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    clock = RuleClock(acme.house)
    assert await clock.run_once() == 0, "no rule has a time"
    stored, _ = await rules.rules_in_force(acme.house)
    ends = (acme.house.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    share = f'id = "S-better/open"\nexpires = {ends}'
    text = stored.text.replace('id = "S-better/open"', share)
    assert text != stored.text
    await rules.apply_rules(acme.house, acme.admin, text, alone=True)
    await acme.idle()
    assert await clock.run_once() == 0
    acme.wait(3700)
    assert await clock.run_once() == 1
    assert await clock.run_once() == 0
    assert await RuleClock(acme.house).run_once() == 0, "another process finds it done"
    await acme.idle()
    assert (await initech.get(idea.uri)).status == 410
    assert (await asked(acme, idea.uri))[initech.host].cause == "rule"


async def test_an_edit_of_what_was_held_as_new_is_still_new_and_an_edit_of_what_crossed_is_none(
    acme: Organisation, initech: Elsewhere
):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    crossed = await acme.idea(forum)
    await acme.idle()
    stored, _ = await rules.rules_in_force(acme.house)
    guard = '\n[[rule]]\nid = "G-new"\nkind = "guard"\ndirection = "out"\nact = "Create"\neffect = "hold"\n'
    await ideas.edit(acme.house, acme.admin, crossed, "Second words.")
    await acme.idle()
    await rules.apply_rules(acme.house, acme.admin, stored.text + guard, alone=True)
    await acme.idle()
    assert (await initech.get(crossed.uri)).status == 200, "its words crossed as an Update, which no rule holds"
    held = await acme.idea(forum)
    await acme.idle()
    assert (await initech.get(held.uri)).status == 404
    await ideas.edit(acme.house, acme.admin, held, "Words that nobody has reviewed.")
    await acme.idle()
    assert (await initech.get(held.uri)).status == 404
    await rules.apply_rules(acme.house, acme.admin, stored.text + guard + "# The same again.\n", alone=True)
    await acme.idle()
    assert [(await initech.get(one.uri)).status for one in (crossed, held)] == [200, 404]


async def test_the_first_crossing_of_a_thread_stays_it_whatever_follows(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    stored, _ = await rules.rules_in_force(acme.house)
    guard = '\n[[rule]]\nid = "G-first"\nkind = "guard"\ndirection = "out"\nfirst_crossing = true\neffect = "redact"\n'
    guard += 'redactions = ["name->role"]\n'
    await rules.apply_rules(acme.house, acme.admin, stored.text + guard, alone=True)
    idea = await acme.idea(forum)
    await acme.idle()
    reply = await acme.reply(idea, "An answer.")
    await acme.idle()
    said = [
        verdict.verdict for one in (idea, reply) for verdict in await crossings.verdicts_of(acme.house, acme.admin, one)
    ]
    assert set(said[: len(said) // 2]) == {"redacted"}
    assert set(said[len(said) // 2 :]) == {"allowed"}
    await acme.partner("late.example")
    await acme.idle()
    again = await crossings.verdicts_of(acme.house, acme.admin, idea)
    assert {verdict.verdict for verdict in again} == {"redacted"}
    assert await asked(acme) == {}


async def test_a_recall_from_one_server_bars_it_from_what_everybody_else_goes_on_reading(
    acme: Organisation, initech: Elsewhere, umbrella: Elsewhere
):
    forum = await acme.forum("open")
    ann, mia = await follow(initech, acme, forum.uri), umbrella.person("mia")
    idea = await acme.idea(forum)
    await acme.idle()
    (created,) = [one.activity["object"]["id"] for one in initech.arrived if one.shape == "Announce Create Article"]
    assert (await initech.get(created, by=ann)).status == 200
    assert [(await initech.get(idea.uri, by=ann)).status, (await umbrella.get(idea.uri, by=mia)).status] == [200, 200]
    await crossings.recall(acme.house, acme.admin, idea, initech.host)
    await acme.idle()
    assert (await initech.get(idea.uri, by=ann)).status in (404, 410)
    assert (await initech.get(created, by=ann)).status == 404, "the activity holds the same words"
    assert (await umbrella.get(idea.uri, by=mia)).status == 200
    assert (await umbrella.get(idea.uri)).status == 200
