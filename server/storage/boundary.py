"""Rule sets, partners, verdicts, holds, twins, pseudonyms and recalls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.crossings import Hold, Partner, StoredRules, Verdict
from server.storage.rows import HoldRow, PseudonymRow, RuleSetRow, TwinRow
from server.storage.times import moment, moment_or_none


def _rules(row: Mapping[str, Any]) -> StoredRules:
    return StoredRules(
        version=row["version"],
        text=row["text"],
        state=row["state"],
        author_id=row["author_id"],
        approver_id=row["approver_id"],
        note=row["note"],
        created_at=moment(row["created_at"]),
    )


async def active_rules(store: Database) -> StoredRules | None:
    row = await store.fetch_one("SELECT * FROM rule_sets WHERE state = 'active' ORDER BY version DESC LIMIT 1")
    return None if row is None else _rules(row)


async def active_rules_in(change: Transaction) -> StoredRules | None:
    """Return the rules in force as this transaction sees them."""
    rows = await change.fetch("SELECT * FROM rule_sets WHERE state = 'active' ORDER BY version DESC LIMIT 1", ())
    return _rules(rows[0]) if rows else None


async def rules_version(store: Database, version: int) -> StoredRules | None:
    row = await store.fetch_one("SELECT * FROM rule_sets WHERE version = ?", (version,))
    return None if row is None else _rules(row)


async def rule_versions(store: Database, limit: int = 50) -> list[StoredRules]:
    rows = await store.fetch("SELECT * FROM rule_sets ORDER BY version DESC LIMIT ?", (limit,))
    return [_rules(row) for row in rows]


async def insert_rules(text: str, author_id: str, note: str, state: str, now: float) -> int:
    row = await RuleSetRow.create(text=text, state=state, author_id=author_id, note=note, created_at=now)
    return int(row.version)


async def activate_rules(change: Transaction, version: int, approver_id: str) -> None:
    """Put one version in force and retire the others that were."""
    await change.execute("UPDATE rule_sets SET state = 'retired' WHERE state = 'active' AND version != ?", (version,))
    await RuleSetRow.filter(version=version).update(state="active", approver_id=approver_id)


async def close_waiting_rules(change: Transaction, state: str) -> None:
    await change.execute("UPDATE rule_sets SET state = ? WHERE state = 'waiting'", (state,))


def _partner(row: Mapping[str, Any]) -> Partner:
    return Partner(
        host=row["host"],
        name=row["name"],
        tier=row["tier"],
        clearance=row["clearance"],
        state=row["state"],
        added_at=moment(row["added_at"]),
    )


async def partners(store: Database) -> list[Partner]:
    """Return all partners but removed ones, by host."""
    rows = await store.fetch("SELECT * FROM partners WHERE state != 'removed' ORDER BY host")
    return [_partner(row) for row in rows]


async def partner(store: Database, host: str) -> Partner | None:
    row = await store.fetch_one("SELECT * FROM partners WHERE host = ? AND state != 'removed'", (host,))
    return None if row is None else _partner(row)


async def put_partner(change: Transaction, made: Partner) -> None:
    await change.execute(
        "INSERT INTO partners (host, name, tier, clearance, state, added_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (host) DO UPDATE SET name = excluded.name, tier = excluded.tier,"
        " clearance = excluded.clearance, state = excluded.state",
        (made.host, made.name, made.tier, made.clearance, made.state, made.added_at.timestamp()),
    )


async def put_verdict(
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


async def verdicts(store: Database, contribution_id: str) -> list[Verdict]:
    """Return the newest verdict for each audience of a contribution."""
    rows = await store.fetch(
        "SELECT * FROM verdicts v WHERE contribution_id = ? AND version = (SELECT max(version) FROM verdicts"
        " WHERE contribution_id = v.contribution_id AND audience = v.audience) ORDER BY audience",
        (contribution_id,),
    )
    return list({row["audience"]: _verdict(row) for row in rows}.values())


async def standing_verdicts(store: Database, contribution_id: str) -> dict[str, str]:
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


async def crossed_before(store: Database, thread_id: str, audience: str, but: str) -> bool:
    """Say whether anything of a thread, other than one contribution, was let across to an audience."""
    found = await store.fetch_value(
        "SELECT 1 FROM verdicts v JOIN contributions c ON c.id = v.contribution_id"
        " WHERE c.thread_id = ? AND v.audience = ? AND v.effect IN ('allowed', 'redacted') AND c.id != ? LIMIT 1",
        (thread_id, audience, but),
    )
    return found is not None


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


def _hold(row: Mapping[str, Any]) -> Hold:
    return Hold(
        id=row["id"],
        direction=row["direction"],
        contribution_id=row["contribution_id"],
        version=row["version"],
        activity_uri=row["activity_uri"],
        peer=row["peer"],
        forum_id=row["forum_id"],
        author=row["author"],
        preview=row["preview"],
        copies=json.loads(row["copies"]),
        rules=tuple(json.loads(row["rules"])),
        reason=row["reason"],
        rule_set=row["rule_set"],
        state=row["state"],
        asked_at=moment(row["asked_at"]),
        decided_by=row["decided_by"],
        decided_at=moment_or_none(row["decided_at"]),
        note=row["note"],
    )


async def hold(store: Database, hold_id: str) -> Hold | None:
    row = await store.fetch_one("SELECT * FROM holds WHERE id = ?", (hold_id,))
    return None if row is None else _hold(row)


async def hold_on(
    store: Database, direction: str, contribution_id: str = "", version: int = 0, activity_uri: str = ""
) -> Hold | None:
    """Find the hold on a version (outgoing) or on a received activity (incoming)."""
    row = await store.fetch_one(
        "SELECT * FROM holds WHERE direction = ? AND contribution_id = ? AND version = ? AND activity_uri = ?",
        (direction, contribution_id, version, activity_uri),
    )
    return None if row is None else _hold(row)


async def holds(store: Database, state: str = "waiting", after: float = 0.0, limit: int = 50) -> list[Hold]:
    """Return holds in one state, oldest first, asked after a moment in unix seconds."""
    rows = await store.fetch(
        "SELECT * FROM holds WHERE state = ? AND asked_at > ? ORDER BY asked_at LIMIT ?", (state, after, limit)
    )
    return [_hold(row) for row in rows]


async def count_holds(store: Database) -> int:
    return int(await store.fetch_value("SELECT count(*) FROM holds WHERE state = 'waiting'") or 0)


async def put_hold(made: Hold) -> None:
    """Write a hold; one that waits on the same thing already is left as it is."""
    await HoldRow.bulk_create(
        [
            HoldRow(
                id=made.id,
                direction=made.direction,
                contribution_id=made.contribution_id,
                version=made.version,
                activity_uri=made.activity_uri,
                peer=made.peer,
                forum_id=made.forum_id,
                author=made.author,
                preview=made.preview,
                copies=json.dumps(made.copies),
                rules=json.dumps(made.rules),
                reason=made.reason,
                rule_set=made.rule_set,
                state=made.state,
                asked_at=made.asked_at.timestamp(),
            )
        ],
        ignore_conflicts=True,
    )


async def decide_hold(change: Transaction, hold_id: str, state: str, by: str, note: str, now: float) -> bool:
    """Move a waiting hold on; return False when it waits no longer."""
    return bool(
        await change.execute(
            "UPDATE holds SET state = ?, decided_by = ?, decided_at = ?, note = ? WHERE id = ? AND state = 'waiting'",
            (state, by, now, note, hold_id),
        )
    )


async def void_holds(change: Transaction, contribution_id: str, below: int) -> None:
    """End waiting holds on versions older than `below`: their words no longer stand."""
    await change.execute(
        "UPDATE holds SET state = 'void' WHERE contribution_id = ? AND version < ? AND state = 'waiting'",
        (contribution_id, below),
    )


async def forget_previews(change: Transaction, contribution_id: str) -> None:
    """Drop the words that reviewers were shown of something deleted."""
    await change.execute("UPDATE holds SET preview = '' WHERE contribution_id = ?", (contribution_id,))


async def reopen_hold(change: Transaction, hold_id: str, copies: dict[str, str], preview: str, reason: str) -> None:
    """Ask again: the bytes on offer are not those that were approved."""
    await change.execute(
        "UPDATE holds SET state = 'waiting', copies = ?, preview = ?, reason = ?, decided_by = '', decided_at = NULL"
        " WHERE id = ?",
        (json.dumps(copies), preview, reason, hold_id),
    )


async def twin(store: Database, contribution_id: str, form: str) -> str | None:
    value = await store.fetch_value(
        "SELECT uri FROM twins WHERE contribution_id = ? AND form = ?", (contribution_id, form)
    )
    return None if value is None else str(value)


async def insert_twin(contribution_id: str, form: str, uri: str) -> None:
    await TwinRow.create(contribution_id=contribution_id, form=form, uri=uri)


async def public_uris(store: Database, contribution_id: str) -> list[str]:
    """Return all URIs under which copies of a contribution may stand outside."""
    rows = await store.fetch(
        "SELECT uri FROM contributions WHERE id = ? UNION ALL SELECT uri FROM twins WHERE contribution_id = ?",
        (contribution_id, contribution_id),
    )
    return [row["uri"] for row in rows]


async def pseudonym(store: Database, member_id: str, thread_id: str) -> tuple[str, str, str] | None:
    """Return (uri, username, name) under which a person appears in a thread, or None."""
    row = await store.fetch_one(
        "SELECT * FROM pseudonyms WHERE member_id = ? AND thread_id = ?", (member_id, thread_id)
    )
    return None if row is None else (row["uri"], row["username"], row["name"])


async def insert_pseudonym(member_id: str, thread_id: str, uri: str, username: str, name: str) -> None:
    await PseudonymRow.create(member_id=member_id, thread_id=thread_id, uri=uri, username=username, name=name)


async def put_recall(change: Transaction, contribution_id: str, peer: str, member_id: str, now: float) -> None:
    await change.execute(
        "INSERT OR IGNORE INTO recalls (contribution_id, peer, member_id, asked_at) VALUES (?, ?, ?, ?)",
        (contribution_id, peer, member_id, now),
    )


async def recalled_from(store: Database, contribution_id: str) -> set[str]:
    """Return the peers from which a contribution was taken back; "" stands for everyone."""
    rows = await store.fetch("SELECT peer FROM recalls WHERE contribution_id = ?", (contribution_id,))
    return {row["peer"] for row in rows}
