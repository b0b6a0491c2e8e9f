"""Rehearsing a jam: a copy of it, inside only, with a simulated crowd; and removing it without trace."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta
from itertools import count

from server.domain.actors import Member
from server.domain.errors import Conflict, Missing
from server.domain.jam_templates import ForumPlan, Template
from server.domain.jams import Charter, Forum, Jam
from server.domain.rehearsal import HOST, simulate
from server.domain.replays import Line
from server.domain.uris import new_id
from server.services import forums, jams, marking, templates
from server.services.house import House
from server.services.replay import Replay, paced
from server.storage import events, lineage, people, rehearsals, remains
from server.storage import jams as jam_rows

LASTS = timedelta(days=1)
STAND_IN = "(Rehearsal: not written yet.)"


async def rehearse(house: House, by: Member, jam: Jam, seed: int = 0) -> Jam:
    """Open a copy of one of our jams with a simulated crowd in it, for organisers and facilitators alone.

    Its forums are all inside, whatever those of the jam are: nothing of it has a way out.
    """
    by.require("jams")
    if jam.host or await lineage.is_rehearsal(house.store, jam.id):
        raise Conflict("A jam of our own is rehearsed, not a rehearsal and not one that another server holds.")
    if await rehearsal_of(house, by, jam):
        raise Conflict("This jam is being rehearsed already. Remove that rehearsal first.")
    now = house.now()
    slug = f"rehearsal-{secrets.token_hex(4)}"
    template = _inside(await templates.template_of(house, by, jam), slug)
    made = await templates.found_jam(house, by, template, slug, now, now + LASTS, origin=(jam, "rehearsal"))
    opened = await jams.open_jam(house, by, made)
    await _crowd(house, opened, await forums.list_forums(house, by, opened), seed)
    return opened


def _inside(template: Template, slug: str) -> Template:
    """Return a template whose forums are inside and whose charter is whole, so that it opens."""
    plans = template.forums or (ForumPlan(slug="all", title="Everything", question=template.charter.question),)
    inside = tuple(
        replace(plan, slug=f"{slug}-{number}", audience="inside", peers=()) for number, plan in enumerate(plans, 1)
    )
    charter = template.charter
    whole = Charter(
        question=charter.question or STAND_IN,
        promise=charter.promise or STAND_IN,
        off_limits=charter.off_limits or STAND_IN,
        decide_by=charter.decide_by or STAND_IN,
    )
    return replace(template, title=f"Rehearsal: {template.title}"[:200], charter=whole, forums=inside)


async def _crowd(house: House, jam: Jam, own: list[Forum], seed: int) -> None:
    """Let the simulated crowd say and support what it does."""
    lines, support = simulate([forum.slug for forum in own], seed)
    crowd: dict[str, Member] = {}
    numbers = count(1)

    async def find(line: Line) -> Member:
        if line.author not in crowd:
            crowd[line.author] = await _simulated(house, jam, line, next(numbers))
        return crowd[line.author]

    work = Replay(house, {forum.slug: forum for forum in own}, lambda: None, find)
    async with asyncio.TaskGroup() as tasks:
        await work.take(tasks, paced(iter(lines), 0.0))
    for one in support:
        made = work.made(one.line_id)
        if made is not None and one.author in crowd:
            await marking.mark(house, crowd[one.author], made, "support")


async def _simulated(house: House, jam: Jam, line: Line, number: int) -> Member:
    """Write down somebody who does not exist: a guest of a server that cannot exist either."""
    uri = f"{_prefix(jam)}{number}"
    member = Member(
        id=new_id(),
        username=f"simulated-{number}-{jam.slug}",
        host=HOST,
        name=line.author,
        unit=line.unit,
        role="guest",
        consent=True,
        uri=uri,
        url=uri,
        active=True,
        created_at=house.now(),
    )
    async with house.store.transaction():
        await people.insert(member)
    return member


def _prefix(jam: Jam) -> str:
    return f"https://{HOST}/{jam.id}/"


async def rehearsal_of(house: House, by: Member, jam: Jam) -> Jam | None:
    """Return the rehearsal of a jam that stands, or None."""
    by.require("jams")
    for one in await lineage.grown(house.store, jam.id):
        if one.kind == "rehearsal":
            return await jam_rows.jam_by(house.store, one.jam_id)
    return None


async def remove_rehearsal(house: House, by: Member, jam: Jam) -> str:
    """Remove a rehearsal with its people, words, prints, verdicts, themes, notices and events; return the id of the
    jam that was rehearsed.

    What stays: rows of the audit chain, which name ids and acts, since a chain cannot lose a link. Whatever the
    simulated crowd or real people wrote in it goes; nothing of any other jam changes.
    """
    by.require("jams")
    origin = await lineage.origin(house.store, jam.id)
    if origin is None or origin.kind != "rehearsal":
        raise Missing("rehearsal", f"{jam.id} is no rehearsal")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        # Consumers keep a cursor on the newest number: the event that tells of the removal has a higher one than all
        # that go, so that no number is given out twice.
        await events.append(change, "RehearsalRemoved", origin.origin_id, {"jam": origin.origin_id}, now)
        newest = int(await change.fetch_value("SELECT max(seq) FROM events"))
        ids = await rehearsals.jam_ids(change, jam.id, HOST, _prefix(jam))
        await rehearsals.remove(change, ids, newest - 1)
        await events.audit(change, by.id, "remove rehearsal", origin.origin_id, now)
    await _merge(house)
    return origin.origin_id


async def _merge(house: House) -> None:
    """Rewrite the search index without the words that went."""
    begin = True
    while True:
        async with house.store.transaction() as change:
            more = await remains.merge_words(change, begin=begin)
        if not more:
            return
        begin = False
