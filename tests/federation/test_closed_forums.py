"""Forums for the people on a list alone, across servers: each partner shows them to its own people on the list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from server.domain.actors import Member, Role
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.jams import Forum
from server.domain.memberships import digest_of
from server.domain.visitors import servers_in
from server.services import forums, ideas_read, marking, memberships, moderation, partners, people
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import PUBLIC, Elsewhere
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import settle
from tests.web.api.api_house import Caller, serve
from tests.web.api.test_api_member_lists import CANARY, answer_to
from web.api.routes import ROUTES

BODIES = "SELECT b.bytes AS body FROM crossings c JOIN bodies b ON b.sha = c.sha WHERE c.audience = ?"


@dataclass
class Closed:
    """Acme holds a forum for its members alone; Globex and Initech are its partners, and `gus` of Globex is on it."""

    acme: Organisation
    globex: Organisation
    initech: Organisation
    forum: Forum
    gus: Member
    ida: Member

    async def settle(self) -> None:
        await settle(self.acme, self.globex)
        await settle(self.acme, self.initech)
        await settle(self.acme, self.globex)

    async def join(self, org: Organisation) -> Forum | None:
        await forums.ask_to_join(org.house, org.admin, f"@quiet@{self.acme.host}")
        await self.settle()
        return await forums.forum_by_uri(org.house, self.forum.uri)

    async def invite(self, handle: str) -> None:
        await memberships.invite(self.acme.house, self.acme.admin, self.forum, handle)
        await self.settle()

    async def take_off(self, handle: str) -> None:
        found = await memberships.find_member(self.acme.house, self.acme.admin, self.forum, handle)
        await memberships.remove(self.acme.house, self.acme.admin, self.forum, found.id)


@pytest.fixture
async def closed(organise: MakeOrganisation) -> Closed:
    acme, globex, initech = await organise("Acme"), await organise("Globex"), await organise("Initech")
    for one in (globex, initech):
        await acme.partner(one.host)
        await one.partner(acme.host)
    gus, ida = await globex.member("gus"), await initech.member("ida")
    jam = await acme.jam("apart", opened=True)
    forum = await acme.forum("quiet", "partners", jam, members_only=True)
    made = Closed(acme, globex, initech, forum, gus, ida)
    await made.invite(f"@gus@{globex.host}")
    return made


async def sees(org: Organisation, reader: Member, forum: Forum) -> bool:
    """Whether a person finds a forum by any way of asking; all of them have to agree."""
    listed = forum.id in {one.id for one in await forums.list_forums(org.house, reader)}
    try:
        found = (await forums.obtain_forum(org.house, reader, forum.uri)).id == forum.id
    except Missing:
        found = False
    assert listed == found
    return found


async def test_a_partner_shows_a_closed_forum_to_its_own_people_on_the_list_alone(closed: Closed):
    acme, globex = closed.acme, closed.globex
    mirror = await closed.join(globex)
    assert mirror is not None
    assert (mirror.members_only, mirror.joined) == (True, True)
    assert await sees(globex, closed.gus, mirror)
    other = await globex.member("olga", "facilitator")
    assert not await sees(globex, other, mirror)
    assert not await sees(globex, globex.admin, mirror)

    idea = await acme.idea(closed.forum, "Only between us.")
    await closed.settle()
    known = await globex.know(idea.uri)
    assert known is not None
    assert (await ideas_read.obtain(globex.house, closed.gus, known.id)).text == "Only between us."
    for reader in (other, globex.admin):
        with pytest.raises(Missing):
            await ideas_read.obtain(globex.house, reader, known.id)

    answer = await globex.reply(known, "Agreed.", closed.gus)
    await closed.settle()
    heard = await acme.know(answer.uri)
    assert heard is not None
    assert (heard.text, heard.author_host) == ("Agreed.", globex.host)
    assert not acme.faults
    assert not globex.faults


async def test_marks_in_a_closed_forum_come_under_each_servers_own_list(closed: Closed):
    acme, globex, initech = closed.acme, closed.globex, closed.initech
    await closed.join(globex)
    await closed.invite(f"@ida@{initech.host}")
    await closed.join(initech)
    idea = await acme.idea(closed.forum, "Only between us.")
    await marking.mark(acme.house, acme.admin, idea, "best")
    await closed.settle()
    for org in (globex, initech):
        known = await org.know(idea.uri)
        assert known is not None
        assert known.best
        rows = await acme.outside.store.fetch(f"{BODIES} AND c.type = 'Add'", (org.host,))
        assert len(rows) == 1
        subset = await memberships.subset_of(acme.house, closed.forum, org.host)
        assert orjson.loads(rows[0]["body"])["memberDigest"] == digest_of(subset)


async def test_a_closed_forum_is_there_for_no_partner_without_somebody_on_the_list(closed: Closed):
    assert await closed.join(closed.initech) is None
    await closed.join(closed.globex)
    await closed.acme.idea(closed.forum, "Only between us.")
    await closed.settle()
    rows = await closed.acme.outside.store.fetch("SELECT DISTINCT audience FROM crossings WHERE revoked_at IS NULL")
    about = await closed.acme.outside.store.fetch(
        "SELECT DISTINCT audience FROM crossings WHERE forum_uri = ?", (closed.forum.uri,)
    )
    # Until Globex had said that it keeps to lists, gus would have read at Acme's edge.
    assert set(servers_in(row["audience"] for row in about)) == {closed.globex.host}
    assert closed.initech.host not in {row["audience"] for row in rows}


async def test_each_partner_is_told_of_its_own_people_and_never_of_another_s(closed: Closed):
    await closed.invite(f"@ida@{closed.initech.host}")
    for org in (closed.globex, closed.initech):
        assert await closed.join(org) is not None
    await closed.acme.idea(closed.forum, "Only between us.")
    await closed.settle()
    for org, other, name in ((closed.globex, closed.initech, "gus"), (closed.initech, closed.globex, "ida")):
        rows = await closed.acme.outside.store.fetch(BODIES, (org.host,))
        sent = b"\n".join(bytes(row["body"]) for row in rows)
        digest = digest_of([f"acct:{name}@{org.host}"])
        assert digest.encode() in sent
        assert b"memberDigest" in sent
        assert other.host.encode() not in sent
        assert b"activitystreams#Public" not in sent


async def test_whoever_is_taken_off_loses_it_at_once_and_the_last_one_takes_their_server_along(closed: Closed):
    acme, globex = closed.acme, closed.globex
    mirror = await closed.join(globex)
    assert mirror is not None
    hana = await globex.member("hana")
    await closed.invite(f"@hana@{globex.host}")
    assert await sees(globex, hana, mirror)
    idea = await acme.idea(closed.forum, "Only between us.")
    await closed.settle()
    await closed.take_off(f"@gus@{globex.host}")
    await closed.settle()
    assert not await sees(globex, closed.gus, mirror)
    assert await sees(globex, hana, mirror)
    known = await globex.know(idea.uri)
    assert known is not None
    assert not known.deleted

    await closed.take_off(f"@hana@{globex.host}")
    await closed.settle()
    assert not await sees(globex, hana, mirror)
    known = await globex.know(idea.uri)
    assert known is not None
    assert (known.deleted, known.text) == (True, "")
    later = await acme.idea(closed.forum, "Said after that.")
    await closed.settle()
    assert await globex.know(later.uri) is None
    assert not acme.faults


async def test_words_of_somebody_who_is_not_on_the_list_are_refused_whatever_their_server_believes(closed: Closed):
    globex = closed.globex
    mirror = await closed.join(globex)
    assert mirror is not None
    await closed.invite(f"@hana@{globex.host}")
    await closed.take_off(f"@gus@{globex.host}")
    said = await globex.idea(mirror, "I did not know.", closed.gus)
    await globex.idle()
    await closed.acme.idle()
    assert await closed.acme.know(said.uri) is None
    assert ("Create", "refused", "Its author is not on the list of this forum.") in await closed.acme.received()


async def test_a_lost_change_of_the_list_is_made_good_by_the_digest_of_what_comes_next(closed: Closed):
    acme, globex = closed.acme, closed.globex
    mirror = await closed.join(globex)
    assert mirror is not None
    await memberships.invite(acme.house, acme.admin, closed.forum, f"@hana@{globex.host}")
    hana = await globex.member("hana")
    await acme.release.run_once()
    async with acme.outside.store.transaction() as change:
        await change.execute("DELETE FROM deliveries WHERE act = 'Update'")
    await closed.settle()
    assert not await sees(globex, hana, mirror)
    idea = await acme.idea(closed.forum, "Only between us.")
    await closed.settle()
    assert await globex.know(idea.uri) is not None
    assert await sees(globex, hana, mirror)


async def test_an_update_that_is_sent_again_late_brings_nobody_back(closed: Closed):
    acme, globex = closed.acme, closed.globex
    mirror = await closed.join(globex)
    assert mirror is not None
    hana = await globex.member("hana")
    await closed.invite(f"@hana@{globex.host}")
    assert await sees(globex, hana, mirror)
    await closed.take_off(f"@hana@{globex.host}")
    await closed.settle()
    assert not await sees(globex, hana, mirror)
    async with acme.outside.store.transaction() as change:
        first = "(SELECT min(id) FROM deliveries WHERE act = 'Update')"
        await change.execute(f"UPDATE deliveries SET state = 'queued' WHERE id = {first}")
    async with globex.outside.store.transaction() as change:
        await change.execute("DELETE FROM received WHERE kind = 'Update'")
    await closed.settle()
    assert not await sees(globex, hana, mirror)
    assert await sees(globex, closed.gus, mirror)


async def test_an_update_that_its_server_does_not_confirm_adds_nobody_and_takes_away(closed: Closed):
    acme, globex = closed.acme, closed.globex
    mirror = await closed.join(globex)
    assert mirror is not None
    hana = await globex.member("hana")
    await memberships.invite(acme.house, acme.admin, closed.forum, f"@hana@{globex.host}")
    await acme.release.run_once()
    await closed.take_off(f"@gus@{globex.host}")
    await acme.release.run_once()
    async with acme.outside.store.transaction() as change:
        # The Group cannot be had: it is there for nobody.
        await change.execute("UPDATE crossings SET revoked_at = 1 WHERE uri = ?", (closed.forum.uri,))
    await settle(acme, globex)
    assert [kind for kind, _, _ in await globex.received()].count("Update") == 2
    assert not await sees(globex, hana, mirror)
    assert not await sees(globex, closed.gus, mirror)


async def test_what_comes_under_an_unknown_list_waits_while_its_server_cannot_be_asked(closed: Closed):
    acme, globex = closed.acme, closed.globex
    mirror = await closed.join(globex)
    assert mirror is not None
    await memberships.invite(acme.house, acme.admin, closed.forum, f"@hana@{globex.host}")
    await acme.release.run_once()
    async with acme.outside.store.transaction() as change:
        await change.execute("DELETE FROM deliveries WHERE act = 'Update'")
        # The Group cannot be had: it is there for nobody.
        await change.execute("UPDATE crossings SET revoked_at = 1 WHERE uri = ?", (closed.forum.uri,))
    async with globex.outside.store.transaction() as change:
        await change.execute("UPDATE strangers SET fetched_at = 1 WHERE uri = ?", (closed.forum.uri,))
    idea = await acme.idea(closed.forum, "Only between us.")
    await settle(acme, globex)
    assert await globex.know(idea.uri) is None


async def test_an_ordinary_server_gets_nothing_though_somebody_of_it_is_on_the_list(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer = await elsewhere("mastodon")
    await acme.partner(peer.host)
    peer.person(peer.host, "Application")
    ann = peer.person("ann")
    jam = await acme.jam("apart")
    forum = await acme.forum("quiet", "partners", jam, members_only=True)
    await memberships.invite(acme.house, acme.admin, forum, f"@ann@{peer.host}")
    idea = await acme.idea(forum, "Only between us.")
    await acme.idle()
    await peer.post(f"{forum.uri}/inbox", peer.activity("Follow", ann, forum.uri))
    await acme.idle()
    for uri in (forum.uri, idea.uri, f"{forum.uri}/outbox"):
        assert (await peer.get(uri, by=ann)).body == (await peer.get(f"{acme.url}/objects/{'0' * 32}", by=ann)).body
    assert peer.arrived == []
    assert (await acme.last_received()) == ("Follow", "refused")


async def on_the_list(acme: Organisation, elsewhere: MakeElsewhere) -> tuple[Elsewhere, str, Forum, str]:
    """A partner of other make, believed to keep lists; ann of it is on one, and follows the forum."""
    peer = await elsewhere()
    await acme.partner(peer.host)
    await memberships.note_keeper(acme.house, peer.host, keeps=True)
    ann = peer.person("ann")
    jam = await acme.jam("apart")
    forum = await acme.forum("quiet", "partners", jam, members_only=True)
    await memberships.invite(acme.house, acme.admin, forum, f"@ann@{peer.host}")
    idea = await acme.idea(forum, "Only between us.")
    await acme.idle()
    await peer.post(f"{forum.uri}/inbox", peer.activity("Follow", ann, forum.uri))
    await acme.idle()
    return peer, ann, forum, idea.uri


async def test_an_answer_that_is_addressed_beyond_the_forum_is_refused(acme: Organisation, elsewhere: MakeElsewhere):
    peer, ann, forum, idea_uri = await on_the_list(acme, elsewhere)
    beyond: list[dict[str, Any]] = [
        {"cc": [PUBLIC]}, {"cc": ["as:Public"]}, {"cc": [f"{ann}/followers"]},
        {"cc": ["https://elsewhere.example/u/eve"]}, {"bcc": [f"{ann}/followers"]},
    ]  # fmt: skip
    for changes in beyond:
        note = peer.note(ann, "Let others know.", idea_uri, **{"to": forum.uri, **changes})
        await peer.post(acme.inbox, peer.create(note))
        await acme.idle()
        assert (await acme.last_received())[1] == "refused", changes
        assert await acme.know(note["id"]) is None
    note = peer.note(ann, "Within.", idea_uri, forum.uri, cc=[f"{forum.uri}/followers"])
    await peer.post(acme.inbox, peer.create(note))
    await acme.idle()
    assert await acme.know(note["id"]) is not None
    wider = {**note, "content": "<p>Within, and beyond.</p>", "cc": [PUBLIC]}
    await peer.post(acme.inbox, peer.activity("Update", ann, wider))
    await acme.idle()
    assert (await acme.last_received())[1] == "refused"


async def test_votes_and_words_of_others_of_the_same_server_are_refused(acme: Organisation, elsewhere: MakeElsewhere):
    peer, _ann, forum, idea_uri = await on_the_list(acme, elsewhere)
    eve = peer.person("eve")
    note = peer.note(eve, "Me too.", idea_uri, forum.uri)
    await peer.post(acme.inbox, peer.create(note))
    await peer.post(acme.inbox, peer.activity("Like", eve, idea_uri))
    await acme.idle()
    assert [state for kind, state, _ in await acme.received() if kind in ("Create", "Like")] == ["refused", "refused"]


async def test_lists_take_nobody_of_a_partner_whom_the_forum_is_not_for_and_of_outside_nobody_where_it_is_for_inside(
    closed: Closed
):
    acme = closed.acme
    await acme.partner("customer.example", "customer")
    for handle in ("@x@customer.example", "@x@-", "@x y@" + closed.globex.host):
        with pytest.raises(Invalid):
            await memberships.invite(acme.house, acme.admin, closed.forum, handle)
    inside = await acme.forum("alone", "inside", await acme.jam("inside"), members_only=True)
    with pytest.raises(Invalid):
        await memberships.invite(acme.house, acme.admin, inside, f"@gus@{closed.globex.host}")
    with pytest.raises(Invalid):
        await acme.forum("voices", "partners", await acme.jam("voices"), members_only=True, names="sealed")


async def test_the_end_of_a_partnership_ends_what_it_has_of_closed_forums(closed: Closed):
    acme, globex = closed.acme, closed.globex
    await closed.join(globex)
    idea = await acme.idea(closed.forum, "Only between us.")
    await closed.settle()
    assert await globex.know(idea.uri) is not None
    await partners.change_partner(acme.house, acme.admin, globex.host, state="removed")
    await closed.settle()
    known = await globex.know(idea.uri)
    assert known is not None
    assert known.deleted


@pytest.mark.parametrize("side", ["acme", "globex"])
async def test_no_duty_shows_a_closed_forum_on_either_side_to_whoever_is_not_on_its_list(closed: Closed, side: str):
    mirror = await closed.join(closed.globex)
    assert mirror is not None
    idea = await closed.acme.idea(closed.forum, f"Words {CANARY}.", title=f"Idea {CANARY}")
    await closed.settle()
    known = await closed.globex.know(idea.uri)
    assert known is not None
    reply = await closed.globex.reply(known, f"Reply {CANARY}.", closed.gus)
    await moderation.flag(closed.globex.house, closed.gus, known, f"Flag {CANARY}")
    await closed.settle()
    org = closed.acme if side == "acme" else closed.globex
    here = await org.know(idea.uri)
    assert here is not None
    roles: tuple[Role, ...] = ("member", "facilitator", "reviewer", "analyst")
    readers = [await org.member(f"not-{role}", role) for role in roles]
    readers += [org.admin] if org is closed.globex else []
    client = await serve(org.house, org.outside)
    ids = {"jam": here.jam_id, "forum": here.forum_id, "id": here.id, "host": closed.acme.host, "case": reply.id}
    try:
        for reader in readers:
            caller = Caller(client, reader, await people.make_token(org.house, reader))
            for path in [one.path for one in ROUTES if one.method == "GET"]:
                address = re.sub(r"{(\w+)[^}]*}", lambda found: ids.get(found[1], "0" * 32), path)
                for query in ("", f"?q={CANARY}", f"?object={idea.uri}", f"?peer={closed.acme.host}"):
                    _, text = await answer_to(caller, "GET", address + query)
                    assert CANARY not in text.casefold(), (reader.role, path, query)
                    # The audit chain is whole for all who may read it, and holds ids alone.
                    told = here.id in text and here.id not in address and path != "/boundary/audit"
                    assert not told, (reader.role, path, query)
    finally:
        await client.close()


async def test_somebody_who_is_not_named_is_told_before_their_words_are_lost(closed: Closed):
    mirror = await closed.join(closed.globex)
    assert mirror is not None
    nell = await closed.globex.member("nell", consent=False)
    await closed.invite(f"@nell@{closed.globex.host}")
    with pytest.raises(Conflict):
        await closed.globex.idea(mirror, "By role.", nell)
