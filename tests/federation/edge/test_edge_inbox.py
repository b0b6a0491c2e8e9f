"""The one way in: bad input gets a clear status and costs little; what was answered 202 is kept."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.outside import received
from server.services import partners
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import ACTIVITY, Elsewhere, free_socket
from tests.federation.organisation import Organisation


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere()


def nested(depth: int) -> dict[str, Any]:
    document: Any = "x"
    for _ in range(depth):
        document = {"object": document}
    found: dict[str, Any] = document
    return found


async def test_bad_bodies_are_named_and_nothing_of_them_is_kept(acme: Organisation, peer: Elsewhere):
    ann = peer.person("ann")
    good = peer.activity("Like", ann, "https://a.example/1")
    text = json.dumps(good)
    bad: list[tuple[int, bytes]] = [
        (400, b""),
        (400, b"not JSON"),
        (400, b"[]"),
        (400, b"null"),
        (400, b"{"),
        (400, text.encode("utf-16")),
        (400, text.encode() + b"\xff"),
        (400, json.dumps({**good, "content": "\ud800"}).encode()),
        (400, json.dumps({**good, **nested(60)}).encode()),
        (400, b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
        (400, json.dumps({**good, "id": 7}).encode()),
        (400, json.dumps({**good, "id": ["https://a.example/1"]}).encode()),
        (400, json.dumps({**good, "type": ["Like", "Create"]}).encode()),
        (400, json.dumps({**good, "actor": [ann, ann]}).encode()),
        (400, json.dumps({**good, "@graph": [good]}).encode()),
        (413, json.dumps({**good, "content": "x" * 1_100_000}).encode()),
    ]
    for expected, body in bad:
        answer = await peer.post(acme.inbox, body, by=ann)
        assert answer.status == expected, body[:80]
        assert len(answer.body) < 100
    assert await acme.received() == []


async def test_only_activity_types_are_read(acme: Organisation, peer: Elsewhere):
    like = peer.activity("Like", peer.person("ann"), "https://a.example/1")
    for kind in ("text/html", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "image/png"):
        assert (await peer.post(acme.inbox, like, content_type=kind)).status == 400
    for kind in (
        ACTIVITY,
        "application/json",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    ):
        assert (await peer.post(acme.inbox, {**like, "id": peer.new_uri()}, content_type=kind)).status == 202


async def test_an_activity_signed_too_long_ago_or_not_at_all_is_refused(acme: Organisation, peer: Elsewhere):
    ann = peer.person("ann")
    like = peer.activity("Like", ann, "https://a.example/1")
    now = datetime.now(UTC)
    assert (await peer.post(acme.inbox, like, by="-")).status == 401
    for hours, status in ((-13, 401), (-2, 401), (2, 401), (0.5, 202), (-0.5, 202)):
        activity = {**like, "id": peer.new_uri()}
        assert (await peer.post(acme.inbox, activity, at=now + timedelta(hours=hours))).status == status, hours
    assert len(await acme.received()) == 2


async def test_nobody_speaks_for_another(acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere):
    other = await elsewhere()
    ann, eve, olaf = peer.person("ann"), peer.person("eve"), other.person("olaf")
    like = peer.activity("Like", ann, "https://a.example/1")
    assert (await peer.post(acme.inbox, like, by=eve)).status == 401
    assert (await peer.post(acme.inbox, {**like, "actor": olaf}, by=ann)).status == 401
    assert (await peer.post(acme.inbox, {**like, "actor": acme.admin.uri}, by=ann)).status == 401
    assert (await peer.post(acme.inbox, {**like, "id": other.new_uri()}, by=ann)).status == 401
    assert await acme.received() == []


async def test_a_key_that_cannot_be_had_now_is_asked_for_again(acme: Organisation, peer: Elsewhere):
    like = peer.activity("Like", f"{peer.url}/users/nobody", "https://a.example/1")
    assert (await peer.post(acme.inbox, like)).status == 503
    with free_socket() as nobody:
        away = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        answer = await peer.post(acme.inbox, {**like, "actor": f"{away}/users/ann", "id": f"{away}/1"})
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")


async def test_a_deleted_account_says_goodbye_without_a_key(acme: Organisation, peer: Elsewhere):
    gone = f"{peer.url}/users/gone"
    assert (await peer.post(acme.inbox, peer.activity("Delete", gone, gone))).status == 202
    assert (await peer.post(acme.inbox, peer.activity("Delete", gone, peer.new_uri()))).status == 503


async def test_a_changed_key_is_fetched_once(acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere):
    ann = peer.person("ann")
    assert (await peer.post(acme.inbox, peer.activity("Like", ann, "https://a.example/1"))).status == 202
    other = await elsewhere()
    peer.key = other.key
    assert (await peer.post(acme.inbox, peer.activity("Like", ann, "https://a.example/1"))).status == 401
    peer.asked.clear()
    assert (await peer.post(acme.inbox, peer.activity("Like", ann, "https://a.example/1"))).status == 401
    assert peer.asked == [], "a flood of bad signatures makes no flood of fetches"


async def test_a_paused_server_is_refused_before_anything_is_fetched_from_it(acme: Organisation, peer: Elsewhere):
    await acme.partner(peer.host)
    await partners.change_partner(acme.house, acme.admin, peer.host, state="paused")
    await acme.idle()
    like = peer.activity("Like", peer.person("ann"), "https://a.example/1")
    assert (await peer.post(acme.inbox, like)).status == 403
    assert peer.asked == []
    assert await acme.received() == []


async def test_every_inbox_takes_the_same_and_tells_the_same(acme: Organisation, peer: Elsewhere):
    forum, secret = await acme.forum(), await acme.forum("secret", "inside")
    await acme.idle()
    ann = peer.person("ann")
    answers = set()
    for path in (
        "/inbox",
        "/actor/inbox",
        f"/forums/{forum.uri.rsplit('/', 1)[1]}/inbox",
        f"/forums/{secret.uri.rsplit('/', 1)[1]}/inbox",
        f"/forums/{'0' * 32}/inbox",
        f"/people/{'0' * 32}/inbox",
    ):
        answer = await peer.post(acme.url + path, peer.activity("Like", ann, "https://a.example/1"))
        answers.add(
            (
                answer.status,
                answer.body,
                tuple(sorted(set(answer.headers.items()) - {("date", answer.headers["date"])})),
            )
        )
    assert len(answers) == 1
    assert next(iter(answers))[0] == 202
    assert len(await acme.received()) == 6


async def test_what_was_answered_202_survives_a_fault_of_the_gate(
    acme: Organisation, peer: Elsewhere, monkeypatch: pytest.MonkeyPatch
):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    ann = peer.person("ann")
    await peer.post(acme.inbox, peer.activity("Like", ann, idea.uri))
    with monkeypatch.context() as broken:

        async def fail(*_: object, **__: object) -> None:
            raise RuntimeError("the disk is gone")

        broken.setattr("server.services.marking.mark", fail)
        with pytest.raises(RuntimeError):
            await acme.idle()
    acme.wait(5)
    await acme.idle()
    assert await acme.received() == [("Like", "admitted", "")]
    assert (await acme.fresh(idea)).support == 1


async def test_what_came_is_dealt_with_in_its_order_though_more_comes_without_end(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    ann = peer.person("ann")
    likes = [peer.activity("Like", ann, idea.uri) for _ in range(3)]
    for like in likes:
        await peer.post(acme.inbox, like)
    ends = asyncio.Event()

    async def send() -> None:
        while not ends.is_set():
            await peer.post(acme.inbox, peer.activity("Block", ann, ann))

    senders = [asyncio.create_task(send()) for _ in range(4)]
    try:
        async with asyncio.timeout(60):
            while (await acme.received())[:3] != [("Like", "ready", "")] * 3:
                await acme.edge.lookup.run_once()
                await asyncio.sleep(0.01)
    finally:
        ends.set()
        await asyncio.gather(*senders)
    ready = await received.in_state(acme.outside, "ready", acme.outside.now(), 3)
    assert [one.activity_uri for one in ready] == [like["id"] for like in likes]


async def test_what_came_together_is_handed_to_the_gate_in_few_transactions(acme: Organisation, peer: Elsewhere):
    ann = peer.person("ann")
    await peer.post(acme.inbox, peer.activity("Block", ann, ann))
    await acme.idle()
    for _ in range(40):
        await peer.post(acme.inbox, peer.activity("Block", ann, ann))
    before = acme.outside.store.counts.bodies
    async with acme.outside.store.transaction():
        # While somebody else writes, what is ready gathers.
        await acme.edge.lookup.run_once()
        for _ in range(1_000):
            await asyncio.sleep(0)
    await acme.edge.lookup.settle()
    assert len(await received.in_state(acme.outside, "ready", acme.outside.now())) == 40
    assert acme.outside.store.counts.bodies - before <= 3
