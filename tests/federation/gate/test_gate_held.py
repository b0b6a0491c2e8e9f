"""What we hold of theirs, and letting go of it: words and bytes go, tombstones stay, nobody is told."""

from __future__ import annotations

import pytest

from federation.outside import held as outside_held
from server.domain.errors import Invalid, Missing, NotAllowed
from server.services import held, holds, rules
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.gate.test_gate_receipts import words_left
from tests.federation.gate.test_gate_withdrawal import follow
from tests.federation.organisation import Organisation


@pytest.fixture
async def globex(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("lemmy")


@pytest.fixture
async def initech(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("lemmy")


async def test_what_we_hold_of_a_server_is_counted_and_listed(acme: Organisation, globex: Elsewhere):
    forum = await acme.forum("open")
    ann = await follow(globex, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    for words in ("One.", "Two."):
        await globex.post(acme.inbox, globex.create(globex.note(ann, words, idea.uri, forum.uri)))
    await globex.post(acme.inbox, globex.activity("Create", ann, globex.note(ann, "By id.", idea.uri, forum.uri)["id"]))
    await acme.idle()
    inside = await held.held_inside(acme.house, acme.admin, globex.host)
    assert (inside.contributions, inside.people, inside.agreement) == (3, 1, None)
    assert [one.text for one in await held.list_held(acme.house, acme.admin, globex.host)] == ["By id.", "Two.", "One."]
    piles = {one.family: one for one in await outside_held.piles(acme.outside, globex.host)}
    assert (piles["received"].number, piles["fetched"].number, piles["actors"].number) == (3, 1, 1)
    assert all(one.size > 0 and one.oldest_at for one in piles.values())
    (last, *_) = await outside_held.listed(acme.outside, globex.host, "received")
    assert (last.type, last.state) == ("Create", "admitted")
    assert await held.hosts_inside(acme.house, acme.admin) == {globex.host: 3}
    assert await outside_held.hosts(acme.outside) == {globex.host: 3}


async def test_a_purge_takes_words_and_bytes_keeps_the_place_and_tells_nobody(
    acme: Organisation, globex: Elsewhere, initech: Elsewhere
):
    forum = await acme.forum("open")
    ann = await follow(globex, acme, forum.uri)
    bea = await follow(initech, acme, forum.uri, "bea")
    idea = await acme.idea(forum, "Ours.")
    await acme.idle()
    note = globex.note(ann, "An unmistakable nougat.", idea.uri, forum.uri)
    await globex.post(acme.inbox, globex.create(note))
    other = initech.note(bea, "Somebody else's.", idea.uri, forum.uri)
    await initech.post(acme.inbox, initech.create(other))
    await globex.post(acme.inbox, globex.create(globex.note(ann, "A refused nougat.", "http://x.example/1")))
    await acme.idle()
    assert "Announce Create Note" in initech.shapes()
    globex.arrived.clear()
    initech.arrived.clear()
    assert await held.purge(acme.house, acme.admin, globex.host) == 1
    await acme.idle()
    assert await words_left(acme, "nougat") <= {"contribution_words_data"}, "segments forget at their next merge"
    made = await acme.know(note["id"])
    assert made is not None
    assert made.deleted
    assert globex.arrived == initech.arrived == []
    outbox = await initech.get(f"{forum.uri}/outbox?page=first")
    assert note["id"] not in str(outbox.json["orderedItems"])
    kept = await acme.know(other["id"])
    assert kept is not None
    assert not kept.deleted
    assert {one.family: one.number for one in await outside_held.piles(acme.outside, globex.host)} == {
        "received": 0,
        "fetched": 0,
        "actors": 0,
    }
    assert await held.purge(acme.house, acme.admin, globex.host) == 0, "again is harmless"
    later = globex.note(ann, "New words come in as before.", idea.uri, forum.uri)
    await globex.post(acme.inbox, globex.create(later))
    await globex.post(acme.inbox, globex.activity("Update", ann, {**note, "content": "<p>Nougat again.</p>"}))
    await acme.idle()
    assert await acme.know(later["id"]) is not None
    made = await acme.know(note["id"])
    assert made is not None
    assert made.deleted, "what was let go of does not come back"


async def test_what_waits_for_a_reviewer_is_let_go_of_too(acme: Organisation, globex: Elsewhere):
    forum = await acme.forum("open")
    ann = await follow(globex, acme, forum.uri)
    guard = '\n[[rule]]\nid = "G-in"\nkind = "guard"\ndirection = "in"\nact = "Create"\neffect = "hold"\n'
    stored, _ = await rules.rules_in_force(acme.house)
    await rules.apply_rules(acme.house, acme.admin, stored.text + guard, alone=True)
    idea = await acme.idea(forum)
    await acme.idle()
    await globex.post(acme.inbox, globex.create(globex.note(ann, "An unmistakable nougat.", idea.uri, forum.uri)))
    await acme.idle()
    assert len(await holds.list_holds(acme.house, acme.admin)) == 1
    await held.purge(acme.house, acme.admin, globex.host)
    await acme.idle()
    assert await holds.list_holds(acme.house, acme.admin) == []
    assert await words_left(acme, "nougat") == set()


async def test_one_contribution_can_be_let_go_of_alone(acme: Organisation, globex: Elsewhere):
    forum = await acme.forum("open")
    ann = await follow(globex, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    notes = [globex.note(ann, words, idea.uri, forum.uri) for words in ("One.", "Two.")]
    for note in notes:
        await globex.post(acme.inbox, globex.create(note))
    await acme.idle()
    first, second = [await acme.know(note["id"]) for note in notes]
    assert first is not None
    assert second is not None
    await held.purge_contribution(acme.house, acme.admin, globex.host, first)
    await acme.idle()
    assert (await acme.fresh(first)).deleted
    assert not (await acme.fresh(second)).deleted
    for made in (first, idea):
        with pytest.raises(Missing):
            await held.purge_contribution(acme.house, acme.admin, globex.host, await acme.fresh(made))


async def test_only_whoever_keeps_the_ledger_looks_and_lets_go_and_never_of_our_own(
    acme: Organisation, globex: Elsewhere
):
    bob = await acme.member("bob")
    with pytest.raises(NotAllowed):
        await held.purge(acme.house, bob, globex.host)
    with pytest.raises(NotAllowed):
        await held.list_held(acme.house, bob, globex.host)
    for host in ("", acme.host, f" {acme.host.upper()} "):
        with pytest.raises(Invalid):
            await held.purge(acme.house, acme.admin, host)
