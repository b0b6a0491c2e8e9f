"""Shifts with their notes, the back-channel, summaries and heat warnings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.search import Sought
from server.services import (
    asides,
    finding,
    heat,
    ideas,
    ideas_read,
    jams,
    log,
    marking,
    moderation,
    moves,
    shifts,
    summaries,
)
from tests.server.services_world import World


async def test_a_shift_is_planned_begun_ended_and_its_note_is_read_first_by_the_next(world: World):
    jam = await world.jam()
    fay, gil, ann = (await world.person("fay", "facilitator"), await world.person("gil", "facilitator"),
                     await world.person("ann"))  # fmt: skip
    now = world.house.now()
    for name, ends in (("nobody", 3), ("ann", 3), ("gil", 0), ("gil", 25)):
        with pytest.raises(Invalid):
            await shifts.plan(world.house, fay, jam, name, now, now + timedelta(hours=ends))
    planned = await shifts.plan(world.house, fay, jam, "@fay", now, now + timedelta(hours=3))
    later = await shifts.plan(world.house, fay, jam, "gil", now + timedelta(hours=3), now + timedelta(hours=6))
    assert (await shifts.begin(world.house, fay, jam)).id == planned.id
    with pytest.raises(Conflict):
        await shifts.begin(world.house, fay, jam)
    with pytest.raises(Conflict):
        await shifts.unplan(world.house, fay, planned.id)
    upcoming = await shifts.next_up(world.house, fay, jam)
    assert upcoming is not None
    assert upcoming.id == later.id
    with pytest.raises(Invalid):
        await shifts.end(world.house, fay, planned.id, " ")
    with pytest.raises(Invalid):
        await shifts.end(world.house, fay, planned.id, "Note.", ann.id)
    with pytest.raises(NotAllowed):
        await shifts.end(world.house, gil, planned.id, "Not mine.")
    await shifts.end(world.house, fay, planned.id, "Look at **tape**.", gil.id)
    assert await shifts.handed_to(world.house, fay, jam) == []
    (note,) = await shifts.handed_to(world.house, gil, jam)
    assert note.note == "Look at **tape**."
    with pytest.raises(Conflict):
        await shifts.mark_read(world.house, fay, note.id)
    await shifts.mark_read(world.house, gil, note.id)
    assert await shifts.handed_to(world.house, gil, jam) == []
    await shifts.unplan(world.house, gil, later.id)
    assert len(await shifts.rota(world.house, gil, jam)) == 1
    for act in (shifts.rota(world.house, ann, jam), shifts.begin(world.house, ann, jam),
                shifts.plan(world.house, ann, jam, "fay", now, now + timedelta(hours=1))):  # fmt: skip
        with pytest.raises(NotAllowed):
            await act
    with pytest.raises(Missing):
        await shifts.end(world.house, ann, planned.id, "Note.")


async def test_the_note_is_drafted_from_what_happened_since_the_shift_began(world: World):
    jam = await world.jam()
    forum, other = await world.forum("one", jam=jam), await world.forum("two", jam=jam)
    fay, ann = await world.person("fay", "facilitator"), await world.person("ann")
    before = await world.idea(forum, title="Before")
    await marking.mark(world.house, fay, before, "best", "Marked before.")
    world.time.pass_by(minutes=5)
    shift = await shifts.begin(world.house, fay, jam)
    assert "Nothing was marked" in await shifts.draft(world.house, fay, jam, shift)
    bright, rude = await world.idea(forum, title="A [bright] *idea*"), await world.idea(forum, title="Rude one")
    wandering = await world.idea(forum, title="Wandering")
    await marking.mark(world.house, fay, bright, "emerging", "Three units ask.")
    case = await moderation.flag(world.house, ann, rude, "Names a person.")
    await moderation.decide(world.house, fay, case.id, "hide", "No names.")
    await moves.move(world.house, fay, wandering, other, "Belongs there.")
    world.time.pass_by(hours=2, minutes=1)
    note = await shifts.draft(world.house, fay, jam, shift)
    assert note.startswith("Shift of Fay,")
    for words in ("emerging, Three units ask.", "hidden, No names.", "move, Belongs there.", f"/ideas/{bright.id}",
                  f"[Before](/ideas/{before.id}): since", r"A \[bright\] \*idea\*"):  # fmt: skip
        assert words in note
    assert "Marked before." not in note
    assert note == await shifts.draft(world.house, fay, jam, shift), "the same log, the same note"


async def test_the_back_channel_exists_for_facilitators_alone(world: World):
    forum = await world.forum()
    idea = await world.idea(forum)
    fay, gil, ann = (await world.person("fay", "facilitator"), await world.person("gil", "facilitator"),
                     await world.person("ann"))  # fmt: skip
    await asides.write(world.house, fay, idea, "Is the **xylophone** argument new? <script>x</script>")
    (said,) = await asides.read(world.house, gil, idea)
    assert said.member_name == "Fay"
    assert "<strong>xylophone</strong>" in said.html
    assert "<script" not in said.html
    for act in (asides.read(world.house, ann, idea), asides.write(world.house, ann, idea, "Me too.")):
        with pytest.raises(Missing):
            await act
    with pytest.raises(Invalid):
        await asides.write(world.house, fay, idea, " ")
    for reader in (ann, fay):
        assert (await finding.search(world.house, reader, Sought(query="xylophone"))).hits == []
    assert "xylophone" not in repr(await log.events_after(world.house, 0))
    kept = await world.idea(forum)
    await moves.merge(world.house, gil, idea, kept, "The same.")
    assert len(await asides.read(world.house, gil, kept)) == 1, "what was said goes along with a merge"


async def test_a_summary_cites_what_it_draws_on_and_every_version_is_kept(world: World):
    forum = await world.forum()
    idea, other = await world.idea(forum), await world.idea(forum)
    fay, ann = await world.person("fay", "facilitator"), await world.person("ann")
    first, second = await ideas.reply(world.house, ann, idea, "One."), await ideas.reply(world.house, ann, idea, "Two.")
    for cites in ([], [other.id], ["x" * 32]):
        with pytest.raises(Invalid):
            await summaries.write(world.house, fay, idea, "So far.", cites)
    with pytest.raises(NotAllowed):
        await summaries.write(world.house, ann, idea, "So far.", [first.id])
    one = await summaries.write(world.house, fay, idea, "So far.", [first.id], 0)
    with pytest.raises(Conflict):
        await summaries.write(world.house, fay, idea, "Unaware of the first.", [first.id], 0)
    two = await summaries.write(world.house, fay, idea, f"See [two](/ideas/{second.id}).", [first.id], one.number)
    assert two.cites == (first.id, second.id)
    await ideas.reply(world.house, ann, idea, "Three.")
    await ideas.delete(world.house, ann, first)
    shown = await summaries.show(world.house, ann, idea)
    assert [(v.summary.number, v.summary.text[:3], len(v.cited), v.later) for v in shown] == [
        (1, "So ", 0, 1), (2, "See", 1, 1)
    ]  # fmt: skip


async def test_a_heated_thread_is_shown_with_its_counts_and_nothing_happens_to_it(world: World):
    jam = await world.jam()
    forum, fay = await world.forum(jam=jam), await world.person("fay", "facilitator")
    ann, bob = await world.person("ann"), await world.person("bob")
    calm, hot = await world.idea(forum), await world.idea(forum)
    for n in range(6):
        await ideas.reply(world.house, (ann, bob)[n % 2], hot, "You did not read it!!")
        await ideas.reply(world.house, (ann, bob)[n % 2], calm, "I see it differently, and here is why.")
        world.time.pass_by(minutes=2)
    (warm,) = await heat.warnings(world.house, fay, jam)
    assert (warm.idea.id, warm.heat.replies, warm.prompt != "") == (hot.id, 6, True)
    thread = await ideas_read.read_thread(world.house, ann, hot.id)
    assert [one.text for one in thread.replies] == ["You did not read it!!"] * 6
    world.time.pass_by(hours=2, minutes=10)
    assert await heat.warnings(world.house, fay, jam) == []
    with pytest.raises(NotAllowed):
        await heat.warnings(world.house, ann, jam)
    assert await jams.obtain_jam(world.house, ann, jam.slug)
