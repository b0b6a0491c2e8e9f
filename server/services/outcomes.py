"""Deciding what becomes of ideas, in the open: every decision has a reason, and those whose idea it was are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.outcomes import LONGEST_REASON, LONGEST_STREAM, OUTCOMES, Outcome, OutcomeKind, Stream
from server.domain.uris import new_id
from server.services.forums import list_forums
from server.services.house import House
from server.services.jams import obtain_jam
from server.services.text import clean_line, clean_text
from server.storage import contributions, events, jams, outcomes, people, streams


@dataclass(frozen=True, slots=True)
class Decided:
    """An idea with the decision that stands on it."""

    idea: Contribution
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Became:
    """What became of the ideas of a jam that a reader may see: by work stream, and the rest by decision."""

    streams: tuple[tuple[Stream, tuple[Decided, ...]], ...]
    others: tuple[Decided, ...]
    open: tuple[Contribution, ...]
    open_count: int

    @property
    def decided_count(self) -> int:
        return sum(len(ideas) for _, ideas in self.streams) + len(self.others)


async def open_stream(house: House, by: Member, jam: Jam, title: str, purpose: str, owner: str) -> Stream:
    """Open a work stream in a jam; `owner` is the username of one of our people. Raises Invalid, Conflict."""
    by.require("jams")
    await _require_ours(house, by, jam)
    title = clean_line(title, "stream", LONGEST_STREAM)
    words = clean_text(purpose, "purpose", required=False)
    member = await people.by_username(house.store, owner.strip().lstrip("@"))
    if member is None or not member.active:
        raise Invalid("owner", "There is no active person of that name here.")
    made = Stream(
        id=new_id(), jam_id=jam.id, title=title, purpose=words, owner_id=member.id, owner_name=member.name,
        owner_unit=member.unit, made_at=house.now(),
    )  # fmt: skip
    now = made.made_at.timestamp()
    async with house.store.transaction() as change:
        if any(one.title.casefold() == title.casefold() for one in await outcomes.streams(change, jam.id)):
            raise Conflict("A work stream of this jam bears that name already.")
        await outcomes.add_stream(made)
        await events.append(change, "StreamOpened", jam.id, {"jam": jam.id, "by": by.id, "owner": member.id}, now)
        await events.audit(change, by.id, "open work stream", made.id, now)
    return made


async def decide(
    house: House, by: Member, idea: Contribution, kind: str, reason: str, stream_id: str = ""
) -> Outcome:
    """Decide what becomes of an idea. Organisers do; who answers for a work stream says when an idea in it is done.

    The reason is kept and shown. Raises Invalid, NotAllowed, Conflict.
    """
    jam = await jams.jam_by(house.store, idea.jam_id)
    if jam is None or idea.kind != "idea" or idea.deleted:
        raise Missing("idea", f"outcome of {idea.id}")
    await _require_ours(house, by, jam)
    chosen = _kind_of(kind)
    if not await _decides(house, by, idea, chosen):
        raise NotAllowed("Organisers decide what becomes of ideas.")
    said = clean_text(reason, "reason")
    if len(said) > LONGEST_REASON:
        raise Invalid("reason", "At most %(most)s characters: the thread has room for more.", most=LONGEST_REASON)
    stream = await outcomes.stream(house.store, stream_id) if chosen == "stream" else None
    if chosen == "stream" and (stream is None or stream.jam_id != jam.id):
        raise Invalid("stream", "Choose the work stream that carries the idea on.")
    made = Outcome(
        idea_id=idea.id, jam_id=jam.id, kind=chosen, stream_id=stream.id if stream else "",
        stream_title=stream.title if stream else "", reason=said, by_name=by.name, decided_at=house.now(),
    )  # fmt: skip
    now = made.decided_at.timestamp()
    async with house.store.transaction() as change:
        await outcomes.decide(change, made, by.id)
        if stream is not None:
            await streams.note_said(change, stream.id, now)
        facts = {"jam": jam.id, "by": by.id, "kind": chosen}
        await events.append(change, "OutcomeDecided", idea.id, facts, now)
        await events.audit(change, by.id, f"decide {chosen}", idea.id, now)
    return made


def _kind_of(word: str) -> OutcomeKind:
    found = next((kind for kind in OUTCOMES if kind == word), None)
    if found is None:
        raise Invalid("kind", "Choose what becomes of the idea.")
    return found


async def _decides(house: House, by: Member, idea: Contribution, kind: OutcomeKind) -> bool:
    if by.may("jams"):
        return True
    stands = (await outcomes.standing(house.store, [idea.id])).get(idea.id)
    stream = await outcomes.stream(house.store, stands.stream_id) if stands and stands.stream_id else None
    return stream is not None and stream.owner_id == by.id and kind == "done"


async def _require_ours(house: House, by: Member, jam: Jam) -> None:
    await obtain_jam(house, by, jam.id)
    if jam.host:
        raise Conflict("The server that holds this jam decides what becomes of its ideas.")


async def may_decide(house: House, member: Member, idea: Contribution) -> bool:
    """Say whether somebody may decide anything about an idea of ours."""
    jam = await jams.jam_by(house.store, idea.jam_id)
    ours = jam is not None and not jam.host and jam.state != "draft"
    return ours and await _decides(house, member, idea, "done")


async def outcomes_of(house: House, idea: Contribution) -> list[Outcome]:
    """Return all decisions on an idea that somebody may read, the one that stands first."""
    return await outcomes.of_idea(house.store, idea.id)


async def standing_on(house: House, idea_id: str) -> tuple[Outcome, str] | None:
    """Return the decision that stands on an idea with the id of whoever decided: for the gate."""
    return await outcomes.standing_by(house.store, idea_id)


async def decided_among(house: House, ids: Sequence[str]) -> set[str]:
    """Return those of some ideas on which something is decided: for the gate."""
    return set(await outcomes.standing(house.store, ids))


async def streams_of(house: House, reader: Member, jam: Jam) -> list[Stream]:
    """Return the work streams of a jam, oldest first."""
    await obtain_jam(house, reader, jam.id)
    return await outcomes.streams(house.store, jam.id)


async def any_in(house: House, jam: Jam) -> bool:
    """Say whether anything is decided in a jam, or a work stream open."""
    return await outcomes.any_in(house.store, jam.id)


async def read_outcomes(house: House, reader: Member, jam: Jam, most_open: int = 20) -> Became:
    """Return what became of a jam's ideas, and of those undecided the `most_open` with the most support."""
    await obtain_jam(house, reader, jam.id)
    readable = {forum.id for forum in await list_forums(house, reader, jam)}
    found = await outcomes.of_jam(house.store, jam.id)
    known = {one.id: one for one in await contributions.by_ids(house.store, {one.idea_id for one in found})}
    seen = [Decided(known[one.idea_id], one) for one in found if one.idea_id in known]
    seen = [one for one in seen if one.idea.forum_id in readable]
    streams = await outcomes.streams(house.store, jam.id)
    waiting = await outcomes.undecided(house.store, readable)
    open_ = {one.id: one for one in await contributions.by_ids(house.store, waiting[:most_open])}
    return Became(
        streams=tuple((stream, _in(seen, stream)) for stream in streams),
        others=tuple(one for one in seen if not one.outcome.stream_id),
        open=tuple(open_[id_] for id_ in waiting[:most_open] if id_ in open_),
        open_count=len(waiting),
    )


def _in(seen: Sequence[Decided], stream: Stream) -> tuple[Decided, ...]:
    return tuple(one for one in seen if one.outcome.stream_id == stream.id)
