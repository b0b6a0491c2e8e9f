"""Rules that time itself applies or ends: what stands outside is brought in line when it does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from server.boundary.rule import Rule
from server.services.house import House
from server.storage import contributions, events, rule_sets


class RuleClock:
    """Call `run_once` again and again; it returns how often something is to be judged again for the time's sake."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._gone_by: datetime | None = None

    async def run_once(self) -> int:
        """Have judged again what the time has changed since the last call. That several processes do so is harmless.

        A rule that began or ended concerns everything; one about `age` each contribution that has reached that age.
        """
        house, now = self._house, self._house.now()
        stored = await rule_sets.active(house.store)
        if stored is None:
            return 0
        rules = (await house.rulebook()).rules.rules
        moments = [at for rule in rules for at in (rule.starts_at, rule.expires_at) if at is not None]
        ages = turning_ages(rules)
        if not moments and not ages:
            return 0
        since = aged = self._gone_by
        if since is None:
            # A process that has just begun goes on where others were.
            since = await events.last_review(house.store)
            aged = max((at for at in (since, await events.last_aged(house.store)) if at), default=now)
        self._gone_by = now
        if any(at <= now and (since is None or since < at) for at in moments):
            async with house.store.transaction() as change:
                await events.append(change, "RulesApplied", str(stored.version), {"by": "time"}, now.timestamp())
            return 1
        return await self._age(ages, aged or now, now)

    async def _age(self, ages: Iterable[int], since: datetime, now: datetime) -> int:
        """Have judged again what reached one of some ages, in hours, after a moment and until now."""
        house, reached = self._house, set[str]()
        for hours in ages:
            span = timedelta(hours=hours)
            reached |= await contributions.written_between(
                house.store, (since - span).timestamp(), (now - span).timestamp()
            )
        if reached:
            async with house.store.transaction() as change:
                for one in sorted(reached):
                    await events.append(change, "AgeReached", one, {}, now.timestamp())
        return len(reached)


def turning_ages(rules: Iterable[Rule]) -> set[int]:
    """Return the ages, in whole hours, at which some rule begins or ceases to match."""
    spans = [rule.conditions.age for rule in rules if rule.conditions.age is not None]
    ends = {span.most + 1 for span in spans if span.most is not None}
    return ({span.least for span in spans} | ends) - {0}
