"""The language of words is kept where it is told, and told again; where it is not known nothing is said of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.services import forums, ideas, polls
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import Elsewhere
from tests.federation.gate.test_gate_twins import redact
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import follow, settle


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere()


async def test_what_another_server_says_in_a_language_is_kept_shown_outside_and_passed_on(
    acme: Organisation, elsewhere: MakeElsewhere, peer: Elsewhere
):
    third = await elsewhere("marmalade")
    forum = await acme.forum("open")
    await acme.idle()
    ann = await follow(peer, acme, forum.uri)
    await follow(third, acme, forum.uri, "ben")
    idea = await acme.idea(forum, "Fewer lifts.", title="Lifts")
    await acme.idle()
    note = peer.note(ann, "مرحبا", idea.uri, forum.uri, contentMap={"ar": "<p>مرحبا</p>"})
    await peer.post(acme.inbox, peer.create(note))
    await acme.idle()
    made = await acme.know(note["id"])
    assert made is not None
    assert made.language == "ar"
    passed_on = third.arrived[-1].activity["object"]["object"]
    assert (passed_on["id"], passed_on["contentMap"]) == (note["id"], {"ar": "<p>مرحبا</p>"})
    page = (await peer.get(idea.uri, accept="text/html")).body.decode()
    assert '<div class="prose" lang="ar" dir="rtl"><p>مرحبا</p>' in page
    # Said anew in another language, and then in none that is told.
    changed = {**note, "content": "<p>Hallo.</p>", "contentMap": {"de": "<p>Hallo.</p>"}}
    await peer.post(acme.inbox, peer.activity("Update", ann, changed))
    await acme.idle()
    assert (await acme.fresh(made)).language == "de"
    changed = {**note, "content": "<p>Hi.</p>", "contentMap": {"en": "<p>Hello.</p>", "fr": "<p>Salut.</p>"}}
    await peer.post(acme.inbox, peer.activity("Update", ann, changed))
    await acme.idle()
    made = await acme.fresh(made)
    assert (made.text, made.language) == ("Hi.", "")
    assert not acme.faults


async def test_ours_state_the_language_that_their_author_states_and_no_other(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum("open")
    await acme.idle()
    await follow(peer, acme, forum.uri)
    told = await ideas.post_idea(acme.house, acme.admin, forum, "Aufzüge", "Weniger Aufzüge.", language="DE")
    untold = await ideas.reply(acme.house, acme.admin, told, "Warum nicht?")
    await acme.idle()
    article = (await peer.get(told.uri)).json
    assert article["contentMap"] == {"de": article["content"]}
    assert article["nameMap"] == {"de": "Aufzüge"}
    assert "contentMap" not in (await peer.get(untold.uri)).json
    # What is said of the language alone is news as well.
    acme.wait(4)
    await acme.idle()
    peer.arrived.clear()
    await ideas.edit(acme.house, acme.admin, untold, untold.text, language="de")
    await acme.idle()
    acme.wait(4)
    await acme.idle()
    assert peer.arrived
    reply = (await peer.get(untold.uri)).json
    assert (reply["contentMap"], "updated" in reply) == ({"de": reply["content"]}, True)
    page = (await peer.get(told.uri, accept="text/html")).body.decode()
    assert '<h1 lang="de" dir="auto">Aufzüge</h1>' in page
    asked = await polls.ask(
        acme.house, acme.admin, told, "Tee?", ["Ja", "Nein"], ends_at=acme.house.now() + timedelta(hours=1)
    )
    await ideas.edit(acme.house, acme.admin, asked, asked.text, language="de")
    await acme.idle()
    question = (await peer.get(asked.uri)).json
    assert (question["type"], question["contentMap"]) == ("Question", {"de": question["content"]})
    assert not acme.faults


async def test_what_is_taken_out_of_words_is_taken_out_of_them_in_their_language(acme: Organisation, peer: Elsewhere):
    await redact(acme, "email")
    forum = await acme.forum("open")
    await acme.idle()
    await follow(peer, acme, forum.uri)
    more = {"title": "An bob@example.org", "language": "de"}
    await acme.idea(forum, "Fragen an bob@example.org.", **more)
    await acme.idle()
    told = peer.arrived[-1].activity["object"]["object"]
    assert told["contentMap"] == {"de": told["content"]}
    assert told["nameMap"] == {"de": told["name"]}
    page = (await peer.get(told["id"], accept="text/html")).body
    assert b"bob@example.org" not in page + b"".join(one.body for one in peer.arrived)


async def test_two_organisations_tell_one_another_the_language(organise: MakeOrganisation):
    acme, globex = await organise("Acme"), await organise("Globex")
    closed = await acme.forum("friends", "partners")
    await acme.partner(globex.host)
    await globex.partner(acme.host)
    await settle(acme, globex)
    await forums.ask_to_join(globex.house, globex.admin, f"@friends@{acme.host}")
    await settle(acme, globex)
    idea = await ideas.post_idea(acme.house, acme.admin, closed, "Lifts", "Moins.", language="fr")
    await settle(acme, globex)
    theirs = await globex.know(idea.uri)
    assert theirs is not None
    assert theirs.language == "fr"
    reply = await ideas.reply(globex.house, globex.admin, theirs, "Ja.", language="nl")
    await settle(acme, globex)
    back = await acme.know(reply.uri)
    assert back is not None
    assert back.language == "nl"
    assert not acme.faults
    assert not globex.faults
