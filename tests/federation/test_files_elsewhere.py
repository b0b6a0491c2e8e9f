"""Files of other servers' words stay there: we keep where, and what is said of them, as long as the words stand."""

from __future__ import annotations

import pytest

from server.services import files, holds, rules
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.gate.test_gate_files import without_guard
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import follow

GUARD = (
    '\n[[rule]]\nid = "G-in"\nkind = "guard"\ndirection = "in"\nfindings = ["codename"]\neffect = "hold"\n'
)


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere()


def picture(peer: Elsewhere, name: str, words: str) -> dict[str, str]:
    return {"type": "Document", "mediaType": "image/jpeg", "url": f"{peer.url}/media/{name}.jpg", "name": words}


async def test_a_picture_is_kept_as_a_link_changed_with_its_words_and_goes_with_them(
    acme: Organisation, peer: Elsewhere
):
    forum = await acme.forum("open")
    await acme.idle()
    ann = await follow(peer, acme, forum.uri)
    idea = await acme.idea(forum, "Boxes.", title="Boxes")
    await acme.idle()
    note = peer.note(ann, "Look.", idea.uri, forum.uri, attachment=[picture(peer, "cat", "A cat in a box")])
    await peer.post(acme.inbox, peer.create(note))
    await acme.idle()
    made = await acme.know(note["id"])
    assert made is not None
    (one,) = (await files.shown_elsewhere(acme.house, acme.admin, [idea, made]))[made.id]
    assert (one.url, one.kind, one.words) == (f"{peer.url}/media/cat.jpg", "picture", "A cat in a box")
    assert "/media/cat.jpg" not in peer.asked, "nothing is fetched"
    changed = {**note, "attachment": [picture(peer, "cat", "A cat beside a box")]}
    await peer.post(acme.inbox, peer.activity("Update", ann, changed))
    await acme.idle()
    (one,) = (await files.shown_elsewhere(acme.house, acme.admin, [made]))[made.id]
    assert (one.words, (await acme.fresh(made)).version) == ("A cat beside a box", 2)
    await peer.post(acme.inbox, peer.activity("Delete", ann, {"type": "Tombstone", "id": note["id"]}))
    await acme.idle()
    assert await files.shown_elsewhere(acme.house, acme.admin, [made]) == {}
    assert await acme.house.store.fetch("SELECT 1 FROM linked_files") == []
    assert not acme.faults


async def test_what_is_said_of_a_picture_is_judged_with_the_words_and_read_by_the_reviewer(
    acme: Organisation, peer: Elsewhere
):
    stored, _ = await rules.rules_in_force(acme.house)
    table = 'code_names = ["Bluebird"]\n' + stored.text.replace("code_names = []\n", "") + GUARD
    await rules.apply_rules(acme.house, acme.admin, table, "Look at it.", alone=True)
    forum = await acme.forum("open")
    await acme.idle()
    ann = await follow(peer, acme, forum.uri)
    idea = await acme.idea(forum, "Boxes.", title="Boxes")
    await acme.idle()
    note = peer.note(ann, "Look.", idea.uri, forum.uri, attachment=[picture(peer, "plan", "The plan of Bluebird")])
    await peer.post(acme.inbox, peer.create(note))
    await acme.idle()
    assert await acme.know(note["id"]) is None
    (hold,) = await holds.list_holds(acme.house, acme.admin)
    assert "The plan of Bluebird" in hold.preview


@pytest.mark.parametrize("effect", ["deny", "redact"])
async def test_words_whose_picture_says_what_may_not_leave_are_passed_on_to_nobody(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere, effect: str
):
    third = await elsewhere("marmalade")
    await without_guard(acme)
    stored, _ = await rules.rules_in_force(acme.house)
    out = GUARD.replace('"in"', '"out"').replace("hold", effect)
    out += 'redactions = ["codename"]\n' if effect == "redact" else ""
    table = 'code_names = ["Bluebird"]\n' + stored.text.replace("code_names = []\n", "").replace('"codename", ', "")
    await rules.apply_rules(acme.house, acme.admin, table + out, "Not Bluebird.", alone=True)
    forum = await acme.forum("open")
    await acme.idle()
    ann = await follow(peer, acme, forum.uri)
    await follow(third, acme, forum.uri, "ben")
    idea = await acme.idea(forum, "Boxes.", title="Boxes")
    await acme.idle()
    third.arrived.clear()
    for name, words in (("plan", "The plan of Bluebird"), ("cat", "A cat")):
        note = peer.note(ann, f"Look at the {name}.", idea.uri, forum.uri, attachment=[picture(peer, name, words)])
        assert (await peer.post(acme.inbox, peer.create(note))).status == 202
        await acme.idle()
    passed_on = [one.activity["object"]["object"]["attachment"][0]["name"] for one in third.arrived]
    assert passed_on == ["A cat"]
