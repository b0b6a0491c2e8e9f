"""What comes in: by whom, about what, in which order; and what is refused without a trace for the sender."""

from __future__ import annotations

from typing import Any

import pytest

from server.services import forums, ideas_read, jams, lineage, marking, partners, rules
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import PUBLIC, Elsewhere
from tests.federation.organisation import Organisation


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("lemmy")


async def say(peer: Elsewhere, acme: Organisation, activity: Any, **more: Any) -> tuple[str, str]:
    """Send one activity; return its kind and what became of it."""
    assert (await peer.post(acme.inbox, activity, **more)).status == 202
    await acme.idle()
    return await acme.last_received()


async def test_the_same_activity_twice_is_taken_once(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    create = peer.create(peer.note(peer.person("ann"), "Once.", idea.uri, forum.uri))
    for _ in range(3):
        assert (await peer.post(acme.inbox, create)).status == 202
    await acme.idle()
    assert await acme.received() == [("Create", "admitted", "")]
    assert len(await ideas_read.replies_of(acme.house, idea.id)) == 1


async def test_an_answer_that_overtakes_what_it_answers_waits_for_it(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    ann = peer.person("ann")
    first = peer.note(ann, "First.", idea.uri, forum.uri)
    second = peer.note(ann, "Second.", first["id"], forum.uri)
    await peer.post(acme.inbox, peer.create(second))
    await acme.idle()
    assert await acme.know(second["id"]) is None
    await peer.post(acme.inbox, peer.create(first))
    await acme.idle()
    acme.wait(1)
    await acme.idle()
    assert [one.text for one in await ideas_read.replies_of(acme.house, idea.id)] == ["First.", "Second."]


async def test_an_answer_to_nothing_is_given_up_after_a_while(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await acme.idle()
    await peer.post(acme.inbox, peer.create(peer.note(peer.person("ann"), "What?", peer.new_uri(), forum.uri)))
    for _ in range(12):
        await acme.idle()
        acme.wait(60)
    assert await acme.received() == [("Create", "refused", "It answers nothing that we know.")]


async def test_undo_before_like_and_delete_before_create_leave_nothing(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    ann = peer.person("ann")
    like, note = peer.activity("Like", ann, idea.uri), peer.note(ann, "Gone.", idea.uri, forum.uri)
    await say(peer, acme, peer.activity("Undo", ann, like))
    assert await say(peer, acme, like) == ("Like", "ignored")
    await say(peer, acme, peer.activity("Delete", ann, note["id"]))
    assert await say(peer, acme, peer.create(note)) == ("Create", "ignored")
    wish = peer.activity("Follow", ann, forum.uri)
    await say(peer, acme, peer.activity("Undo", ann, wish))
    assert await say(peer, acme, wish) == ("Follow", "ignored")
    assert (await acme.fresh(idea)).support == 0
    assert await acme.know(note["id"]) is None
    assert (await peer.get(f"{forum.uri}/followers", by=ann)).json["totalItems"] == 0


async def test_nobody_undoes_or_deletes_for_another(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    ann, eve = peer.person("ann"), peer.person("eve")
    like, note = peer.activity("Like", ann, idea.uri), peer.note(ann, "Mine.", idea.uri, forum.uri)
    await say(peer, acme, peer.activity("Undo", eve, like))
    assert await say(peer, acme, like) == ("Like", "admitted")
    await say(peer, acme, peer.create(note))
    assert await say(peer, acme, peer.activity("Undo", eve, like)) == ("Undo", "refused")
    assert await say(peer, acme, peer.activity("Delete", eve, note["id"])) == ("Delete", "refused")
    assert await say(peer, acme, peer.activity("Delete", eve, idea.uri)) == ("Delete", "refused")
    forged = {**note, "attributedTo": eve, "content": "<p>Hers.</p>"}
    assert await say(peer, acme, peer.activity("Update", eve, forged)) == ("Update", "refused")
    known = await acme.know(note["id"])
    assert known is not None
    assert (known.text, known.deleted) == ("Mine.", False)
    assert (await acme.fresh(idea)).support == 1


async def test_an_author_who_is_not_the_actor_is_refused(acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    other = await elsewhere()
    ann, eve = peer.person("ann"), peer.person("eve")
    olaf = other.person("olaf")
    for author in (ann, olaf, acme.admin.uri, forum.uri, ""):
        note = peer.note(author, "Words.", idea.uri, forum.uri)
        assert await say(peer, acme, peer.activity("Create", eve, note, to=[forum.uri])) == ("Create", "refused")
    foreign = other.note(olaf, "Olaf's.", idea.uri, forum.uri)
    assert await say(peer, acme, peer.activity("Create", eve, foreign)) == ("Create", "refused")
    assert await say(peer, acme, peer.activity("Create", eve, {**foreign, "attributedTo": eve})) == (
        "Create",
        "refused",
    )
    assert not await ideas_read.replies_of(acme.house, idea.id)


async def test_ids_on_our_own_server_are_nobody_elses_to_use(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    ann = peer.person("ann")
    for uri in (idea.uri, f"{acme.url}/objects/{'a' * 32}"):
        for kind in ("Create", "Update"):
            fake = {**peer.note(ann, "Hers now.", idea.uri, forum.uri), "id": uri}
            _, state = await say(peer, acme, peer.activity(kind, ann, fake, to=[forum.uri]))
            assert state in ("refused", "ignored")
    assert (await peer.post(acme.inbox, {**peer.activity("Like", ann, idea.uri), "id": f"{acme.url}/x"})).status == 401
    assert (await acme.fresh(idea)).text == "Words."


async def test_what_was_never_granted_cannot_be_answered_liked_or_followed(acme: Organisation, peer: Elsewhere):
    public, secret = await acme.forum("open"), await acme.forum("secret", "inside")
    closed = await acme.forum("friends", "partners")
    hidden = [
        await acme.idea(secret),
        await acme.idea(closed),
        await acme.idea(public, label="RED"),
        await acme.idea(public, "Write to bob@example.org"),
    ]
    shown = await acme.idea(public)
    hidden.append(await acme.reply(shown, "Inside only.", label="AMBER"))
    await acme.idle()
    ann = peer.person("ann")
    for made in hidden:
        await peer.post(acme.inbox, peer.create(peer.note(ann, "Guess.", made.uri, public.uri)))
        assert await say(peer, acme, peer.activity("Like", ann, made.uri)) == ("Like", "refused")
    for forum in (secret, closed):
        assert await say(peer, acme, peer.activity("Follow", ann, forum.uri)) == ("Follow", "refused")
        note = peer.note(ann, "Let me in.", to=forum.uri, name="Title")
        assert await say(peer, acme, peer.create(note)) == ("Create", "refused")
    for made in hidden:
        assert (await acme.fresh(made)).support == 0
        assert not [one for one in await ideas_read.replies_of(acme.house, made.thread_id) if one.author_host]
    assert peer.arrived == []


async def test_nothing_is_taken_once_the_jam_is_closed_but_a_delete(acme: Organisation, peer: Elsewhere):
    jam = await acme.jam()
    forum = await acme.forum(jam=jam)
    idea = await acme.idea(forum)
    await acme.idle()
    ann = peer.person("ann")
    note = peer.note(ann, "In time.", idea.uri, forum.uri)
    await say(peer, acme, peer.create(note))
    await peer.post(acme.inbox, peer.activity("Follow", ann, forum.uri))
    await acme.idle()
    peer.arrived.clear()
    await jams.freeze_jam(acme.house, acme.admin, jam)
    await acme.idle()
    assert peer.shapes() == ["Update Group"]
    assert peer.arrived[0].activity["object"]["postingRestrictedToMods"] is True
    late = peer.create(peer.note(ann, "Late.", idea.uri, forum.uri))
    assert await say(peer, acme, late) == ("Create", "refused")
    assert await say(peer, acme, peer.create(peer.note(ann, "Late.", to=forum.uri, name="T"))) == ("Create", "refused")
    assert await say(peer, acme, peer.activity("Update", ann, {**note, "content": "Late"})) == ("Update", "refused")
    assert await say(peer, acme, peer.activity("Like", ann, idea.uri)) == ("Like", "refused")
    assert await say(peer, acme, peer.activity("Delete", ann, note["id"])) == ("Delete", "admitted")


ODD: list[dict[str, Any]] = [
    {"type": "Dislike"},
    {"type": "Nonsense"},
    {"type": "Create", "object": None},
    {"type": "Create", "object": []},
    {"type": "Create", "object": {"type": "Note"}},
    {"type": "Create", "object": "not a uri"},
    {"type": "Create", "object": {"type": ["Note", 3], "id": 7, "attributedTo": {}, "content": []}},
    {"type": "Update", "object": 17},
    {"type": "Update", "object": {"type": "Person"}},
    {"type": "Delete", "object": {"id": ["x"]}},
    {"type": "Delete"},
    {"type": "Like", "object": {"href": "x"}},
    {"type": "Like"},
    {"type": "Undo", "object": {"type": "Undo", "object": {"type": "Undo"}}},
    {"type": "Undo"},
    {"type": "Follow", "object": {}},
    {"type": "Accept", "object": 1},
    {"type": "Announce", "object": {"type": "Announce", "object": {"type": "Create"}}},
    {"type": "Announce", "object": [[[]]]},
    {"type": "Flag", "object": [{"id": 1}, None]},
    {"type": "Move", "object": "x", "target": {}},
    {"type": "Create", "object": {"type": "Note", "content": "\x00\u202e" * 100, "contentMap": 3, "tag": [3, {}]}},
]


@pytest.mark.parametrize("odd", ODD, ids=[f"{n}-{one['type']}" for n, one in enumerate(ODD)])
async def test_odd_activities_are_put_aside_and_the_next_one_is_taken(
    acme: Organisation, peer: Elsewhere, odd: dict[str, Any]
):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    ann = peer.person("ann")
    activity = {**peer.activity(odd["type"], ann, odd.get("object")), **odd}
    if isinstance(activity.get("object"), dict) and activity["type"] == "Create":
        activity["object"] = {"id": peer.new_uri(), "attributedTo": ann, "inReplyTo": idea.uri, **activity["object"]}
    assert (await peer.post(acme.inbox, activity)).status == 202
    await acme.idle()
    assert await say(peer, acme, peer.activity("Like", ann, idea.uri)) == ("Like", "admitted")
    for _ in range(9):
        acme.wait(100)
        await acme.idle()
    (kind, state, _), _ = await acme.received()
    assert kind == odd["type"]
    assert state in ("refused", "ignored"), "an answer without words is refused"
    assert not await ideas_read.replies_of(acme.house, idea.id)


async def test_hostile_words_come_in_harmless(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    ann = peer.person("ann", name="Ann \u202eevil\x00" + "n" * 5000)
    words = 'Hi <script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:x">y</a> \u202e ok'
    note = peer.note(ann, words, idea.uri, forum.uri)
    assert await say(peer, acme, peer.create(note)) == ("Create", "admitted")
    known = await acme.know(note["id"])
    assert known is not None
    for part in ("script", "onerror", "javascript", "<img", "\x00"):
        assert part not in known.html
    assert "\u202e" not in known.text
    assert len(known.author_name) <= 200
    page = await peer.get(idea.uri, accept="text/html")
    assert b"alert(1)" not in page.body
    assert b"\xe2\x80\xae" not in page.body


async def test_too_long_a_text_is_refused_and_the_rest_goes_on(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    long = peer.note(peer.person("ann"), "word " * 20_000, idea.uri, forum.uri)
    assert await say(peer, acme, peer.create(long)) == ("Create", "refused")


async def test_an_answer_addressed_to_everybody_does_not_widen_a_closed_forum(acme: Organisation, peer: Elsewhere):
    closed = await acme.forum("friends", "partners")
    await acme.partner(peer.host)
    idea = await acme.idea(closed)
    await acme.idle()
    ann = peer.person("ann")
    wide = peer.note(ann, "For all.", idea.uri, closed.uri, cc=[PUBLIC])
    assert await say(peer, acme, peer.create(wide)) == ("Create", "refused")
    narrow = peer.note(ann, "For us.", idea.uri, closed.uri)
    assert await say(peer, acme, peer.create(narrow)) == ("Create", "admitted")


async def join(acme: Organisation, peer: Elsewhere, name: str = "garden") -> str:
    """Have us join a forum of a server elsewhere; return its URI."""
    group = peer.person(name, "Group")
    link = {"rel": "self", "type": "application/activity+json", "href": group}
    peer.documents["/.well-known/webfinger"] = (200, {"subject": f"acct:{name}@{peer.host}", "links": [link]})
    await forums.ask_to_join(acme.house, acme.admin, f"@{name}@{peer.host}")
    await acme.idle()
    await peer.post(acme.inbox, peer.activity("Accept", group, peer.arrived[-1].activity))
    await acme.idle()
    return group


async def test_a_third_servers_words_are_fetched_from_that_server_not_believed(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere
):
    group = await join(acme, peer)
    third = await elsewhere()
    olaf = third.person("olaf")
    true = third.note(olaf, "What Olaf said.", to=group, name="True")
    false = {**true, "content": "<p>What Olaf never said.</p>"}
    await say(peer, acme, peer.activity("Announce", group, third.create(false)))
    known = await acme.know(true["id"])
    assert known is not None
    assert known.text == "What Olaf said."
    invented = {**third.note(olaf, "Never.", to=group, name="Never"), "id": f"{third.url}/notes/none"}
    assert await say(peer, acme, peer.activity("Announce", group, third.create(invented))) == ("Announce", "refused")
    assert await acme.know(invented["id"]) is None
    changed = {**true, "content": "<p>Changed by the forum.</p>"}
    await say(peer, acme, peer.activity("Announce", group, third.activity("Update", olaf, changed)))
    assert (await acme.fresh(known)).text == "What Olaf said."


async def test_what_a_forum_announced_gone_before_it_came_does_not_come(acme: Organisation, peer: Elsewhere):
    group = await join(acme, peer)
    gil = peer.person("gil")
    root = peer.note(gil, "Roses.", to=group, name="Roses")
    note = peer.note(gil, "Gone.", root["id"], group)
    await say(peer, acme, peer.activity("Announce", group, peer.create(note)))
    await say(peer, acme, peer.activity("Announce", group, peer.activity("Delete", gil, note["id"])))
    await say(peer, acme, peer.activity("Announce", group, peer.create(root)))
    acme.wait(5)
    await acme.idle()
    assert await acme.know(root["id"])
    assert await acme.know(note["id"]) is None


async def test_people_of_a_paused_server_do_not_come_in_through_another(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere
):
    group = await join(acme, peer)
    third = await elsewhere()
    olaf = third.person("olaf")
    await acme.partner(third.host)
    await partners.change_partner(acme.house, acme.admin, third.host, state="paused")
    await acme.idle()
    third.asked.clear()
    article = third.note(olaf, "Words.", to=group, name="Words")
    assert await say(peer, acme, peer.activity("Announce", group, third.create(article))) == ("Announce", "refused")
    assert third.asked == [], "nothing is fetched from it either"


async def test_only_a_forum_that_we_joined_is_heard_as_a_forum(acme: Organisation, peer: Elsewhere):
    group = peer.person("stranger", "Group")
    gil = peer.person("gil")
    create = peer.create(peer.note(gil, "Words.", to=group, name="Words"))
    assert await say(peer, acme, peer.activity("Announce", group, create)) == ("Announce", "ignored")
    assert await say(peer, acme, peer.activity("Accept", group, create)) == ("Accept", "ignored")


async def test_our_own_words_come_back_from_a_forum_elsewhere_without_effect(acme: Organisation, peer: Elsewhere):
    group = await join(acme, peer)
    gil = peer.person("gil")
    root = peer.note(gil, "Roses.", to=group, name="Roses")
    await say(peer, acme, peer.activity("Announce", group, peer.create(root)))
    known = await acme.know(root["id"])
    assert known is not None
    peer.arrived.clear()
    reply = await acme.reply(known, "Ours.")
    await acme.idle()
    ours = peer.arrived[-1].activity
    assert await say(peer, acme, peer.activity("Announce", group, ours)) == ("Announce", "ignored")
    twisted = {**ours, "type": "Update", "object": {**ours["object"], "content": "<p>Twisted.</p>"}}
    assert await say(peer, acme, peer.activity("Announce", group, twisted)) == ("Announce", "ignored")
    assert (await acme.fresh(reply)).text == "Ours."


async def test_support_for_what_stayed_inside_is_not_told(acme: Organisation, peer: Elsewhere):
    group = await join(acme, peer)
    root = peer.note(peer.person("gil"), "Roses.", to=group, name="Roses")
    await say(peer, acme, peer.activity("Announce", group, peer.create(root)))
    known = await acme.know(root["id"])
    assert known is not None
    peer.arrived.clear()
    inside = await acme.reply(known, "Only for us.", label="RED")
    await marking.mark(acme.house, acme.admin, inside, "support")
    await marking.unmark(acme.house, acme.admin, inside, "support")
    await acme.idle()
    assert peer.arrived == []
    await marking.mark(acme.house, acme.admin, known, "support")
    await marking.unmark(acme.house, acme.admin, known, "support")
    await acme.idle()
    like, undo = (one.activity for one in peer.arrived)
    assert undo["object"]["id"] == like["id"]


async def test_a_second_create_with_other_words_is_not_what_gets_relayed(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere
):
    forum = await acme.forum()
    await acme.idle()
    reader = await elsewhere("lemmy")
    await reader.post(acme.inbox, reader.activity("Follow", reader.person("rob"), forum.uri))
    await acme.idle()
    reader.arrived.clear()
    eve = peer.person("eve")
    article = peer.note(eve, "Judged.", to=forum.uri, name="One")
    await peer.post(acme.inbox, peer.create(article))
    await peer.post(acme.inbox, peer.create({**article, "content": "<p>Not judged, mail x@example.org</p>"}))
    await acme.idle()
    assert reader.shapes() == ["Announce Create Article"]
    assert "Judged." in reader.arrived[0].activity["object"]["object"]["content"]


async def test_an_answer_that_names_what_a_partner_was_not_granted_is_not_passed_on_to_it(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere
):
    """Globex knows the idea by a redacted twin; an answer to the original would tell it that there is one."""
    globex = await elsewhere("marmalade")
    closed = await acme.forum("friends", "partners")
    for one in (globex, peer):
        await acme.partner(one.host)
    stored, _ = await rules.rules_in_force(acme.house)
    guard = (
        f'\n[[rule]]\nid = "G-globex"\nkind = "guard"\nto = "{globex.host}"\nunit = "R&D"\neffect = "redact"\n'
        'redactions = ["name->role"]\n'
    )
    await rules.apply_rules(acme.house, acme.admin, stored.text + guard, alone=True)
    await acme.idle()
    gus, ann = globex.person("gus"), peer.person("ann")
    for one, actor in ((globex, gus), (peer, ann)):
        await one.post(acme.inbox, one.activity("Follow", actor, closed.uri))
        await acme.idle()
        one.arrived.clear()
    idea = await acme.idea(closed, author=await acme.member("zoe", name="Zoe Zuckerfrau"))
    await acme.idle()
    twin = globex.arrived[-1].activity["object"]["object"]
    assert twin["id"] != idea.uri == peer.arrived[-1].activity["object"]["object"]["id"]
    assert "Zoe" not in globex.arrived[-1].body.decode()
    globex.arrived.clear()
    note = peer.note(ann, "To the original.", idea.uri, closed.uri)
    assert await say(peer, acme, peer.create(note)) == ("Create", "admitted")
    assert globex.arrived == []
    peer.arrived.clear()
    answer = globex.note(gus, "To the twin.", twin["id"], closed.uri)
    assert await say(globex, acme, globex.create(answer)) == ("Create", "admitted")
    assert peer.arrived == []
    assert {one.text for one in await ideas_read.replies_of(acme.house, idea.id)} == {
        "To the original.",
        "To the twin.",
    }
    assert (await globex.get(f"{twin['id']}/context", by=gus)).json["orderedItems"] == [twin["id"], answer["id"]]
    assert (await peer.get(f"{idea.uri}/context", by=ann)).json["orderedItems"] == [idea.uri, note["id"]]
    assert (await globex.get(idea.uri, by=gus)).status == (await peer.get(twin["id"], by=ann)).status == 404


async def test_a_refused_activity_leaves_no_member_behind_on_hidden_ground(acme: Organisation, peer: Elsewhere):
    secret = await acme.forum("secret", "inside")
    await acme.idle()
    note = peer.note(peer.person("ann"), "Hello.", to=secret.uri, name="Hello")
    assert await say(peer, acme, peer.create(note)) == ("Create", "refused")
    assert await acme.know(note["id"]) is None


async def test_an_idea_of_another_server_that_builds_on_ours_joins_its_family(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    built = peer.note(
        peer.person("ann"), "Goes on.", to=forum.uri, name="Built elsewhere", audience=forum.uri, buildsOn=idea.uri
    )
    assert await say(peer, acme, peer.create(built)) == ("Create", "admitted")
    family = await lineage.lineage_of(acme.house, acme.admin, idea)
    assert [(one.idea.title, one.idea.author_host, one.depth) for one in family.descendants] == [
        ("Built elsewhere", peer.host, 1)
    ]
    theirs = family.descendants[0].idea
    assert [one.id for one in (await lineage.lineage_of(acme.house, acme.admin, theirs)).ancestors] == [idea.id]
    assert (await lineage.credit_of(acme.house, acme.admin, acme.admin.id)).built_on == 1
