"""Deliveries: in order within a thread, nobody waits for anybody else, nothing lost, nothing sent too late."""

from __future__ import annotations

import asyncio
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as some

from federation.edge.retry import is_poison, pause_after, pause_for, retry_after, verdict_on
from federation.outside import deliveries, peers
from server.services import crossings, ideas
from server.services.ideas import Contribution
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation


async def follow(peer: Elsewhere, acme: Organisation, forum_uri: str) -> None:
    await acme.idle()
    await peer.post(acme.inbox, peer.activity("Follow", peer.person("ann"), forum_uri))
    await acme.idle()
    peer.arrived.clear()


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere("lemmy")


async def test_a_dead_server_holds_up_nobody(acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere):
    dead = await elsewhere("lemmy")
    forum = await acme.forum()
    await follow(dead, acme, forum.uri)
    await follow(peer, acme, forum.uri)
    await dead.close()
    for n in range(5):
        await acme.idea(forum, f"Number {n}.")
    await acme.idle()
    assert len(peer.arrived) == 5
    assert [state for _, state in await acme.deliveries(dead.host)][1:] == ["queued"] * 5
    known = await peers.peer(acme.outside, dead.host)
    assert known is not None
    assert known.due_at > acme.outside.now()


async def test_requests_that_fail_together_are_one_failure(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await follow(peer, acme, forum.uri)
    peer.answer = 503
    for n in range(12):
        await acme.idea(forum, f"Number {n}.")
    await acme.idle()
    known = await peers.peer(acme.outside, peer.host)
    assert known is not None
    assert known.failures == 1
    acme.wait(known.due_at - acme.outside.now() + 1)
    await acme.idle()
    known = await peers.peer(acme.outside, peer.host)
    assert known is not None
    assert known.failures == 2
    peer.answer = 202
    acme.wait(5)
    await acme.idle()
    assert {state for act, state in await acme.deliveries(peer.host) if act == "Create"} == {"sent"}


async def test_a_server_that_speaks_to_us_is_tried_again_at_once(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await follow(peer, acme, forum.uri)
    peer.answer = 503
    idea = await acme.idea(forum)
    for _ in range(20):
        await acme.idle()
        acme.wait(600)
    await acme.idle()
    peer.answer = 202
    peer.arrived.clear()
    await peer.post(acme.inbox, peer.create(peer.note(peer.person("ann"), "We are back.", idea.uri, forum.uri)))
    await acme.idle()
    assert peer.shapes() == ["Announce Create Article"]


async def test_order_within_a_thread_survives_refusals_and_outages(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await follow(peer, acme, forum.uri)
    idea = await acme.idea(forum, "First.")
    await acme.idle()
    for answer in (500, 429, 400, 503):
        peer.answer = answer
        idea = await ideas.edit(acme.house, acme.admin, idea, f"After {answer}.")
        await acme.reply(idea, f"About {answer}.")
        await acme.idle()
    peer.answer = 202
    for _ in range(4):
        acme.wait(3600)
        await acme.idle()
    shapes = peer.shapes()
    assert shapes[0] == "Announce Create Article"
    assert shapes[1:] == ["Announce Update Article", "Announce Create Note"] * 4
    said = [one.activity["object"]["object"]["content"] for one in peer.arrived]
    assert [int(part) for text in said[1::2] for part in [text.split()[1].split(".")[0]]] == [500, 429, 400, 503]


async def test_what_a_server_refuses_for_an_old_key_of_ours_waits_until_it_knows_the_new_one(
    acme: Organisation, peer: Elsewhere
):
    forum = await acme.forum()
    await follow(peer, acme, forum.uri)
    peer.answer = 401
    await acme.idea(forum, "Signed with a key that they have not asked for yet.")
    for _ in range(7):
        await acme.idle()
        acme.wait(3600)
    assert await deliveries.dead(acme.outside) == []
    peer.answer = 202
    await acme.idle()
    assert peer.shapes() == ["Announce Create Article"]


async def test_what_a_server_refuses_three_times_is_a_dead_letter_and_the_rest_goes_on(
    acme: Organisation, peer: Elsewhere
):
    forum = await acme.forum()
    await follow(peer, acme, forum.uri)
    peer.answer = 422
    await acme.idea(forum, "Poison.")
    for _ in range(4):
        await acme.idle()
        acme.wait(60)
    peer.answer = 202
    await acme.idea(forum, "Good.")
    await acme.idle()
    assert [(one.attempts, one.answer) for one in await deliveries.dead(acme.outside)] == [(3, "HTTP 422")]
    assert peer.shapes() == ["Announce Create Article"]
    assert "Good." in peer.arrived[0].body.decode()


async def test_a_server_is_asked_again_when_it_said_and_not_before(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await follow(peer, acme, forum.uri)
    peer.answer, peer.retry_after = 503, "600"
    await acme.idea(forum)
    await acme.idle()
    peer.answer = 202
    acme.wait(500)
    await acme.idle()
    assert peer.arrived == []
    acme.wait(200)
    await acme.idle()
    assert peer.shapes() == ["Announce Create Article"]


async def test_a_grant_that_ends_ends_the_delivery(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await follow(peer, acme, forum.uri)
    peer.answer = 503
    idea = await acme.idea(forum, "Taken back.")
    await acme.idle()
    async with acme.outside.store.transaction() as change:
        await change.execute("UPDATE crossings SET revoked_at = 1 WHERE subject_uri = ?", (idea.uri,))
    peer.answer = 202
    acme.wait(3600)
    await acme.idle()
    assert peer.arrived == []
    assert (await acme.deliveries(peer.host))[1:] == [("Create", "cancelled")]


async def test_bytes_that_were_changed_on_the_disk_are_not_sent(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await follow(peer, acme, forum.uri)
    peer.answer = 503
    idea = await acme.idea(forum, "As released.")
    await acme.idle()
    async with acme.outside.store.transaction() as change:
        await change.execute("UPDATE bodies SET bytes = CAST(replace(bytes, 'released', 'falsified') AS BLOB)")
    peer.answer = 202
    acme.wait(3600)
    await acme.idle()
    assert peer.arrived == []
    assert (await peer.get(idea.uri)).status == 404


async def test_a_letter_that_waited_thirty_days_is_given_up(acme: Organisation, peer: Elsewhere):
    forum = await acme.forum()
    await follow(peer, acme, forum.uri)
    peer.answer = 503
    await acme.idea(forum)
    await acme.idle()
    acme.wait(31 * 24 * 3600)
    await acme.idle()
    assert (await acme.deliveries(peer.host))[1:] == [("Create", "dead")]


async def test_resting_costs_nothing_while_a_thread_waits(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere()
    forum = await acme.forum()
    await follow(peer, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.reply(idea, "Behind the bare form, which waits three seconds.")
    await acme.idle()
    assert await acme.deliverer.run_once() == 0
    acme.wait(4)
    await acme.idle()
    assert peer.shapes() == ["Announce Create Article", "Announce uri", "Announce Create Note"]


class Died(BaseException):
    """The process ended here."""


async def everything(acme: Organisation, forum_uri: str, made: list[Contribution]) -> None:
    """Do what makes the gate write: an idea, an answer, an edit, a recall, a deletion."""
    idea, other = made
    reply = await acme.reply(idea, "An answer.")
    await ideas.edit(acme.house, acme.admin, idea, "Other words.")
    await crossings.recall(acme.house, acme.admin, other)
    await ideas.delete(acme.house, acme.admin, reply)


async def outcome(acme: Organisation) -> list[tuple[object, ...]]:
    """Return what the outside store holds, without what is random or a time."""
    rows = await acme.outside.store.fetch(
        "SELECT kind, type, audience, version, revoked_at IS NULL AS stands, count(*) AS n FROM crossings"
        " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"
    )
    sent = await acme.outside.store.fetch(
        "SELECT act, state, count(*) AS n FROM deliveries GROUP BY 1, 2 ORDER BY 1, 2"
    )
    return [tuple(row.values()) for row in [*rows, *sent]]


async def test_dying_between_any_two_steps_loses_and_doubles_nothing(
    organise: MakeOrganisation, acme: Organisation, peer: Elsewhere, monkeypatch: pytest.MonkeyPatch
):
    """Each statement of the gate's outside transactions is, in turn, the last one before the process ends."""
    from server.database import Transaction

    other = await organise("Globex")
    plain, left = Transaction.execute, [0]

    async def execute(self: Transaction, sql: str, *more: object, **named: object) -> int:
        if "crossings" in sql or "deliveries" in sql or "cursors" in sql:
            left[0] -= 1
            if left[0] == 0:
                raise Died
        return await plain(self, sql, *more, **named)  # type: ignore[arg-type]

    for one, dies in ((other, False), (acme, True)):
        forum = await one.forum()
        await follow(peer, one, forum.uri)
        made = [await one.idea(forum, "One."), await one.idea(forum, "Two.")]
        await one.idle()
        await everything(one, forum.uri, made)
        if dies:
            monkeypatch.setattr(Transaction, "execute", execute)
            for step in range(1, 60):
                left[0] = step
                try:
                    while await one.release.run_once():
                        pass
                    break
                except Died:
                    continue
            monkeypatch.undo()
        await one.idle()
    assert await outcome(acme) == await outcome(other)


@given(some.integers(0, 10_000))
def test_a_pause_grows_and_never_passes_an_hour(failures: int):
    assert 0 < pause_after(failures) <= pause_after(failures + 1) <= 3600


@given(some.integers(100, 599))
def test_every_status_has_one_verdict(status: int):
    verdict = verdict_on(status)
    assert (verdict == "sent") == (200 <= status < 300)
    assert (verdict == "peer failed") == (status >= 500 or status in (408, 425, 429))


@given(some.one_of(some.none(), some.text(max_size=30), some.integers().map(str)))
def test_any_retry_after_is_a_pause_of_at_most_a_day(header: str | None):
    assert 0 <= retry_after(header, 0.0) <= 86_400


@given(some.integers(0, 200_000))
def test_a_retry_after_may_be_a_date(ahead: int):
    now = 1_795_000_000.0
    assert retry_after(formatdate(now + ahead, usegmt=True), now) == min(ahead, 86_400)
    assert retry_after(formatdate(now - ahead, usegmt=True), now) == 0


@given(some.integers(0, 100))
def test_patience_ends(attempts: int):
    assert is_poison(attempts, 422) == (attempts >= 2)
    assert is_poison(attempts, 401) == is_poison(attempts, 403) == (attempts >= 35)
    assert 2.0 <= pause_for(attempts, 401) <= 3600.0


async def test_a_slow_server_does_not_hold_up_what_others_sent(
    acme: Organisation, peer: Elsewhere, elsewhere: MakeElsewhere, monkeypatch: pytest.MonkeyPatch
):
    slow = await elsewhere("lemmy")
    idea = await acme.idea(await acme.forum())
    await acme.idle()
    await slow.post(acme.inbox, slow.activity("Like", slow.person("sam"), idea.uri))
    await peer.post(acme.inbox, peer.activity("Like", peer.person("ann"), idea.uri))
    stuck = asyncio.Event()
    plain = acme.edge.lookup._describe

    async def describe(host: str, origin: str) -> None:
        if host == slow.host:
            await stuck.wait()
        await plain(host, origin)

    monkeypatch.setattr(acme.edge.lookup, "_describe", describe)
    async with asyncio.timeout(60):
        while not (await acme.fresh(idea)).support:
            await acme.edge.lookup.run_once()
            await asyncio.sleep(0.01)
            await acme.admit.run_once()
    assert (await acme.fresh(idea)).support == 1
    stuck.set()
    await acme.idle()
    assert (await acme.fresh(idea)).support == 2
