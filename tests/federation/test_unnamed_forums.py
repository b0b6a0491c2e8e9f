"""What people say by voices, on other servers: their words cross, their names do not."""

from __future__ import annotations

from server.services import forums, ideas, people, voices
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import follow, settle


async def test_a_voice_crosses_without_the_name_behind_it(acme: Organisation, elsewhere: MakeElsewhere) -> None:
    peer = await elsewhere()
    forum = await acme.forum("frank", names="sealed")
    await acme.idle()
    ann = await follow(peer, acme, forum.uri)
    quillon = await acme.member("quillon", name="Quillon Tal")
    idea = await acme.idea(forum, "Say it aloud.", quillon)
    await acme.reply(idea, "And again.", quillon)
    await acme.idle()
    note = peer.note(ann, "Who are you?", idea.uri, forum.uri)
    await peer.post(acme.inbox, peer.create(note))
    await acme.idle()
    article = next(one.activity["object"]["object"] for one in peer.arrived if b"Say it aloud" in one.body)
    author = await peer.get(article["attributedTo"])
    assert (author.json["name"], author.json["preferredUsername"][:6]) == ("Voice 1", "voice-")
    answer = await acme.know(note["id"])
    assert answer is not None
    assert (answer.thread_id, answer.author_host) == (idea.id, peer.host)
    sent = b"".join(one.body for one in peer.arrived)
    await acme.outside.store.checkpoint()
    outside = acme.outside.store.path.read_bytes()
    for name in (b"quillon", b"Quillon", quillon.id.encode(), quillon.uri.encode()):
        assert name not in sent
        assert name not in outside
    assert (await peer.get(quillon.uri)).status == 404


async def test_a_partner_seals_its_people_s_names_in_a_forum_that_its_host_seals(organise: MakeOrganisation) -> None:
    acme, globex = await organise("Acme"), await organise("Globex")
    closed = await acme.forum("frank", "partners", names="sealed")
    await acme.partner(globex.host)
    await acme.idle()
    await forums.ask_to_join(globex.house, globex.admin, f"@frank@{acme.host}")
    await settle(globex, acme)
    mirror = await forums.forum_by_uri(globex.house, closed.uri)
    assert mirror is not None
    assert mirror.names == "sealed"
    gus = await globex.member("gus", name="Gus Ofori")
    idea = await globex.idea(mirror, "From the other side.", gus)
    await settle(globex, acme)
    found = await acme.know(idea.uri)
    assert found is not None
    assert (found.text, found.author_name) == ("From the other side.", "Voice 1")
    await acme.outside.store.checkpoint()
    assert b"Ofori" not in acme.outside.store.path.read_bytes()
    mine = await people.person(globex.house, "gus")
    assert await voices.is_own(globex.house, mine, idea)
    await ideas.edit(globex.house, mine, idea, "From the other side, still.")
    await settle(globex, acme)
    assert (await acme.fresh(found)).text == "From the other side, still."
