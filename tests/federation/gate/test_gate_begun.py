"""Where the gate is killed in the midst of an event, what it had begun is done to its end when it runs again."""

from __future__ import annotations

import json

import pytest

from federation.gate.plan import Plan
from federation.outside import crossings as released
from server.services import elsewhere as held_elsewhere
from server.services import ideas, memberships, moves
from tests.federation.conftest import MakeElsewhere
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import follow
from tests.federation.test_closed_forums import Closed, closed
from tests.federation.test_histories import join, settle, two
from tests.federation.test_marks import Two

__all__ = ["closed", "two"]


class Killed(BaseException):
    """The process is gone: nothing catches it."""


def end_once(patched: pytest.MonkeyPatch) -> list[int]:
    """Have the gate end once, just after it wrote the first part of an event; the list tells of which."""
    ended: list[int] = []
    write = Plan.write_so_far

    async def write_and_end(plan: Plan) -> None:
        wrote = bool(plan.steps)
        await write(plan)
        if wrote and not ended:
            ended.append(plan.event)
            raise Killed

    patched.setattr(Plan, "write_so_far", write_and_end)
    return ended


async def killed(acme: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the gate work until it is killed."""
    with monkeypatch.context() as patched:
        ended = end_once(patched)
        with pytest.raises(Killed):
            await acme.idle()
        assert ended


async def test_replies_cross_with_an_idea_that_may_cross_as_it_reads_now_and_are_sent_once(
    acme: Organisation, elsewhere: MakeElsewhere, monkeypatch: pytest.MonkeyPatch
):
    other, forum = await elsewhere("lemmy"), await acme.forum("open")
    await acme.idle()
    await follow(other, acme, forum.uri, "olaf")
    await acme.idle()
    idea = await acme.idea(forum, "Write to rooms@acme.example, they know.")
    answer = await acme.reply(idea, "An answer.")
    await acme.idle()
    assert not await released.audiences_of(acme.outside, idea.uri)
    await ideas.edit(acme.house, acme.admin, idea, "Better words.")
    await killed(acme, monkeypatch)
    assert await released.audiences_of(acme.outside, idea.uri)
    assert not await released.audiences_of(acme.outside, answer.uri)
    await acme.idle()
    assert await released.audiences_of(acme.outside, answer.uri)
    assert sum(answer.uri in json.dumps(one.activity) for one in other.arrived) == 1


async def test_replies_are_withdrawn_with_an_idea_that_may_cross_no_longer(
    acme: Organisation, monkeypatch: pytest.MonkeyPatch
):
    forum = await acme.forum("open")
    idea = await acme.idea(forum)
    answer = await acme.reply(idea, "An answer.")
    await acme.idle()
    assert await released.audiences_of(acme.outside, answer.uri)
    await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), "Among us.", label="AMBER")
    await killed(acme, monkeypatch)
    assert not await released.audiences_of(acme.outside, idea.uri)
    await acme.idle()
    assert not await released.audiences_of(acme.outside, answer.uri)


async def test_what_stands_in_a_closed_forum_is_withdrawn_from_whose_last_person_is_off_the_list(
    closed: Closed, monkeypatch: pytest.MonkeyPatch
):
    acme, globex = closed.acme, closed.globex
    mirror = await closed.join(globex)
    assert mirror is not None
    idea = await acme.idea(closed.forum, "Among us.")
    await settle(acme, globex)
    assert globex.host in await released.audiences_of(acme.outside, idea.uri)
    gus = await memberships.find_member(acme.house, acme.admin, closed.forum, f"@gus@{globex.host}")
    await memberships.remove(acme.house, acme.admin, closed.forum, gus.id)
    await killed(acme, monkeypatch)
    assert globex.host in await released.audiences_of(acme.outside, idea.uri)
    await acme.idle()
    assert globex.host not in await released.audiences_of(acme.outside, idea.uri)


async def test_a_partner_is_told_where_a_moved_idea_stands(two: Two, monkeypatch: pytest.MonkeyPatch):
    acme, globex, forum, _ = two
    other = await acme.forum("other", "partners")
    await acme.idle()
    await join(acme, globex, other)
    idea = await acme.idea(forum)
    await settle(acme, globex)
    mirrored = await globex.know(idea.uri)
    assert mirrored is not None
    await moves.move(acme.house, acme.admin, await acme.fresh(idea), other, "Fits better.")
    await killed(acme, monkeypatch)
    await settle(acme, globex)
    stands = await held_elsewhere.stands_now(globex.house, globex.admin, mirrored.id)
    assert stands is not None
    assert stands.uri == (await acme.fresh(idea)).uri
