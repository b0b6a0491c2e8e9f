"""What the rules said, with the facts they saw."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from server.database import Database, Transaction
from server.domain.crossings import KeptVerdict, Verdict
from server.storage.times import moment

FIELDS = (
    "id, contribution_id, version, audience, act, effect, rules, reason, facts, rule_set, decided_at, decision, found"
)
KEPT = f"SELECT {FIELDS}, 0 AS past FROM verdicts"
PAST = f"SELECT {FIELDS}, 1 AS past FROM past_verdicts"
KEY = "contribution_id = ? AND version = ? AND audience = ? AND act = ?"
NEW = f"INSERT INTO verdicts ({FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
Key = tuple[str, int, str, str]

HIDDEN = (
    "contribution_id NOT IN (SELECT c.id FROM contributions c JOIN json_each(?) j ON j.value = c.jam_id)"
    " AND coalesce(json_extract(facts, '$.forum'), '') NOT IN (SELECT value FROM json_each(?))"
)
WORDS = "act IN ('Create', 'Update')"
CROSSED = "{}.effect IN ('allowed', 'redacted')"
COUNTED = 50


async def put(
    change: Transaction, subject_id: str, version: int, act: str, made: Verdict, id_: str, now: float
) -> None:
    """Write what was decided. The same decided again keeps its id; what was decided otherwise is kept as past."""
    key: Key = (subject_id, version, made.audience, act)
    rules = json.dumps(made.rules)
    said = (made.verdict, rules, made.reason, made.facts, made.rule_set, now, made.decision, made.found)
    if await change.execute(NEW, (id_, *key, *said)):
        return
    row = await change.fetch_one(f"SELECT {FIELDS} FROM verdicts WHERE {KEY}", key)
    if row is not None and _same(row, made):
        id_ = row["id"]
    else:
        await change.execute(f"INSERT INTO past_verdicts ({FIELDS}) SELECT {FIELDS} FROM verdicts WHERE {KEY}", key)
    await change.execute(
        "UPDATE verdicts SET id = ?, effect = ?, rules = ?, reason = ?, facts = ?, rule_set = ?, decided_at = ?,"
        f" decision = ?, found = ? WHERE {KEY}",
        (id_, *said, *key),
    )


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _same(row: Mapping[str, Any], made: Verdict) -> bool:
    """Say whether a verdict says what the row does, whenever and by whichever version of the rules."""
    told = (row["effect"], tuple(json.loads(row["rules"])), row["reason"])
    return told == (made.verdict, made.rules, made.reason) and _bare(row["decision"]) == _bare(made.decision)


def _bare(decision: str) -> object:
    return {key: value for key, value in json.loads(decision).items() if key != "at"} if decision else None


def _verdict(row: Mapping[str, Any]) -> Verdict:
    decision = json.loads(row["decision"]) if row["decision"] else {}
    return Verdict(
        id=row["id"],
        audience=row["audience"],
        verdict=row["effect"],
        rules=tuple(json.loads(row["rules"])),
        reason=row["reason"],
        redactions=frozenset(decision.get("redactions", ())) if row["effect"] == "redacted" else frozenset(),
        advice=decision.get("would_allow") or "" if row["effect"] in ("held", "denied") else "",
        facts=row["facts"],
        rule_set=row["rule_set"],
        decided_at=moment(row["decided_at"]),
        decision=row["decision"],
        found=row["found"],
    )


def _act(row: Mapping[str, Any]) -> str:
    """Return what act was judged: of words, what they were to the one audience."""
    named: str = row["act"]
    return str(json.loads(row["facts"]).get("act", named)) if named in ("Create", "Update") else named


def _kept(row: Mapping[str, Any]) -> KeptVerdict:
    return KeptVerdict(
        subject_id=row["contribution_id"],
        version=row["version"],
        act=_act(row),
        verdict=_verdict(row),
        past=bool(row["past"]),
    )


async def of(store: Database, contribution_id: str) -> list[Verdict]:
    """Return the newest verdict for each audience of a contribution."""
    rows = await store.fetch(
        "SELECT * FROM verdicts v WHERE contribution_id = ? AND version = (SELECT max(version) FROM verdicts"
        " WHERE contribution_id = v.contribution_id AND audience = v.audience) ORDER BY audience, decided_at",
        (contribution_id,),
    )
    return list({row["audience"]: _verdict(row) for row in rows}.values())


async def effects_of(store: Database, contribution_ids: Sequence[str]) -> dict[tuple[str, int, str], str]:
    """Return (contribution id, version, audience) → what was last said of those words."""
    rows = await store.fetch(
        f"SELECT contribution_id, version, audience, effect FROM verdicts WHERE {WORDS}"
        " AND contribution_id IN (SELECT value FROM json_each(?)) ORDER BY decided_at",
        (json.dumps(contribution_ids),),
    )
    return {(row["contribution_id"], row["version"], row["audience"]): row["effect"] for row in rows}


async def behind(
    store: Database, contribution_ids: Sequence[str]
) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """Return (contribution id, audience) → (id of its newest verdict, the rules behind it)."""
    rows = await store.fetch(
        "SELECT id, contribution_id, audience, rules FROM verdicts"
        " WHERE contribution_id IN (SELECT value FROM json_each(?)) ORDER BY version, decided_at",
        (json.dumps(contribution_ids),),
    )
    return {
        (row["contribution_id"], row["audience"]): (row["id"], tuple(json.loads(row["rules"]))) for row in rows
    }


async def by_id(store: Database, id_: str) -> KeptVerdict | None:
    """Return one verdict, past or present."""
    row = await store.fetch_one(f"{KEPT} WHERE id = ? UNION ALL {PAST} WHERE id = ?", (id_, id_))
    return None if row is None else _kept(row)


async def about(store: Database, subject_id: str, audience: str) -> list[KeptVerdict]:
    """Return all that was ever decided of something for one audience, newest first."""
    where = "WHERE contribution_id = ? AND audience = ?"
    key = (subject_id, audience)
    rows = await store.fetch(f"{KEPT} {where} UNION ALL {PAST} {where} ORDER BY decided_at DESC", (*key, *key))
    return [_kept(row) for row in rows]


async def page(
    store: Database,
    *,
    subjects: Sequence[str] = (),
    audience: str = "",
    effect: str = "",
    rule: str = "",
    direction: str = "",
    before: tuple[float, str] | None = None,
    limit: int = 50,
    without_jams: Collection[str] = (),
    without_forums: Collection[str] = (),
) -> list[KeptVerdict]:
    """Return verdicts that all the filters fit ("" or () for any), newest first, from before a (time, id).

    Left out is what is about something in `without_jams` (ids), or in `without_forums` (names in the rules).
    """
    asked: list[tuple[str, tuple[object, ...]]] = []
    if subjects:
        asked.append((f"contribution_id IN ({_marks(len(subjects))})", tuple(subjects)))
    if audience:
        asked.append(("audience = ?", (audience,)))
    if effect:
        asked.append(("effect = ?", (effect,)))
    if rule:
        asked.append(("EXISTS (SELECT 1 FROM json_each(rules) WHERE value = ?)", (rule,)))
    if direction:
        asked.append((f"act {'LIKE' if direction == 'in' else 'NOT LIKE'} 'in %'", ()))
    if without_jams or without_forums:
        jams, forums = json.dumps(sorted(without_jams)), json.dumps(sorted(without_forums))
        asked.append((HIDDEN, (jams, forums)))
    if before is not None:
        asked.append(("(decided_at, id) < (?, ?)", before))
    where = f" WHERE {' AND '.join(sql for sql, _ in asked)}" if asked else ""
    values = [value for _, given in asked for value in given]
    rows = await store.fetch(f"{KEPT}{where} ORDER BY decided_at DESC, id DESC LIMIT ?", (*values, limit))
    return [_kept(row) for row in rows]


async def count_since(store: Database, since: float) -> int:
    """Count the verdicts about what has readers outside that were made since a time (unix seconds)."""
    found = await store.fetch_value(
        "SELECT count(*) FROM verdicts WHERE decided_at >= ? AND effect != 'inside'", (since,)
    )
    return int(found or 0)


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


async def crossed_to(
    store: Database, thread_id: str, audiences: Sequence[str], made_at: float, but: str
) -> frozenset[str]:
    """Return those of the audiences to which anything of a thread that is older than one contribution was let across.

    `made_at` is when that one was made, in unix seconds, and `but` its id. What came after it does not count, so that
    it is the first for ever where it was once.
    """
    if not thread_id:
        return frozenset()
    rows = await store.fetch(
        "SELECT a.value AS audience FROM json_each(?) a WHERE EXISTS (SELECT 1 FROM contributions c"
        f" JOIN verdicts v ON v.contribution_id = c.id AND v.audience = a.value AND {CROSSED.format('v')}"
        " WHERE c.thread_id = ? AND (c.created_at, c.id) < (?, ?))",
        (json.dumps(audiences), thread_id, made_at, but),
    )
    return frozenset(row["audience"] for row in rows)


async def crossed_before(store: Database, contribution_id: str, version: int) -> frozenset[str]:
    """Return the audiences to which earlier words of a contribution were let across."""
    if version < 2:
        return frozenset()
    rows = await store.fetch(
        f"SELECT DISTINCT v.audience FROM verdicts v WHERE v.contribution_id = ? AND v.version < ?"
        f" AND v.{WORDS} AND {CROSSED.format('v')}",
        (contribution_id, version),
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


async def facts_page(
    store: Database, before: tuple[float, str] | None, limit: int
) -> list[tuple[str, str, int, str, float]]:
    """Return (verdict id, contribution id, version, facts JSON, time) of verdicts, newest first, from before one."""
    where = "" if before is None else "WHERE (decided_at, id) < (?, ?)"
    rows = await store.fetch(
        f"SELECT id, contribution_id, version, facts, decided_at FROM verdicts {where}"
        " ORDER BY decided_at DESC, id DESC LIMIT ?",
        (*(before or ()), limit),
    )
    return [(row["id"], row["contribution_id"], row["version"], row["facts"], row["decided_at"]) for row in rows]


async def rule_hits(store: Database) -> dict[str, tuple[int, float]]:
    """Count how often each rule decided, and when last (unix seconds)."""
    rows = await store.fetch(
        "SELECT r.value AS rule, count(*) AS hits, max(v.decided_at) AS last"
        " FROM verdicts v, json_each(v.rules) r GROUP BY r.value"
    )
    return {row["rule"]: (row["hits"], row["last"]) for row in rows}
