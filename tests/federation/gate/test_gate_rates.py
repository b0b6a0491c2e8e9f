"""How much one server may say within an hour: what is over it waits, and nothing is lost."""

from __future__ import annotations

from server.services import ideas_read, rules
from tests.federation.conftest import MakeElsewhere
from tests.federation.organisation import Organisation


async def test_what_is_over_a_servers_rate_waits_for_its_turn(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer, other = await elsewhere("lemmy"), await elsewhere("lemmy")
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    stored, _ = await rules.rules_in_force(acme.house)
    assert "6000/h" in stored.text
    await rules.apply_rules(acme.house, acme.admin, stored.text.replace("6000/h", "2/h"), alone=True)
    await acme.idle()
    for word in ("one", "two", "three"):
        await peer.post(acme.inbox, peer.create(peer.note(peer.person("ann"), word, idea.uri, forum.uri)))
        await acme.idle()
    await other.post(acme.inbox, other.create(other.note(other.person("bob"), "mine", idea.uri, forum.uri)))
    await acme.idle()
    assert [one.text for one in await ideas_read.replies_of(acme.house, idea.id)] == ["one", "two", "mine"]
    acme.wait(1700)
    await acme.idle()
    assert [one.text for one in await ideas_read.replies_of(acme.house, idea.id)] == ["one", "two", "mine"]
    acme.wait(120)
    await acme.idle()
    assert [one.text for one in await ideas_read.replies_of(acme.house, idea.id)] == ["one", "two", "mine", "three"]


async def test_what_is_refused_takes_nothing_from_the_rate(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere("lemmy")
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    stored, _ = await rules.rules_in_force(acme.house)
    await rules.apply_rules(acme.house, acme.admin, stored.text.replace("6000/h", "2/h"), alone=True)
    await acme.idle()
    ann = peer.person("ann")
    for _ in range(3):
        await peer.post(acme.inbox, peer.create(peer.note(ann, "x" * 60_000, idea.uri, forum.uri)))
    await peer.post(acme.inbox, peer.create(peer.note(ann, "one", idea.uri, forum.uri)))
    await acme.idle()
    assert [one.text for one in await ideas_read.replies_of(acme.house, idea.id)] == ["one"]


async def test_what_was_decided_of_incoming_mail_is_kept_with_its_facts_when_it_is_refused_too(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer = await elsewhere("lemmy")
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    stored, _ = await rules.rules_in_force(acme.house)
    guard = '\n[[rule]]\nid = "G-in"\nkind = "guard"\ndirection = "in"\nact = ["Like"]\neffect = "deny"\n'
    await rules.apply_rules(acme.house, acme.admin, stored.text + guard, alone=True)
    await acme.idle()
    ann = peer.person("ann")
    await peer.post(acme.inbox, peer.activity("Like", ann, idea.uri))
    await peer.post(acme.inbox, peer.create(peer.note(ann, "Yes.", idea.uri, forum.uri)))
    await acme.idle()
    kept = await acme.house.store.fetch(
        "SELECT act, effect, rules, facts FROM verdicts WHERE act LIKE 'in %' ORDER BY act"
    )
    assert [(row["act"], row["effect"]) for row in kept] == [("in Create", "allowed"), ("in Like", "denied")]
    assert "G-in" in kept[1]["rules"]
    assert all(f'"peer":"{peer.host}"' in row["facts"] for row in kept)
