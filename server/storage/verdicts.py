"""What the rules said, with the facts they saw."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.crossings import Verdict

CROSSED = "{}.effect IN ('allowed', 'redacted')"
COUNTED = 50


async def put(
    change: Transaction, contribution_id: str, version: int, act: str, made: Verdict, id_: str, now: float
) -> None:
    """Write what was decided; deciding the same again replaces it."""
    await change.execute(
        "INSERT INTO verdicts (id, contribution_id, version, audience, act, effect, rules, reason, facts, rule_set,"
        " decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (contribution_id, version, audience, act) DO UPDATE SET effect = excluded.effect,"
        " rules = excluded.rules, reason = excluded.reason, facts = excluded.facts,"
        " rule_set = excluded.rule_set, decided_at = excluded.decided_at",
        (
            id_,
            contribution_id,
            version,
            made.audience,
            act,
            made.verdict,
            json.dumps(made.rules),
            made.reason,
            made.facts,
            made.rule_set,
            now,
        ),
    )


def _verdict(row: Mapping[str, Any]) -> Verdict:
    return Verdict(
        audience=row["audience"],
        verdict=row["effect"],
        rules=tuple(json.loads(row["rules"])),
        reason=row["reason"],
        facts=row["facts"],
        rule_set=row["rule_set"],
    )


async def of(store: Database, contribution_id: str) -> list[Verdict]:
    """Return the newest verdict for each audience of a contribution."""
    rows = await store.fetch(
        "SELECT * FROM verdicts v WHERE contribution_id = ? AND version = (SELECT max(version) FROM verdicts"
        " WHERE contribution_id = v.contribution_id AND audience = v.audience) ORDER BY audience",
        (contribution_id,),
    )
    return list({row["audience"]: _verdict(row) for row in rows}.values())


async def rules_of(store: Database, contribution_ids: Sequence[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return (contribution id, audience) → the rules behind its newest verdict."""
    rows = await store.fetch(
        "SELECT contribution_id, audience, rules FROM verdicts"
        " WHERE contribution_id IN (SELECT value FROM json_each(?)) ORDER BY version, decided_at",
        (json.dumps(contribution_ids),),
    )
    return {(row["contribution_id"], row["audience"]): tuple(json.loads(row["rules"])) for row in rows}


async def standing(store: Database, contribution_id: str) -> dict[str, str]:
    """Return, by audience, what was said of the words that stand: while an edit is held, those before it do."""
    rows = await store.fetch(
        "SELECT audience, effect FROM verdicts WHERE contribution_id = ? ORDER BY version DESC, decided_at DESC",
        (contribution_id,),
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["audience"], []).append(row["effect"])
    return {audience: _standing(effects) for audience, effects in found.items()}


def _standing(effects: list[str]) -> str:
    """Return the newest of some verdicts (newest first), or, where it is held, the one that it leaves in force."""
    decided = next((effect for effect in effects if effect != "held"), "held")
    return decided if effects[0] != "held" or decided in ("allowed", "redacted") else "held"


async def crossed_to(store: Database, thread_id: str, audiences: Sequence[str], but: str) -> frozenset[str]:
    """Return those of the audiences to which anything of a thread, other than one contribution, was let across."""
    if not thread_id:
        return frozenset()
    rows = await store.fetch(
        "SELECT a.value AS audience FROM json_each(?) a WHERE EXISTS (SELECT 1 FROM contributions c"
        f" JOIN verdicts v ON v.contribution_id = c.id AND v.audience = a.value AND {CROSSED.format('v')}"
        " WHERE c.thread_id = ? AND c.id != ?)",
        (json.dumps(audiences), thread_id, but),
    )
    return frozenset(row["audience"] for row in rows)


async def crossings_of(store: Database, author_id: str, before: float, but: str) -> dict[str, int]:
    """Count, by audience, the contributions of an author that were let across, of those made up to a moment.

    Only the last COUNTED that crossed to anyone are looked at. `before` is in unix seconds; `but` is the id of
    one contribution that does not count.
    """
    rows = await store.fetch(
        "SELECT v.audience, count(DISTINCT v.contribution_id) AS number FROM (SELECT c.id FROM contributions c"
        " WHERE c.author_id = ? AND c.created_at <= ? AND c.id != ? AND EXISTS (SELECT 1 FROM verdicts e"
        f" WHERE e.contribution_id = c.id AND {CROSSED.format('e')}) ORDER BY c.created_at DESC LIMIT {COUNTED}) made"
        f" JOIN verdicts v ON v.contribution_id = made.id AND {CROSSED.format('v')} GROUP BY v.audience",
        (author_id, before, but),
    )
    return {row["audience"]: row["number"] for row in rows}


async def stored_facts(store: Database, limit: int = 100_000) -> list[tuple[str, str]]:
    """Return (verdict id, facts JSON) of stored verdicts, newest first: what a dry run goes over."""
    rows = await store.fetch("SELECT id, facts FROM verdicts ORDER BY decided_at DESC LIMIT ?", (limit,))
    return [(row["id"], row["facts"]) for row in rows]


async def rule_hits(store: Database) -> dict[str, tuple[int, float]]:
    """Count how often each rule decided, and when last (unix seconds)."""
    rows = await store.fetch(
        "SELECT r.value AS rule, count(*) AS hits, max(v.decided_at) AS last"
        " FROM verdicts v, json_each(v.rules) r GROUP BY r.value"
    )
    return {row["rule"]: (row["hits"], row["last"]) for row in rows}
