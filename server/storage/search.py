"""The full-text index, asked with what a search is narrowed by."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from server.database import Database
from server.domain.search import DATE_SECONDS, HERE, Sought

# So many matches are kept at most, newest first: they are counted and put in order.
KEPT = 2_000
# Where more texts than this match, the newest go first instead of the best.
SCORED = 10_000
# Words of a title count four times.
SCORE = "bm25(contribution_words, 0.0, 4.0, 1.0)"


class Place(NamedTuple):
    """Where a match stands. `score` is lower the better it matches."""

    number: int
    contribution_id: str
    jam_id: str
    forum_id: str
    author_id: str
    kind: str
    intent: str
    label: str
    made_at: float
    score: float


async def places(
    store: Database, match: str, sought: Sought, forums: Collection[str], now: float, kept: int = KEPT
) -> list[Place]:
    """Return what matches within some forums, the last written first: `kept` at most."""
    narrowed, values = _narrowed(sought, now)
    source, score, matching = "search_places p", "0.0", ""
    if match:
        source = "contribution_words CROSS JOIN search_places p ON p.number = contribution_words.rowid"
        score = SCORE if await _can_be_scored(store, match) else "0.0"
        matching = "contribution_words MATCH ? AND "
    rows = await store.fetch(
        "SELECT p.number, p.contribution_id, p.jam_id, p.forum_id, p.author_id, p.kind, p.intent, p.label,"
        f" p.made_at, {score} AS score FROM {source}"
        f" WHERE {matching}p.forum_id IN (SELECT value FROM json_each(?)){narrowed}"
        f" ORDER BY {'contribution_words.rowid' if match else 'p.number'} DESC LIMIT ?",
        (*((match,) if match else ()), json.dumps(sorted(forums)), *values, kept),
    )
    return [Place(**row) for row in rows]


async def _can_be_scored(store: Database, match: str) -> bool:
    """Say whether few enough texts match for working out how well each does: that goes through all of them."""
    found = await store.fetch_value(
        f"SELECT count(*) FROM (SELECT 1 FROM contribution_words WHERE contribution_words MATCH ? LIMIT {SCORED + 1})",
        (match,),
    )
    return int(found) <= SCORED


def _narrowed(sought: Sought, now: float) -> tuple[str, list[Any]]:
    """Return the conditions of the chosen facets, and their values."""
    clauses, values = list[str](), list[Any]()
    columns = {"kind": "p.kind", "forum": "p.forum_id", "jam": "p.jam_id", "author": "p.author_id"}
    for name, value in sought.chosen.items():
        if name in columns:
            clauses.append(f"{columns[name]} = ?")
        elif name == "intent":
            clauses.append("p.intent = ?")
        elif name == "label":
            clauses.append("(p.label = ? OR p.label LIKE ? || '+%' OR p.label LIKE ? || '>%')")
            values += [value, value]
        elif name == "mark":
            clauses.append("EXISTS (SELECT 1 FROM marks k WHERE k.contribution_id = p.contribution_id AND k.kind = ?)")
        elif name == "unit":
            clauses.append("p.author_id IN (SELECT id FROM members WHERE unit = ? AND host = '')")
        elif name == "server":
            clauses.append("p.author_id IN (SELECT id FROM members WHERE host = ?)")
        else:
            clauses.append("p.made_at >= ?")
        values.append(_value(name, value, now))
    return "".join(f" AND {clause}" for clause in clauses), values


def _value(name: str, value: str, now: float) -> str | float:
    if name == "server":
        return "" if value == HERE else value
    if name == "date":
        return now - DATE_SECONDS[value] if value in DATE_SECONDS else 1e12
    return value


async def marked(store: Database, ids: Sequence[str]) -> dict[str, set[str]]:
    """Return which marks of facilitators stand at some contributions: mark → ids."""
    rows = await store.fetch(
        "SELECT DISTINCT k.kind, k.contribution_id AS id FROM json_each(?) s"
        " JOIN marks k ON k.contribution_id = s.value AND k.kind IN ('emerging', 'best')",
        (json.dumps(list(ids)),),
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["kind"], set()).add(row["id"])
    return found


async def document_counts(store: Database, words: Collection[str]) -> tuple[dict[str, int], int]:
    """Return in how many contributions each of some words occurs, and how many contributions there are."""
    rows = await store.fetch(
        "SELECT t.term, t.doc FROM json_each(?) s JOIN contribution_terms t ON t.term = s.value",
        (json.dumps(sorted(words)),),
    )
    total = await store.fetch_value("SELECT max(number) FROM search_places")
    return {row["term"]: row["doc"] for row in rows}, int(total or 0)


async def answers_to(store: Database, questions: Sequence[str]) -> dict[str, str]:
    """Return the best answer to each of some ideas or replies that has one: id → id of the answer.

    An answer is a reply that says it is one. One that was marked goes first, then the most supported, then the oldest.
    """
    rows: Sequence[Mapping[str, Any]] = await store.fetch(
        "SELECT q.value AS question, c.id FROM json_each(?) q JOIN contributions asked ON asked.id = q.value"
        " JOIN contributions c ON c.thread_id = asked.thread_id AND c.kind = 'reply' AND c.intent = 'answer'"
        " AND NOT c.deleted AND NOT c.hidden AND (c.parent_id = asked.id OR asked.kind = 'idea')"
        " ORDER BY c.best DESC, c.emerging DESC, c.support DESC, c.created_at",
        (json.dumps(list(questions)),),
    )
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row["question"], row["id"])
    return found
