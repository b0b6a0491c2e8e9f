"""Statements: drawn from what people wrote, approved by a facilitator, answered one at a time.

They are the inside's own: neither statements nor answers cross to other servers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.statements import (
    LONGEST_STATEMENT,
    MOST_SOURCES,
    OPINIONS,
    Opinion,
    Result,
    Statement,
    StatementState,
    Tally,
    result_of,
    sorted_out,
)
from server.domain.uris import new_id
from server.services import ideas_read
from server.services.house import House
from server.services.jams import obtain_jam
from server.services.text import clean_line, clean_text
from server.storage import contributions, events, jams, statements


@dataclass(frozen=True, slots=True)
class Turn:
    """What is put to a person next: None once all are answered. `done` of `all` are."""

    statement: Statement | None
    sources: list[Contribution]
    done: int
    all: int


@dataclass(frozen=True, slots=True)
class Report:
    """The results of a jam: what everybody agrees on or refuses, what divides, the others."""

    common: list[Result]
    divided: list[Result]
    others: list[Result]


async def draft(house: House, by: Member, jam: Jam, text: str, sources: Iterable[str]) -> Statement:
    """Draft a statement drawn from ideas or replies of the jam, named by id or URI.

    A facilitator's is approved with that; anybody else's waits for one. Raises Invalid (text, sources), JamNotOpen.
    """
    await obtain_jam(house, by, jam.id)
    jam.require_open(house.now())
    words = clean_line(text, "text", LONGEST_STATEMENT)
    found = await _sources(house, by, jam, sources)
    approved = by.may("moderate")
    made = Statement(
        id=new_id(), jam_id=jam.id, text=words, sources=tuple(one.id for one in found),
        state="approved" if approved else "proposed", author_id=by.id, author_name=by.name, made_at=house.now(),
        decided_by=by.id if approved else "", note="",
    )  # fmt: skip
    known = [
        *await statements.of_jam(house.store, jam.id, "approved"),
        *await statements.of_jam(house.store, jam.id, "proposed"),
    ]
    if any(one.text.casefold() == words.casefold() for one in known):
        raise Conflict("That statement is there already.")
    async with house.store.transaction() as change:
        await statements.insert(change, made)
        now = house.now().timestamp()
        await events.append(change, "StatementDrafted", made.id, {"jam": jam.id, "state": made.state}, now)
    return made


async def _sources(house: House, by: Member, jam: Jam, named: Iterable[str]) -> list[Contribution]:
    keys = list(dict.fromkeys(key.strip() for key in named if key.strip()))
    if not 1 <= len(keys) <= MOST_SOURCES:
        raise Invalid(
            "sources",
            "Name one to %(most)s ideas or replies that it is drawn from.",
            most=MOST_SOURCES,
        )
    found = []
    for key in keys:
        known = await ideas_read.by_uri(house, key)
        try:
            one = await ideas_read.obtain(house, by, known.id if known else key.rpartition("/")[2].rpartition("#c-")[2])
        except Missing as missing:
            raise Invalid("sources", "There is no idea or reply at %(key)s.", key=key[:80]) from missing
        if one.jam_id != jam.id:
            raise Invalid("sources", "All that it is drawn from stands in this jam.")
        found.append(one)
    return found


async def decide(
    house: House, by: Member, jam: Jam, statement_id: str, verb: Literal["approve", "decline"], note: str = ""
) -> Statement:
    """Approve a proposed statement, or decline it with a reason that its author reads."""
    by.require("moderate")
    found = await _obtain(house, by, jam, statement_id)
    state: StatementState = "approved" if verb == "approve" else "declined"
    reason = clean_text(note, "note", required=state == "declined")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if not await statements.decide(change, found.id, state, by.id, reason, now):
            raise Conflict("Somebody has decided on this already.")
        await events.append(change, "StatementDecided", found.id, {"jam": jam.id, "state": state}, now)
        await events.audit(change, by.id, f"{verb} statement", found.id, now)
    return await _obtain(house, by, jam, statement_id)


async def _obtain(house: House, reader: Member, jam: Jam, statement_id: str) -> Statement:
    await obtain_jam(house, reader, jam.id)
    found = await statements.by_id(house.store, statement_id)
    visible = found is not None and (
        found.state == "approved" or found.author_id == reader.id or reader.may("moderate")
    )
    if found is None or found.jam_id != jam.id or not visible:
        raise Missing("statement", f"{reader.id} asked for statement {statement_id}")
    return found


async def next_for(house: House, reader: Member, jam: Jam) -> Turn:
    """Return the next statement that this person has not answered, with what it is drawn from."""
    await obtain_jam(house, reader, jam.id)
    found = await statements.unseen(house.store, jam.id, reader.id)
    done, total = await statements.progress(house.store, jam.id, reader.id)
    sources = await contributions.by_ids(house.store, found.sources) if found else []
    return Turn(found, sources, done, total)


async def vote(house: House, by: Member, jam: Jam, statement_id: str, opinion: str) -> None:
    """Say agree, pass or disagree; saying something else later takes its place."""
    said = _opinion(opinion)
    found = await _obtain(house, by, jam, statement_id)
    if found.state != "approved":
        raise Conflict("This statement is not put to people yet.")
    (await _jam(house, jam)).require_open(house.now())
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await statements.vote(change, found.id, by.id, said, now)
        await events.append(change, "StatementVoted", found.id, {"jam": jam.id, "by": by.id}, now)


def _opinion(word: str) -> Opinion:
    found = next((one for one in OPINIONS if one == word), None)
    if found is None:
        raise Invalid("vote", "Say one of %(opinions)s.", opinions=tuple(OPINIONS))
    return found


async def _jam(house: House, jam: Jam) -> Jam:
    found = await jams.jam_by(house.store, jam.id)
    if found is None:
        raise Missing("jam")
    return found


async def report(house: House, reader: Member, jam: Jam) -> Report:
    """Return what was answered, with cells of fewer than five people left out."""
    await obtain_jam(house, reader, jam.id)
    cells = await statements.tallies(house.store, jam.id)
    approved = await statements.of_jam(house.store, jam.id, "approved")
    results = [
        result_of(one, _groups(house, cells.get(one.id, {})), _sum(cells.get(one.id, {}).values())) for one in approved
    ]
    return Report(*sorted_out(results))


def _groups(house: House, cells: Mapping[tuple[str, str], Tally]) -> dict[str, dict[str, Tally]]:
    """Return the tallies of each unit of ours and of each server."""
    units = {unit for unit, host in cells if not host}
    hosts = {host for _, host in cells}
    return {
        "unit": {unit: _sum(tally for at, tally in cells.items() if at == (unit, "")) for unit in units},
        "server": {
            host or house.name: _sum(tally for (_, theirs), tally in cells.items() if theirs == host)
            for host in hosts
        },
    }


def _sum(tallies: Iterable[Tally]) -> Tally:
    found = list(tallies)
    return Tally(sum(one.agree for one in found), sum(one.passed for one in found), sum(one.disagree for one in found))


async def waiting(house: House, reader: Member, jam: Jam) -> Sequence[Statement]:
    """Return the proposed statements, oldest first: for whoever moderates; for others what they drafted themselves."""
    await obtain_jam(house, reader, jam.id)
    if reader.may("moderate"):
        return await statements.of_jam(house.store, jam.id, "proposed")
    return await statements.by_author(house.store, jam.id, reader.id)


async def sources_of(house: House, reader: Member, found: Iterable[Statement]) -> dict[str, Contribution]:
    """Return what some statements are drawn from, by id, as far as it stands."""
    ids = {source for one in found for source in one.sources} if reader.active and reader.is_local else set()
    return {one.id: one for one in await contributions.by_ids(house.store, ids)}


async def answers_of(house: House, reader: Member, jam: Jam) -> dict[str, Opinion]:
    """Return what this person said to each statement."""
    return await statements.said_by(house.store, jam.id, reader.id)
