"""A closed jam takes nothing any more, from any server, and says so politely to whoever comes too late."""

from __future__ import annotations

from server.services import jams, telling
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import PUBLIC
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import follow
from tests.federation.test_histories import join, settle


async def close(acme: Organisation) -> None:
    jam = next(iter(await jams.list_jams(acme.house, acme.admin)))
    await jams.freeze_jam(acme.house, acme.admin, jam)


async def test_a_late_reply_from_a_microblog_is_answered_with_a_note_to_its_author_alone(
    acme: Organisation, elsewhere: MakeElsewhere
):
    mastodon, other = await elsewhere("mastodon"), await elsewhere("mastodon")
    forum = await acme.forum("open")
    await acme.idle()
    mia = await follow(mastodon, acme, forum.uri, "mia")
    await follow(other, acme, forum.uri, "olaf")
    idea = await acme.idea(forum, "Lifts.")
    await acme.idle()
    await close(acme)
    await acme.idle()
    mastodon.arrived.clear()
    other.arrived.clear()
    for words in ("Too late?", "Hello?"):
        note = mastodon.note(mia, words, idea.uri, forum.uri, cc=[PUBLIC])
        assert (await mastodon.post(acme.inbox, mastodon.create(note))).status == 202
        await acme.idle()
        assert await acme.know(note["id"]) is None
        acme.wait(60.0)
    assert mastodon.shapes() == ["Create Note"], "once for each forum, however often they try"
    told = mastodon.arrived[0]
    assert told.valid
    assert (told.activity["actor"], told.activity["to"]) == (forum.uri, [mia])
    assert "has closed" in told.activity["object"]["content"]
    assert told.activity["object"]["published"], "Takahē shows no Note without it"
    assert PUBLIC not in told.body.decode()
    assert other.shapes() == []
    assert (await mastodon.get(told.activity["id"], by=mia)).status == 200
    assert (await other.get(told.activity["id"], by=other.person("olaf"))).status == 404


async def test_nodebb_which_takes_no_reject_of_what_its_people_did_gets_a_note(
    acme: Organisation, elsewhere: MakeElsewhere
):
    nodebb = await elsewhere("nodebb")
    forum = await acme.forum("open")
    await acme.idle()
    nora = await follow(nodebb, acme, forum.uri, "nora")
    idea = await acme.idea(forum, "Lifts.")
    await acme.idle()
    await jams.freeze_jam(acme.house, acme.admin, (await jams.list_jams(acme.house, acme.admin))[0])
    await acme.idle()
    nodebb.arrived.clear()
    await nodebb.post(acme.inbox, nodebb.create(nodebb.note(nora, "Late.", idea.uri, forum.uri, cc=[PUBLIC])))
    await acme.idle()
    assert nodebb.shapes() == ["Create Note"]


async def test_lemmy_and_piefed_get_a_note_by_somebody_for_they_show_those_of_people_alone(
    acme: Organisation, elsewhere: MakeElsewhere
):
    piefed = await elsewhere("PieFed")
    forum = await acme.forum("open")
    await acme.idle()
    pia = await follow(piefed, acme, forum.uri, "pia")
    idea = await acme.idea(forum, "Lifts.")
    await acme.idle()
    await close(acme)
    await acme.idle()
    piefed.arrived.clear()
    for words in ("Late.", "Later."):
        await piefed.post(acme.inbox, piefed.create(piefed.note(pia, words, idea.uri, forum.uri, cc=[PUBLIC])))
        await acme.idle()
    assert piefed.shapes() == ["Create Note"], "once for each forum"
    told = piefed.arrived[0].activity
    assert piefed.arrived[0].valid
    assert (told["to"], told["object"]["attributedTo"]) == ([pia], told["actor"])
    assert "has closed" in told["object"]["content"]
    assert not {"audience", "inReplyTo"} & told["object"].keys(), "with either it would be shown as a comment"
    assert (await piefed.get(told["actor"])).json["type"] == "Service"


async def test_forum_software_gets_a_reject_and_who_knows_nothing_of_the_forum_gets_nothing(
    acme: Organisation, elsewhere: MakeElsewhere
):
    theirs, stranger = await elsewhere("discourse"), await elsewhere("discourse")
    forum, closed = await acme.forum("open"), await acme.forum("friends", "partners")
    await acme.idle()
    bea = await follow(theirs, acme, forum.uri, "bea")
    secret = await acme.idea(closed, "Secret.")
    await acme.idle()
    await close(acme)
    await acme.idle()
    theirs.arrived.clear()
    late = theirs.create(theirs.note(bea, "An idea.", to=forum.uri, name="Late", cc=[PUBLIC]))
    await theirs.post(acme.inbox, late)
    olaf = stranger.person("olaf")
    for note in (
        stranger.note(olaf, "Me too.", secret.uri, closed.uri),
        stranger.note(olaf, "An idea.", to=closed.uri, name="Late"),
    ):
        await stranger.post(acme.inbox, stranger.create(note))
    await acme.idle()
    assert theirs.shapes() == ["Reject Create"]
    assert theirs.arrived[0].activity["object"]["id"] == late["id"]
    assert "has closed" in theirs.arrived[0].activity["summary"]
    assert stranger.shapes() == []


async def test_a_partners_late_reply_is_refused_and_its_author_reads_that_it_was(organise: MakeOrganisation):
    acme, globex = await organise("Acme"), await organise("Globex")
    forum = await acme.forum("open")
    idea = await acme.idea(forum, "Lifts.")
    await acme.idle()
    await join(acme, globex, forum)
    bob = await globex.member("bob")
    here = await globex.know(idea.uri)
    assert here is not None
    # Both happen at once: the closing and the reply cross on their way.
    reply = await globex.reply(here, "In time?", bob)
    await close(acme)
    await globex.idle()
    await settle(acme, globex)
    assert await acme.know(reply.uri) is None
    assert ("Reject", "admitted", "") in await globex.received()
    while await telling.tell(globex.house):
        pass
    rows = await globex.house.store.fetch(
        "SELECT kind, detail, subject_id FROM notices WHERE member_id = ? AND kind = 'boundary'", (bob.id,)
    )
    assert [(row["detail"], row["subject_id"]) for row in rows] == [("closed", reply.id)]
    assert not acme.faults
    assert not globex.faults
