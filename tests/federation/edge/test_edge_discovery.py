"""What of FEDERATION.md's discovery and reading works, over HTTP, by name."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import ideas, people
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import ACTIVITY, Elsewhere, Reply
from tests.federation.organisation import Organisation


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere()


@pytest.fixture
async def talk(acme: Organisation) -> tuple[Forum, Contribution, list[Contribution]]:
    """A forum for everybody with an idea and three answers, two in a row, of which one is for nobody outside."""
    forum = await acme.forum("open")
    zoe = await acme.member("zoe")
    idea = await acme.idea(forum, "Fewer lifts.", author=zoe, title="Lifts")
    await acme.idle()
    first = await acme.reply(idea, "Stairs.")
    await acme.idle()
    second = await acme.reply(first, "Both.")
    hidden = await acme.reply(idea, "Between us.", label="RED")
    await acme.idle()
    return forum, idea, [first, second, hidden]


async def finger(acme: Organisation, peer: Elsewhere, resource: str) -> Reply:
    return await peer.get(f"{acme.url}/.well-known/webfinger?resource={quote(resource, safe='')}")


async def items(peer: Elsewhere, url: str, by: str = "") -> list[Any]:
    """Read a collection from its first page to its last."""
    document = (await peer.get(url, by=by)).json
    found = list(document.get("orderedItems", document.get("items", [])))
    onward = document.get("first") or document.get("next")
    for _ in range(100):
        if not onward:
            return found
        document = (await peer.get(onward, by=by)).json
        assert document["id"] == onward
        found += document["orderedItems"]
        onward = document.get("next")
    raise AssertionError("the collection finds no end")


async def test_webfinger_finds_forums_people_and_the_server_by_handle_and_by_address(
    acme: Organisation, peer: Elsewhere, talk: tuple[Forum, Contribution, list[Contribution]]
):
    forum, idea, _ = talk
    author = (await peer.get(idea.uri)).json["attributedTo"]
    person = (await peer.get(author)).json
    for resource, uri in (
        (f"acct:open@{acme.host}", forum.uri),
        (f"acct:OPEN@{acme.host.upper()}", forum.uri),
        (forum.uri, forum.uri),
        (f"acct:{person['preferredUsername']}@{acme.host}", author),
        (author, author),
        (acme.url, f"{acme.url}/actor"),
        (f"acct:{acme.host}@{acme.host}", f"{acme.url}/actor"),
    ):
        found = await finger(acme, peer, resource)
        assert found.status == 200, resource
        assert found.headers["content-type"].startswith("application/jrd+json")
        link = next(one for one in found.json["links"] if one["rel"] == "self")
        assert (link["href"], link["type"]) == (uri, ACTIVITY)
        named = (await peer.get(uri)).json["preferredUsername"]
        assert found.json["subject"].lower() == f"acct:{named}@{acme.host}".lower(), "one name for one actor"


async def test_unknown_and_hidden_names_are_one_404_and_no_name_at_all_is_a_400(acme: Organisation, peer: Elsewhere):
    secret = await acme.forum("secret", "inside")
    await acme.idle()
    answers = set()
    for one in (f"acct:secret@{acme.host}", f"acct:nobody@{acme.host}", secret.uri, "acct:open@else.example", "%%"):
        found = await finger(acme, peer, one)
        answers.add((found.status, found.body, *sorted((k, v) for k, v in found.headers.items() if k != "date")))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert (await peer.get(f"{acme.url}/.well-known/webfinger")).status == 400


async def test_nodeinfo_leads_to_the_version_and_to_the_servers_own_actor(acme: Organisation, peer: Elsewhere):
    links = (await peer.get(f"{acme.url}/.well-known/nodeinfo", accept="application/json")).json["links"]
    by_rel = {one["rel"]: one["href"] for one in links}
    for version in ("2.1", "2.0"):
        rel = f"http://nodeinfo.diaspora.software/ns/schema/{version}"
        told = (await peer.get(by_rel[rel], accept="application/json")).json
        assert (told["version"], told["software"]["name"], told["usage"]) == (version, "marmalade", {"users": {}})
        assert told.keys() == {
            "version", "software", "protocols", "services", "openRegistrations", "usage", "metadata",
        }, "all that both schemas require"  # fmt: skip
        assert told["software"].keys() == {"name", "version"}, "2.0 has no more"
    actor = (await peer.get(by_rel["https://www.w3.org/ns/activitystreams#Application"])).json
    assert (actor["type"], actor["id"]) == ("Application", f"{acme.url}/actor")
    assert actor["implements"], "what it reads is said by its actor (FEP-844e)"
    assert b"webfinger?resource={uri}" in (await peer.get(f"{acme.url}/.well-known/host-meta")).body


async def test_an_outbox_lists_each_idea_once_as_it_reads_now(
    acme: Organisation, peer: Elsewhere, talk: tuple[Forum, Contribution, list[Contribution]]
):
    forum, idea, _ = talk
    zoe = await people.person(acme.house, "zoe")
    await ideas.edit(acme.house, zoe, idea, "No lifts.")
    await acme.idea(forum, "Not for you.", label="RED")
    await acme.idle()
    listed = await items(peer, f"{forum.uri}/outbox")
    assert [(one["type"], one["actor"], one["object"]["object"]["id"]) for one in listed] == [
        ("Announce", forum.uri, idea.uri)
    ]
    assert "No lifts." in listed[0]["object"]["object"]["content"]
    assert (await peer.get(f"{forum.uri}/outbox")).json["totalItems"] == 1


async def test_a_threads_context_lists_what_was_granted_of_it_in_time_order(
    acme: Organisation, peer: Elsewhere, talk: tuple[Forum, Contribution, list[Contribution]]
):
    forum, idea, (first, second, _) = talk
    document = (await peer.get(second.uri)).json
    found = (await peer.get(document["context"])).json
    assert found["type"] == "OrderedCollection"
    assert found["id"] == document["context"]
    assert found["attributedTo"] == forum.uri
    assert (found["totalItems"], found["orderedItems"]) == (3, [idea.uri, first.uri, second.uri])
    beside = f"{forum.uri}/context?thread={quote(idea.uri, safe='')}"
    assert (await items(peer, beside)) == found["orderedItems"]
    for wrong in ("", "?thread=", f"?thread={first.uri}", f"?thread={acme.url}/objects/{'0' * 32}", "?thread=%00"):
        assert (await peer.get(f"{forum.uri}/context{wrong}")).status == 404, wrong


async def test_a_long_context_is_told_by_pages(acme: Organisation, peer: Elsewhere, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("federation.edge.collections.WHOLE", 3)
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    made = [await acme.reply(idea, f"Number {n}.") for n in range(7)]
    await acme.idle()
    top = (await peer.get(f"{idea.uri}/context")).json
    assert (top["totalItems"], "orderedItems" in top) == (8, False)
    assert await items(peer, f"{idea.uri}/context") == [idea.uri, *(one.uri for one in made)]
    for odd in ("-1", "9" * 40, "x", "%00", "1e3"):
        assert (await peer.get(f"{idea.uri}/context?page={odd}")).status == 200


async def test_an_object_names_its_replies(
    acme: Organisation, peer: Elsewhere, talk: tuple[Forum, Contribution, list[Contribution]]
):
    _, idea, (first, second, _) = talk
    document = (await peer.get(idea.uri)).json
    assert await items(peer, document["replies"]) == [first.uri]
    assert await items(peer, (await peer.get(first.uri)).json["replies"]) == [second.uri]


async def test_a_page_names_the_document_that_it_shows(
    acme: Organisation, peer: Elsewhere, talk: tuple[Forum, Contribution, list[Contribution]]
):
    forum, idea, _ = talk
    for uri in (forum.uri, idea.uri):
        page = await peer.get(uri, accept="text/html")
        assert f'<link rel="alternate" type="application/activity+json" href="{uri}">' in page.body.decode()
        assert page.headers["link"] == f'<{uri}>; rel="alternate"; type="application/activity+json"'
        for accept in (ACTIVITY, 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'):
            assert (await peer.get(uri, accept=accept)).json["id"] == uri


async def test_moderators_name_who_stands_for_the_server_and_followers_nobody(
    acme: Organisation, peer: Elsewhere, talk: tuple[Forum, Contribution, list[Contribution]]
):
    forum, _, _ = talk
    group = (await peer.get(forum.uri)).json
    found = (await peer.get(group["followers"])).json
    assert (found["totalItems"], found.get("orderedItems", [])) == (0, [])
    (moderator,) = (await peer.get(group["attributedTo"])).json["orderedItems"]
    actor = (await peer.get(moderator)).json
    assert (actor["type"], actor["name"]) == ("Service", acme.house.name)
