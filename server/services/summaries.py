"""The "summary so far" of a thread: a facilitator writes it and cites what it draws on; every version is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.facilitation import Summary
from server.domain.ideas import Contribution
from server.services.forums import obtain_forum
from server.services.house import House
from server.services.text import clean_text, render
from server.storage import contributions, events, summaries

MOST_CITED = 100
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


async def versions(house: House, reader: Member, idea: Contribution) -> list[Summary]:
    """Return all versions of a thread's summary, oldest first, for whoever may read the thread."""
    await obtain_forum(house, reader, idea.forum_id)
    return await summaries.of_thread(house.store, idea.thread_id)


@dataclass(frozen=True, slots=True)
class Shown:
    """A version with what it cites and still stands in the thread, in order, and how many replies came since."""

    summary: Summary
    cited: tuple[Contribution, ...]
    later: int


async def show(house: House, reader: Member, idea: Contribution) -> list[Shown]:
    """Return all versions of a thread's summary as its readers see them, oldest first."""
    found = await versions(house, reader, idea)
    ids = {one for summary in found for one in summary.cites}
    known = {one.id: one for one in await contributions.by_ids(house.store, ids) if one.thread_id == idea.id}
    return [
        Shown(
            summary,
            tuple(known[one] for one in summary.cites if one in known),
            await summaries.count_since(house.store, idea.id, summary.written_at.timestamp()),
        )
        for summary in found
    ]


async def write(
    house: House, by: Member, idea: Contribution, text: str, cites: Sequence[str], base: int | None = None
) -> Summary:
    """Write a new version. It cites at least one contribution of the thread, by id or by a link in the text.

    `base` is the number of the version that it was made from; another's in between raises Conflict.
    """
    by.require("moderate")
    if idea.deleted or idea.kind != "idea":
        raise Missing("idea", f"summary of {idea.id}")
    words = clean_text(text)
    cited = tuple(dict.fromkeys([*cites, *_ID.findall(words)]))
    known = {idea.id, *(one.id for one in await contributions.thread(house.store, idea.id) if not one.deleted)}
    if strange := [one for one in cites if one not in known]:
        raise Invalid("cites", "%(which)s is no contribution of this thread.", which=strange[0][:40])
    named = tuple(one for one in cited if one in known)
    if not named:
        raise Invalid("cites", "Cite at least one contribution that it draws on.")
    if len(named) > MOST_CITED:
        raise Invalid("cites", "A summary cites %(most)s contributions at most.", most=MOST_CITED)
    return await _write(house, by, idea, words, named, base)


async def _write(
    house: House, by: Member, idea: Contribution, words: str, cites: tuple[str, ...], base: int | None
) -> Summary:
    async with house.store.transaction() as change:
        before = await summaries.of_thread(change, idea.id)
        newest = before[-1].number if before else 0
        if base is not None and base != newest:
            raise Conflict("Somebody has written another version meanwhile. Read it, then save yours again.")
        made = Summary(
            thread_id=idea.id, number=newest + 1, member_id=by.id, member_name=by.name, text=words,
            html=render(words), cites=cites, written_at=house.now(),
        )  # fmt: skip
        await summaries.insert(made)
        now = made.written_at.timestamp()
        facts = {"jam": idea.jam_id, "forum": idea.forum_id, "thread": idea.id, "number": made.number, "by": by.id}
        await events.append(change, "SummaryWritten", idea.id, facts, now)
        await events.audit(change, by.id, "summarise", idea.id, now)
    return made
