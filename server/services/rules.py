"""The rule table: immutable versions, one of them in force."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from server.boundary.analyse import Flip, Unproven, diff, findings, flips, openings
from server.boundary.facts import Facts
from server.boundary.rules import Rule, RuleSet, default_rules, parse_rules, write_rules
from server.database import Transaction
from server.domain.actors import Member
from server.domain.crossings import StoredRules
from server.domain.errors import Conflict, NotAllowed
from server.services.house import House
from server.storage import events, rule_sets
from server.storage import verdicts as verdict_rows


@dataclass(frozen=True, slots=True)
class Change:
    """What applying a table would do. `opens` are example requests, in words, that it newly lets through.

    `proven` is False when the search for openings had to stop early: such a change counts as opening.
    """

    rules: RuleSet
    diff: tuple[str, ...]
    findings: tuple[str, ...]
    opens: tuple[str, ...]
    proven: bool

    @property
    def is_opening(self) -> bool:
        return bool(self.opens) or not self.proven


async def found_rules(house: House) -> None:
    """Write the default rules when the store has none."""
    if await rule_sets.active(house.store) is not None:
        return
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        version = await rule_sets.insert(write_rules(default_rules()), "", "Defaults", "active", now)
        await events.append(change, "RulesApplied", str(version), {}, now)


async def rules_in_force(house: House) -> tuple[StoredRules, RuleSet]:
    stored = await rule_sets.active(house.store)
    if stored is None:
        raise Conflict("There are no boundary rules yet; nothing can cross.")
    return stored, parse_rules(stored.text)


async def weigh_rules(house: House, text: str) -> Change:
    """Compare a table with the one in force, without changing anything. Raises RuleErrors."""
    _, old = await rules_in_force(house)
    return compare_rules(old, text, house.now())


def compare_rules(old: RuleSet, text: str, now: datetime) -> Change:
    """Compare a table with another. Raises RuleErrors."""
    new = parse_rules(text)
    dropped = sorted(set(old.code_names) - set(new.code_names))
    said = [f"{len(dropped)} code names are no longer looked for."] if dropped else []
    try:
        remarks = tuple(remark.sentence for remark in findings(new))
    except Unproven:
        remarks = ("The table is too large to be searched for rules without effect.",)
    try:
        examples, proven = tuple(map(str, openings(old, new, now=now))), not dropped
    except Unproven:
        examples, proven = (), False
    return Change(new, (*diff(old, new), *said), remarks, examples, proven)


async def apply_rules(
    house: House, by: Member, text: str, note: str = "", *, alone: bool = False
) -> tuple[StoredRules, Change]:
    """Put a table in force, or, when it opens something, let it wait for a second approver.

    `alone` is for the operator at the command line, who holds the store itself.
    """
    by.require("rules")
    change_ = await weigh_rules(house, text)
    now = house.now().timestamp()
    waits = change_.is_opening and not alone
    async with house.store.transaction() as change:
        await rule_sets.close_waiting(change, "retired")
        version = await rule_sets.insert(
            write_rules(change_.rules), by.id, note, "waiting" if waits else "active", now
        )
        await events.audit(change, by.id, "propose rules" if waits else "apply rules", str(version), now)
        if not waits:
            await _activate(change, version, by.id, now)
    stored = await rule_sets.by_version(house.store, version)
    assert stored is not None
    return stored, change_


async def approve_rules(house: House, by: Member, version: int) -> StoredRules:
    """Let a waiting table come into force. Its author cannot be its approver."""
    by.require("rules")
    waiting = await rule_sets.by_version(house.store, version)
    if waiting is None or waiting.state != "waiting":
        raise Conflict("That version does not wait for approval.")
    if waiting.author_id == by.id:
        raise NotAllowed("A change that opens the boundary needs a second person to approve it.")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await events.audit(change, by.id, "approve rules", str(version), now)
        await _activate(change, version, by.id, now)
    stored = await rule_sets.by_version(house.store, version)
    assert stored is not None
    return stored


async def refuse_rules(house: House, by: Member, version: int) -> None:
    """Drop a waiting table."""
    by.require("rules")
    waiting = await rule_sets.by_version(house.store, version)
    if waiting is None or waiting.state != "waiting":
        raise Conflict("That version does not wait for approval.")
    async with house.store.transaction() as change:
        await rule_sets.close_waiting(change, "refused")
        await events.audit(change, by.id, "refuse rules", str(version), house.now().timestamp())


async def _activate(change: Transaction, version: int, by_id: str, now: float) -> None:
    await rule_sets.activate(change, version, by_id)
    await events.append(change, "RulesApplied", str(version), {}, now)


async def add_rules(house: House, change: Transaction, by: Member, rules: tuple[Rule, ...], note: str) -> None:
    """Add rules that come with a deed (a forum made, a partner's forum joined), visibly, as a new version."""
    if not rules:
        return
    stored = await rule_sets.active_in(change)
    new = (parse_rules(stored.text) if stored else default_rules()).with_rules(*rules)
    now = house.now().timestamp()
    version = await rule_sets.insert(write_rules(new), by.id, note, "active", now)
    await rule_sets.activate(change, version, by.id)
    # It only adds what a new forum needs: nothing that stands outside has to be judged again.
    await events.append(change, "RulesApplied", str(version), {"adds": True}, now)


async def dry_run(house: House, text: str) -> tuple[Flip, ...]:
    """Judge all stored crossings by another table; return those that would come out otherwise."""
    new = parse_rules(text)
    _, old = await rules_in_force(house)
    cases = (
        (id_, Facts.from_json(json.loads(facts)))
        for id_, facts in await verdict_rows.stored_facts(house.store)
        if facts != "{}"
    )
    return flips(old, new, cases, house.now())


async def list_versions(house: House) -> list[StoredRules]:
    return await rule_sets.newest(house.store)


async def rule_hits(house: House) -> dict[str, tuple[int, float]]:
    """Return, for each rule that ever decided, how often and when last (unix seconds)."""
    return await verdict_rows.rule_hits(house.store)
