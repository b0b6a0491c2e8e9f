"""What becomes of a version of the rule table: approved, refused, begun at its time, brought back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from server.boundary.analyse import diff
from server.boundary.rules import Rule, RuleErrors, parse_rules
from server.database import Transaction
from server.domain.actors import Member
from server.domain.crossings import StoredRules
from server.domain.errors import Conflict, NotAllowed, RulesMoved
from server.domain.sentences import later
from server.services.house import House, read_table
from server.services.rules import (
    Change,
    apply_rules,
    put_in_force,
    rules_in_force,
    version_of,
    weigh_against,
    with_rules,
)
from server.storage import events, rule_sets

Find = Callable[[int], Awaitable[StoredRules | None]]
NOT_WAITING = later("That version does not wait for approval.")


async def changes_of(house: House, stored: StoredRules) -> tuple[str, ...]:
    """Return, in sentences, what a version changed against the one it was compared with; () for the first."""
    base = await rule_sets.by_version(house.store, stored.base or stored.version - 1)
    return diff(parse_rules(base.text), parse_rules(stored.text)) if base else ()


async def difference(house: House, before: int, after: int) -> tuple[str, ...]:
    """Return, in sentences, what one version has otherwise than another; () where either is not there."""
    first, second = [await rule_sets.by_version(house.store, version) for version in (before, after)]
    return diff(parse_rules(first.text), parse_rules(second.text)) if first and second else ()


async def catch_up(house: House, text: str, base: int) -> str:
    """Return a table with the rules added that came into force since the version it was made from.

    What was changed or removed since then is left to its author. Raises RuleErrors.
    """
    _, now = await rules_in_force(house)
    before, mine = (await version_of(house, base)).text, parse_rules(text).by_id
    known = parse_rules(before).by_id
    added = tuple(rule for rule in now.rules if rule.id not in known and rule.id not in mine)
    return with_rules(text, added) if added else text


async def weigh_version(house: House, stored: StoredRules) -> Change:
    """Say what a waiting or scheduled version would change now, forums made since it was proposed included."""
    in_force, old = await rules_in_force(house)
    added = await _added_since(_find(house), stored.base, in_force)
    return await weigh_against(house, in_force, old, with_rules(stored.text, added) if added else stored.text)


async def has_moved(house: House, stored: StoredRules) -> bool:
    """Say whether the table was changed by hand since a version was compared with it."""
    in_force, _ = await rules_in_force(house)
    return await _added_since(_find(house), stored.base, in_force) is None


async def approve_rules(house: House, by: Member, version: int, against: int | None = None) -> StoredRules:
    """Let a waiting version come into force, at once or at its time. Who wrote what opens cannot approve it.

    `against` is the version that the approver saw it compared with. RulesMoved when the table has been changed
    by hand since then; what forums made meanwhile brought is taken along.
    """
    by.require("rules")
    waiting = await version_of(house, version)
    if waiting.state != "waiting":
        raise Conflict(NOT_WAITING)
    in_force, old = await rules_in_force(house)
    seen = against or waiting.base
    added = await _added_since(_find(house), seen, in_force)
    if added is None:
        raise RulesMoved(in_force.version, seen)
    made = with_rules(waiting.text, added) if added else waiting.text
    if waiting.author_id == by.id and (await weigh_against(house, in_force, old, made)).is_opening:
        raise NotAllowed("A change that opens the boundary needs a second person to approve it.")
    now = house.now()
    async with house.store.transaction() as change:
        still = await rule_sets.version_in(change, version)
        if still is None or still.state != "waiting":
            raise Conflict(NOT_WAITING)
        now_in_force = await rule_sets.active_in(change)
        if now_in_force is None or now_in_force.version != in_force.version:
            raise RulesMoved(now_in_force.version if now_in_force else 0, in_force.version)
        await events.audit(change, by.id, "approve rules", str(version), now.timestamp())
        if waiting.starts_at is not None and waiting.starts_at > now:
            await rule_sets.schedule(change, version, in_force.version, by.id)
            return await _settled(change, version)
        return await _begin(change, waiting, added, by.id, now)


async def _settled(change: Transaction, version: int) -> StoredRules:
    found = await rule_sets.version_in(change, version)
    assert found is not None
    return found


async def _begin(
    change: Transaction, stored: StoredRules, added: tuple[Rule, ...], approver_id: str, now: datetime
) -> StoredRules:
    """Put a version in force, or, where forums were made since, a new one with their rules in its place."""
    if not added:
        await put_in_force(change, stored.version, approver_id, now)
        return await _settled(change, stored.version)
    version = await rule_sets.insert(
        with_rules(stored.text, added),
        stored.author_id,
        f"Version {stored.version} with the rules of forums made since. {stored.note}".strip(),
        "active",
        now.timestamp(),
        base=stored.base,
        origin=stored.origin,
    )
    await rule_sets.end(change, stored.version, "retired", now.timestamp())
    await put_in_force(change, version, approver_id, now)
    return await _settled(change, version)


async def refuse_rules(house: House, by: Member, version: int) -> StoredRules:
    """Drop a version that waits for approval or for its time."""
    by.require("rules")
    async with house.store.transaction() as change:
        found = await rule_sets.version_in(change, version)
        if found is None or found.state not in ("waiting", "scheduled"):
            raise Conflict("That version waits neither for approval nor for its time.")
        now = house.now().timestamp()
        await rule_sets.end(change, version, "refused", now)
        await events.audit(change, by.id, "refuse rules", str(version), now)
        return await _settled(change, version)


async def roll_back(
    house: House, by: Member, version: int, *, alone: bool = False, base: int | None = None
) -> tuple[StoredRules, Change]:
    """Bring an old table back, as a new version that passes the same checks: one that opens waits."""
    old = await version_of(house, version)
    return await apply_rules(
        house, by, old.text, f"Back to version {version}.", alone=alone, base=base, origin="rollback"
    )


async def activate_due(house: House) -> int:
    """Put the scheduled versions in force whose time has come; return how many. Several processes may call it."""
    now = house.now()
    due = await rule_sets.due(house.store, now.timestamp())
    for version in due:
        async with house.store.transaction() as change:
            await _start(change, version, now)
    return len(due)


async def _start(change: Transaction, version: int, now: datetime) -> None:
    """Begin a scheduled version, unless the table was changed by hand since: then somebody has to look again."""
    stored = await rule_sets.version_in(change, version)
    in_force = await rule_sets.active_in(change)
    if stored is None or stored.state != "scheduled" or in_force is None:
        return
    try:
        read_table(stored.text)
    except RuleErrors:
        await rule_sets.end(change, version, "refused", now.timestamp())
        await events.audit(change, "", "drop unreadable rules", str(version), now.timestamp())
        return

    async def find(number: int) -> StoredRules | None:
        return await rule_sets.version_in(change, number)

    added = await _added_since(find, stored.base, in_force)
    if added is None:
        await rule_sets.unschedule(change, version)
        await events.append(change, "RulesProposed", str(version), {"by": stored.author_id}, now.timestamp())
        await events.audit(change, "", "put rules back to waiting", str(version), now.timestamp())
        return
    await events.audit(change, "", "begin scheduled rules", str(version), now.timestamp())
    await _begin(change, stored, added, stored.approver_id, now)


def _find(house: House) -> Find:
    async def find(version: int) -> StoredRules | None:
        return await rule_sets.by_version(house.store, version)

    return find


async def _added_since(find: Find, base: int, in_force: StoredRules) -> tuple[Rule, ...] | None:
    """Return the rules that forums brought since a version was in force; None where more was changed than that."""
    newer = in_force
    while newer.version != base:
        older = await find(newer.base) if newer.origin == "forum" and newer.base < newer.version else None
        if older is None:
            return None
        newer = older
    if newer.version == in_force.version:
        return ()
    before = parse_rules(newer.text).by_id
    return tuple(rule for rule in parse_rules(in_force.text).rules if before.get(rule.id) != rule)
