"""Carrying chosen ideas into a later jam, with their authors and their lineage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.boundary.labels import Label
from server.domain.actors import Member
from server.domain.errors import Conflict, Missing
from server.domain.ideas import Contribution
from server.domain.jams import Forum, Jam
from server.domain.lineage import Carried, JamOrigin, opens
from server.domain.sentences import later, say
from server.domain.uris import new_id
from server.services import forums, ideas_read
from server.services.house import House
from server.services.jams import obtain_jam
from server.services.quotes import prints_of
from server.storage import contributions, events, lineage, memberships, prints, recalls
from server.storage import jams as jam_rows


@dataclass(frozen=True, slots=True)
class Candidate:
    """An idea that may be carried into a forum. `why_not` is a sentence, "" where it may.

    `linked`: it comes from another server, whose words stay where they are.
    """

    idea: Contribution
    forum: Forum
    why_not: str
    linked: bool
    carried: bool


async def candidates(house: House, by: Member, source: Jam, target: Forum, limit: int = 500) -> list[Candidate]:
    """Return the ideas of a jam, the most supported first, and which of them a forum may take over."""
    by.require("jams")
    own = {forum.id: forum for forum in await forums.list_forums(house, by, source)}
    known = {one.origin_id for one in await lineage.carried(house.store, target.jam_id) if one.forum_id == target.id}
    found = await contributions.ideas_of_jam(house.store, source.id, "rising", limit)
    chosen = [made for made in found if made.forum_id in own]
    chosen.sort(key=lambda made: (not made.best, not made.emerging))
    return [
        Candidate(made, own[made.forum_id], why_not(own[made.forum_id], target), not made.is_local, made.id in known)
        for made in chosen
    ]


WRITTEN_FOR = {
    "inside": later("It was written for inside; %(title)s is open to more. Choose a narrower forum."),
    "partners": later("It was written for partners; %(title)s is open to more. Choose a narrower forum."),
    "public": later("It was written for public; %(title)s is open to more. Choose a narrower forum."),
}


def why_not(source: Forum, target: Forum) -> str:
    """Say why words of one forum may not be carried into another; "" where they may."""
    if opens(source, target):
        return say(WRITTEN_FOR[source.audience], title=target.title)
    return ""


async def carry(house: House, by: Member, target: Forum, idea_ids: Sequence[str]) -> list[Carried]:
    """Carry ideas into a forum, all or none; those that stand there already are left alone.

    Our own people's ideas stand there under their names, build on what they came from and keep at least its label.
    What came from another server is linked: its words stay where its server sent them, and go when it says so.
    """
    by.require("jams")
    jam = await jam_rows.jam_by(house.store, target.jam_id)
    if jam is None or not target.is_local:
        raise Missing("forum", f"carry into {target.id}")
    target.require_ideas()
    state = jam.state_at(house.now())
    if state not in ("draft", "open"):
        raise Conflict("Ideas are carried into a jam before it closes.")
    if state == "draft" and target.audience != "inside":
        raise Conflict("Into a forum that others outside may read, ideas are carried once the jam is open.")
    known = {one.origin_id for one in await lineage.carried(house.store, jam.id) if one.forum_id == target.id}
    chosen = [await _origin(house, by, id_, target) for id_ in dict.fromkeys(idea_ids) if id_ not in known]
    made: list[Carried] = []
    async with house.store.transaction() as change:
        for idea in chosen:
            copy_id = await _copy(house, idea, target) if idea.is_local else ""
            one = Carried(forum_id=target.id, origin_id=idea.id, idea_id=copy_id)
            now = house.now().timestamp()
            await lineage.put_carried(change, new_id(), one, now)
            facts = {"jam": jam.id, "forum": target.id, "origin": idea.id}
            await events.append(change, "IdeaCarried", copy_id or idea.id, facts, now)
            await events.audit(change, by.id, "carry idea", idea.id, now)
            made.append(one)
    return made


async def _origin(house: House, by: Member, idea_id: str, target: Forum) -> Contribution:
    idea = await ideas_read.obtain(house, by, idea_id)
    source = await forums.obtain_forum(house, by, idea.forum_id)
    if idea.hidden:
        raise Conflict("“%(title)s” is hidden by a facilitator. It can be carried once it is back.", title=idea.title)
    if idea.jam_id in await lineage.rehearsals(house.store):
        raise Conflict("What was said in a rehearsal is not carried over.")
    if {idea.jam_id, target.jam_id} & await memberships.jams_apart(house.store):
        raise Conflict("Nothing is carried into a forum for its members alone, or out of one.")
    if idea.kind != "idea" or source.jam_id == target.jam_id:
        raise Conflict("Only ideas are carried, and only from another jam.")
    if target.audience != "inside" and await recalls.recalled_from(house.store, idea.id):
        raise Conflict(
            "“%(title)s” was taken back from outside; it is carried into inside forums only.", title=idea.title
        )
    if reason := why_not(source, target):
        raise Conflict("“%(title)s” cannot be carried. %(reason)s", title=idea.title, reason=reason)
    return idea


async def _copy(house: House, idea: Contribution, target: Forum) -> str:
    """Write the copy as a new idea of its author; the gate judges it like any other. Returns its id."""
    id_ = new_id()
    label = Label.parse(idea.label).join(Label.parse(target.label))
    made = replace(
        idea,
        id=id_,
        uri=house.addresses.object_uri(new_id()),
        jam_id=target.jam_id,
        forum_id=target.id,
        thread_id=id_,
        label=str(label),
        builds_on=idea.id,
        version=1,
        created_at=house.now(),
        edited_at=None,
        support=0,
        replies=0,
        emerging=False,
        best=False,
    )
    marks = await prints_of(house, made.title, made.text)
    async with house.store.transaction() as change:
        await contributions.insert(change, made)
        await prints.put(change, made.id, marks)
        facts = {"jam": made.jam_id, "forum": made.forum_id, "thread": id_, "version": 1, "parent": ""}
        await events.append(
            change, "IdeaPosted", id_, {**facts, "builds_on": idea.id}, house.now().timestamp()
        )
    return id_


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a jam comes from, what grew from it, and the ideas of other servers that it links to."""

    origin: JamOrigin | None
    origin_jam: Jam | None
    grown: tuple[tuple[JamOrigin, Jam], ...]
    linked: tuple[Contribution, ...]


async def lineage_of(house: House, reader: Member, jam: Jam) -> Lineage:
    """Return a jam's lineage as far as the reader may read it."""
    origin = await lineage.origin(house.store, jam.id)
    from_jam = await _readable(house, reader, origin.origin_id) if origin else None
    grown = []
    for one in await lineage.grown(house.store, jam.id):
        later = await _readable(house, reader, one.jam_id)
        if later is not None:
            grown.append((one, later))
    ids = [one.origin_id for one in await lineage.carried(house.store, jam.id) if not one.idea_id]
    linked = await contributions.by_ids(house.store, ids)
    return Lineage(origin if from_jam else None, from_jam, tuple(grown), tuple(linked))


async def _readable(house: House, reader: Member, jam_id: str) -> Jam | None:
    try:
        return await obtain_jam(house, reader, jam_id)
    except Missing:
        return None
