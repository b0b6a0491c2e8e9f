"""What facilitators hide leaves the outside, and flags of other servers make cases here."""

from __future__ import annotations

import pytest

from server.services import ideas, moderation
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.gate.test_gate_withdrawal import follow, status
from tests.federation.organisation import Organisation


@pytest.fixture
async def initech(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("lemmy")


async def test_what_is_hidden_is_withdrawn_with_its_replies_and_comes_back_when_restored(
    acme: Organisation, initech: Elsewhere
):
    forum = await acme.forum("open")
    ann = await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum, "Rude words.")
    reply = await acme.reply(idea, "A reply.")
    await acme.idle()
    assert await status(initech, idea.uri) == await status(initech, reply.uri, ann) == 200
    initech.arrived.clear()
    case = await moderation.hide(acme.house, acme.admin, await acme.fresh(idea), "Names a person.")
    await acme.idle()
    assert await status(initech, idea.uri) == await status(initech, reply.uri, ann) == 410
    assert initech.shapes() == ["Announce Delete Tombstone"] * 2
    assert b"Rude words" not in (await initech.get(forum.uri, accept="text/html")).body
    assert (await initech.get(f"{forum.uri}/outbox")).json["totalItems"] == 0
    await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), "Kind words.")
    await acme.idle()
    assert await status(initech, idea.uri) == 410, "an edit does not bring it back by itself"
    initech.arrived.clear()
    await moderation.decide(acme.house, acme.admin, case.id, "restore", "Fine now.")
    await acme.idle()
    shown, answer = await acme.fresh(idea), await acme.fresh(reply)
    assert (shown.id, shown.uri != idea.uri, answer.uri != reply.uri) == (idea.id, True, True)
    assert "Kind words." in (await initech.get(shown.uri)).json["content"]
    assert await status(initech, answer.uri, ann) == 200
    assert await status(initech, idea.uri) == 410, "who deleted a copy takes none under its old address"
    sent = [one.activity["object"]["object"] for one in initech.arrived if "Create" in one.shape]
    assert [one["id"] for one in sent] == [shown.uri, answer.uri]
    assert sent[1]["inReplyTo"] == shown.uri
    assert acme.faults == []


async def test_a_hidden_reply_goes_alone(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum)
    rude, kind = await acme.reply(idea, "Rude."), await acme.reply(idea, "Kind.")
    await acme.idle()
    await moderation.hide(acme.house, acme.admin, await acme.fresh(rude), "Rude.")
    await acme.idle()
    assert [await status(initech, one.uri) for one in (idea, rude, kind)] == [200, 410, 200]


async def test_what_is_hidden_before_the_gate_looked_never_leaves(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    idea = await acme.idea(forum)
    await moderation.hide(acme.house, acme.admin, idea, "Wait.")
    await acme.idle()
    assert initech.arrived == []
    assert await status(initech, idea.uri) == 404


async def test_what_others_said_is_hidden_for_those_to_whom_we_passed_it_on(
    acme: Organisation, initech: Elsewhere, elsewhere: MakeElsewhere
):
    other = await elsewhere("lemmy")
    forum = await acme.forum("open")
    await follow(initech, acme, forum.uri)
    await follow(other, acme, forum.uri, "olaf")
    idea = await acme.idea(forum)
    await acme.idle()
    note = initech.note(initech.person("ann"), "Rude.", idea.uri, forum.uri)
    await initech.post(acme.inbox, initech.create(note))
    await acme.idle()
    other.arrived.clear()
    known = await acme.know(note["id"])
    assert known is not None
    await moderation.hide(acme.house, acme.admin, known, "Rude.")
    await acme.idle()
    assert other.shapes() == ["Announce Delete Tombstone"]


async def test_a_flag_from_another_server_makes_one_case(acme: Organisation, initech: Elsewhere):
    forum = await acme.forum("open")
    idea, secret = await acme.idea(forum), await acme.idea(forum, label="RED")
    await acme.idle()
    ann = initech.person("ann")
    flag = initech.activity("Flag", ann, [acme.admin.uri, idea.uri, secret.uri], content="<b>Spam</b>, I think.")
    await initech.post(acme.inbox, flag)
    await acme.idle()
    assert await acme.last_received() == ("Flag", "admitted")
    await initech.post(acme.inbox, flag)
    await acme.idle()
    jam = (await moderation.queue(acme.house, acme.admin, await jam_of(acme)))[0]
    assert jam.contribution_id == idea.id
    assert [(one.host, one.reason) for one in jam.flags] == [(initech.host, "Spam, I think.")]
    assert len(await moderation.queue(acme.house, acme.admin, await jam_of(acme))) == 1
    await initech.post(acme.inbox, initech.activity("Flag", ann, [secret.uri], content="And this?"))
    await acme.idle()
    assert await acme.last_received() == ("Flag", "ignored"), "what was not granted is not there"
    for odd in ([], None, 7, [{"id": 1}], {"id": idea.uri, "type": "Article"}):
        await initech.post(acme.inbox, initech.activity("Flag", ann, odd, content=["x"]))
        await acme.idle()
    assert acme.faults == []


async def test_the_words_of_a_report_are_read_where_lemmy_and_piefed_have_them(acme: Organisation, initech: Elsewhere):
    idea = await acme.idea(await acme.forum("open"))
    await acme.idle()
    ann = initech.person("ann")
    forum = acme.house.addresses.server_uri
    flag = initech.activity("Flag", ann, idea.uri, to=[forum], audience=forum, summary="This is not kind.")
    await initech.post(acme.inbox, flag)
    await acme.idle()
    (case,) = await moderation.queue(acme.house, acme.admin, await jam_of(acme))
    assert [one.reason for one in case.flags] == ["This is not kind."]


async def test_the_threadiverse_is_told_of_one_object_and_its_group_others_of_its_author_too(
    acme: Organisation, elsewhere: MakeElsewhere
):
    forum = await acme.forum("open")
    idea = await acme.idea(forum)
    for software in ("lemmy", "mastodon"):
        peer = await elsewhere(software)
        await acme.idle()
        await follow(peer, acme, forum.uri)
        ann = peer.person("ann")
        note = peer.lay_out(peer.note(ann, f"Rude, on {software}.", idea.uri, forum.uri))
        await peer.post(acme.inbox, peer.create(note))
        await acme.idle()
        rude = await acme.know(note["id"])
        assert rude is not None
        await moderation.flag(acme.house, acme.admin, rude, "Rude.")
        cases = await moderation.queue(acme.house, acme.admin, await jam_of(acme))
        case = next(one for one in cases if one.contribution_id == rude.id)
        await moderation.decide(acme.house, acme.admin, case.id, "tell", "Please look at this.")
        await acme.idle()
        told = peer.arrived[-1].activity
        assert told["type"] == "Flag"
        if software == "lemmy":
            assert (told["object"], told["to"], told["audience"]) == (rude.uri, [forum.uri], forum.uri)
            assert told["summary"] == "Please look at this."
            assert (await peer.get(told["actor"])).json["type"] == "Service"
        else:
            assert (told["object"], told["content"]) == ([ann, rude.uri], "Please look at this.")
            assert not {"to", "audience", "summary"} & told.keys()


async def jam_of(acme: Organisation):
    from server.services import jams

    return next(iter(await jams.list_jams(acme.house, acme.admin)))
