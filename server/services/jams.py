"""Holding a jam: charter, states and their clock."""

from __future__ import annotations

from datetime import UTC, datetime

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.events import EventKind
from server.domain.jams import Charter, Jam
from server.domain.self_test import JAM as CANARIES
from server.domain.uris import SLUG, new_id
from server.services.house import House
from server.services.text import clean_line, clean_text
from server.storage import events, jams, lineage, memberships, people

LONGEST_DAYS = 370
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


async def create_jam(
    house: House, by: Member, slug: str, title: str, charter: Charter, opens_at: datetime, closes_at: datetime
) -> Jam:
    """Draft a jam. Its charter may still have gaps; it cannot open until they are filled."""
    by.require("jams")
    _check_times(opens_at, closes_at)
    if not SLUG.fullmatch(slug):
        raise Invalid("slug", "A short name has lower-case letters, digits and hyphens, at most 64 of them.")
    jam = Jam(
        id=new_id(),
        slug=slug,
        title=clean_line(title, "title"),
        charter=_clean_charter(charter),
        state="draft",
        opens_at=opens_at,
        closes_at=closes_at,
        host="",
        created_at=house.now(),
    )
    if await jams.jam_of_host(house.store, slug, ""):
        raise Conflict("There is a jam called %(slug)s already.", slug=slug)
    async with house.store.transaction() as change:
        await jams.insert_jam(jam)
        await _record(house, change, by, "JamCreated", jam, "create jam")
    return jam


def _check_times(opens_at: datetime, closes_at: datetime) -> None:
    if opens_at.tzinfo is None or closes_at.tzinfo is None:
        raise Invalid("closes_at", "A time needs its offset from UTC, as in 2026-11-23T09:00:00Z.")
    if not EARLIEST <= opens_at <= LATEST:
        raise Invalid("opens_at", "That year is too far away.")
    if closes_at <= opens_at:
        raise Invalid("closes_at", "A jam closes after it opens.")
    if (closes_at - opens_at).days > LONGEST_DAYS:
        raise Invalid("closes_at", "A jam lasts at most %(most)s days.", most=LONGEST_DAYS)


def _clean_charter(charter: Charter) -> Charter:
    return Charter(
        question=clean_text(charter.question, "question", required=False),
        promise=clean_text(charter.promise, "promise", required=False),
        off_limits=clean_text(charter.off_limits, "off_limits", required=False),
        decide_by=clean_line(charter.decide_by, "decide_by", 100, required=False),
    )


async def write_charter(house: House, by: Member, jam: Jam, charter: Charter) -> Jam:
    """Change the charter of a jam that has not opened."""
    by.require("jams")
    if jam.state != "draft":
        raise Conflict("The charter stands: people joined on its word. It can only change before the jam opens.")
    clean = _clean_charter(charter)
    return await _change(
        house,
        by,
        jam,
        "write charter",
        question=clean.question,
        promise=clean.promise,
        off_limits=clean.off_limits,
        decide_by=clean.decide_by,
    )


async def change_draft(
    house: House, by: Member, jam: Jam, title: str, opens_at: datetime, closes_at: datetime
) -> Jam:
    """Change the name and the times of a jam that has not opened."""
    by.require("jams")
    if jam.state != "draft" or jam.host:
        raise Conflict("Name and times stand once a jam has opened; its end can be moved.")
    _check_times(opens_at, closes_at)
    name = clean_line(title, "title")
    times = {"opens_at": opens_at.timestamp(), "closes_at": closes_at.timestamp()}
    return await _change(house, by, jam, "change draft", title=name, **times)


async def open_jam(house: House, by: Member, jam: Jam) -> Jam:
    """Open a jam now. Raises CharterIncomplete while its charter has gaps."""
    by.require("jams")
    now = house.now()
    state = jam.next_state("open", now)
    if now >= jam.closes_at:
        raise Conflict("This jam's closing time has passed; extend it first.")
    opens_at = min(jam.opens_at, now).timestamp()
    return await _change(house, by, jam, "open jam", state=state, opens_at=opens_at)


async def extend_jam(house: House, by: Member, jam: Jam, closes_at: datetime) -> Jam:
    """Give an open or frozen jam a later end; a frozen one opens again."""
    by.require("jams")
    now = house.now()
    state = jam.next_state("extend", now)
    if closes_at.tzinfo is None or closes_at <= now:
        raise Invalid("closes_at", "The new end lies in the future, with its offset from UTC.")
    _check_times(jam.opens_at, closes_at)
    return await _change(house, by, jam, "extend jam", state=state, closes_at=closes_at.timestamp())


async def freeze_jam(house: House, by: Member, jam: Jam) -> Jam:
    """Close a jam: from now on it is read, not written."""
    by.require("jams")
    now = house.now()
    state = jam.next_state("freeze", now)
    closes_at = min(jam.closes_at, now).timestamp()
    return await _change(house, by, jam, "freeze jam", state=state, closes_at=closes_at)


async def archive_jam(house: House, by: Member, jam: Jam) -> Jam:
    """Put a frozen jam away for good; it stays readable."""
    by.require("jams")
    return await _change(house, by, jam, "archive jam", state=jam.next_state("archive", house.now()))


async def follow_clock(house: House) -> int:
    """Write down the openings and closings whose time has come; return how many."""
    now = house.now()
    due = await jams.due_jams(house.store, now.timestamp())
    moved = 0
    for jam in due:
        if jam.state == "draft" and (jam.charter.gaps() or now >= jam.closes_at):
            continue
        state = "open" if jam.state == "draft" else "frozen"
        async with house.store.transaction() as change:
            await jams.update_jam(jam.id, state=state)
            await events.append(change, "JamChanged", jam.id, {"state": state}, now.timestamp())
        moved += 1
    return moved


async def _change(house: House, by: Member, jam: Jam, act: str, **values: object) -> Jam:
    async with house.store.transaction() as change:
        await jams.update_jam(jam.id, **values)
        await _record(house, change, by, "JamChanged", jam, act)
    changed = await jams.jam_by(house.store, jam.id)
    assert changed is not None
    return changed


async def _record(house: House, change: Transaction, by: Member, kind: EventKind, jam: Jam, act: str) -> None:
    now = house.now().timestamp()
    await events.append(change, kind, jam.id, {}, now)
    await events.audit(change, by.id, act, jam.id, now)


async def obtain_jam(house: House, reader: Member, key: str) -> Jam:
    """Return a jam by id or slug for somebody who may read it, or raise Missing."""
    jam = await jams.jam_by(house.store, key) if reader.active and reader.is_local else None
    if jam is None or jam.slug == CANARIES or jam.id in await hidden_jams(house, reader):
        raise Missing("jam", f"{reader.id} asked for jam {key}")
    return jam


async def list_jams(house: House, reader: Member, after: float = 0.0, limit: int = 50) -> list[Jam]:
    """Return the jams that somebody may read, oldest first."""
    if not (reader.active and reader.is_local):
        return []
    hidden = await hidden_jams(house, reader)
    found = await jams.jams(house.store, after, limit + len(hidden))
    return [jam for jam in found if jam.id not in hidden][:limit]


async def still_reads(house: House, member_id: str, jam_id: str) -> bool:
    """Say whether somebody may read a jam now: streams last longer than the question with which they began."""
    member = await people.by_id(house.store, member_id)
    return member is not None and member.active and member.is_local and jam_id not in await hidden_jams(house, member)


async def hidden_jams(house: House, reader: Member) -> set[str]:
    """Return the ids of the jams that are not there for somebody: every reader of jams, forums and ideas asks this.

    Rehearsals are for those who facilitate or organise. A jam with a forum for its members alone is for those on
    its list, and for organisers where it is our own; whoever is not signed in here as one of us sees none.
    """
    organises = reader.may("jams") and reader.is_local
    hidden = await memberships.hidden_jams(house.store, reader.id, organises=organises)
    return hidden if reader.may("moderate") else hidden | await lineage.rehearsals(house.store)
