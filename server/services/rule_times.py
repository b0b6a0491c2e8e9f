"""Rules that begin or end by themselves: what stands outside is brought in line with the table when one does."""

from __future__ import annotations

from datetime import datetime

from server.services.house import House
from server.storage import events, rule_sets


class RuleClock:
    """Call `run_once` again and again; it returns 1 when a rule began or ended since the table was last gone by."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._gone_by: datetime | None = None

    async def run_once(self) -> int:
        """Have everything judged again when the time of a rule has come. That several processes do so is harmless."""
        house, now = self._house, self._house.now()
        stored = await rule_sets.active(house.store)
        if stored is None:
            return 0
        rules = (await house.rulebook()).rules.rules
        moments = [at for rule in rules for at in (rule.starts_at, rule.expires_at) if at is not None]
        if not moments:
            return 0
        since = self._gone_by or await events.last_review(house.store)
        self._gone_by = now
        if not any(at <= now and (since is None or since < at) for at in moments):
            return 0
        async with house.store.transaction() as change:
            await events.append(change, "RulesApplied", str(stored.version), {"by": "time"}, now.timestamp())
        return 1
