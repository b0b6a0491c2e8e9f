"""What may be read from outside, and the one answer for all the rest."""

from __future__ import annotations

import json
import re

import pytest

from federation.edge.routes import ROUTES
from server.services import ideas
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere, Reply
from tests.federation.organisation import Organisation


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere()


def told(answer: Reply) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Return all that an answer tells but the time of day."""
    return answer.status, tuple(sorted((n, v) for n, v in answer.headers.items() if n != "date")), answer.body


def paths(forum: str = "", idea: str = "", person: str = "") -> list[str]:
    """Return every GET route with ids of one kind filled in; routes without an id are left out."""
    keys = {"forums": forum, "objects": idea, "people": person, "activities": idea}
    found = []
    for route in ROUTES:
        room = route.path.split("/")[1]
        if route.method == "GET" and "{key" in route.path and keys.get(room):
            found.append(re.sub(r"\{key:[^}]*\}+", keys[room], route.path))
    return found


async def test_hidden_equals_missing_on_every_route_to_the_byte(acme: Organisation, peer: Elsewhere):
    secret, closed, open_ = (
        await acme.forum("secret", "inside"),
        await acme.forum("friends", "partners"),
        await acme.forum("open"),
    )
    zoe = await acme.member("zoe")
    hidden = [await acme.idea(one, author=zoe) for one in (secret, closed)] + [await acme.idea(open_, label="RED")]
    await acme.idle()
    ann = peer.person("ann")
    key = lambda uri: uri.rsplit("/", 1)[1]  # noqa: E731
    missing = {}
    for by in ("", ann):
        for accept in ("application/activity+json", "text/html", "*/*"):
            for method in ("GET", "HEAD"):
                nothing = await peer.get(f"{acme.url}/objects/{'0' * 32}", by=by, accept=accept, method=method)
                assert nothing.status == 404
                missing[by, accept, method] = told(nothing)
                for made in hidden:
                    for forum in (secret, closed):
                        for path in paths(key(forum.uri), key(made.uri), key(zoe.uri)):
                            answer = await peer.get(acme.url + path, by=by, accept=accept, method=method)
                            assert told(answer) == missing[by, accept, method], path
    assert len({status for status, _, _ in missing.values()}) == 1
    for resource in ("acct:secret@HOST", "acct:friends@HOST", "acct:zoe@HOST", "acct:nobody@HOST", secret.uri, zoe.uri):
        asked = f"{acme.url}/.well-known/webfinger?resource={resource.replace('HOST', acme.host)}"
        for by in ("", ann):
            assert told(await peer.get(asked, by=by)) == missing["", "*/*", "GET"], resource
    for path in (
        "/@secret",
        "/@zoe",
        "/@nobody",
        f"/objects/{'0' * 31}",
        "/nothing",
        f"/objects/{key(hidden[0].uri).upper()}",
    ):
        assert told(await peer.get(acme.url + path)) == missing["", "*/*", "GET"], path


async def test_a_bad_signature_reads_the_same_everywhere(acme: Organisation, peer: Elsewhere):
    forum, secret = await acme.forum(), await acme.forum("secret", "inside")
    await acme.idle()
    answers = set()
    for uri in (forum.uri, secret.uri, f"{acme.url}/forums/{'0' * 32}"):
        answer = await peer.get(uri, Signature='keyId="x",headers="date",signature="eA=="')
        answers.add(told(answer))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 401


async def test_a_document_is_not_sent_again_to_whoever_has_it(acme: Organisation, peer: Elsewhere):
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    first = await peer.get(idea.uri)
    assert (first.headers["cache-control"], first.headers["vary"]) == ("private", "Accept, Signature")
    again = await peer.get(idea.uri, **{"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    head = await peer.get(idea.uri, method="HEAD")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", first.headers["etag"])
    await ideas.edit(acme.house, acme.admin, idea, "Other words.")
    await acme.idle()
    fresh = await peer.get(idea.uri, **{"If-None-Match": first.headers["etag"]})
    assert fresh.status == 200
    await ideas.delete(acme.house, acme.admin, idea)
    await acme.idle()
    for etag in (first.headers["etag"], fresh.headers["etag"]):
        gone = await peer.get(idea.uri, **{"If-None-Match": etag})
        assert (gone.status, gone.json["type"]) == (410, "Tombstone")
        assert b"words" not in gone.body


async def test_a_tombstone_is_shown_to_holders_only(acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere):
    closed = await acme.forum("friends", "partners")
    other = await elsewhere()
    await acme.partner(peer.host)
    idea = await acme.idea(closed)
    await acme.idle()
    await ideas.delete(acme.house, acme.admin, idea)
    await acme.idle()
    assert (await peer.get(idea.uri, by=peer.person("ann"))).status == 410
    assert (await other.get(idea.uri, by=other.person("olaf"))).status == 404
    assert (await other.get(idea.uri)).status == 404
    for suffix in ("/context", "/replies"):
        assert (await peer.get(idea.uri + suffix, by=peer.person("ann"))).status == 404


async def test_every_activity_is_there_to_be_fetched_by_those_who_got_it(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere
):
    closed = await acme.forum("friends", "partners")
    other = await elsewhere()
    await acme.partner(peer.host)
    await acme.idle()
    ann = peer.person("ann")
    await peer.post(acme.inbox, peer.activity("Follow", ann, closed.uri))
    idea = await acme.idea(closed)
    await acme.idle()
    await ideas.delete(acme.house, acme.admin, idea)
    await acme.idle()
    for one in peer.arrived:
        mine = await peer.get(one.activity["id"], by=ann)
        gone = one.activity["type"] == "Announce" and "Create" in one.shape
        assert mine.status == (404 if gone else 200), one.shape
        assert (await other.get(one.activity["id"], by=other.person("olaf"))).status == 404
        assert (await other.get(one.activity["id"])).status == 404


async def test_an_outbox_is_paged_without_loss_and_counts_what_was_granted(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await acme.idle()
    made = [await acme.idea(forum, f"Number {n}.") for n in range(23)]
    await acme.idea(forum, "Hidden.", label="RED")
    await acme.idle()
    top = (await peer.get(f"{forum.uri}/outbox")).json
    assert top["totalItems"] == 23
    seen: list[str] = []
    page = top["first"]
    for _ in range(20):
        document = (await peer.get(page)).json
        seen += [one["id"] for one in document["orderedItems"]]
        if "next" not in document:
            break
        page = document["next"]
        assert re.search(r"page=[0-9a-f]{32}$", page), "a cursor is the id of something granted"
    assert len(seen) == len(set(seen))
    announced = [json.loads((await peer.get(uri)).body)["object"]["object"]["id"] for uri in seen]
    assert announced == [one.uri for one in reversed(made)], "each idea once, newest first"
    for odd in ("0" * 32, "x", "-1", "9e999", "first&page=second", "%00"):
        assert (await peer.get(f"{forum.uri}/outbox?page={odd}")).status == 200


async def test_discovery_tells_constants(acme: Organisation, peer: Elsewhere):
    def tell() -> list[str]:
        return [
            "/.well-known/nodeinfo", "/nodeinfo/2.1", "/nodeinfo/2.0", "/.well-known/host-meta", "/api/v1/instance",
            "/actor",
        ]  # fmt: skip

    before = [told(await peer.get(acme.url + path)) for path in tell()]
    forum = await acme.forum()
    for n in range(5):
        await acme.member(f"person{n}")
        await acme.idea(forum)
    await acme.idle()
    assert [told(await peer.get(acme.url + path)) for path in tell()] == before


async def test_a_page_carries_no_script_and_no_cookie(acme: Organisation, peer: Elsewhere):
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    for url in (acme.url, idea.uri, (await acme.fresh(idea)).uri):
        page = await peer.get(url, accept="text/html")
        assert page.status == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "set-cookie" not in page.headers
        assert b"<script" not in page.body


async def test_methods_that_a_route_does_not_know_get_one_answer(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await acme.idle()
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        answers = {
            told(await peer.get(uri, method=method))
            for uri in (forum.uri, f"{acme.url}/forums/{'0' * 32}", f"{acme.url}/objects/{'0' * 32}")
        }
        assert len(answers) == 1
        assert next(iter(answers))[0] == 405


async def test_pages_come_in_the_language_that_is_asked_for_and_caches_are_told(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    for url in (acme.url, forum.uri, idea.uri):
        german, arabic, english = [
            await peer.get(url, accept="text/html", **({"Accept-Language": asked} if asked else {}))
            for asked in ("de-AT, en;q=0.5", "ar", "")
        ]
        assert b'<html lang="de" dir="ltr">' in german.body
        assert b'<html lang="ar" dir="rtl">' in arabic.body
        assert b'<html lang="en" dir="ltr">' in english.body
        assert "Alle können das lesen" in german.body.decode()
        assert german.headers["content-language"] == "de"
        assert "Accept-Language" in german.headers["vary"]
        document = await peer.get(url, **{"Accept-Language": "de"})
        assert "content-language" not in document.headers or url == acme.url
    missing = [
        told(await peer.get(f"{acme.url}/objects/{'0' * 32}", **{"Accept-Language": asked})) for asked in ("de", "")
    ]
    assert missing[0] == missing[1]


async def test_takahe_reads_an_idea_as_a_note_that_begins_with_its_title(acme: Organisation, elsewhere: MakeElsewhere):
    """It looks in every Article for a member that none has, and drops it."""
    takahe, mastodon = await elsewhere("Takahe"), await elsewhere("Mastodon")
    forum = await acme.forum()
    await acme.idle()
    for peer in (takahe, mastodon):
        await peer.post(acme.inbox, peer.activity("Follow", peer.person("ann"), forum.uri))
    await acme.idle()
    idea = await acme.idea(forum, "Let us walk.", title="Fewer lifts")
    await acme.idle()
    assert takahe.shapes() == mastodon.shapes() == ["Accept Follow", "Announce uri"]
    note = await takahe.get(idea.uri, by=takahe.person("ann"))
    assert (note.json["type"], "name" in note.json, "summary" in note.json) == ("Note", False, False)
    assert note.json["content"].startswith("<p><strong>Fewer lifts</strong></p>")
    assert "Let us walk." in note.json["content"]
    article = await mastodon.get(idea.uri, by=mastodon.person("ann"))
    assert (article.json["type"], article.json["name"]) == ("Article", "Fewer lifts")
    assert (await takahe.get(idea.uri)).json == article.json, "who does not say who asks gets what everyone gets"
    assert note.headers["etag"] != article.headers["etag"]
    await ideas.edit(acme.house, acme.admin, idea, "Let us run.")
    await acme.idle()
    edited = {peer.host: peer.arrived[-1].activity["object"] for peer in (takahe, mastodon)}
    assert [edited[peer.host]["type"] for peer in (takahe, mastodon)] == ["Note", "Article"]
    assert "Fewer lifts</strong></p>\n<p>Let us run." in edited[takahe.host]["content"]
    assert takahe.arrived[-1].valid
    assert "proof" not in takahe.arrived[-1].activity
