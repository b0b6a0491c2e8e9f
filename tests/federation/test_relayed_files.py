"""What others attach to their words goes along where we pass these on, so rules count it as they count our files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from federation.outside import crossings as granted
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings, holds, judging, rules, shadow
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.gate.test_gate_files import ABOUT_OTHERS, without_guard
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import follow
from tests.federation.test_files_elsewhere import picture

GUARD = '\n[[rule]]\nid = "G-some"\nkind = "guard"\ndirection = "out"\neffect = "deny"\n'
BARE = GUARD.replace("deny", "redact") + 'attachments = ">0"\nredactions = ["attachments"]\n'
PLAN = {"type": "Document", "mediaType": "application/pdf", "url": "https://files.example/plan.pdf", "name": "Plan"}


@dataclass
class Between:
    """A forum of ours that one server writes in and another one follows."""

    acme: Organisation
    peer: Elsewhere
    third: Elsewhere
    forum: Forum
    idea: Contribution
    ann: str

    async def say(self, text: str, *attached: object) -> dict[str, Any]:
        note = self.peer.note(self.ann, text, self.idea.uri, self.forum.uri, attachment=list(attached))
        assert (await self.peer.post(self.acme.inbox, self.peer.create(note))).status == 202
        await self.acme.idle()
        return note

    def heard(self) -> list[tuple[str, str, int]]:
        """Return what the follower was told since it was last asked: act, words, number of files."""
        told = [one.activity["object"] for one in self.third.arrived]
        self.third.arrived.clear()
        words = [one["object"] if isinstance(one["object"], dict) else {} for one in told]
        return [
            (act["type"], said.get("content", ""), len(said.get("attachment", [])))
            for act, said in zip(told, words, strict=True)
        ]

    async def listed(self, note: dict[str, Any]) -> bool:
        return bool(await granted.audiences_of(self.acme.outside, note["id"]))

    async def guard(self, more: str) -> None:
        stored, _ = await rules.rules_in_force(self.acme.house)
        await rules.apply_rules(self.acme.house, self.acme.admin, stored.text + more, "Files.", alone=True)
        await self.acme.idle()


@pytest.fixture
async def between(acme: Organisation, elsewhere: MakeElsewhere) -> Between:
    peer, third = await elsewhere(), await elsewhere("marmalade")
    await without_guard(acme)
    forum = await acme.forum("open")
    await acme.idle()
    ann = await follow(peer, acme, forum.uri)
    await follow(third, acme, forum.uri, "ben")
    idea = await acme.idea(forum, "Boxes.", title="Boxes")
    await acme.idle()
    third.arrived.clear()
    return Between(acme, peer, third, forum, idea, ann)


async def test_words_with_more_files_than_a_rule_lets_across_are_not_passed_on(between: Between):
    acme, peer = between.acme, between.peer
    await between.guard(GUARD + 'attachments = ">2"\n')
    many = await between.say("Three.", *(picture(peer, str(at), "A cat") for at in range(2)), {"type": "Document"})
    few = await between.say("Two.", picture(peer, "cat", "A cat"), PLAN)
    assert [one[2] for one in between.heard()] == [2]
    assert (await between.listed(many), await between.listed(few)) == (False, True)
    made = await acme.know(many["id"])
    assert made is not None
    kept = await crossings.verdicts_of(acme.house, acme.admin, made)
    assert {(one.verdict, one.rules) for one in kept} == {("denied", ("G-some",))}
    for one in (*kept, *await judging.judge(acme.house, await judging.draft_of(acme.house, made))):
        facts = json.loads(one.facts)
        assert (facts["attachments"], facts["attachment_bytes"]) == (3, 1 << 50)
        assert set(facts["attachment_types"]) == {"image/jpeg", "application/octet-stream"}


@pytest.mark.parametrize("types", ['["application/pdf"]', '["!image/*"]'])
async def test_words_with_a_type_of_file_that_a_rule_refuses_are_not_passed_on(between: Between, types: str):
    await between.guard(GUARD + f"attachment_types = {types}\n")
    plan = await between.say("A plan.", picture(between.peer, "cat", "A cat"), PLAN)
    linked = {"type": "Document", "url": [{"type": "Link", "mediaType": "application/pdf", "href": PLAN["url"]}]}
    assert not await between.listed(plan)
    assert not await between.listed(await between.say("A plan by a link.", linked))
    unsaid = await between.say("What is it?", {"type": "Document", "url": "https://files.example/it"})
    assert await between.listed(unsaid) is (types == '["application/pdf"]'), "not stated is application/octet-stream"
    between.heard()
    cat = await between.say("A cat.", picture(between.peer, "cat", "A cat"))
    assert [one[2] for one in between.heard()] == [1]
    assert await between.listed(cat)


async def test_a_file_added_to_words_that_were_passed_on_ends_what_was_granted(between: Between):
    await between.guard(GUARD + 'attachments = ">0"\n')
    note = await between.say("Bare.")
    assert ([one[0] for one in between.heard()], await between.listed(note)) == (["Create"], True)
    changed = {**note, "attachment": [PLAN]}
    await between.peer.post(between.acme.inbox, between.peer.activity("Update", between.ann, changed))
    await between.acme.idle()
    assert ([one[0] for one in between.heard()], await between.listed(note)) == (["Delete"], False)


@pytest.mark.parametrize("rule", [GUARD + 'attachments = ">0"\n', BARE])
async def test_a_rule_about_files_ends_what_was_passed_on_with_some_before(between: Between, rule: str):
    note = await between.say("A plan.", PLAN)
    bare = await between.say("Bare.")
    assert [one[2] for one in between.heard()] == [1, 0]
    await shadow.start_shadow(between.acme.house, between.acme.admin, await _with(between, rule))
    await between.acme.idle()
    again = await between.say("Another plan.", PLAN)
    report = await shadow.report(between.acme.house)
    assert report is not None
    assert {one.after for one in report.differences} <= {"denied", "redacted"}
    assert report.otherwise > 0
    between.heard()
    await between.guard(rule)
    assert sorted(one[0] for one in between.heard()) == ["Delete", "Delete"]
    assert [await between.listed(one) for one in (note, bare, again)] == [False, True, False]
    await between.say("Yet another.", PLAN)
    assert between.heard() == [], "nothing can be taken out of what others signed"


async def test_older_words_with_a_file_stand_no_longer_than_a_rule_lets_that_file_across(between: Between):
    await between.guard(GUARD.replace("G-some", "G-long").replace("deny", "hold") + 'length = ">20"\n')
    note = await between.say("A plan.", PLAN)
    longer = {**note, "content": "<p>There is no plan here any more.</p>", "attachment": []}
    await between.peer.post(between.acme.inbox, between.peer.activity("Update", between.ann, longer))
    await between.acme.idle()
    assert await between.listed(note), "a held edit leaves what stands"
    between.heard()
    await between.guard(ABOUT_OTHERS)
    assert (between.heard(), await between.listed(note)) == ([], True), "what is decided of others shows to nobody"
    await between.guard(GUARD + 'attachments = ">0"\n')
    assert [one[0] for one in between.heard()] == ["Delete"]
    assert not await between.listed(note)


@pytest.mark.parametrize("attached", [[], [PLAN]])
async def test_what_was_said_of_a_file_is_asked_about_while_words_without_it_wait(
    between: Between, attached: list[object]
):
    await between.guard(GUARD.replace("G-some", "G-long").replace("deny", "hold") + 'length = ">20"\n')
    note = await between.say("A plan.", {**PLAN, "name": "Bluebird"})
    longer = {**note, "content": "<p>There is another plan here now.</p>", "attachment": attached}
    await between.peer.post(between.acme.inbox, between.peer.activity("Update", between.ann, longer))
    await between.acme.idle()
    assert await between.listed(note)
    stored, _ = await rules.rules_in_force(between.acme.house)
    table = 'code_names = ["Bluebird"]\n' + stored.text.replace("code_names = []\n", "")
    await rules.apply_rules(between.acme.house, between.acme.admin, table, alone=True)
    await between.acme.idle()
    assert not await between.listed(note)


async def test_released_words_stand_with_their_file_while_words_without_it_wait(between: Between):
    await between.guard(GUARD.replace("G-some", "G-held").replace("deny", "hold") + 'length = ">6"\n')
    note = await between.say("A plan.", PLAN)
    (hold,) = await holds.list_holds(between.acme.house, between.acme.admin)
    await holds.release(between.acme.house, between.acme.admin, hold.id)
    await between.acme.idle()
    assert await between.listed(note)
    await between.peer.post(
        between.acme.inbox,
        between.peer.activity("Update", between.ann, {**note, "content": "<p>No plan here.</p>", "attachment": []}),
    )
    await between.acme.idle()
    between.heard()
    await between.guard(ABOUT_OTHERS)
    assert (between.heard(), await between.listed(note)) == ([], True)


async def _with(between: Between, rule: str) -> str:
    stored, _ = await rules.rules_in_force(between.acme.house)
    return stored.text + rule


async def test_only_the_activity_with_the_files_that_were_judged_is_passed_on(between: Between):
    """Its server states the same words with other files at the same time: the newest is not what was let in."""
    await between.guard(
        '\n[[rule]]\nid = "G-in"\nkind = "guard"\ndirection = "in"\nattachments = ">1"\neffect = "deny"\n'
    )
    note = between.peer.note(between.ann, "Two.", between.idea.uri, between.forum.uri, attachment=[PLAN])
    await between.peer.post(between.acme.inbox, between.peer.create(note))
    more = {**note, "attachment": [PLAN, PLAN]}
    await between.peer.post(between.acme.inbox, between.peer.activity("Update", between.ann, more))
    await between.acme.idle()
    assert {one[2] for one in between.heard()} == {1}
