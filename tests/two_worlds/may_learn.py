"""What may cross under some tables, judged anew and with care: what is not certain counts as crossing.

This shares no line with the engine. A thing is hidden from an observer only where each of its audiences is refused by
a rule that certainly matches, by its clearance, or for want of any rule that lets it out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any

from tests.two_worlds.tables import LONGEST, START, Rule, Table

LEVELS = ("CLEAR", "GREEN", "AMBER", "RED")
COMPARED = {">=": ge, "<=": le, ">": gt, "<": lt}


@dataclass(frozen=True, slots=True)
class Reader:
    """One standing that an observer has, or may come to have: "*" for anybody, "WATCHER" for its own server."""

    peer: str
    tier: str
    clearance: str = "GREEN"


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of something said. None: not known, or it may change. `attached` are the types of its files."""

    forum: str
    label: str
    findings: frozenset[str] = frozenset()
    unit: str | None = None
    role: str | None = None
    consent: bool | None = None
    act: str | None = None
    attached: tuple[str, ...] | None = ()


def parts(label: str) -> tuple[int, frozenset[str]]:
    """Return the rank of a label's level, and its categories."""
    level, *categories = label.partition(">")[0].split("+")
    return LEVELS.index(level), frozenset(categories)


def strictest(*labels: str) -> str:
    """Return the label of a whole with such parts."""
    known = [parts(label) for label in labels]
    return "+".join(
        [LEVELS[max(level for level, _ in known)], *sorted(frozenset().union(*(some for _, some in known)))]
    )


def may_cross(tables: Iterable[Table], readers: Iterable[Reader], said: Said) -> bool:
    """Say whether some reader may get it, under some of the tables, at some time."""
    return any(_crosses(table, reader, said) for table in tables for reader in readers)


def surely_without(tables: Iterable[Table], readers: Iterable[Reader], said: Said, redaction: str) -> bool:
    """Say whether whoever may get it, gets it without what a redaction names."""
    return all(
        _takes_out(table, reader, said, redaction)
        for table in tables
        for reader in readers
        if _crosses(table, reader, said)
    )


def _crosses(table: Table, reader: Reader, said: Said) -> bool:
    (level, categories), (cleared, cleared_for) = parts(said.label), parts(reader.clearance)
    if level > cleared or not categories <= cleared_for:
        return False
    out = [rule for rule in table if rule["kind"] == "share" or rule.get("direction") == "out"]
    if any(rule["effect"] in ("deny", "hold") and matches(rule, reader, said) is True for rule in out):
        return False
    return any(rule["kind"] == "share" and matches(rule, reader, said) is not False for rule in out)


def _takes_out(table: Table, reader: Reader, said: Said, redaction: str) -> bool:
    out = [rule for rule in table if rule["kind"] == "share" or rule.get("direction") == "out"]
    return any(redaction in rule.get("redactions", ()) and matches(rule, reader, said) is True for rule in out)


def matches(rule: Rule, reader: Reader, said: Said) -> bool | None:
    """Say whether a rule matches: True, False, or None where that is not certain."""
    known = [_one(rule, key, value, reader, said) for key, value in rule.items()]
    return False if False in known else None if None in known else True


def _one(rule: Rule, key: str, asked: Any, reader: Reader, said: Said) -> bool | None:
    match key:
        case "to":
            return bool({reader.peer, f"tier:{reader.tier}"} & set(asked))
        case "forum":
            return said.forum in asked
        case "label":
            return _compares(asked, said.label)
        case "unit" | "role" | "consent" | "act":
            value = getattr(said, key)
            return None if value is None else value in asked if isinstance(asked, list) else value == asked
        case "findings":
            # Detectors may find more than what was planted, and what lets out has to name all that was found.
            return True if said.findings & set(asked) and rule["kind"] == "guard" else None
        case "categories":
            there = bool(parts(said.label)[1] & set(asked))
            return False if not there else True if rule["kind"] == "guard" else None
        case "attachments":
            return None if said.attached is None else _counts(asked, len(said.attached))
        case "attachment_types":
            return _of_types(rule, asked, said.attached)
        case "starts" | "expires":
            return _in_force(key, asked)
        case "from" | "jam" | "author" | "length" | "first_crossing" | "nth" | "age" | "thing":
            return None
        case "id" | "kind" | "direction" | "effect" | "redactions" | "rate" | "note" | "notify":
            return True
        case "approvals" | "reviewers" | "within":
            return True
        case _:
            raise AssertionError(f"what does {key} ask?")


def _compares(asked: str, label: str) -> bool:
    level, _ = parts(label)
    for sign, compare in COMPARED.items():
        if asked.startswith(sign):
            return bool(compare(level, LEVELS.index(asked.removeprefix(sign))))
    return LEVELS.index(asked) == level


def _counts(asked: str, number: int) -> bool:
    for sign, compare in COMPARED.items():
        if asked.startswith(sign):
            return bool(compare(number, int(asked.removeprefix(sign))))
    return number == int(asked)


def _of_types(rule: Rule, asked: list[str], attached: tuple[str, ...] | None) -> bool | None:
    if attached is None:
        return None
    there = any(_is_of(one, kind) for kind in asked for one in attached)
    # What lets out has to name all of them.
    return False if not there else True if rule["kind"] == "guard" else None


def _is_of(media_type: str, asked: str) -> bool:
    if asked.startswith("!"):
        return not _is_of(media_type, asked[1:])
    return media_type.startswith(asked[:-1]) if asked.endswith("/*") else media_type == asked


def _in_force(key: str, at: datetime) -> bool | None:
    if START < at < START + LONGEST:
        return None
    return (at <= START) if key == "starts" else (at > START)
