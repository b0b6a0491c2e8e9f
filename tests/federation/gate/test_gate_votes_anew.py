"""A vote that is given, taken back and given anew, by a server that gives all of them one id, as NodeBB does.

snac and Takahē do so with the Undos too. No rule can tell every new one from an old one that was sent again: they are
the same words. What tells here is when the request was signed.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.domain.ideas import Contribution
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation


@dataclass
class Voter:
    """Somebody who votes for one idea; each request is kept, so that it can be sent again as it was."""

    acme: Organisation
    peer: Elsewhere
    idea: Contribution
    who: str
    same_undos: bool = False
    sent: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    @property
    def same(self) -> dict[str, Any]:
        return self.peer.activity("Like", self.who, self.idea.uri, id=f"{self.who}#like/{self.idea.id}")

    async def like(self) -> int:
        return await self._send(self.same)

    async def undo(self) -> int:
        changes = {"id": f"{self.same['id']}/undo"} if self.same_undos else {}
        return await self._send(self.peer.activity("Undo", self.who, self.same, **changes))

    async def again(self, which: int) -> int:
        """Send an earlier request once more, byte for byte; return the support of the idea."""
        body, headers = self.sent[which]
        async with self.peer.session.post(self.acme.inbox, data=body, headers=headers) as answer:
            assert answer.status == 202
        return await self._support()

    async def _send(self, activity: dict[str, Any]) -> int:
        self.acme.wait(2.0)
        body, at = json.dumps(activity).encode(), datetime.now(UTC) + timedelta(seconds=self.acme.seconds[0])
        signed = self.peer.signature("POST", self.acme.inbox, self.who, body, at)
        self.sent.append((body, signed | {"Content-Type": "application/activity+json"}))
        return await self.again(-1)

    async def _support(self) -> int:
        await self.acme.idle()
        return int((await self.acme.fresh(self.idea)).support)


async def voter(acme: Organisation, elsewhere: MakeElsewhere, software: str) -> Voter:
    peer, forum = await elsewhere(software), await acme.forum()
    await acme.idle()
    who = peer.person("nora")
    await peer.post(acme.inbox, peer.activity("Follow", who, forum.uri))
    idea = await acme.idea(forum)
    await acme.idle()
    return Voter(acme, peer, idea, who, same_undos=software != "NodeBB")


@pytest.mark.parametrize("software", ["NodeBB", "Takahe", "snac"])
async def test_a_vote_of_theirs_counts_again_after_its_undo_however_often(
    acme: Organisation, elsewhere: MakeElsewhere, software: str
):
    nora = await voter(acme, elsewhere, software)
    for _ in range(3):
        assert await nora.like() == 1
        assert await nora.like() == 1, "the same vote twice is one vote"
        assert await nora.undo() == 0
        assert await nora.undo() == 0


async def test_a_vote_that_is_sent_once_more_as_it_was_stays_undone(acme: Organisation, elsewhere: MakeElsewhere):
    nora = await voter(acme, elsewhere, "NodeBB")
    assert (await nora.like(), await nora.undo()) == (1, 0)
    assert await nora.again(0) == 0
    assert (await nora.like(), await nora.undo()) == (1, 0)
    for which in (0, 2):
        assert await nora.again(which) == 0


async def test_an_undo_that_came_first_buries_its_vote_there_too(acme: Organisation, elsewhere: MakeElsewhere):
    nora = await voter(acme, elsewhere, "NodeBB")
    assert await nora.undo() == 0
    for _ in range(2):
        assert await nora.like() == 0, "its server may have tried again to send the first"


async def test_of_other_software_a_vote_stays_undone_under_its_id(acme: Organisation, elsewhere: MakeElsewhere):
    mia = await voter(acme, elsewhere, "Mastodon")
    assert (await mia.like(), await mia.undo(), await mia.like()) == (1, 0, 0)


@pytest.mark.parametrize("software", ["NodeBB", "Takahe"])
@pytest.mark.parametrize("seed", range(8))
async def test_whatever_comes_in_between_the_last_thing_said_stands(
    acme: Organisation, elsewhere: MakeElsewhere, seed: int, software: str
):
    nora, chance = await voter(acme, elsewhere, software), random.Random(seed)
    wanted, first_like, last_undo = 0, None, None
    for turn in range(10):
        match chance.choice(["like", "undo", "sent again"] if nora.sent else ["like", "undo"]):
            case "like":
                if last_undo is None or (first_like is not None and first_like < last_undo):
                    wanted = 1
                first_like = turn if first_like is None else first_like
                assert await nora.like() == wanted
            case "undo":
                wanted, last_undo = 0, turn
                assert await nora.undo() == wanted
            case _:
                assert await nora.again(chance.randrange(len(nora.sent))) == wanted
