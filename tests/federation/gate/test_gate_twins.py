"""Redacted twins: ids of their own, answers that come home, edits that decide anew, and names that hide somebody."""

from __future__ import annotations

import json

import pytest

from federation.outside import recalls
from server.domain.ideas import Contribution
from server.services import guises, ideas, people, rules
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.gate.test_gate_withdrawal import follow
from tests.federation.organisation import Organisation

REDACT = '\n[[rule]]\nid = "G-mail"\nkind = "guard"\ndirection = "out"\nfindings = [{kinds}]\neffect = "redact"\n' \
    'redactions = [{kinds}]\n'  # fmt: skip


@pytest.fixture
async def initech(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("marmalade")


async def redact(acme: Organisation, *kinds: str) -> None:
    """Have addresses and the like taken out instead of held."""
    stored, table = await rules.rules_in_force(acme.house)
    text = stored.text.replace('id = "G-findings"', 'id = "G-none"')
    assert table.by_id["G-findings"].effect == "hold"
    named = ", ".join(f'"{kind}"' for kind in kinds)
    (before, rest) = text.split('id = "G-none"')
    tail = rest.split("[[rule]]", 1)[1]
    head = before.rsplit("[[rule]]", 1)[0]
    await rules.apply_rules(
        acme.house, acme.admin, f"{head}[[rule]]{tail}{REDACT.replace('{kinds}', named)}", alone=True
    )
    await acme.idle()


def shown(peer: Elsewhere, shape: str = "Announce Create Article") -> list[dict[str, str]]:
    """Return the objects that came in activities of one shape, in order."""
    return [one.activity["object"]["object"] for one in peer.arrived if one.shape == shape]


async def test_answers_to_the_twin_stand_under_the_original_and_the_originals_id_never_leaves(
    acme: Organisation, initech: Elsewhere
):
    await redact(acme, "email")
    forum = await acme.forum("open")
    ann = await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum, "Write to bob@example.org.")
    await acme.idle()
    (twin,) = shown(initech)
    assert twin["id"] != idea.uri
    assert "bob@example.org" not in json.dumps(twin)
    note = initech.note(ann, "Will do.", twin["id"], forum.uri)
    await initech.post(acme.inbox, initech.create(note))
    await acme.idle()
    reply = await acme.know(note["id"])
    assert reply is not None
    assert (reply.thread_id, reply.parent_id) == (idea.id, idea.id)
    await initech.post(acme.inbox, initech.activity("Like", ann, twin["id"]))
    ours = await acme.reply(reply, "Thank you.")
    await acme.idle()
    assert (await acme.fresh(idea)).support == 1
    (answer,) = shown(initech, "Announce Create Note")
    assert (answer["id"], answer["inReplyTo"]) == (ours.uri, note["id"])
    assert answer["context"] == f"{twin['id']}/context"
    assert idea.uri.encode() not in b"".join(one.body for one in initech.arrived)
    for suffix in ("", "/context", "/replies"):
        for by in ("", ann):
            assert (await initech.get(f"{idea.uri}{suffix}", by=by)).status == 404


async def test_an_edit_decides_the_twin_anew(acme: Organisation, initech: Elsewhere):
    await redact(acme, "email", "phone")
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum, "Write to bob@example.org.")
    await acme.idle()
    (twin,) = shown(initech)

    await say(acme, idea, "Write to carol@example.org soon.")
    (changed,) = shown(initech, "Announce Update Article")
    assert changed["id"] == twin["id"], "the same copy goes on under its own id"
    assert "soon" in changed["content"]
    assert "carol" not in json.dumps(changed)

    await say(acme, idea, "Ask at the desk.")
    assert shown(initech)[-1]["id"] == idea.uri, "nothing is taken out any more: the whole idea crosses"
    assert (await initech.get(twin["id"])).status == 410
    assert (await recalls.of(acme.outside, [twin["id"]]))[twin["id"], initech.host].cause == "edit"

    await say(acme, idea, "Ask at the desk, or write to dan@example.org.")
    assert (await initech.get(idea.uri)).status == 410
    assert (await initech.get(twin["id"])).status == 200
    assert "dan" not in json.dumps((await initech.get(twin["id"])).json)

    await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), "Write to dan@example.org.", label="RED")
    await acme.idle()
    for uri in (twin["id"], idea.uri):
        assert (await initech.get(uri)).status == 410
    assert (await recalls.of(acme.outside, [twin["id"]]))[twin["id"], initech.host].cause == "label"


async def say(acme: Organisation, idea: Contribution, text: str) -> None:
    await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), text)
    await acme.idle()


async def test_a_rule_that_takes_out_more_makes_another_twin_and_withdraws_the_first(
    acme: Organisation, initech: Elsewhere
):
    await redact(acme, "email")
    forum = await acme.forum("open")
    zoe = await acme.member("zoe", name="Zoe Zuckerfrau")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum, "Write to bob@example.org.", zoe)
    await acme.idle()
    (first,) = shown(initech)
    await people.change_member(acme.house, zoe, zoe, consent=False)
    await acme.idle()
    second = [uri for uri in await guises.all_public_uris(acme.house, idea) if uri not in (idea.uri, first["id"])]
    assert [(await initech.get(uri)).status for uri in (idea.uri, first["id"], *second)] == [404, 410, 200]
    body = (await initech.get(second[0])).body
    assert b"Zoe" not in body
    assert first["id"].encode() not in body
    assert (await recalls.of(acme.outside, [first["id"]]))[first["id"], initech.host].cause == "consent"


async def test_the_role_is_told_only_where_five_people_hold_it(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    ann = await follow(initech, acme, forum.uri)
    names = []
    for number in range(1, 7):
        person = await acme.member(f"person{number}", name=f"Person Number{number}", consent=False)
        await acme.idea(forum, f"Words {number}.", person, title=f"Idea {number}")
        await acme.idle()
        actor = await initech.get(shown(initech)[-1]["attributedTo"], by=ann)
        names.append(actor.json["name"])
    assert names == ["A colleague at Acme"] * 4 + ["A member at Acme"] * 2


async def test_a_person_is_another_in_each_thread_and_the_same_within_one(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    zoe = await acme.member("zoe", name="Zoe Zuckerfrau", consent=False)
    first, second = await acme.idea(forum, "One.", zoe, title="One"), await acme.idea(forum, "Two.", zoe, title="Two")
    await acme.reply(first, "More of one.", zoe)
    await acme.reply(second, "More of two.", zoe)
    await acme.idle()
    ideas_by = [one["attributedTo"] for one in shown(initech)]
    replies_by = [one["attributedTo"] for one in shown(initech, "Announce Create Note")]
    assert ideas_by == replies_by
    assert len(set(ideas_by)) == 2
    actors = [(await initech.get(uri)).json for uri in ideas_by]
    told = [{key: value for key, value in actor.items() if key not in ("id", "url")} for actor in actors]
    for actor in told:
        for name in ("preferredUsername", "inbox", "outbox", "followers", "following", "publicKey", "assertionMethod"):
            actor.pop(name, None)
    assert told[0] == told[1], "nothing but ids tells them apart, and nothing ties them together"
    assert zoe.uri.encode() not in b"".join(one.body for one in initech.arrived)
