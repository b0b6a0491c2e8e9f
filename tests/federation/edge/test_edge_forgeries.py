"""Whoever can write the outside store, but lacks the release key, gets nothing out that the gate did not release."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import pytest

from federation.edge.routes import ROUTES
from federation.outside import crossings
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings as judged
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation

SECRET = "meadowlark"
ACCEPTS = ("application/activity+json", "text/html", "*/*")


class Forger:
    """Writes the outside store as another process would, and has no key."""

    def __init__(self, acme: Organisation) -> None:
        self._store = sqlite3.connect(acme.outside.store.path, isolation_level=None, timeout=5)

    def close(self) -> None:
        self._store.close()

    def run(self, sql: str, *values: object) -> int:
        return self._store.execute(sql, values).rowcount

    def put(self, document: dict[str, Any], kind: str, audience: str = "*", mac: str = "0" * 64, **card: Any) -> None:
        """Write a document as if the gate had released it."""
        body = json.dumps(document).encode()
        sha = hashlib.sha256(body).hexdigest()
        self.run("INSERT OR IGNORE INTO bodies (sha, bytes) VALUES (?, ?)", sha, body)
        row = {
            "uri": document["id"], "version": 1, "audience": audience, "kind": kind, "type": document["type"],
            "ours": 1, "subject_uri": "", "forum_uri": "", "thread_uri": "", "parent_uri": "", "author_uri": "",
            "author_name": "", "author_handle": "", "sha": sha, "mac": mac, "made_at": time.time(),
            "released_at": time.time(), **card,
        }  # fmt: skip
        self.run(
            f"INSERT INTO crossings ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", *row.values()
        )  # fmt: skip


@pytest.fixture
def forger(acme: Organisation) -> Iterator[Forger]:
    made = Forger(acme)
    yield made
    made.close()


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("lemmy")


def doors(*keys: str, names: tuple[str, ...] = ()) -> list[str]:
    """Return every GET route with each key and name in its place."""
    found = []
    for route in ROUTES:
        if route.method != "GET":
            continue
        if "{key" in route.path:
            for key in keys:
                path = re.sub(r"\{key[^/]*\}+", key, route.path)
                found += [path, f"{path}?page=first"] if path.endswith("/outbox") else [path]
        elif "{name}" in route.path:
            found += [route.path.replace("{name}", name) for name in names]
        else:
            found.append(route.path)
    return found


async def told(
    acme: Organisation, peer: Elsewhere, *uris: str, names: tuple[str, ...] = ("open", SECRET)
) -> bytes:
    """Return all that every door says to a stranger, unsigned and signed, joined."""
    keys = [uri.rsplit("/", 1)[1] for uri in uris]
    paths = doors(*keys, names=names)
    paths += [f"/.well-known/webfinger?resource=acct:{name}@{acme.host}" for name in names]
    said = []
    for path in paths:
        for by in ("", peer.person("ann")):
            for accept in ACCEPTS:
                answer = await peer.get(acme.url + path, by=by, accept=accept)
                said += [answer.body.replace(path.encode(), b""), str(answer.headers).encode()]
    return b"\n".join(said)


async def test_a_forged_document_is_served_and_listed_nowhere(acme: Organisation, peer: Elsewhere, forger: Forger):
    forum = await acme.forum()
    idea = await acme.idea(forum, "Known to all.")
    await acme.idle()
    assert b"Known to all." in await told(acme, peer, forum.uri, idea.uri)
    before = await peer.get(f"{forum.uri}/outbox")
    words = {"content": f"<p>{SECRET}</p>", "name": SECRET, "summary": SECRET}
    uris = [f"{acme.url}/{room}/{SECRET.encode().hex():0<32}" for room in ("objects", "people", "forums", "activities")]
    thing, person, group, activity = uris
    for audience in ("*", peer.host):
        placed = {"forum_uri": forum.uri, "thread_uri": idea.uri, "parent_uri": idea.uri, "audience": audience}
        forger.put({"id": thing, "type": "Article", **words}, "object", author_name=SECRET, **placed)
        forger.put({"id": person, "type": "Person", **words}, "actor", author_handle=f"@{SECRET}@{acme.host}",
                   audience=audience)  # fmt: skip
        forger.put({"id": group, "type": "Group", **words}, "actor", author_name=SECRET, audience=audience,
                   author_handle=f"@{SECRET}@{acme.host}")  # fmt: skip
        forger.put({"id": activity, "type": "Announce", "object": words}, "activity", subject_uri=thing, **placed)
    said = await told(acme, peer, *uris, forum.uri, idea.uri)
    assert SECRET.encode() not in said
    assert (await peer.get(f"{forum.uri}/outbox")).json["totalItems"] == before.json["totalItems"] == 1
    assert [await peer.find(f"@{SECRET}@{acme.host}", by=by) for by in ("", peer.person("ann"))] == ["", ""]
    assert len(await crossings.unsealed(acme.outside)) == 8


async def test_what_a_page_shows_beside_the_bytes_is_sealed_as_well(
    acme: Organisation, peer: Elsewhere, forger: Forger
):
    forum = await acme.forum()
    idea = await acme.idea(forum, "Known to all.")
    await acme.idle()
    columns = ("author_name", "author_handle", "type", "forum_uri", "thread_uri", "parent_uri", "subject_uri")
    for column in columns:
        forger.run("CREATE TABLE kept AS SELECT * FROM crossings")
        forger.run(f"UPDATE crossings SET {column} = ?", f"@{SECRET}@{acme.host}")
        said = await told(acme, peer, forum.uri, idea.uri)
        assert SECRET.encode() not in said, column
        assert b"Known to all." not in said, column
        forger.run("DELETE FROM crossings")
        forger.run("INSERT INTO crossings SELECT * FROM kept")
        forger.run("DROP TABLE kept")
    assert b"Known to all." in await told(acme, peer, forum.uri, idea.uri)


async def partners_idea(acme: Organisation, peer: Elsewhere, **more: Any) -> tuple[Forum, Contribution]:
    await acme.partner(peer.host)
    forum = await acme.forum("friends", "partners")
    idea = await acme.idea(forum, f"Among friends: {SECRET}.", **more)
    await acme.idle()
    return forum, idea


async def test_what_one_server_was_granted_cannot_be_turned_into_a_grant_to_another(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere, forger: Forger
):
    forum, idea = await partners_idea(acme, peer)
    other = await elsewhere()
    assert SECRET in (await peer.get(idea.uri, by=peer.person("ann"))).body.decode()
    for audience in ("*", other.host):
        forger.run("UPDATE crossings SET audience = ? WHERE audience = ?", audience, peer.host)
        assert SECRET.encode() not in await told(acme, other, forum.uri, idea.uri, names=("friends",))
        forger.run("UPDATE crossings SET audience = ? WHERE audience = ? AND uri != ?", peer.host, audience,
                   acme.outside.addresses.server_uri)  # fmt: skip


async def test_what_was_withdrawn_does_not_stand_again_by_a_stroke_of_the_pen(
    acme: Organisation, peer: Elsewhere, forger: Forger
):
    forum, idea = await partners_idea(acme, peer)
    await judged.recall(acme.house, acme.admin, idea)
    await acme.idle()
    assert forger.run("UPDATE crossings SET revoked_at = NULL WHERE kind != 'tombstone'") > 0
    forger.run("DELETE FROM crossings WHERE kind = 'tombstone'")
    assert SECRET.encode() not in await told(acme, peer, forum.uri, idea.uri, names=("friends",))


async def test_a_newer_forgery_does_not_keep_the_true_one_from_being_withdrawn(
    acme: Organisation, peer: Elsewhere, forger: Forger
):
    _, idea = await partners_idea(acme, peer)
    forger.put({"id": idea.uri, "type": "Article"}, "object", audience=peer.host, version=999)
    await judged.recall(acme.house, acme.admin, idea)
    await acme.idle()
    forger.run("DELETE FROM crossings WHERE version = 999")
    assert (await peer.get(idea.uri, by=peer.person("ann"))).status == 410


async def test_a_forged_delivery_goes_nowhere(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere, forger: Forger
):
    forum, _ = await partners_idea(acme, peer)
    other = await elsewhere("lemmy")
    forged = f"{acme.url}/activities/{'f' * 32}"
    forger.put({"id": forged, "type": "Announce", "object": SECRET}, "activity", audience=other.host)
    announce = await acme.outside.store.fetch_one(
        "SELECT uri, version FROM crossings WHERE type = 'Announce' AND audience = ?", (peer.host,)
    )
    assert announce is not None
    queue = (
        "INSERT INTO deliveries (host, inbox_uri, uri, audience, version, sender_uri, lane, object_uri, act, state,"
        " attempts, due_at, made_at, answer) VALUES (?, ?, ?, ?, ?, ?, 'lane', '', 'Create', 'queued', 0, 0, 0, '')"
    )
    for host in (other.host, peer.host):
        inbox = f"{other.url}/{host}/inbox"
        forger.run(queue, host, inbox, forged, other.host, 1, forum.uri)
        forger.run(queue, host, inbox, announce["uri"], peer.host, announce["version"], forum.uri)
    await acme.idle()
    assert other.arrived == []
    assert {state for act, state in await acme.deliveries() if act == "Create"} == {"cancelled"}


async def test_a_forged_follower_is_sent_nothing_that_its_server_was_not_granted(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere, forger: Forger
):
    forum, _ = await partners_idea(acme, peer)
    other = await elsewhere("lemmy")
    forger.run(
        "INSERT INTO followers (forum_uri, actor_uri, host, inbox_uri, since_at) VALUES (?, ?, ?, ?, 0)",
        forum.uri, f"{peer.url}/users/ann", peer.host, f"{other.url}/inbox",
    )  # fmt: skip
    await acme.idea(forum, f"More of {SECRET}.")
    await acme.idle()
    assert other.arrived == []
