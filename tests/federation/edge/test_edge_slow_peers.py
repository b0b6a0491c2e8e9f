"""A server that is dead or slow, in whatever way, never slows another, and never holds more than a few handles."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from federation.edge.deliver import Deliverer
from federation.edge.lines import Lines
from federation.edge.lookup import AT_ONCE, Lookup
from federation.edge.signers import KEYS_AT_ONCE, Signers
from federation.fetch import Fetcher
from federation.names import Names
from federation.outside import deliveries, peers, received
from federation.outside.received import Arriving
from federation.transport import MOST_OPEN, Transport
from tests.federation.conftest import MakeElsewhere
from tests.federation.crowd import Crowd, join
from tests.federation.organisation import LOOPBACK, Organisation


async def until(is_so: Callable[[], bool], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.01)


@pytest.fixture
async def good() -> AsyncIterator[Crowd]:
    crowd = Crowd()
    await crowd.start()
    yield crowd
    await crowd.close()


@pytest.fixture
async def hanging() -> AsyncIterator[Crowd]:
    crowd = Crowd(answers=False)
    await crowd.start()
    yield crowd
    await crowd.close()


@pytest.fixture
async def patient() -> AsyncIterator[Transport]:
    """A transport that waits longer than any test."""
    async with Transport(LOOPBACK, total_seconds=120.0) as transport:
        yield transport


async def let_out(acme: Organisation) -> None:
    while await acme.release.run_once():
        pass


async def test_servers_that_accept_and_never_answer_hold_up_nobody(
    acme: Organisation, good: Crowd, hanging: Crowd, patient: Transport
):
    """More of them than there are lines; each with more threads than a server gets requests at a time."""
    forum = await acme.forum()
    await let_out(acme)
    await join(acme.outside, forum.uri, hanging.hosts(0, 12) + good.hosts(100, 20))
    for n in range(10):
        await acme.idea(forum, f"Number {n}.")
    await let_out(acme)
    deliverer = Deliverer(acme.outside, patient, lines=Lines(prompt=4, slow=40, patience=0.05))
    try:
        async with asyncio.timeout(60):
            while good.took.total() < 200:
                await deliverer.run_once()
                await asyncio.sleep(0.01)
        await until(lambda: hanging.took.total() == 12)
    finally:
        await deliverer.close()
    assert set(good.took.values()) == {10}
    assert hanging.most_open == 12, "a server that was not heard of gets one request until it answers"


async def test_a_server_that_fails_gets_nothing_more_until_it_is_knocked_at(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer = await elsewhere("lemmy")
    forum = await acme.forum()
    await let_out(acme)
    await join(acme.outside, forum.uri, [peer.host])
    await acme.idea(forum, "It is up.")
    await acme.idle()
    peer.answer = 503
    for n in range(30):
        await acme.idea(forum, f"Number {n}.")
    before = len(peer.knocks)
    async with asyncio.timeout(30):
        await acme.idle()
    assert len(peer.knocks) - before <= 8, "what was not begun is not begun any more"
    before = len(peer.knocks)
    acme.wait(5)
    await acme.idle()
    assert len(peer.knocks) - before == 1
    peer.answer = 202
    acme.wait(60)
    await acme.idle()
    assert {state for _, state in await acme.deliveries(peer.host)} == {"sent"}


async def test_servers_in_trouble_take_no_line_from_the_others(
    acme: Organisation, good: Crowd, hanging: Crowd, patient: Transport
):
    forum = await acme.forum()
    await let_out(acme)
    troubled = hanging.hosts(0, 6)
    await join(acme.outside, forum.uri, troubled + good.hosts(100, 6))
    async with acme.outside.store.transaction() as change:
        for host in troubled:
            await peers.failed(change, host, 0.0, "TimedOut", 0.0)
    await acme.idea(forum)
    await let_out(acme)
    deliverer = Deliverer(acme.outside, patient, lines=Lines(prompt=2, slow=0, patience=0.05))
    try:
        async with asyncio.timeout(60):
            while good.took.total() < 6:
                await deliverer.run_once()
                await asyncio.sleep(0.01)
        await until(lambda: hanging.took.total() == 6)
    finally:
        await deliverer.close()


async def test_no_more_connections_are_kept_than_may_be(good: Crowd):
    hosts = good.hosts(0, MOST_OPEN + 40)
    async with Transport(LOOPBACK) as transport:
        for host in hosts:
            assert (await transport.post(f"http://{host}/inbox", {}, b"{}")).status == 202
        await until(lambda: good.open <= MOST_OPEN)
        assert (await transport.post(f"http://{hosts[0]}/inbox", {}, b"{}")).status == 202
        assert good.open == MOST_OPEN, "one that is kept is used again"


async def test_names_that_nobody_answers_for_keep_no_other_from_being_found():
    stuck = threading.Event()

    def look_up(host: str, port: int, **more: Any) -> list[Any]:
        if host.startswith("dead"):
            stuck.wait(60)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    names = Names(look_up, threads=6, patience=0.05)
    try:
        async def give_up_on(host: str) -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await names.resolve(host, 80)

        await asyncio.gather(*(give_up_on(f"dead{n}.example") for n in range(5)))
        for _ in range(2):
            await asyncio.gather(*(give_up_on(f"dead{n}.example") for n in range(5)))
        async with asyncio.timeout(10):
            found = await names.resolve("alive.example", 443)
        assert [(one["host"], one["port"]) for one in found] == [("127.0.0.1", 443)]
    finally:
        stuck.set()
        await names.close()


async def test_a_long_thread_that_waits_holds_up_no_other_thread(acme: Organisation, good: Crowd):
    host = good.hosts(0, 1)[0]
    now = acme.outside.now()
    async with acme.outside.store.transaction() as change:
        await change.executemany(
            "INSERT INTO deliveries (host, inbox_uri, uri, audience, version, sender_uri, lane, object_uri, act,"
            " state, attempts, due_at, made_at, answer)"
            " VALUES (?, 'i', ?, '*', 1, 's', ?, 'o', 'Create', 'queued', 0, ?, 0, '')",
            [*((host, f"u{n}", "long", now + 100 if n == 0 else 0.0) for n in range(200)), (host, "v", "other", 0.0)],
        )
    assert [one.lane for one in await deliveries.due_for(acme.outside, host, now)] == ["other"]
    assert await deliveries.due_hosts(acme.outside, now) == [(host, 0)]
    assert await deliveries.due_hosts(acme.outside, now, but=[host]) == []


async def test_what_waits_longest_goes_first_and_who_is_shut_out_waits(acme: Organisation):
    async with acme.outside.store.transaction() as change:
        for n, host in enumerate(("z.example", "a.example", "sub.bad.example:8443", "bad.example", "off.example")):
            await change.execute(
                "INSERT INTO deliveries (host, inbox_uri, uri, audience, version, sender_uri, lane, object_uri, act,"
                " state, attempts, due_at, made_at, answer)"
                " VALUES (?, ?, 'u', '*', 1, 's', 'l', 'o', 'Delete', 'queued', 0, 0, 0, '')",
                (host, str(n)),
            )
        await peers.set_state(change, "bad.example", "suspended")
        await peers.set_state(change, "off.example", "paused")
    assert await deliveries.due_hosts(acme.outside, acme.outside.now()) == [("z.example", 0), ("a.example", 0)]


async def test_a_server_that_is_paused_while_its_queue_is_sent_gets_no_more(
    acme: Organisation, elsewhere: MakeElsewhere, monkeypatch: pytest.MonkeyPatch
):
    peer = await elsewhere("lemmy")
    forum = await acme.forum()
    await let_out(acme)
    await join(acme.outside, forum.uri, [peer.host])
    idea = await acme.idea(forum, "First.")
    for n in range(5):
        await acme.reply(idea, f"Answer {n}.")
    await let_out(acme)
    plain = acme.transport.post

    async def post(*given: Any) -> Any:
        answer = await plain(*given)
        async with acme.outside.store.transaction() as change:
            await peers.set_state(change, peer.host, "paused")
        return answer

    monkeypatch.setattr(acme.transport, "post", post)
    await acme.idle()
    assert len(peer.arrived) == 1
    assert [state for _, state in await acme.deliveries(peer.host)] == ["sent", *["queued"] * 5]


async def test_all_that_waited_thirty_days_is_given_up_at_once_and_the_server_needs_a_resync(
    acme: Organisation, elsewhere: MakeElsewhere
):
    peer = await elsewhere("lemmy")
    forum = await acme.forum(jam=await acme.jam(hours=2_000))
    await let_out(acme)
    await join(acme.outside, forum.uri, [peer.host])
    peer.answer = 503
    for n in range(3):
        await acme.idea(forum, f"Old {n}.")
    await acme.idle()
    acme.wait(31 * 24 * 3600)
    await acme.idea(forum, "New.")
    await acme.idle()
    assert [state for _, state in await acme.deliveries(peer.host)] == ["dead", "dead", "dead", "queued"]
    assert await deliveries.to_resync(acme.outside) == {peer.host}


async def test_servers_that_do_not_say_what_they_run_hold_up_nobody_elses_words(
    acme: Organisation, elsewhere: MakeElsewhere, hanging: Crowd, patient: Transport
):
    peer = await elsewhere("lemmy")
    hosts = [*hanging.hosts(0, AT_ONCE + 4), peer.host]
    came = [
        Arriving(
            activity_uri=f"http://{host}/1",
            host=host,
            actor_uri=f"http://{host}/users/ann",
            kind="Block",
            object_uri="",
            body=f'{{"id":"http://{host}/1","type":"Block","actor":"http://{host}/users/ann"}}'.encode(),
        )
        for host in hosts
    ]
    async with acme.outside.store.transaction() as change:
        await received.keep_all(acme.outside, change, [came])
    lookup = Lookup(acme.outside, Fetcher(patient, None))
    try:
        async with asyncio.timeout(60):
            while (await received.count(acme.outside)).get("ready", 0) < 1:
                await lookup.run_once()
                await asyncio.sleep(0.05)
        ready = await received.in_state(acme.outside, "ready", acme.outside.now())
        assert [one.host for one in ready] == [peer.host]
    finally:
        await lookup.close()


async def test_servers_that_do_not_give_their_keys_keep_no_other_key_from_being_found(
    acme: Organisation, elsewhere: MakeElsewhere, hanging: Crowd, patient: Transport
):
    peer = await elsewhere()
    ann = peer.person("ann")
    signers = Signers(acme.outside, Fetcher(patient, None))
    stuck = [
        asyncio.create_task(signers.find_key(f"http://{host}/users/ann#main-key", False))
        for host in hanging.hosts(0, KEYS_AT_ONCE + 4)
    ]
    try:
        await until(lambda: hanging.took.total() >= KEYS_AT_ONCE)
        async with asyncio.timeout(60):
            found = await signers.find_key(f"{ann}#main-key", False)
        assert found.owner_uri == ann
    finally:
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
