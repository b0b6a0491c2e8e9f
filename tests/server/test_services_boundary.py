"""What crosses to whom: verdicts, rules, holds, partners, recalls, and the board's figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.boundary.rules import RuleErrors
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.jams import Forum
from server.services import (
    board,
    crossings,
    dry_run,
    forums,
    guises,
    ideas,
    ideas_read,
    incoming,
    judging,
    log,
    marking,
    partners,
    people,
    readership,
    rule_versions,
    rules,
)
from server.services.judging import Draft
from tests.server.services_world import World, hello

GLOBEX = "globex.example"
AMBER_SHARE = '\n[[rule]]\nid = "S-amber"\nkind = "share"\nto = "everyone"\nlabel = "<=AMBER"\n'
NO_LIKES = '\n[[rule]]\nid = "G-likes"\nkind = "guard"\ndirection = "out"\nact = "Like"\neffect = "deny"\n'


async def judged(
    world: World, forum: Forum, text: str = "Plain words.", label: str = "GREEN", **who: object
) -> dict[str, str]:
    author = await world.person("bob", **who)  # type: ignore[arg-type]
    verdicts = await judging.judge(world.house, Draft(forum, author, "Title", text, label))
    return {verdict.audience: verdict.verdict for verdict in verdicts}


async def test_each_audience_of_a_forum_gets_its_own_verdict(world: World):
    jam, admin = await world.jam(), await world.admin()
    await partners.add_partner(world.house, admin, GLOBEX, "partner")
    await partners.add_partner(world.house, admin, "customer.example", "customer")
    public = await world.forum("boxes", "public", jam)
    assert await judged(world, public) == {"*": "allowed", GLOBEX: "allowed", "customer.example": "allowed"}
    assert await judged(world, await world.forum("plans", "partners", jam)) == {GLOBEX: "allowed"}
    named = await world.forum("named", "partners", jam, peers=("customer.example",))
    assert await judged(world, named) == {"customer.example": "allowed"}
    assert set((await judged(world, await world.forum("private", "inside", jam))).values()) == {"inside"}


async def test_nothing_above_green_leaves_and_the_rule_is_named(world: World):
    admin, forum = await world.admin(), await world.forum()
    await partners.add_partner(world.house, admin, GLOBEX, "partner", "RED")
    draft = Draft(forum, admin, "Title", "Plain words.", "AMBER")
    said = {verdict.audience: verdict for verdict in await judging.judge(world.house, draft)}
    assert [(one.verdict, one.rules) for one in said.values()] == [("denied", ("G-label",))] * 2


async def test_findings_are_held_and_names_without_consent_redacted(world: World):
    forum = await world.forum()
    assert await judged(world, forum, "Write to carol@acme.example.") == {"*": "held"}
    shy = await world.person("dan", consent=False)
    said = await judging.judge(world.house, Draft(forum, shy, "Title", "Plain words.", "GREEN"))
    assert (said[0].verdict, said[0].redactions) == ("redacted", frozenset({"name->role"}))


async def test_a_reply_crosses_only_where_its_idea_did(world: World):
    forum, bob = await world.forum(), await world.person("bob")
    for text, label, expected in (
        ("Plain words.", "GREEN", "allowed"),
        ("Write to carol@acme.example.", "GREEN", "held"),
        ("Plain words.", "RED", "denied"),
    ):
        idea = await world.idea(forum, text=text, label=label)
        reply = await ideas.reply(world.house, bob, idea, "Plain answer.")
        draft = replace(await judging.draft_of(world.house, reply), label="GREEN")
        assert [one.verdict for one in await judging.judge(world.house, draft)] == [expected]


async def test_what_was_decided_is_what_is_told_later(world: World):
    bob, idea = await world.person("bob"), await world.idea(await world.forum())
    foreseen = await crossings.verdicts_of(world.house, bob, idea)
    await crossings.record_verdicts(world.house, [judging.Judged(idea.id, idea.version, "Create", tuple(foreseen))])
    told = await crossings.verdicts_of(world.house, bob, idea)
    assert [(one.audience, one.verdict, one.rules, one.reason) for one in told] == [
        (one.audience, one.verdict, one.rules, one.reason) for one in foreseen
    ]
    assert set(await rules.rule_hits(world.house)) == {rule for one in foreseen for rule in one.rules}


async def test_a_recalled_idea_crosses_to_that_server_no_more(world: World):
    admin, forum = await world.admin(), await world.forum()
    await partners.add_partner(world.house, admin, GLOBEX, "partner")
    idea = await world.idea(forum)
    with pytest.raises(NotAllowed):
        await crossings.recall(world.house, await world.person("bob"), idea, GLOBEX)
    await crossings.recall(world.house, admin, idea, GLOBEX)
    said = await judging.judge(world.house, await judging.draft_of(world.house, idea))
    assert {one.audience: one.verdict for one in said} == {"*": "allowed", GLOBEX: "denied"}
    await crossings.recall(world.house, admin, idea)
    said = await judging.judge(world.house, await judging.draft_of(world.house, idea))
    assert {one.verdict for one in said} == {"denied"}


async def test_a_paused_partner_gets_nothing_and_sends_nothing(world: World):
    admin, forum = await world.admin(), await world.forum("plans", "partners")
    await partners.add_partner(world.house, admin, GLOBEX, "partner")
    eve = await people.meet(world.house, f"https://{GLOBEX}/eve", "eve", GLOBEX, "Eve", "")
    assert (await incoming.judge_incoming(world.house, hello(eve, forum))).verdict == "allowed"
    assert await readership.may_follow(world.house, forum, GLOBEX)
    await partners.change_partner(world.house, admin, GLOBEX, state="paused")
    assert await judged(world, forum) == {GLOBEX: "denied"}
    assert (await incoming.judge_incoming(world.house, hello(eve, forum))).verdict == "denied"
    assert not await readership.may_follow(world.house, forum, GLOBEX)


async def test_strangers_follow_public_forums_alone(world: World):
    jam = await world.jam()
    for audience, expected in (("public", True), ("partners", False), ("inside", False)):
        forum = await world.forum(f"for-{audience}", audience, jam)  # type: ignore[arg-type]
        assert await readership.may_follow(world.house, forum, "stranger.example") is expected


async def test_a_redacted_copy_has_one_uri_of_its_own(world: World):
    idea = await world.idea(await world.forum())
    assert await guises.public_uri(world.house, idea, frozenset()) == idea.uri
    twin = await guises.public_uri(world.house, idea, frozenset({"email", "phone"}))
    assert twin == await guises.public_uri(world.house, idea, frozenset({"phone", "email"}))
    assert twin != idea.uri
    assert set(await guises.all_public_uris(world.house, idea)) == {idea.uri, twin}
    found = await ideas_read.by_uri(world.house, twin)
    assert found is not None
    assert found.id == idea.id


async def test_a_pseudonym_is_the_same_within_a_thread_and_another_in_the_next(world: World):
    dan = await world.person("dan", consent=False)
    first = await guises.pseudonym(world.house, dan, "thread-1")
    assert first == await guises.pseudonym(world.house, dan, "thread-1")
    assert first[0] != (await guises.pseudonym(world.house, dan, "thread-2"))[0]
    assert first[2] == "A colleague at Acme"


async def test_a_change_that_opens_waits_for_a_second_person(world: World):
    admin, eve = await world.admin(), await world.person("eve", "admin")
    text = (await rules.rules_in_force(world.house))[0].text
    stored, change = await rules.apply_rules(world.house, admin, text + AMBER_SHARE)
    assert (stored.state, change.is_opening) == ("waiting", True)
    with pytest.raises(NotAllowed):
        await rule_versions.approve_rules(world.house, admin, stored.version)
    with pytest.raises(NotAllowed):
        await rule_versions.approve_rules(world.house, await world.person("bob"), stored.version)
    assert (await rule_versions.approve_rules(world.house, eve, stored.version)).state == "active"
    assert (await rules.rules_in_force(world.house))[0].version == stored.version


async def test_a_change_that_only_narrows_is_in_force_at_once_and_undoing_it_opens(world: World):
    admin = await world.admin()
    text = (await rules.rules_in_force(world.house))[0].text
    await world.forum()
    text = (await rules.rules_in_force(world.house))[0].text
    stored, change = await rules.apply_rules(world.house, admin, text + NO_LIKES)
    assert (stored.state, change.opens) == ("active", ())
    back, undone = await rules.apply_rules(world.house, admin, text)
    assert (back.state, bool(undone.opens)) == ("waiting", True)
    await rule_versions.refuse_rules(world.house, admin, back.version)
    with pytest.raises(Conflict):
        await rule_versions.refuse_rules(world.house, admin, back.version)
    with pytest.raises(Conflict):
        await rule_versions.approve_rules(world.house, admin, back.version)


async def test_the_operator_at_the_command_line_needs_nobody_else(world: World):
    text = (await rules.rules_in_force(world.house))[0].text
    stored, _ = await rules.apply_rules(world.house, await world.admin(), text + AMBER_SHARE, alone=True)
    assert stored.state == "active"


async def test_dropping_a_code_name_counts_as_opening(world: World):
    admin, forum = await world.admin(), await world.forum()
    text = (await rules.rules_in_force(world.house))[0].text
    stored, _ = await rules.apply_rules(world.house, admin, 'code_names = ["Project Lynx"]\n' + text)
    assert stored.state == "active"
    assert await judged(world, forum, "About project-lynx.") == {"*": "held"}
    dropped, change = await rules.apply_rules(world.house, admin, text)
    assert (dropped.state, bool(change.opens)) == ("waiting", True)


async def test_a_broken_table_changes_nothing(world: World):
    admin, before = await world.admin(), (await rules.rules_in_force(world.house))[0].version
    with pytest.raises(RuleErrors):
        await rules.apply_rules(world.house, admin, '[[rule]]\nkind = "gaurd"\n')
    assert (await rules.rules_in_force(world.house))[0].version == before


async def test_a_dry_run_lists_the_stored_decisions_that_would_flip(world: World):
    bob, idea = await world.person("bob"), await world.idea(await world.forum())
    verdicts = await crossings.verdicts_of(world.house, bob, idea)
    await crossings.record_verdicts(world.house, [judging.Judged(idea.id, idea.version, "Create", tuple(verdicts))])
    in_force = (await rules.rules_in_force(world.house))[0].text
    same = await dry_run.dry_run(world.house, in_force)
    assert (same.judged, same.total, same.flips) == (1, 0, [])
    done = await dry_run.dry_run(world.house, "")
    assert (done.judged, done.total, done.opening) == (1, 1, 0)
    assert [(flip.before.effect, flip.after.effect, flip.opens) for flip in done.flips] == [("allow", "deny", False)]


async def test_a_dry_run_looks_again_at_what_people_wrote_where_other_words_are_looked_for(world: World):
    forum, bob = await world.forum(), await world.person("bob")
    for text in ("About Bluebird.", "Plain words.", "Write to carol@acme.example."):
        idea = await world.idea(forum, text=text)
        verdicts = await crossings.verdicts_of(world.house, bob, idea)
        await crossings.record_verdicts(world.house, [judging.Judged(idea.id, 1, "Create", tuple(verdicts))])
        await ideas.edit(world.house, bob, idea, "Other words by now.")
    in_force = (await rules.rules_in_force(world.house))[0].text
    done = await dry_run.dry_run(world.house, 'code_names = ["Bluebird"]\n' + in_force)
    assert (done.judged, done.total) == (3, 1)
    assert (done.flips[0].after.effect, done.flips[0].facts.findings) == ("hold", frozenset({"codename"}))
    assert (await dry_run.dry_run(world.house, "", 2)).judged == 2


async def test_partners_are_named_by_host_and_changed_by_admins(world: World):
    admin = await world.admin()
    made = await partners.add_partner(world.house, admin, " Globex.Example ", "partner")
    assert (made.host, made.name, made.clearance) == (GLOBEX, GLOBEX, "GREEN")
    for host in ("", "a b", "https://globex.example", "globex.example/x", "-x.example"):
        with pytest.raises(Invalid):
            await partners.add_partner(world.house, admin, host, "partner")
    with pytest.raises(NotAllowed):
        await partners.add_partner(world.house, await world.person("bob"), "x.example", "partner")
    removed = await partners.change_partner(world.house, admin, GLOBEX, state="removed")
    assert removed.state == "removed"
    assert await partners.list_partners(world.house) == []
    with pytest.raises(Missing):
        await partners.change_partner(world.house, admin, GLOBEX, state="active")


async def test_the_boards_figures_equal_what_was_said(world: World):
    forum = await world.forum()
    bob, carol = await world.person("bob", unit="Sales"), await world.person("carol", unit="Sales")
    eve = await people.meet(world.house, f"https://{GLOBEX}/eve", "eve", GLOBEX, "Eve", "")
    idea = await world.idea(forum, bob)
    world.time.pass_by(minutes=20)
    await ideas.reply(world.house, eve, idea, "From afar.")
    gone = await ideas.reply(world.house, bob, idea, "Never mind.")
    await ideas.delete(world.house, bob, gone)
    await marking.mark(world.house, carol, idea, "support")
    jam = (await forums.forum_and_jam(world.house, forum.id))[1]
    told = await board.read_board(world.house, carol, jam)
    assert (told.active_now, told.people, told.ideas, told.replies, told.invited) == (2, 2, 1, 1, 3)
    assert [(ideas_, replies) for _, ideas_, replies in told.per_minute] == [(1, 0), (0, 1)]
    assert told.guests == 1
    mallory = await people.meet(world.house, f"https://{GLOBEX}/mallory", "mallory", GLOBEX, "Mallory", "")
    await marking.mark(world.house, mallory, idea, "support")
    later = await board.read_board(world.house, carol, jam)
    assert (later.people, later.guests) == (2, 2), "who marked is a guest too"
    assert (told.by_unit, told.left_out) == ([], 2), "three people in all: nobody is singled out"
    assert {share.name: (share.people, share.of) for share in told.by_host} == {"Acme": (1, 3), GLOBEX: (1, None)}
    with pytest.raises(Missing):
        await board.read_board(world.house, eve, jam)


async def test_themes_are_kept_with_the_place_up_to_which_they_count(world: World):
    jam, bob = await world.jam(), await world.person("bob")
    assert await board.read_themes(world.house, bob, jam) is None
    await board.keep_themes(world.house, jam.id, 7, '{"themes": []}', b"state")
    assert await board.read_themes(world.house, bob, jam) == '{"themes": []}'
    assert await board.theme_snapshot(world.house, jam.id) == (7, b"state")
    assert (await log.events_after(world.house, 0))[-1].kind == "ThemesRefreshed"
