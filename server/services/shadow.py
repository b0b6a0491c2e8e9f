"""A table in the shadow: asked about everything that is decided, it decides nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.boundary.decide import decide
from server.boundary.facts import Facts
from server.domain.actors import Member
from server.domain.crossings import ShadowDifference, StoredRules, Tried, Verdict, VerdictWord
from server.domain.errors import Conflict
from server.domain.sentences import later, say
from server.services.house import House, Rulebook
from server.services.judgement import WORDS
from server.services.rules import Change, rules_in_force, tidy, version_of, weigh_against
from server.storage import events, rule_sets, shadows
from server.storage import verdicts as verdict_rows

STRICTNESS: dict[VerdictWord, int] = {"allowed": 0, "redacted": 1, "held": 2, "denied": 3, "inside": 3}
FAULT = "The table in the shadow could not decide, so it would have refused this."


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """What a table in the shadow would have made of the verdicts since it is there.

    `judged` counts them all, `otherwise` those it would have made otherwise, `opening` those more openly;
    `differences` are some of these, the opening ones first.
    """

    stored: StoredRules
    judged: int
    otherwise: int
    opening: int
    differences: tuple[ShadowDifference, ...]

    @property
    def sentence(self) -> str:
        if not self.judged:
            return say("Nothing has been decided since it is in the shadow.")
        said = later("It would have decided %(n)s of %(all)s otherwise.")
        if self.otherwise:
            said = later("It would have decided %(n)s of %(all)s otherwise, %(opening)s more openly.")
        return say(said, n=self.otherwise, all=self.judged, opening=self.opening)


async def start_shadow(house: House, by: Member, text: str, note: str = "") -> tuple[StoredRules, Change]:
    """Try a table beside the one in force. It takes the place of one that is in the shadow already."""
    by.require("rules")
    in_force, old = await rules_in_force(house)
    text = tidy(text)
    change_ = await weigh_against(house, in_force, old, text)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await rule_sets.retire(change, "shadow", now)
        version = await rule_sets.insert(text, by.id, note, "shadow", now, base=in_force.version, began_at=now)
        await events.audit(change, by.id, "try rules in the shadow", str(version), now)
    return await version_of(house, version), change_


async def end_shadow(house: House, by: Member) -> None:
    """Take the table out of the shadow. What it would have decided otherwise is kept."""
    by.require("rules")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if not await rule_sets.retire(change, "shadow", now):
            raise Conflict("There is no table in the shadow.")
        await events.audit(change, by.id, "end the shadow", "", now)


async def report(house: House, limit: int = 50) -> ShadowReport | None:
    """Return what the table in the shadow would have decided otherwise so far; None when there is none."""
    found = await rule_sets.in_state(house.store, "shadow")
    if not found:
        return None
    stored = found[0]
    since = (stored.began_at or stored.created_at).timestamp()
    otherwise, opening = await shadows.counts(house.store, stored.version)
    return ShadowReport(
        stored,
        await verdict_rows.count_since(house.store, since),
        otherwise,
        opening,
        tuple(await shadows.newest(house.store, stored.version, limit)),
    )


def try_out(
    book: Rulebook,
    text: str,
    verdicts: Sequence[Verdict],
    kinds: frozenset[str],
    now: datetime,
    narrow: Callable[[Verdict], Verdict],
) -> list[Verdict]:
    """Have the table in the shadow look at what was just judged, with what its own detectors find in `text`.

    `kinds` is what the detectors in force found; `narrow` applies what stands above any rules. The verdicts stay
    as they are, whatever goes wrong here: a shadow that fails counts as one that refuses.
    """
    shadow = book.shadow
    if shadow is None:
        return list(verdicts)
    found = shadow.detectors.kinds(text)
    return [replace(one, tried=_try_one(shadow, one, found, kinds, now, narrow)) for one in verdicts]


def _try_one(
    shadow: Rulebook,
    verdict: Verdict,
    found: frozenset[str],
    kinds: frozenset[str],
    now: datetime,
    narrow: Callable[[Verdict], Verdict],
) -> Tried:
    try:
        facts = Facts.from_json(json.loads(verdict.facts))
        decision = decide(replace(facts, findings=found | (facts.findings - kinds)), shadow.rules, now)
        other = narrow(
            replace(
                verdict,
                verdict=WORDS[decision.effect],
                rules=decision.rules,
                reason=decision.reason,
                redactions=decision.redactions,
            )
        )
    except Exception:
        # Whatever it is, it must not touch what is in force.
        other = replace(verdict, verdict="denied", rules=(), reason=FAULT, redactions=frozenset())
    return Tried(
        rule_set=shadow.version,
        verdict=other.verdict,
        rules=other.rules,
        reason=other.reason,
        differs=(other.verdict, other.redactions) != (verdict.verdict, verdict.redactions),
        opens=_opens(verdict, other),
    )


def _opens(before: Verdict, after: Verdict) -> bool:
    """Say whether the second is less strict than the first."""
    if before.verdict != after.verdict:
        return STRICTNESS[after.verdict] < STRICTNESS[before.verdict]
    return after.crosses and not before.redactions <= after.redactions
