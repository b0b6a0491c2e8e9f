"""The full-text index, asked with what a search is narrowed by."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from server.database import Database
from server.domain.search import DATE_SECONDS, HERE, Sought, Terms, any_of, in_words

# So many matches are kept at most, newest first: they are counted and put in order, the best first.
KEPT = 2_000
# So many where the newest go first, and the others would be counted only.
COUNTED_FIRST = 1_000
# Words that are in more texts than this do not say how well one matches: the newest go first instead of the best.
SCORED = 10_000
# Counting in how many texts a word occurs ends here: it is no rare word.
COUNTED = 5_000
ALSO = "+w.rowid IN (SELECT rowid FROM contribution_words WHERE contribution_words MATCH ?) AND "
# So many letters of the beginning of a word the index holds by itself.
BEGUN = 5
# So many forums or people at most are named to the index when it is asked; beyond, each match is looked up.
NAMED = 60
# A word that is in no place of the index.
NOWHERE = "0n"
# Put after a part of a query, this keeps the index from taking it apart: it steps through all words that are joined by
# AND in turn, so that a word of nearly all texts would be looked up for each text with any one of the rarer words.
AT_ONCE = f" NOT place : {NOWHERE}"
# Words of a title count four times.
SCORE = "bm25(contribution_words, 0.0, 4.0, 1.0, 0.0)"


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


class Matches(NamedTuple):
    """What matches, the last written first; `more` where others match as well, and were written before."""

    places: list[Place]
    more: bool


async def places(
    store: Database, terms: Terms, sought: Sought, forums: Collection[str], now: float, kept: int = 0
) -> Matches:
    """Return what matches within some forums, the last written first: `kept` at most, or as many as a page counts."""
    narrowed, values = _narrowed(sought, now)
    source, score, matching, given = "search_places p", "0.0", "", list[str]()
    if terms.wanted:
        source = "contribution_words w CROSS JOIN search_places p ON p.number = w.rowid"
        score, given = await _scored(store, await _shortened(store, terms), await _standing(store, sought, forums))
        matching = "w.contribution_words MATCH ? AND " + (ALSO if given[1:] else "")
    most = kept or (KEPT if score == SCORE else COUNTED_FIRST)
    rows = await store.fetch(
        "SELECT p.number, p.contribution_id, p.jam_id, p.forum_id, p.author_id, p.kind, p.intent, p.label,"
        f" p.made_at, {score} AS score FROM {source}"
        f" WHERE {matching}p.forum_id IN (SELECT value FROM json_each(?)){narrowed}"
        f" ORDER BY {'w.rowid' if terms.wanted else 'p.number'} DESC LIMIT ?",
        (*given, json.dumps(sorted(forums)), *values, most + 1),
    )
    return Matches([Place._make(row.values()) for row in rows[:most]], len(rows) > most)


async def _shortened(store: Database, terms: Terms) -> Terms:
    """Leave longer words out where very many texts have the very word: the index knows beginnings to BEGUN letters.

    Beyond, it would go through all texts with any of the longer words before it gives the first.
    """
    long = [term for term in terms.wanted if term.endswith('"*') and len(term) > BEGUN + len('""*')]
    common = {term for term in long if not await _is_rare(store, in_words(term[:-1]))}
    return replace(terms, wanted=tuple(term[:-1] if term in common else term for term in terms.wanted))


async def _scored(store: Database, terms: Terms, standing: str) -> tuple[str, list[str]]:
    """Return what scores the matches, and the full-text queries that all of them answer.

    Working out how well something matches goes through all texts with any of the words: words that very many texts
    have do not count for it; and where all of them are such, the newest are taken of those that stand in place.
    """
    words = terms.wanted
    rare = [term for term in words if await _is_rare(store, in_words(term))]
    if not rare:
        return "0.0", [f"{standing}({terms.match})"]
    if len(rare) == len(words):
        return SCORE, [terms.match]
    common = replace(terms, wanted=tuple(term for term in words if term not in rare))
    few = in_words(" AND ".join(rare))
    return SCORE, [few, f"({few}{AT_ONCE}) AND ({common.match})"]


async def _is_rare(store: Database, match: str) -> bool:
    """Say whether few enough texts match for working out how well each does: that goes through all of them."""
    found = await store.fetch_value(
        f"SELECT count(*) FROM (SELECT 1 FROM contribution_words WHERE contribution_words MATCH ? LIMIT {SCORED + 1})",
        (match,),
    )
    return int(found) <= SCORED


async def _standing(store: Database, sought: Sought, forums: Collection[str]) -> str:
    """Return the part of a full-text query that narrows it to where matches may stand, as far as the index knows.

    A help only: what is found is looked up all the same.
    """
    authors = await _authors(store, sought)
    within = [sought.forum] if sought.forum else sorted(forums)
    wanted = [[f"0f{one}" for one in within], *([[f"0a{one}" for one in authors]] if authors is not None else [])]
    # A name of a place in the index is made of letters and digits of ours; anything else is nowhere.
    told = [" OR ".join(filter(str.isalnum, some)) or NOWHERE for some in wanted if len(some) <= NAMED]
    return f"({' AND '.join(f'(place : ({one}))' for one in told)}{AT_ONCE}) AND " if told else ""


async def _authors(store: Database, sought: Sought) -> list[str] | None:
    """Return the ids of the people whose words are looked for, NAMED and one at most; None where all are."""
    if sought.author:
        return [sought.author]
    if not (sought.unit or sought.server):
        return None
    unit = " AND unit = ? AND host = ''" if sought.unit else ""
    host = " AND host = ?" if sought.server else ""
    values = [*([sought.unit] if sought.unit else []), *([_value("server", sought.server, 0.0)] if host else [])]
    rows = await store.fetch(f"SELECT id FROM members WHERE 1{unit}{host} LIMIT {NAMED + 1}", values)
    return [row["id"] for row in rows]


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
            clauses.append(
                "p.number IN (SELECT s.number FROM marks k JOIN search_rows s USING (contribution_id) WHERE k.kind = ?)"
            )
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


async def marked(store: Database, ids: Sequence[str]) -> dict[str, int]:
    """Return at how many of some contributions each mark of facilitators stands."""
    rows = await store.fetch(
        "SELECT k.kind, count(DISTINCT k.contribution_id) AS number FROM json_each(?) s"
        " JOIN marks k ON k.contribution_id = s.value AND k.kind IN ('emerging', 'best') GROUP BY k.kind",
        (json.dumps(list(ids)),),
    )
    return {row["kind"]: row["number"] for row in rows}


class Writer(NamedTuple):
    """Who wrote some of what was found. `host` is "" for our own people."""

    name: str
    unit: str
    host: str


async def writers(store: Database, ids: Collection[str]) -> dict[str, Writer]:
    """Return what the people of some ids are counted by."""
    rows = await store.fetch(
        "SELECT id, name, unit, host FROM members WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(ids)),),
    )
    return {row["id"]: Writer(row["name"], row["unit"], row["host"]) for row in rows}


async def document_counts(
    store: Database, words: Collection[str], forums: Collection[str] | None = None, most: int = COUNTED
) -> tuple[dict[str, int], int]:
    """Return in how many contributions each of some words occurs, `most` at most, and how many there are.

    Of some `forums` alone where they are given: how rare a word is tells of all in which it is counted.
    """
    standing = "" if forums is None else f" AND (place : ({_places_of(forums)}))"
    rows = await store.fetch(
        "SELECT s.value AS term, (SELECT count(*) FROM (SELECT 1 FROM contribution_words WHERE contribution_words"
        f" MATCH '{{title text}} : \"' || s.value || '\"' || ? LIMIT {most})) AS doc FROM json_each(?) s",
        (standing, json.dumps(sorted(words))),
    )
    if forums is None:
        total = await store.fetch_value("SELECT max(number) FROM search_places")
    else:
        among = "SELECT sum(ideas + replies) FROM tallies WHERE forum_id IN (SELECT value FROM json_each(?))"
        total = await store.fetch_value(among, (json.dumps(sorted(forums)),))
    return {row["term"]: row["doc"] for row in rows if row["doc"]}, int(total or 0)


def _places_of(forums: Collection[str]) -> str:
    """Return forums as the index names them, in its language; one that is none where there are none."""
    return " OR ".join(filter(str.isalnum, (f"0f{one}" for one in sorted(forums)))) or "0"


async def named(store: Database, words: Sequence[str], forums: Collection[str]) -> set[str]:
    """Return all ideas and questions of some forums with any of a few words, which hardly any text has."""
    if not words:
        return set()
    rows = await store.fetch(
        "SELECT p.contribution_id FROM contribution_words w CROSS JOIN search_places p ON p.number = w.rowid"
        " WHERE w.contribution_words MATCH ? AND p.forum_id IN (SELECT value FROM json_each(?))"
        " AND (p.kind = 'idea' OR p.intent = 'question')",
        (any_of(words).match, json.dumps(sorted(forums))),
    )
    return {row["contribution_id"] for row in rows}


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
