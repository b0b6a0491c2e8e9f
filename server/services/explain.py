"""Why something crossed or did not: which rules matched, on which facts, and what would have to be otherwise.

What is kept of a decision can be decided again, by the same version of the rules, to the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from server.boundary.decide import decide
from server.boundary.explain import single_changes
from server.boundary.facts import Facts, FactsError, upgraded
from server.boundary.facts_said import facts_in_words
from server.boundary.rules import NAME_TO_ROLE, RuleErrors, RuleSet, parse_rules, sentence
from server.domain.actors import Member
from server.domain.crossings import KeptVerdict, VerdictWord
from server.domain.errors import Missing, NotAllowed
from server.domain.ideas import Contribution
from server.services.house import House
from server.services.jams import hidden_jams
from server.services.judgement import decision_json
from server.storage import contributions, memberships, rule_sets
from server.storage import verdicts as verdict_rows

DUTIES = ("review", "ledger", "rules")
Replay = Literal["same", "in other words", "otherwise", "not kept"]
# What of a decision must come out the same; the rest is wording, which a newer version of the software may change.
ESSENTIAL = ("effect", "rules", "matched", "redactions", "duties")


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that matched, as it stood in the version that decided; `decides` if the outcome is its."""

    id: str
    kind: str
    effect: str
    sentence: str
    note: str
    decides: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Something that a detector found, by kind and place: characters `start` to `end` of the title or the text."""

    kind: str
    detail: str
    where: str
    start: int
    end: int
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything about one verdict. Only people with a duty at the boundary read it.

    `ruled` is what the rules alone came to (allow, redact, hold, deny; "" when that was not kept) and
    `ruled_because` their reason; where the verdict is another, something above the rules made it so. `changes` are
    single changes that would let it cross. `replay` says whether deciding again gives the same. `earlier` are
    other verdicts about the same for the same audience, newest first.
    """

    kept: KeptVerdict
    contribution: Contribution | None
    ruled: str
    ruled_because: str
    decided_at: datetime | None
    matched: tuple[MatchedRule, ...]
    facts: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    redactions: tuple[str, ...]
    changes: tuple[str, ...]
    replay: Replay
    earlier: tuple[KeptVerdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which verdicts to list; "" for any. `about` is the id or URI of a contribution, or the URI of an activity."""

    about: str = ""
    audience: str = ""
    verdict: VerdictWord | Literal[""] = ""
    rule: str = ""
    direction: Literal["in", "out", ""] = ""


def _require_duty(by: Member) -> None:
    if not any(by.may(duty) for duty in DUTIES):
        raise NotAllowed("Your role here does not include the boundary.", f"{by.id} has no such duty")


async def explain(house: House, by: Member, verdict_id: str) -> Explanation:
    """Explain one verdict, past or present. Raises Missing."""
    _require_duty(by)
    kept = await verdict_rows.by_id(house.store, verdict_id)
    if kept is None or await _is_hidden(house, by, kept):
        raise Missing("decision", f"no verdict {verdict_id} for {by.id}")
    return await _explained(house, kept)


async def _is_hidden(house: House, by: Member, kept: KeptVerdict) -> bool:
    """Say whether a verdict is about something in a jam that is not there for somebody."""
    hidden = await hidden_jams(house, by)
    if not hidden:
        return False
    made = await contributions.by_id(house.store, kept.subject_id)
    facts = json.loads(kept.verdict.facts)
    keys = (await memberships.forums_in(house.store, hidden)).values()
    return (made is not None and made.jam_id in hidden) or facts.get("forum", "") in keys


async def explain_for(house: House, by: Member, contribution_id: str, audience: str) -> Explanation:
    """Explain the newest verdict about a contribution for one audience. Raises Missing."""
    _require_duty(by)
    found = await verdict_rows.about(house.store, contribution_id, audience)
    if not found or await _is_hidden(house, by, found[0]):
        raise Missing("decision", f"no verdict on {contribution_id} for {audience}")
    return await _explained(house, found[0])


async def list_decisions(
    house: House, by: Member, wanted: Wanted, before: tuple[float, str] | None = None, limit: int = 50
) -> list[KeptVerdict]:
    """Return crossings and refusals, newest first, from before a (time, id)."""
    _require_duty(by)
    hidden = await hidden_jams(house, by)
    return await verdict_rows.page(
        house.store,
        subjects=await _subjects(house, wanted.about),
        audience=wanted.audience,
        effect=wanted.verdict,
        rule=wanted.rule,
        direction=wanted.direction,
        before=before,
        limit=limit,
        without_jams=hidden,
        without_forums=(await memberships.forums_in(house.store, hidden)).values(),
    )


async def contributions_of(house: House, kept: Sequence[KeptVerdict]) -> dict[str, Contribution]:
    """Return what these verdicts are about, by id; what was sent to us and not let in is not among it."""
    found = {}
    for subject_id in {one.subject_id for one in kept if one.direction == "out"}:
        made = await contributions.by_id(house.store, subject_id)
        if made is not None:
            found[subject_id] = made
    return found


async def words_at(house: House, kept: KeptVerdict) -> tuple[str, str] | None:
    """Return title and text of the very version that a verdict is about, or None where they are gone."""
    if kept.direction == "in":
        return None
    found = await contributions.words_of(house.store, [kept.subject_id])
    return found.get((kept.subject_id, kept.version))


async def _subjects(house: House, about: str) -> tuple[str, ...]:
    if not about:
        return ()
    made = await contributions.by_id(house.store, about) or await contributions.by_uri(house.store, about)
    hashed = subject_of(about)
    arrived = (subject_of(made.activity_uri),) if made and made.activity_uri else ()
    return (made.id, *arrived) if made else (hashed,)


def subject_of(activity_uri: str) -> str:
    """Return under what the verdict on a received activity is kept: the hash of its id."""
    return hashlib.sha256(activity_uri.encode()).hexdigest()[:32]


async def _explained(house: House, kept: KeptVerdict) -> Explanation:
    table = await _table(house, kept.verdict.rule_set)
    facts = _facts(upgraded(json.loads(kept.verdict.facts)))
    decision = _decision(kept)
    at = datetime.fromisoformat(decision["at"]) if decision else None
    blocked = kept.verdict.verdict in ("held", "denied") and decision.get("effect") in ("hold", "deny")
    changes = single_changes(facts, table.compiled, at) if blocked and facts and table and at else ()
    made = await contributions.by_id(house.store, kept.subject_id) if kept.direction == "out" else None
    others = await verdict_rows.about(house.store, kept.subject_id, kept.verdict.audience)
    return Explanation(
        kept=kept,
        contribution=made,
        ruled=decision.get("effect", ""),
        ruled_because=decision.get("reason", ""),
        decided_at=at,
        matched=_matched(kept, decision, table),
        facts=facts_in_words(facts) if facts else (),
        places=_places(kept, decision),
        redactions=tuple(decision.get("redactions", ())),
        changes=changes,
        replay=replay(kept, table),
        earlier=tuple(one for one in others if one.verdict.id != kept.verdict.id),
    )


def _decision(kept: KeptVerdict) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kept.verdict.decision) if kept.verdict.decision else {}
    return found


def _facts(stored: Mapping[str, Any]) -> Facts | None:
    """Return the facts as they were, or None where a version of the software that knew others wrote them."""
    try:
        return Facts.from_json(stored)
    except FactsError:
        return None


async def _table(house: House, version: int) -> RuleSet | None:
    stored = await rule_sets.by_version(house.store, version)
    try:
        return parse_rules(stored.text) if stored else None
    except RuleErrors:
        return None


def _matched(kept: KeptVerdict, decision: dict[str, Any], table: RuleSet | None) -> tuple[MatchedRule, ...]:
    """Return the rules that matched, those that decided first, in the words of the version that decided."""
    deciding = decision.get("rules", kept.verdict.rules)
    ids = dict.fromkeys([*deciding, *kept.verdict.rules, *decision.get("matched", ())])
    known = table.by_id if table else {}
    return tuple(
        MatchedRule(
            id=rule_id,
            kind=known[rule_id].kind,
            effect=known[rule_id].effect,
            sentence=sentence(known[rule_id]),
            note=known[rule_id].note,
            decides=rule_id in deciding,
        )
        for rule_id in ids
        if rule_id in known
    )


def _places(kept: KeptVerdict, decision: dict[str, Any]) -> tuple[Place, ...]:
    taken = {"person" if each == NAME_TO_ROLE else each for each in decision.get("redactions", ())}
    crossed = decision.get("effect") in ("redact", "hold")
    return tuple(
        Place(kind, detail, where, start, end, masked=crossed and kind in taken)
        for kind, detail, where, start, end in json.loads(kept.verdict.found)
    )


def replay(kept: KeptVerdict, table: RuleSet | None) -> Replay:
    """Decide the kept facts again by the version that decided them, and compare with what was kept."""
    facts, before = _facts(json.loads(kept.verdict.facts)), _decision(kept)
    if facts is None or table is None or not before:
        return "not kept"
    at = datetime.fromisoformat(before["at"])
    again = decision_json(decide(facts, table, at), at)
    if again == kept.verdict.decision:
        return "same"
    after = json.loads(again)
    same = all(after.get(name) == before.get(name) for name in ESSENTIAL)
    return "in other words" if same else "otherwise"


@dataclass(slots=True)
class Replayed:
    """How many decisions were decided again, and how they came out. `otherwise` names those that should not have."""

    count: int = 0
    reworded: int = 0
    not_kept: int = 0
    otherwise: list[str] = field(default_factory=list)


async def replay_all(house: House, limit: int = 20_000) -> Replayed:
    """Decide the newest `limit` decisions again."""
    done, tables = Replayed(), dict[int, RuleSet | None]()
    before: tuple[float, str] | None = None
    while done.count < limit:
        kept = await verdict_rows.page(house.store, before=before, limit=min(500, limit - done.count))
        if not kept:
            break
        for one in kept:
            version = one.verdict.rule_set
            if version not in tables:
                tables[version] = await _table(house, version)
            _note(done, one, replay(one, tables[version]))
        last = kept[-1].verdict
        before = (last.decided_at.timestamp() if last.decided_at else 0.0, last.id)
    return done


def _note(done: Replayed, one: KeptVerdict, outcome: Replay) -> None:
    done.count += 1
    if outcome == "in other words":
        done.reworded += 1
    elif outcome == "not kept":
        done.not_kept += 1
    elif outcome == "otherwise":
        done.otherwise.append(one.verdict.id)
