"""Votes on the way: the first at once, more of them together, none that was taken back or is granted no longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from federation.edge.inbox import MOST_TOGETHER
from federation.gate import votes
from federation.outside import peers
from federation.vocabulary.activities import several, unfold
from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.services import forums, marking
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation


@dataclass
class Booth:
    """Acme holds an idea; people of Globex, a partner on a server of its own, vote for it."""

    acme: Organisation
    globex: Organisation
    idea: Contribution
    seen: Contribution
    people: list[Member]

    async def settle(self) -> None:
        for _ in range(3):
            await self.globex.idle()
            await self.acme.idle()

    async def vote(self, *numbers: int) -> None:
        for n in numbers:
            await marking.mark(self.globex.house, self.people[n], self.seen, "support")

    async def after_a_while(self) -> int:
        """Let votes be gathered and sent; return how many Acme counts."""
        self.globex.wait(votes.A_WHILE + 1)
        await self.settle()
        return (await self.acme.fresh(self.idea)).support

    async def sent(self) -> list[tuple[str, str]]:
        """What was queued for Acme of votes: (act, state)."""
        rows = await self.globex.outside.store.fetch(
            "SELECT act, state FROM deliveries WHERE lane LIKE '%#votes' ORDER BY id"
        )
        return [(row["act"], row["state"]) for row in rows]


@pytest.fixture
async def booth(organise: MakeOrganisation) -> Booth:
    acme, globex = await organise("Acme"), await organise("Globex")
    forum = await acme.forum("friends", "partners")
    await acme.partner(globex.host)
    await acme.idle()
    await forums.ask_to_join(globex.house, globex.admin, forum.handle)
    idea = await acme.idea(forum)
    people = [await globex.member(f"voter{n}") for n in range(6)]
    booth = Booth(acme, globex, idea, idea, people)
    await booth.settle()
    seen = await globex.know(idea.uri)
    assert seen is not None
    booth.seen = seen
    return booth


async def test_the_first_vote_goes_at_once_and_those_that_follow_go_together(booth: Booth):
    await booth.vote(0)
    await booth.settle()
    assert (await booth.acme.fresh(booth.idea)).support == 1
    await booth.vote(1, 2, 3, 4, 5)
    await booth.settle()
    assert (await booth.acme.fresh(booth.idea)).support == 1
    assert await booth.after_a_while() == 6
    assert await booth.sent() == [("Like", "sent"), *[("Like", "cancelled")] * 5, ("Announce", "sent")]
    assert [row[0] for row in await booth.acme.received()].count("Like") == 6
    await booth.acme.idle()
    assert await booth.after_a_while() == 6, "what came together came once"


async def test_a_vote_that_is_taken_back_before_it_went_never_goes(booth: Booth):
    await booth.vote(0, 1, 2)
    await booth.settle()
    await marking.unmark(booth.globex.house, booth.people[1], booth.seen, "support")
    assert await booth.after_a_while() == 2
    assert await booth.sent() == [("Like", "sent"), ("Like", "cancelled"), ("Like", "sent")]
    await marking.unmark(booth.globex.house, booth.people[2], booth.seen, "support")
    await booth.settle()
    assert (await booth.acme.fresh(booth.idea)).support == 1, "one that went is undone"
    await booth.vote(2)
    assert await booth.after_a_while() == 2


async def test_a_vote_that_is_granted_no_longer_is_in_no_request(booth: Booth):
    await booth.vote(0, 1, 2, 3)
    await booth.settle()
    async with booth.globex.outside.store.transaction() as change:
        await change.execute(
            "UPDATE crossings SET revoked_at = 1 WHERE id = (SELECT max(id) FROM crossings WHERE type = 'Like')"
        )
    assert await booth.after_a_while() == 3
    assert await booth.sent() == [
        ("Like", "sent"),
        ("Like", "cancelled"),
        ("Like", "cancelled"),
        ("Like", "cancelled"),
        ("Announce", "sent"),
    ]


async def test_votes_that_went_together_go_with_the_grant_of_what_they_are_about(booth: Booth):
    await booth.vote(0, 1, 2)
    await booth.settle()
    await booth.acme.transport.close()
    booth.globex.wait(votes.A_WHILE + 1)
    while await booth.globex.votes.run_once():
        pass
    async with booth.globex.outside.store.transaction() as change:
        await change.execute("UPDATE crossings SET revoked_at = 1 WHERE subject_uri = ?", (booth.idea.uri,))
    await booth.settle()
    assert (await booth.sent())[-1] == ("Announce", "cancelled")
    assert (await booth.acme.fresh(booth.idea)).support == 1


async def test_a_gate_that_stood_still_sends_votes_one_by_one(booth: Booth):
    await booth.vote(0, 1, 2)
    await booth.settle()
    booth.globex.gate.ballots.clear()
    booth.globex.wait(votes.GRACE)
    assert await booth.after_a_while() == 3
    assert await booth.sent() == [("Like", "sent")] * 3


async def test_other_software_gets_each_vote_by_itself(acme: Organisation):
    await peers.describe(acme.outside, "lemmy.example", "forum", "lemmy")
    for _ in range(3):
        assert await votes.delay_of(acme.gate, "lemmy.example", "https://lemmy.example/1#votes") == 0.0
    assert acme.gate.ballots == {}


# -- what others announce together --


def together(peer: Elsewhere, actor: str, items: list[Any], shape: str = "OrderedCollection") -> dict[str, Any]:
    subject: Any = items
    if shape != "list":
        subject = {"type": shape, "orderedItems" if shape == "OrderedCollection" else "items": items}
    return peer.activity("Announce", actor, subject)


async def test_each_of_several_is_read_once_whatever_its_form(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere("marmalade")
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    for n, shape in enumerate(("OrderedCollection", "Collection", "list"), start=1):
        people = [peer.person(f"p{n}-{m}") for m in range(4)]
        items: list[Any] = [peer.activity("Like", one, idea.uri, to=[forum.uri]) for one in people]
        batch = together(peer, peer.server, [*items, "https://elsewhere.example/bare", 7], shape)
        for _ in range(2):
            assert (await peer.post(acme.inbox, batch)).status == 202
            await acme.idle()
        assert (await acme.fresh(idea)).support == 4 * n


async def test_nobody_votes_for_people_of_another_server(acme: Organisation, elsewhere: MakeElsewhere):
    peer, other = await elsewhere("marmalade"), await elsewhere()
    forum = await acme.forum()
    idea = await acme.idea(forum)
    await acme.idle()
    victim = other.person("victim")
    forged = [
        other.activity("Like", victim, idea.uri, to=[forum.uri]),
        peer.activity("Like", victim, idea.uri, to=[forum.uri]),
        other.activity("Like", peer.person("ann"), idea.uri, to=[forum.uri]),
        peer.activity("Create", peer.person("ann"), peer.note(peer.person("ann"), "Words", idea.uri), to=[forum.uri]),
    ]
    assert (await peer.post(acme.inbox, together(peer, peer.server, forged))).status == 202
    await acme.idle()
    assert (await acme.fresh(idea)).support == 0
    assert {state for _, state, _ in await acme.received()} == {"ignored"}


async def test_too_many_at_once_are_refused_whole(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere()
    many = [peer.activity("Like", peer.server, f"{acme.url}/objects/{n}") for n in range(MOST_TOGETHER + 1)]
    assert (await peer.post(acme.inbox, together(peer, peer.server, many))).status == 400
    assert await acme.received() == []


def test_what_a_forum_passes_on_together_stays_the_forums_word():
    announce = {"type": "Announce", "id": "https://a.example/1", "actor": "https://a.example/g", "object": [
        {"type": "Create", "id": "https://b.example/2", "actor": "https://b.example/ann", "object": {"id": "x"}},
        {"type": "Like", "id": "https://a.example/3", "actor": "https://a.example/bob", "object": "x",
         "to": ["https://c.example/f"]},
        {"type": "Like", "id": "https://a.example/4", "actor": "https://a.example/bob", "object": "x",
         "to": ["https://us.example/f"]},
        {"type": "Note", "id": "https://a.example/5"},
    ]}  # fmt: skip
    items = several(announce)
    parts = unfold(announce, items, "us.example")
    assert [one["id"] for one in parts] == ["https://a.example/1#0", "https://a.example/1#1", "https://a.example/4"]
    assert parts[0]["actor"] == "https://a.example/g"
    assert parts[0]["object"] == items[0]
    assert several({**announce, "object": items[:1]}) == []
    assert several({"type": "Create", "object": items}) == []
