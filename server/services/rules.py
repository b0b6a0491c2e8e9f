"""The rule table: immutable versions, one of them in force. What becomes of a version: rule_versions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from server.boundary.analyse import Unproven, diff, findings, openings, unanswerable
from server.boundary.rules import Rule, RuleErrors, RuleSet, default_rules, parse_rules, write_rules
from server.database import Transaction
from server.domain.actors import DUTIES, Member
from server.domain.crossings import RulesOrigin, RulesState, StoredRules
from server.domain.errors import Conflict, Invalid, Missing, RulesMoved
from server.services.house import House, read_table
from server.storage import events, people, rule_sets
from server.storage import verdicts as verdict_rows

TRIES = 3
LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Change:
    """What applying a table would do. `opens` are example requests, in words, that it newly lets through.

    `proven` is False when the search for openings had to stop early: such a change counts as opening.
    `against` is the version that it was compared with.
    """

    rules: RuleSet
    diff: tuple[str, ...]
    findings: tuple[str, ...]
    opens: tuple[str, ...]
    proven: bool
    against: int = 0

    @property
    def is_opening(self) -> bool:
        return bool(self.opens) or not self.proven


async def found_rules(house: House) -> None:
    """Write the default rules when the store has none."""
    if await rule_sets.active(house.store) is not None:
        return
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        text = write_rules(default_rules())
        version = await rule_sets.insert(text, "", "Defaults", "active", now, origin="defaults", began_at=now)
        await events.append(change, "RulesApplied", str(version), {}, now)
        await events.audit(change, "", "begin with the default rules", str(version), now)


async def rules_in_force(house: House) -> tuple[StoredRules, RuleSet]:
    stored = await rule_sets.active(house.store)
    if stored is None:
        raise Conflict("There are no boundary rules yet; nothing can cross.")
    return stored, parse_rules(stored.text)


async def weigh_rules(house: House, text: str) -> Change:
    """Compare a table with the one in force, without changing anything. Raises RuleErrors."""
    stored, old = await rules_in_force(house)
    return await weigh_against(house, stored, old, text)


async def weigh_against(house: House, stored: StoredRules, old: RuleSet, text: str) -> Change:
    """Compare a table with a version. The search takes a thread of its own: others go on meanwhile."""
    change_ = await asyncio.to_thread(compare_rules, old, text, house.now())
    called = [remark.sentence for remark in unanswerable(change_.rules, await _may_review(house))]
    return replace(change_, findings=(*change_.findings, *called), against=stored.version)


async def _may_review(house: House) -> dict[str, frozenset[str]]:
    """Return who may review, by the names under which rules can call them: @unit, @role, @username."""
    roles = [role for role, duties in DUTIES.items() if "review" in duties]
    called: dict[str, set[str]] = {}
    for member in await people.in_roles(house.store, roles):
        for name in filter(None, (member.username, member.unit, member.role)):
            called.setdefault(f"@{name.casefold()}", set()).add(member.username)
    return {name: frozenset(usernames) for name, usernames in called.items()}


def compare_rules(old: RuleSet, text: str, now: datetime) -> Change:
    """Compare a table with another. Raises RuleErrors."""
    new = read_table(text)
    try:
        remarks = tuple(remark.sentence for remark in findings(new))
    except Unproven:
        remarks = ("The table is too large to be searched for rules without effect.",)
    try:
        examples, proven = tuple(map(str, openings(old, new, now=now))), True
    except Unproven:
        examples, proven = (), False
    return Change(new, diff(old, new), remarks, examples, proven)


async def apply_rules(
    house: House,
    by: Member,
    text: str,
    note: str = "",
    *,
    alone: bool = False,
    starts_at: datetime | None = None,
    base: int | None = None,
    origin: RulesOrigin = "edited",
) -> tuple[StoredRules, Change]:
    """Put a table in force at once or at `starts_at`, or, when it opens something, have a second person look first.

    The text is kept as it was written. `base` is the version that its author began with: RulesMoved where
    another has come into force since. `alone` is for the operator at the command line, who holds the store itself.
    """
    by.require("rules")
    now = house.now()
    starts_at = begin_of(starts_at, now)
    text = tidy(text)
    for _ in range(TRIES):
        stored, old = await rules_in_force(house)
        if base is not None and base != stored.version:
            raise RulesMoved(stored.version, base)
        change_ = await weigh_against(house, stored, old, text)
        state: RulesState = "scheduled" if starts_at else "active"
        state = "waiting" if change_.is_opening and not alone else state
        async with house.store.transaction() as change:
            in_force = await rule_sets.active_in(change)
            if in_force is None or in_force.version != stored.version:
                continue
            await rule_sets.retire(change, "waiting", now.timestamp(), by.id)
            version = await rule_sets.insert(
                text,
                by.id,
                note,
                state,
                now.timestamp(),
                base=stored.version,
                origin=origin,
                starts_at=starts_at.timestamp() if starts_at else None,
            )
            await events.audit(change, by.id, ACTS[state], str(version), now.timestamp())
            if state == "active":
                await put_in_force(change, version, "", now)
            elif state == "waiting":
                await events.append(change, "RulesProposed", str(version), {"by": by.id}, now.timestamp())
        return await version_of(house, version), change_
    raise Conflict("Others are changing the rules at this very moment. Nothing was written; try again.")


ACTS: dict[RulesState, str] = {"active": "apply rules", "waiting": "propose rules", "scheduled": "schedule rules"}


def begin_of(starts_at: datetime | None, now: datetime) -> datetime | None:
    """Return when a table is to come into force, None for at once; raise Invalid for a time that has passed."""
    if starts_at is None:
        return None
    if starts_at.tzinfo is None or starts_at < now - LATE:
        raise Invalid("starts_at", "That time has passed. Leave it empty for at once.")
    return starts_at.astimezone(UTC) if starts_at > now else None


def tidy(text: str) -> str:
    """Return a table as it is kept: as written, with the line ends of one kind and one at the end."""
    even = text.replace("\r\n", "\n").removeprefix("\ufeff").rstrip()
    return f"{even}\n" if even else ""


async def put_in_force(change: Transaction, version: int, approver_id: str, now: datetime) -> None:
    """Let a version decide from now on, and tell the gate."""
    await rule_sets.activate(change, version, approver_id, now.timestamp())
    await events.append(change, "RulesApplied", str(version), {}, now.timestamp())


async def add_rules(house: House, change: Transaction, by: Member, rules: tuple[Rule, ...], note: str) -> None:
    """Add rules that come with a deed (a forum made, a partner's forum joined), visibly, as a new version."""
    if not rules:
        return
    stored = await rule_sets.active_in(change)
    text = with_rules(stored.text, rules) if stored else write_rules(default_rules().with_rules(*rules))
    now, base = house.now().timestamp(), stored.version if stored else 0
    version = await rule_sets.insert(text, by.id, note, "active", now, base=base, origin="forum")
    await rule_sets.activate(change, version, "", now)
    # It only adds what a new forum needs: nothing that stands outside has to be judged again.
    await events.append(change, "RulesApplied", str(version), {"adds": True}, now)


async def swap_rules(
    house: House, change: Transaction, by: Member, old: set[str], new: tuple[Rule, ...], note: str
) -> None:
    """Put rules that come with a forum in the place of those that came with it before, visibly, as a new version."""
    stored = await rule_sets.active_in(change)
    before = parse_rules(stored.text) if stored else default_rules()
    after = before.without(*old).with_rules(*new)
    if after == before:
        return
    now, base = house.now().timestamp(), stored.version if stored else 0
    version = await rule_sets.insert(write_rules(after), by.id, note, "active", now, base=base, origin="forum")
    await rule_sets.activate(change, version, "", now)
    await events.append(change, "RulesApplied", str(version), {}, now)


def with_rules(text: str, rules: tuple[Rule, ...]) -> str:
    """Return a table with rules added below, or, where one takes another's place, the whole written anew."""
    wanted = parse_rules(text).with_rules(*rules)
    added = tidy(f"{text.rstrip()}\n\n{write_rules(RuleSet(rules))}")
    try:
        return added if parse_rules(added) == wanted else write_rules(wanted)
    except RuleErrors:
        return write_rules(wanted)


async def version_of(house: House, version: int) -> StoredRules:
    """Return one version, or raise Missing."""
    found = await rule_sets.by_version(house.store, version)
    if found is None:
        raise Missing("version of the rules", f"no version {version}")
    return found


async def list_versions(house: House, before: int = 0, limit: int = 50) -> list[StoredRules]:
    """Return versions, newest first; with `before`, only those with a lower number."""
    return await rule_sets.newest(house.store, before, limit)


async def versions_in(house: House, *states: RulesState) -> list[StoredRules]:
    """Return the versions in these states, newest first."""
    return await rule_sets.in_state(house.store, *states)


async def rule_hits(house: House) -> dict[str, tuple[int, float]]:
    """Return, for each rule that ever decided, how often and when last (unix seconds)."""
    return await verdict_rows.rule_hits(house.store)
