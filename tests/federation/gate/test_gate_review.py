"""What reviewers release crosses as they saw it, by the rules that they saw: all else is asked again."""

from __future__ import annotations

import pytest

from federation.gate.release import CONSUMER
from federation.outside import errands
from server.domain.actors import Member
from server.domain.errors import Conflict, NotAllowed
from server.domain.holds import Hold
from server.domain.ideas import Contribution
from server.services import crossings, guises, holds, ideas, ideas_read, people, rules
from server.services.holds import UNDO_SECONDS
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation

ADDRESS = "Write to bob@example.org."
NO_LIKES = '\n[[rule]]\nid = "G-likes"\nkind = "guard"\ndirection = "out"\nact = ["Like"]\neffect = "deny"\n'
FIRST = '\n[[rule]]\nid = "G-first"\nkind = "guard"\ndirection = "out"\nfirst_crossing = true\neffect = "hold"\n'
HOLD_IN = '\n[[rule]]\nid = "G-in"\nkind = "guard"\ndirection = "in"\nact = ["Create"]\neffect = "hold"\n'


@pytest.fixture
async def initech(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("lemmy")


@pytest.fixture
async def globex(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("marmalade")


@pytest.fixture
async def rita(acme: Organisation) -> Member:
    return await acme.member("rita", "reviewer")


async def change_rules(acme: Organisation, old: str = "", new: str = "", *, add: str = "") -> None:
    """Put another table in force: some words of it replaced, or some added."""
    stored, _ = await rules.rules_in_force(acme.house)
    assert old in stored.text
    await rules.apply_rules(acme.house, acme.admin, stored.text.replace(old, new) + add, alone=True)
    await acme.idle()


async def replay(acme: Organisation) -> None:
    """Have the gate deal with all events once more, as after a crash that lost its place."""
    async with acme.outside.store.transaction() as change:
        await change.execute("UPDATE cursors SET seq = 0 WHERE consumer = ?", (CONSUMER,))
    assert await errands.cursor(acme.outside, CONSUMER) == 0
    await acme.idle()


async def waiting(acme: Organisation, rita: Member) -> list[Hold]:
    await acme.idle()
    return await holds.list_holds(acme.house, rita)


async def released(acme: Organisation, rita: Member, idea: Contribution) -> Hold:
    """Release the one hold that waits, which is on this idea."""
    (hold,) = await waiting(acme, rita)
    assert hold.contribution_id == idea.id
    done = await holds.release(acme.house, rita, hold.id)
    await acme.idle()
    return done


async def status(peer: Elsewhere, uri: str, by: str = "") -> int:
    return (await peer.get(uri, by=by)).status


async def test_what_was_released_crosses_as_the_very_bytes_that_were_shown(
    acme: Organisation, initech: Elsewhere, rita: Member
):
    idea = await acme.idea(await acme.forum("open"), ADDRESS)
    hold = await released(acme, rita, idea)
    rows = await acme.outside.store.fetch("SELECT sha FROM crossings WHERE uri = ?", (idea.uri,))
    assert {row["sha"] for row in rows} == {hold.copies["*"]}
    assert hold.previews[0].text == ADDRESS
    assert await status(initech, idea.uri) == 200


async def test_a_release_outlives_a_change_of_other_rules_but_not_one_of_those_that_held(
    acme: Organisation, initech: Elsewhere, rita: Member
):
    idea = await acme.idea(await acme.forum("open"), ADDRESS)
    await released(acme, rita, idea)
    await change_rules(acme, add=NO_LIKES)
    assert await status(initech, idea.uri) == 200
    await change_rules(acme, "Secrets and personal data wait for a reviewer.", "They wait.")
    assert await status(initech, idea.uri) == 200, "a note changes nothing that a rule does"
    await change_rules(acme, 'effect = "hold"', 'effect = "hold"\nredactions = ["secret"]')
    assert await status(initech, idea.uri) == 410
    (hold,) = await waiting(acme, rita)
    assert "changed since it was approved" in hold.reason
    await released(acme, rita, idea)
    assert await status(initech, idea.uri) == 410
    assert await status(initech, (await guises.all_public_uris(acme.house, idea))[-1]) == 200


async def test_what_is_approved_while_the_rule_changes_is_asked_again(
    acme: Organisation, initech: Elsewhere, rita: Member
):
    idea = await acme.idea(await acme.forum("open"), ADDRESS)
    (before,) = await waiting(acme, rita)
    stored, _ = await rules.rules_in_force(acme.house)
    text = stored.text.replace('effect = "hold"', 'effect = "hold"\nnotify = ["@legal"]')
    await rules.apply_rules(acme.house, acme.admin, text, alone=True)
    await holds.release(acme.house, rita, before.id, offer=before.offer)
    await acme.idle()
    assert await status(initech, idea.uri) == 404
    (after,) = await waiting(acme, rita)
    assert (after.id, after.state) == (before.id, "waiting")
    with pytest.raises(Conflict, match="changed since you looked"):
        await holds.release(acme.house, rita, after.id, offer=before.offer)
    await released(acme, rita, idea)
    assert await status(initech, idea.uri) == 200


async def test_a_partner_who_joins_is_another_question_and_what_was_released_stays(
    acme: Organisation, initech: Elsewhere, globex: Elsewhere, rita: Member
):
    idea = await acme.idea(await acme.forum("open"), ADDRESS)
    await released(acme, rita, idea)
    await acme.partner(globex.host)
    (hold,) = await waiting(acme, rita)
    assert set(hold.copies) == {globex.host}
    assert await status(initech, idea.uri) == 200
    await holds.release(acme.house, rita, hold.id)
    await acme.idle()
    await acme.partner("initech.example", "customer")
    await acme.idle()
    assert await status(initech, idea.uri) == 200, "judged again and again, it was released for everyone"
    (left,) = await waiting(acme, rita)
    assert set(left.copies) == {"initech.example"}
    await change_rules(acme, add=NO_LIKES)
    said = {one.audience: one.verdict for one in await crossings.verdicts_of(acme.house, rita, idea)}
    assert said == {"*": "allowed", globex.host: "allowed", "initech.example": "held"}


async def test_a_refusal_stands_when_the_rule_that_held_it_goes_until_the_words_change(
    acme: Organisation, initech: Elsewhere, rita: Member
):
    idea = await acme.idea(await acme.forum("open"), ADDRESS)
    (hold,) = await waiting(acme, rita)
    await holds.refuse(acme.house, rita, hold.id, "Not his address.")
    await acme.idle()
    (said,) = await crossings.verdicts_of(acme.house, rita, idea)
    assert (said.verdict, said.reason) == ("held", "A reviewer kept it inside.")
    await change_rules(acme, '"email", ', "")
    assert await status(initech, idea.uri) == 404
    assert await waiting(acme, rita) == []
    await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), "Write to Bob at bob@example.org.")
    await acme.idle()
    assert await status(initech, idea.uri) == 200


async def test_a_question_that_no_rule_asks_any_more_leaves_the_queue(
    acme: Organisation, initech: Elsewhere, rita: Member
):
    idea = await acme.idea(await acme.forum("open"), ADDRESS)
    (hold,) = await waiting(acme, rita)
    await change_rules(acme, '"email", ', "")
    assert await waiting(acme, rita) == []
    assert await status(initech, idea.uri) == 200
    with pytest.raises(Conflict, match="waits no longer"):
        await holds.release(acme.house, rita, hold.id)
    await change_rules(acme, "findings = [", 'findings = ["email", ')
    assert [one.id for one in await waiting(acme, rita)] == [hold.id], "asked anew when a rule holds it again"


async def test_each_different_copy_is_shown_with_what_was_taken_out(
    acme: Organisation, globex: Elsewhere, rita: Member
):
    await acme.partner(globex.host)
    redact = f'\n[[rule]]\nid = "G-mail"\nkind = "guard"\nto = ["{globex.host}"]\neffect = "redact"\n'
    redact += 'redactions = ["email"]\n'
    await change_rules(acme, add=redact)
    zoe = await acme.member("zoe", name="Zoe Zuckerfrau", consent=False)
    await acme.idea(await acme.forum("open"), ADDRESS, zoe)
    (hold,) = await waiting(acme, rita)
    copies = {audience: next(one for one in hold.previews if one.sha == sha) for audience, sha in hold.copies.items()}
    assert copies["*"].text == ADDRESS
    assert copies[globex.host].text == "Write to [e-mail removed]."
    assert copies[globex.host].masked == (("email", "bob@example.org"),)
    assert {one.author for one in hold.previews} == {"A colleague at Acme"}


async def test_a_replay_after_a_crash_asks_nothing_twice_and_sends_nothing_twice(
    acme: Organisation, initech: Elsewhere, rita: Member
):
    forum = await acme.forum("open")
    await acme.idle()
    await initech.post(acme.inbox, initech.activity("Follow", initech.person("ann"), forum.uri))
    await acme.idle()
    initech.arrived.clear()
    idea = await acme.idea(forum, ADDRESS)
    hold = await released(acme, rita, idea)
    refused = await acme.idea(forum, "Or to ann@example.org.")
    (other,) = await waiting(acme, rita)
    await holds.refuse(acme.house, rita, other.id, "No.")
    await acme.idle()
    told = initech.shapes()
    tables = {
        name: await acme.house.store.fetch(f"SELECT * FROM {name}") for name in ("holds", "hold_answers", "events")
    }
    await replay(acme)
    for name, rows in tables.items():
        assert await acme.house.store.fetch(f"SELECT * FROM {name}") == rows, name
    assert initech.shapes() == told == ["Announce Create Article"]
    assert (await holds.find_hold(acme.house, hold.id)).state == "released"
    assert await status(initech, refused.uri) == 404


async def test_a_decision_within_its_seconds_has_crossed_nowhere(acme: Organisation, initech: Elsewhere, rita: Member):
    idea = await acme.idea(await acme.forum("open"), ADDRESS)
    (hold,) = await waiting(acme, rita)
    await holds.release(acme.house, rita, hold.id, undo_seconds=UNDO_SECONDS)
    await holds.settle_decisions(acme.house)
    await acme.idle()
    assert await status(initech, idea.uri) == 404
    acme.wait(UNDO_SECONDS + 1)
    await holds.settle_decisions(acme.house)
    await acme.idle()
    assert await status(initech, idea.uri) == 200


async def test_a_reviewer_who_leaves_takes_nothing_back(acme: Organisation, initech: Elsewhere, rita: Member):
    idea = await acme.idea(await acme.forum("open"), ADDRESS)
    await released(acme, rita, idea)
    await people.change_member(acme.house, acme.admin, rita, active=False)
    await change_rules(acme, add=NO_LIKES)
    assert await status(initech, idea.uri) == 200


async def test_the_first_words_of_a_thread_are_held_once_for_each_audience(
    acme: Organisation, initech: Elsewhere, globex: Elsewhere, rita: Member
):
    await change_rules(acme, add=FIRST)
    forum = await acme.forum("open")
    idea = await acme.idea(forum, "Plain.")
    early = await acme.reply(idea, "Before it was released.")
    await released(acme, rita, idea)
    late = await acme.reply(idea, "After it was.")
    assert await waiting(acme, rita) == []
    for made in (idea, early, late):
        assert await status(initech, made.uri) == 200
    await acme.partner(globex.host)
    (hold,) = await waiting(acme, rita)
    assert (hold.contribution_id, set(hold.copies)) == (idea.id, {globex.host})
    await holds.release(acme.house, rita, hold.id)
    assert await waiting(acme, rita) == []
    gus = globex.person("gus")
    for made in (idea, early, late):
        assert await status(globex, made.uri, gus) == 200


async def test_what_wants_in_comes_in_once_it_was_released_and_is_asked_again_when_the_rule_changes(
    acme: Organisation, initech: Elsewhere, rita: Member
):
    forum = await acme.forum("open")
    idea = await acme.idea(forum, "Plain.")
    await change_rules(acme, add=HOLD_IN)
    notes = [initech.note(initech.person("ann"), word, idea.uri, forum.uri) for word in ("One.", "Two.", "Three.")]
    for note in notes:
        await initech.post(acme.inbox, initech.create(note))
    first, second, third = await waiting(acme, rita)
    assert (first.direction, first.preview, first.author) == ("in", "One.", f"@ann@{initech.host}")
    await holds.release(acme.house, rita, first.id)
    await holds.refuse(acme.house, rita, second.id, "No.")
    await acme.idle()
    assert [one.text for one in await ideas_read.replies_of(acme.house, idea.id)] == ["One."]
    stored, _ = await rules.rules_in_force(acme.house)
    text = stored.text.replace('id = "G-in"', 'id = "G-in"\nnotify = ["@legal"]')
    await rules.apply_rules(acme.house, acme.admin, text, alone=True)
    await holds.release(acme.house, rita, third.id)
    (again,) = await waiting(acme, rita)
    assert (again.id, again.preview) == (third.id, "Three.")
    await holds.release(acme.house, rita, third.id)
    await acme.idle()
    assert [one.text for one in await ideas_read.replies_of(acme.house, idea.id)] == ["One.", "Three."]
    assert (await acme.received())[-2][1] == "refused"


async def test_a_held_edit_leaves_released_words_standing_only_under_the_rules_that_released_them(
    acme: Organisation, initech: Elsewhere, rita: Member
):
    forum = await acme.forum("open")
    idea = await acme.idea(forum, ADDRESS)
    await released(acme, rita, idea)
    await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), "Write to ann@example.org.")
    await change_rules(acme, add=NO_LIKES)
    assert "bob@example.org" in (await initech.get(idea.uri)).json["content"]
    await change_rules(acme, 'effect = "hold"', 'effect = "hold"\nnotify = ["@legal"]')
    assert await status(initech, idea.uri) == 410


async def test_a_rule_that_wants_two_of_a_group_gets_two_of_it_on_the_same_bytes_and_wording(
    acme: Organisation, initech: Elsewhere, rita: Member
):
    lea, lou = [await acme.member(name, "reviewer") for name in ("lea", "lou")]
    await change_rules(acme, 'effect = "hold"', 'effect = "hold"\napprovals = 2\nreviewers = ["@R&D"]\nwithin = "4h"')
    idea = await acme.idea(await acme.forum("open"), ADDRESS)
    (hold,) = await waiting(acme, rita)
    assert (hold.approvals, hold.reviewers, hold.within_hours) == (2, ("@R&D",), 4)
    await holds.release(acme.house, lea, hold.id)
    await acme.idle()
    assert await status(initech, idea.uri) == 404
    await change_rules(acme, 'within = "4h"', 'within = "5h"')
    (again,) = await waiting(acme, rita)
    assert ([one.by.name for one in again.outdated], again.approved_by) == (["Lea"], ())
    await holds.release(acme.house, lou, hold.id)
    await acme.idle()
    assert await status(initech, idea.uri) == 404, "the first approval was of another rule"
    await holds.release(acme.house, lea, hold.id)
    await acme.idle()
    assert await status(initech, idea.uri) == 200
    await change_rules(acme, "approvals = 2", "approvals = 3")
    assert await status(initech, idea.uri) == 410, "what two let across is not enough any more"


async def test_audiences_that_need_other_reviewers_are_questions_of_their_own(
    acme: Organisation, initech: Elsewhere, globex: Elsewhere, rita: Member
):
    for peer in (globex, initech):
        await acme.partner(peer.host)
    guard = f'\n[[rule]]\nid = "G-globex"\nkind = "guard"\nto = ["{globex.host}"]\neffect = "hold"\n'
    await change_rules(acme, add=f'{guard}reviewers = ["lea"]\n')
    lea, gus, ann = await acme.member("lea", "reviewer"), globex.person("gus"), initech.person("ann")
    idea = await acme.idea(await acme.forum("friends", "partners"), ADDRESS)
    questions = {next(iter(hold.copies)): hold for hold in await waiting(acme, rita)}
    assert {host: hold.reviewers for host, hold in questions.items()} == {globex.host: ("lea",), initech.host: ()}
    with pytest.raises(NotAllowed):
        await holds.release(acme.house, rita, questions[globex.host].id)
    await holds.release(acme.house, rita, questions[initech.host].id)
    await acme.idle()
    assert (await status(initech, idea.uri, ann), await status(globex, idea.uri, gus)) == (200, 404)
    await holds.refuse(acme.house, lea, questions[globex.host].id, "Not to them.")
    await change_rules(acme, add=NO_LIKES)
    assert (await status(initech, idea.uri, ann), await status(globex, idea.uri, gus)) == (200, 404)
    assert await waiting(acme, rita) == []


async def test_an_approval_is_void_by_what_its_rule_looks_for_and_not_by_other_findings(
    acme: Organisation, initech: Elsewhere, rita: Member
):
    words = "Whoever wants to know more about our plans for the yard may write to bob@example.org at any time."
    forum = await acme.forum("open")
    idea = await acme.idea(forum, words)
    (before,) = await waiting(acme, rita)
    await acme.idea(await acme.forum("own", "inside"), words, await acme.member("bob"))
    await acme.idle()
    await replay(acme)
    (row,) = await acme.house.store.fetch("SELECT facts FROM verdicts WHERE contribution_id = ?", (idea.id,))
    assert '"quote"' in row["facts"], "they stand inside as well now, which no rule asks about"
    after = await holds.find_hold(acme.house, before.id)
    assert after.offer == before.offer
    await holds.release(acme.house, rita, before.id, offer=before.offer)
    await acme.idle()
    assert await status(initech, idea.uri) == 200
    stored, _ = await rules.rules_in_force(acme.house)
    names = 'code_names = ["the yard"]\n' if "code_names" not in stored.text else ""
    await rules.apply_rules(acme.house, acme.admin, names + stored.text, alone=True)
    await acme.idle()
    assert await status(initech, idea.uri) == 410, "the rule looks for code names, and now finds one"
