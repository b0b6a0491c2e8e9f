"""The facilitators' back-channel of a thread. To everybody else it does not exist, and nothing of it ever crosses."""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.facilitation import Aside
from server.domain.ideas import Contribution
from server.domain.uris import new_id
from server.services.house import House
from server.services.text import clean_text, render
from server.storage import asides, events


def _require(by: Member, idea: Contribution) -> None:
    if not by.may("moderate"):
        raise Missing("page", f"{by.id} asked for the back-channel of {idea.id}")


async def read(house: House, by: Member, idea: Contribution) -> list[Aside]:
    """Return what facilitators said about a thread, oldest first."""
    _require(by, idea)
    return await asides.of_thread(house.store, idea.thread_id)


async def write(house: House, by: Member, idea: Contribution, text: str) -> Aside:
    """Say something to the other facilitators about a thread. It can be done in a jam that has closed."""
    _require(by, idea)
    words = clean_text(text)
    aside = Aside(
        id=new_id(), thread_id=idea.thread_id, member_id=by.id, member_name=by.name, text=words, html=render(words),
        made_at=house.now(),
    )  # fmt: skip
    async with house.store.transaction() as change:
        await asides.insert(aside)
        facts = {"jam": idea.jam_id, "forum": idea.forum_id, "thread": idea.thread_id, "by": by.id}
        await events.append(change, "AsideWritten", aside.id, facts, aside.made_at.timestamp())
    return aside
