"""What facilitators mark reaches those who hold the idea, by the rules, and is undone there when it is taken back."""

from __future__ import annotations

import json

from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings, elsewhere, ideas, ideas_read, marking, moves, rules
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation
from tests.federation.test_histories import DAY, join, lose, settle, two

__all__ = ["two"]
Two = tuple[Organisation, Organisation, Forum, Forum]


async def marks_at(one: Organisation, uri: str) -> set[str]:
    """Return which marks of facilitators an idea bears on a server."""
    made = await one.know(uri)
    return {kind for kind in ("emerging", "best") if made and getattr(made, kind)}


async def mark(acme: Organisation, idea: Contribution, kind: str, made: bool = True) -> None:
    act = marking.mark if made else marking.unmark
    await act(acme.house, acme.admin, await acme.fresh(idea), kind)  # type: ignore[arg-type,operator]


async def guard(acme: Organisation, condition: str, name: str = "G-marks") -> None:
    """Add a guard to the rules that are in force."""
    stored, _ = await rules.rules_in_force(acme.house)
    text = f'{stored.text}\n[[rule]]\nid = "{name}"\nkind = "guard"\ndirection = "out"\neffect = "deny"\n{condition}\n'
    await rules.apply_rules(acme.house, acme.admin, text, alone=True)


async def test_a_mark_is_shown_at_the_partner_as_its_hosts_and_falls_there_when_it_falls_here(two: Two):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum, "Fewer lifts.")
    await settle(acme, globex)
    await marking.mark(acme.house, acme.admin, await acme.fresh(idea), "best", "Because Ann says so, inside.")
    await mark(acme, idea, "emerging")
    await settle(acme, globex)
    assert await marks_at(globex, idea.uri) == {"emerging", "best"}
    here = await globex.know(idea.uri)
    assert here is not None
    thread = await ideas_read.read_thread(globex.house, globex.admin, here.id)
    assert thread.theirs == {"emerging", "best"}
    said = await ideas_read.reasons_of_marks(globex.house, globex.admin, thread)
    assert {(one.member_name, one.reason) for one in said} == {(acme.host, "")}, "who, and why, stays inside"
    await mark(acme, idea, "best", made=False)
    await settle(acme, globex)
    assert await marks_at(globex, idea.uri) == {"emerging"}
    await mark(acme, idea, "emerging", made=False)
    await settle(acme, globex)
    assert await marks_at(globex, idea.uri) == set()


async def test_the_partners_own_marks_stay_beside_the_hosts(two: Two):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum)
    await mark(acme, idea, "best")
    await settle(acme, globex)
    here = await globex.know(idea.uri)
    assert here is not None
    await marking.mark(globex.house, globex.admin, here, "best")
    await marking.unmark(globex.house, globex.admin, here, "best")
    assert await marks_at(globex, idea.uri) == {"best"}, "ours fell, theirs stands"
    await marking.mark(globex.house, globex.admin, here, "best")
    await elsewhere.take_marks(globex.house, here, ())
    assert await marks_at(globex, idea.uri) == {"best"}, "theirs fell, ours stands"


async def test_an_idea_of_the_partner_is_marked_there_too(two: Two):
    acme, globex, _, mirror = two
    bob = await globex.member("bob")
    theirs = await globex.idea(mirror, "Ours.", bob)
    await settle(globex, acme)
    at_acme = await acme.know(theirs.uri)
    assert at_acme is not None
    await mark(acme, at_acme, "best")
    await settle(acme, globex)
    assert await marks_at(globex, theirs.uri) == {"best"}


async def test_no_mark_crosses_that_a_rule_denies_and_one_that_did_is_taken_back_with_the_rule(two: Two):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum)
    await mark(acme, idea, "best")
    await settle(acme, globex)
    assert await marks_at(globex, idea.uri) == {"best"}
    await guard(acme, 'thing = "mark"')
    await settle(acme, globex)
    assert await marks_at(globex, idea.uri) == set()
    second = await acme.idea(forum, title="Second")
    await mark(acme, second, "best")
    await settle(acme, globex)
    assert await globex.know(second.uri) is not None
    assert await marks_at(globex, second.uri) == set()


async def test_the_mark_of_an_idea_that_was_not_granted_is_told_to_nobody(two: Two):
    acme, globex, forum, _ = two
    secret = await acme.idea(forum, "Kept.", label="AMBER")
    recalled = await acme.idea(forum, "Taken back.")
    await settle(acme, globex)
    await crossings.recall(acme.house, acme.admin, recalled, globex.host)
    for one in (secret, recalled):
        await mark(acme, one, "best")
    await settle(acme, globex)
    told = await acme.outside.store.fetch("SELECT uri FROM crossings WHERE type IN ('Add', 'Remove')")
    assert not told
    assert not [note for kind, _, note in await globex.received() if kind in ("Add", "Remove")]


async def test_a_mark_that_came_before_the_words_could_cross_follows_them(two: Two):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum, label="AMBER")
    await mark(acme, idea, "emerging")
    await settle(acme, globex)
    await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), "Now open.", label="GREEN")
    await settle(acme, globex)
    assert await marks_at(globex, idea.uri) == {"emerging"}


async def test_marks_that_were_missed_are_read_later_as_they_stand(two: Two):
    acme, globex, forum, _ = two
    kept, fallen = await acme.idea(forum, title="Kept"), await acme.idea(forum, title="Fallen")
    await mark(acme, fallen, "best")
    await settle(acme, globex)
    await mark(acme, fallen, "best", made=False)
    await mark(acme, kept, "emerging")
    await lose(acme, globex)
    assert await marks_at(globex, fallen.uri) == {"best"}
    globex.wait(DAY)
    await settle(globex, acme)
    assert await marks_at(globex, kept.uri) == {"emerging"}
    assert await marks_at(globex, fallen.uri) == set()


async def test_who_joins_late_is_told_of_the_marks_that_stand(organise: MakeOrganisation):
    acme, globex = await organise("Acme"), await organise("Globex")
    forum = await acme.forum("open", "public", await acme.jam(hours=1000))
    idea = await acme.idea(forum)
    await mark(acme, idea, "best")
    await acme.idle()
    await join(acme, globex, forum)
    assert await marks_at(globex, idea.uri) == {"best"}


async def test_a_moved_idea_bears_its_marks_where_it_stands_now(two: Two):
    acme, globex, forum, _ = two
    other = await acme.forum("other", "partners")
    await acme.idle()
    await join(acme, globex, other)
    idea = await acme.idea(forum)
    await mark(acme, idea, "best")
    await settle(acme, globex)
    await moves.move(acme.house, acme.admin, await acme.fresh(idea), other, "Fits better.")
    await settle(acme, globex)
    assert await marks_at(globex, (await acme.fresh(idea)).uri) == {"best"}


async def test_featured_lists_the_marked_ideas_that_the_asker_was_granted_by_pages(
    organise: MakeOrganisation, elsewhere: MakeElsewhere
):
    acme, lemmy = await organise("Acme"), await elsewhere("lemmy")
    forum = await acme.forum("open", "public", await acme.jam(hours=1000))
    made = [await acme.idea(forum, title=f"Idea {n}") for n in range(45)]
    hidden = await acme.idea(forum, label="AMBER")
    for one in (*made, hidden):
        await mark(acme, one, "best")
    await acme.idle()
    top = (await lemmy.get(f"{forum.uri}/featured")).json
    assert (top["type"], top["totalItems"]) == ("OrderedCollection", 45)
    found, page = [], top["first"]
    while page:
        leaf = (await lemmy.get(page, by=lemmy.server)).json
        assert len(leaf["orderedItems"]) <= 20
        found += leaf["orderedItems"]
        page = leaf.get("next", "")
    assert sorted(found) == sorted(one.uri for one in made)
    await mark(acme, made[0], "best", made=False)
    await acme.idle()
    assert (await lemmy.get(f"{forum.uri}/featured")).json["totalItems"] == 44


async def test_forums_elsewhere_are_sent_adds_and_removes_and_microblogs_are_not(
    organise: MakeOrganisation, elsewhere: MakeElsewhere
):
    acme = await organise("Acme")
    forum = await acme.forum("open", "public", await acme.jam(hours=1000))
    await acme.idle()
    software = ("nodebb", "lemmy", "mastodon")
    followers: dict[str, Elsewhere] = {one: await elsewhere(one) for one in software}
    for one in followers.values():
        ann = one.person("ann")
        await one.post(acme.inbox, {"id": one.new_uri("follows"), "type": "Follow", "actor": ann, "object": forum.uri})
        await acme.idle()
    idea = await acme.idea(forum)
    await mark(acme, idea, "best")
    await acme.idle()
    await mark(acme, idea, "best", made=False)
    await acme.idle()
    told = [one for one in followers["nodebb"].arrived if one.activity["type"] in ("Add", "Remove")]
    assert [one.activity["type"] for one in told] == ["Add", "Remove"]
    assert all(one.valid and one.activity["actor"] == forum.uri for one in told)
    assert told[0].activity["target"] == f"{forum.uri}/featured"
    assert told[0].activity["object"] == idea.uri
    assert told[0].activity["marks"] == ["best"]
    assert acme.admin.name not in json.dumps(told[0].activity)
    assert not {"Add", "Remove"} & {one.activity["type"] for one in followers["mastodon"].arrived}
    assert followers["lemmy"].shapes()[-2:] == ["Announce Add", "Announce Remove"]
    pinned = followers["lemmy"].arrived[-2]
    group, inner = (await followers["lemmy"].get(forum.uri)).json, pinned.activity["object"]
    assert pinned.valid
    assert pinned.activity["actor"] == forum.uri
    assert [inner["actor"]] == (await followers["lemmy"].get(group["attributedTo"])).json["orderedItems"]
    assert (inner["object"], inner["target"]) == (idea.uri, group["featured"])
    for uri in (pinned.activity["id"], inner["id"]):
        assert (await followers["lemmy"].get(uri)).json["id"] == uri


async def test_nobody_but_the_forum_itself_marks_what_stands_in_it(two: Two, elsewhere: MakeElsewhere):
    acme, globex, forum, _ = two
    idea = await acme.idea(forum)
    await settle(acme, globex)
    other = await elsewhere("lemmy")
    eve = other.person("eve", "Group", featured=f"{forum.uri}/featured")
    for target in (f"{forum.uri}/featured", f"{eve}/featured"):
        add = {"id": other.new_uri("adds"), "type": "Add", "actor": eve, "object": idea.uri, "target": target}
        await other.post(globex.inbox, add | {"marks": ["best"]})
        await globex.idle()
        assert (await globex.last_received()) == ("Add", "ignored")
    assert await marks_at(globex, idea.uri) == set()
