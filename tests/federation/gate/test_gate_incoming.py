"""Inward: what admins allow each server, what waits for a reviewer, and what is refused before anybody sees it."""

from __future__ import annotations

from typing import Any

import pytest

from server.services import holds, ideas_read, rules
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import PUBLIC, Elsewhere
from tests.federation.organisation import Organisation


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("lemmy")


async def add(acme: Organisation, *tables: str) -> None:
    stored, _ = await rules.rules_in_force(acme.house)
    text = stored.text + "".join(f"\n[[rule]]\n{table}\n" for table in tables)
    await rules.apply_rules(acme.house, acme.admin, text, alone=True)
    await acme.idle()


async def say(acme: Organisation, peer: Elsewhere, activity: dict[str, Any]) -> tuple[str, str]:
    """Send one activity; return its state and the note on it."""
    assert (await peer.post(acme.inbox, activity)).status == 202
    await acme.idle()
    _, state, note = (await acme.received())[-1]
    return state, note


async def test_the_first_ideas_of_somebody_new_wait_and_later_ones_pass(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await add(
        acme,
        'id = "G-new"\nkind = "guard"\ndirection = "in"\nact = ["Create"]\nthing = ["idea"]\nnth = "<=3"\n'
        'effect = "hold"\nnote = "The first three ideas of somebody new are looked at."',
    )
    ann = peer.person("ann")

    def idea(number: int) -> dict[str, Any]:
        return peer.create(peer.note(ann, f"Words of idea {number}.", to=forum.uri, name=f"Idea {number}"))

    for number in (1, 2, 3):
        assert (await say(acme, peer, idea(number)))[0] == "held"
    assert await ideas_read.list_ideas(acme.house, acme.admin, forum) == []
    waiting = await holds.list_holds(acme.house, acme.admin)
    assert [hold.preview for hold in waiting] == [f"Idea {n}\n\nWords of idea {n}." for n in (1, 2, 3)]
    assert {hold.rules for hold in waiting} == {("G-new",)}
    for hold in waiting:
        await holds.release(acme.house, acme.admin, hold.id)
    await acme.idle()
    assert (await say(acme, peer, idea(4)))[0] == "admitted"
    titles = {made.title for made in await ideas_read.list_ideas(acme.house, acme.admin, forum)}
    assert titles == {f"Idea {n}" for n in (1, 2, 3, 4)}
    bob = peer.person("bob")
    other = peer.create(peer.note(bob, "Mine.", to=forum.uri, name="Another"))
    assert (await say(acme, peer, other))[0] == "held"


async def test_customers_may_reply_and_vote_but_not_propose(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.partner(peer.host, "customer")
    await add(
        acme,
        'id = "G-propose"\nkind = "guard"\nfrom = ["tier:customer"]\nthing = ["idea"]\neffect = "deny"',
        'id = "G-attach"\nkind = "guard"\nfrom = ["tier:customer"]\nattachments = ">0"\neffect = "deny"',
    )
    ann = peer.person("ann")
    state, note = await say(acme, peer, peer.create(peer.note(ann, "Words.", to=forum.uri, name="Mine")))
    assert state == "refused"
    assert "G-propose" in note
    assert (await say(acme, peer, peer.create(peer.note(ann, "Yes.", idea.uri, forum.uri))))[0] == "admitted"
    assert (await say(acme, peer, peer.activity("Like", ann, idea.uri)))[0] == "admitted"
    picture = [{"type": "Document", "mediaType": "image/png", "url": f"{peer.url}/a.png"}]
    with_file = peer.create(peer.note(ann, "See.", idea.uri, forum.uri, attachment=picture))
    state, note = await say(acme, peer, with_file)
    assert (state, "G-attach" in note) == ("refused", True)
    page = [{"type": "Link", "href": "https://news.example/today"}]
    linked = peer.create(peer.note(ann, "Look.", idea.uri, forum.uri, attachment=page))
    assert (await say(acme, peer, linked))[0] == "admitted"


@pytest.mark.parametrize(
    ("attachment", "why"),
    [
        ([{"type": "Document", "mediaType": "image/svg+xml", "url": "https://x.example/a.svg"}], "svg"),
        ({"type": "Document", "mediaType": "Text/HTML; charset=utf-8", "url": "https://x.example/a"}, "html"),
        ([{"type": "Image", "mediaType": "image/png"}] * 33, "more than 32"),
    ],
)
async def test_files_that_a_browser_would_run_and_heaps_of_them_are_refused(
    acme: Organisation, peer: Elsewhere, attachment: Any, why: str
):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    note = peer.note(peer.person("ann"), "See.", idea.uri, forum.uri, attachment=attachment)
    state, said = await say(acme, peer, peer.create(note))
    assert state == "refused"
    assert why in said
    assert await ideas_read.replies_of(acme.house, idea.id) == []


async def test_a_label_that_comes_along_is_kept_and_an_unknown_one_refused(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.partner(peer.host, clearance="AMBER")
    await acme.idle()
    ann = peer.person("ann")
    secret = peer.note(ann, "Between us.", idea.uri, forum.uri, **{"marmalade:label": "AMBER"})
    assert (await say(acme, peer, peer.create(secret)))[0] == "admitted"
    kept = await acme.know(secret["id"])
    assert kept is not None
    assert kept.label == "AMBER"
    state, note = await say(
        acme, peer, peer.create(peer.note(ann, "?", idea.uri, forum.uri, **{"marmalade:label": "ULTRA"}))
    )
    assert state == "refused"
    assert "none that we know" in note
    raised = {**secret, "content": "<p>Between us two.</p>", "marmalade:label": "GREEN"}
    peer.lay_out(raised)
    assert (await say(acme, peer, peer.activity("Update", ann, raised)))[0] == "admitted"
    changed = await acme.know(secret["id"])
    assert changed is not None
    assert (changed.text, changed.label) == ("Between us two.", "AMBER")


async def test_what_is_labelled_above_green_is_not_passed_on(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere
):
    follower = await elsewhere("lemmy")
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.partner(peer.host, clearance="AMBER")
    await acme.idle()
    await follower.post(acme.inbox, follower.activity("Follow", follower.person("fan"), forum.uri))
    await acme.idle()
    follower.arrived.clear()
    ann = peer.person("ann")
    for label in ("AMBER", "GREEN"):
        note = peer.note(ann, f"It is {label}.", idea.uri, forum.uri, **{"marmalade:label": label})
        await peer.post(acme.inbox, peer.create(note))
        await acme.idle()
    assert [one.activity["object"]["object"]["content"] for one in follower.arrived] == ["<p>It is GREEN.</p>"]


async def test_a_stranger_who_wants_to_follow_can_be_made_to_wait(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await add(
        acme,
        'id = "G-follow"\nkind = "guard"\nfrom = ["tier:stranger"]\nact = ["Follow"]\neffect = "hold"',
    )
    wish = peer.activity("Follow", peer.person("fan"), forum.uri)
    assert (await say(acme, peer, wish))[0] == "held"
    assert peer.shapes() == []
    [hold] = await holds.list_holds(acme.house, acme.admin)
    assert hold.preview.startswith("@fan@")
    await holds.release(acme.house, acme.admin, hold.id)
    await acme.idle()
    assert peer.shapes() == ["Accept Follow"]


async def test_rates_are_counted_by_author_and_by_jam_as_well(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await add(
        acme,
        'id = "A-each"\nkind = "accept"\nfrom = "everyone"\nrate = "1/h"\nrate_per = "actor"\nthing = ["reply"]',
        'id = "A-all"\nkind = "accept"\nfrom = "everyone"\nrate = "3/h"\nrate_per = "jam"\nthing = ["reply"]',
    )

    async def reply(name: str, text: str) -> None:
        await peer.post(acme.inbox, peer.create(peer.note(peer.person(name), text, idea.uri, forum.uri)))
        await acme.idle()

    for name, text in (("ann", "one"), ("ann", "too soon"), ("bob", "two"), ("cat", "three"), ("dan", "full")):
        await reply(name, text)
    assert [one.text for one in await ideas_read.replies_of(acme.house, idea.id)] == ["one", "two", "three"]
    acme.wait(1300)
    await acme.idle()
    assert [one.text for one in await ideas_read.replies_of(acme.house, idea.id)] == ["one", "two", "three", "full"]


async def test_public_addressing_keeps_what_strangers_say_at_the_forums_label(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    note = peer.note(peer.person("ann"), "Yes.", idea.uri, forum.uri)
    note["to"] = [forum.uri, PUBLIC]
    assert (await say(acme, peer, peer.create(note)))[0] == "admitted"
    kept = await acme.know(note["id"])
    assert kept is not None
    assert kept.label == "GREEN"
