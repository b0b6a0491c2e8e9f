"""A jam is found by its short name by those who were granted one of its forums; for others it never was."""

from __future__ import annotations

from server.services import jams
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import Elsewhere, Reply
from tests.federation.organisation import Organisation


def told(answer: Reply) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Return all that an answer tells but the time of day."""
    return answer.status, tuple(sorted((n, v) for n, v in answer.headers.items() if n != "date")), answer.body


async def ask(peer: Elsewhere, acme: Organisation, resource: str, by: str = "") -> Reply:
    return await peer.get(f"{acme.url}/.well-known/webfinger?resource={resource}", by=by)


async def test_a_jam_leads_to_the_forums_that_the_asker_was_granted(
    organise: MakeOrganisation, elsewhere: MakeElsewhere
):
    acme, partner, stranger = await organise("Acme"), await elsewhere(), await elsewhere()
    await acme.partner(partner.host)
    jam = await acme.jam("lifts", opened=True)
    open_ = await acme.forum("open", "public", jam)
    friends = await acme.forum("friends", "partners", jam)
    await acme.forum("secret", "inside", jam)
    await acme.idle()
    for peer, forums in ((stranger, [open_]), (partner, [open_, friends])):
        for resource in (f"acct:lifts@{acme.host}", f"{acme.url}/jams/lifts"):
            found = await ask(peer, acme, resource, by=peer.server)
            assert found.json["subject"] == f"acct:lifts@{acme.host}"
            self_ = next(link["href"] for link in found.json["links"] if link["rel"] == "self")
        document = (await peer.get(self_, by=peer.server)).json
        assert (document["type"], document["id"], document["name"]) == ("Collection", self_, "Lifts")
        assert document["items"] == [one.uri for one in forums]
        assert document["totalItems"] == len(forums)
    assert (await stranger.get(f"{acme.url}/jams/lifts", accept="text/html")).status == 302


async def test_a_jam_without_a_released_forum_is_the_404_of_what_never_was(
    organise: MakeOrganisation, elsewhere: MakeElsewhere
):
    acme, partner, stranger = await organise("Acme"), await elsewhere(), await elsewhere()
    await acme.partner(partner.host)
    draft = await acme.jam("draft", opened=False)
    closed = await acme.jam("closed")
    inner = await acme.jam("inner")
    await acme.forum("early", "public", draft)
    await acme.forum("friends", "partners", closed)
    await acme.forum("secret", "inside", inner)
    await acme.idle()
    for by in ("", stranger.server):
        nothing = told(await ask(stranger, acme, f"acct:nothing@{acme.host}", by=by))
        for slug in ("draft", "closed", "inner", "elsewhere"):
            assert told(await ask(stranger, acme, f"acct:{slug}@{acme.host}", by=by)) == nothing
            for accept in ("application/activity+json", "text/html"):
                missing = told(await stranger.get(f"{acme.url}/jams/nothing", by=by, accept=accept))
                assert missing[0] == 404
                assert told(await stranger.get(f"{acme.url}/jams/{slug}", by=by, accept=accept)) == missing
    assert (await ask(partner, acme, f"acct:closed@{acme.host}", by=partner.server)).status == 200
    assert (await ask(partner, acme, f"acct:draft@{acme.host}", by=partner.server)).status == 404
    await jams.open_jam(acme.house, acme.admin, draft)
    await acme.idle()
    assert (await ask(stranger, acme, f"acct:draft@{acme.host}")).status == 200


async def test_a_forum_goes_before_a_jam_of_the_same_name(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere()
    forum = await acme.forum("better", "public", await acme.jam("better"))
    await acme.idle()
    assert await peer.find(f"@better@{acme.host}") == forum.uri
    assert (await ask(peer, acme, f"{acme.url}/jams/better")).status == 200
