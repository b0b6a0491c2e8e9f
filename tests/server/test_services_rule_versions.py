"""Versions of the rule table: proposed, approved, scheduled, brought back; what concurrent admins do to each other."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from server.boundary.rules import RuleErrors
from server.database import Database
from server.domain.actors import Member
from server.domain.crossings import StoredRules
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed, RulesMoved
from server.services import log, rule_versions, rules
from server.services.house import House
from tests.server.conftest import MIGRATIONS, ROWS
from tests.server.services_world import World

AMBER_SHARE = '\n[[rule]]\nid = "S-amber"\nkind = "share"\nto = "everyone"\nlabel = "<=AMBER"\n'
NO_LIKES = '\n[[rule]]\nid = "G-likes"\nkind = "guard"\ndirection = "out"\nact = "Like"\neffect = "deny"\n'
NO_FLAGS = NO_LIKES.replace("G-likes", "G-flags").replace("Like", "Flag")


async def text_of(world: World) -> str:
    return (await rules.rules_in_force(world.house))[0].text


async def in_force(world: World) -> int:
    return (await rules.rules_in_force(world.house))[0].version


async def state_of(world: World, stored: StoredRules) -> str:
    return (await rules.version_of(world.house, stored.version)).state


async def two_admins(world: World) -> tuple[Member, Member]:
    await world.forum()
    return await world.admin(), await world.person("eve", "admin")


async def test_a_table_is_kept_as_it_was_written_comments_and_all(world: World):
    admin, _ = await two_admins(world)
    written = "# agreed on Monday\r\n" + await text_of(world) + NO_LIKES + "# the end"
    stored, _ = await rules.apply_rules(world.house, admin, written)
    assert stored.text == written.replace("\r\n", "\n") + "\n"
    await world.forum("later")
    assert (await text_of(world)).startswith("# agreed on Monday\n")
    assert "S-jam-later/later" in (await rules.rules_in_force(world.house))[1].by_id


async def test_a_table_made_from_a_version_no_longer_in_force_is_refused_with_the_one_that_is(world: World):
    ada, eve = await two_admins(world)
    began, text = await in_force(world), await text_of(world)
    await rules.apply_rules(world.house, eve, text + NO_LIKES, base=began)
    with pytest.raises(RulesMoved) as refused:
        await rules.apply_rules(world.house, ada, text + NO_FLAGS, base=began)
    assert refused.value.version == await in_force(world)
    assert "G-flags" not in await text_of(world)


async def test_two_admins_at_the_same_moment_are_each_compared_with_what_is_in_force(world: World):
    ada, eve = await two_admins(world)
    text = await text_of(world)
    both = await asyncio.gather(
        rules.apply_rules(world.house, ada, text + NO_LIKES), rules.apply_rules(world.house, eve, text + NO_FLAGS)
    )
    first, second = sorted(both, key=lambda one: one[0].version)
    assert first[0].state == "active"
    assert second[0].base == first[0].version
    # Whoever came second drops the guard of the first: that opens, so it waits.
    assert second[0].state == "waiting"


async def test_an_opening_version_waits_even_where_it_has_a_time_and_begins_then(world: World):
    ada, eve = await two_admins(world)
    monday = world.house.now() + timedelta(days=3)
    stored, _ = await rules.apply_rules(world.house, ada, await text_of(world) + AMBER_SHARE, starts_at=monday)
    assert stored.state == "waiting"
    with pytest.raises(NotAllowed):
        await rule_versions.approve_rules(world.house, ada, stored.version)
    approved = await rule_versions.approve_rules(world.house, eve, stored.version)
    assert (approved.state, approved.approver_id) == ("scheduled", eve.id)
    assert await rule_versions.activate_due(world.house) == 0
    assert await in_force(world) != stored.version
    world.time.pass_by(days=3, minutes=1)
    assert await rule_versions.activate_due(world.house) == 1
    assert await in_force(world) == stored.version
    assert await rule_versions.activate_due(world.house) == 0
    assert (await log.events_after(world.house, 0, 1000))[-1].kind == "RulesApplied"


async def test_a_narrower_version_is_scheduled_at_once_and_can_be_dropped(world: World):
    ada, eve = await two_admins(world)
    later = world.house.now() + timedelta(hours=1)
    stored, _ = await rules.apply_rules(world.house, ada, await text_of(world) + NO_LIKES, starts_at=later)
    assert stored.state == "scheduled"
    assert (await rule_versions.refuse_rules(world.house, eve, stored.version)).state == "refused"
    world.time.pass_by(hours=2)
    assert await rule_versions.activate_due(world.house) == 0
    with pytest.raises(Conflict):
        await rule_versions.refuse_rules(world.house, eve, stored.version)


async def test_a_time_that_has_passed_is_refused(world: World):
    ada, _ = await two_admins(world)
    with pytest.raises(Invalid):
        await rules.apply_rules(world.house, ada, "", starts_at=world.house.now() - timedelta(hours=1))


async def test_forums_made_meanwhile_are_taken_along_by_what_waits_and_what_is_scheduled(world: World):
    ada, eve = await two_admins(world)
    text = await text_of(world)
    later = world.house.now() + timedelta(hours=1)
    narrow, _ = await rules.apply_rules(world.house, ada, text + NO_LIKES, starts_at=later)
    await world.forum("made-since")
    world.time.pass_by(hours=2)
    await rule_versions.activate_due(world.house)
    stored, table = await rules.rules_in_force(world.house)
    assert stored.version > narrow.version
    assert {"G-likes", "S-jam-made-since/made-since", "A-jam-made-since/made-since"} <= set(table.by_id)
    assert await state_of(world, narrow) == "retired"
    opening, _ = await rules.apply_rules(world.house, ada, stored.text + AMBER_SHARE)
    await world.forum("and-another")
    approved = await rule_versions.approve_rules(world.house, eve, opening.version)
    assert approved.state == "active"
    assert {"S-amber", "S-jam-and-another/and-another"} <= set((await rules.rules_in_force(world.house))[1].by_id)


async def test_a_table_changed_by_hand_meanwhile_has_somebody_look_again(world: World):
    ada, eve = await two_admins(world)
    text = await text_of(world)
    later = world.house.now() + timedelta(hours=1)
    timed, _ = await rules.apply_rules(world.house, ada, text + NO_LIKES, starts_at=later)
    opening, _ = await rules.apply_rules(world.house, ada, text + AMBER_SHARE)
    await rules.apply_rules(world.house, eve, text + NO_FLAGS)
    with pytest.raises(RulesMoved) as moved:
        await rule_versions.approve_rules(world.house, eve, opening.version)
    world.time.pass_by(hours=2)
    await rule_versions.activate_due(world.house)
    assert await state_of(world, timed) == "waiting"
    # Having seen it compared with what is in force now, the second person may let it begin.
    approved = await rule_versions.approve_rules(world.house, eve, opening.version, moved.value.version)
    assert approved.state == "active"


async def test_a_rollback_is_a_new_version_that_passes_the_same_checks(world: World):
    ada, eve = await two_admins(world)
    before, text = await in_force(world), await text_of(world)
    await rules.apply_rules(world.house, ada, text + NO_LIKES)
    back, change = await rule_versions.roll_back(world.house, ada, before)
    assert (back.state, back.origin, change.is_opening) == ("waiting", "rollback", True)
    with pytest.raises(NotAllowed):
        await rule_versions.approve_rules(world.house, ada, back.version)
    await rule_versions.approve_rules(world.house, eve, back.version)
    assert await text_of(world) == text
    narrowed, _ = await rule_versions.roll_back(world.house, ada, back.version - 1)
    assert narrowed.state == "active"
    with pytest.raises(Missing):
        await rule_versions.roll_back(world.house, ada, 999)


async def test_several_processes_begin_a_scheduled_version_once(world: World):
    ada, _ = await two_admins(world)
    later = world.house.now() + timedelta(hours=1)
    await rules.apply_rules(world.house, ada, await text_of(world) + NO_LIKES, starts_at=later)
    world.time.pass_by(hours=2)
    store = await Database.open(world.house.store.path, ROWS, migrations=MIGRATIONS)
    other = House(store, world.house.name, world.house.addresses, world.house.clock)
    try:
        await asyncio.gather(*(rule_versions.activate_due(house) for house in (world.house, other) * 3))
    finally:
        await store.close()
    begun = [one for one in await log.events_after(world.house, 0, 1000) if one.kind == "RulesApplied"]
    assert [one.subject_id for one in begun].count(str(await in_force(world))) == 1


async def test_what_cannot_be_used_leaves_the_old_rules_in_force_and_opens_nothing(world: World):
    ada, eve = await two_admins(world)
    before = await in_force(world)
    for text in ('[[rule]]\nkind = "gaurd"\n', "[[rule", "code_names = 7", "x = " + "[" * 5000):
        with pytest.raises(RuleErrors):
            await rules.apply_rules(world.house, ada, text)
    with pytest.raises(NotAllowed):
        await rules.apply_rules(world.house, await world.person("bob"), "")
    for version in (before, 999):
        with pytest.raises((Conflict, Missing)):
            await rule_versions.approve_rules(world.house, eve, version)
    assert await in_force(world) == before


async def test_every_step_of_a_version_is_in_the_audit_chain(world: World):
    ada, eve = await two_admins(world)
    text, later = await text_of(world), world.house.now() + timedelta(hours=1)
    opening, _ = await rules.apply_rules(world.house, ada, text + AMBER_SHARE, starts_at=later)
    await rule_versions.approve_rules(world.house, eve, opening.version)
    world.time.pass_by(hours=2)
    await rule_versions.activate_due(world.house)
    await rules.apply_rules(world.house, ada, text)
    rows = await world.house.store.fetch("SELECT act, member_id FROM audit WHERE act LIKE '%rules%' ORDER BY seq")
    told = [(row["act"], row["member_id"]) for row in rows]
    assert told[1:] == [
        ("propose rules", ada.id),
        ("approve rules", eve.id),
        ("begin scheduled rules", ""),
        ("apply rules", ada.id),
    ]
    assert await log.broken_audit_rows(world.house) == []
