"""Rule tables made at random, as plain data and as the TOML that an admin would write.

Hosts and forums stand in them by the names they have in every world: "WATCHER" and "OTHER" for the servers, "open",
"closed", "pilot", "lab" and "vault" for the forums.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random
from typing import Any

Rule = dict[str, Any]
Table = list[Rule]

START = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
# No history lasts longer than this.
LONGEST = timedelta(hours=20)
CODE_NAME = "Bluebird"
FOUND = ("email", "phone", "secret", "codename", "person")
ANSWERS = ["Create", "Update", "Delete", "Like", "Undo", "Flag"]
EVERYONE = ["WATCHER", "OTHER", "*", "tier:partner", "tier:customer", "tier:stranger", "tier:public"]
AUDIENCES: dict[str, list[str]] = {
    "open": EVERYONE,
    "closed": ["tier:partner"],
    "pilot": ["OTHER"],
    "lab": ["WATCHER", "OTHER"],
}
UNITS = ("R&D", "Sales", "IT")


def default_table() -> Table:
    """Return the rules that come with an organisation and with each of these forums."""
    guards: Table = [
        {"id": "G-label", "kind": "guard", "direction": "out", "label": ">=AMBER", "effect": "deny"},
        {"id": "G-findings", "kind": "guard", "direction": "out", "findings": [*FOUND, "pattern:*"], "effect": "hold"},
        {"id": "G-files", "kind": "guard", "direction": "out", "attachments": ">0", "effect": "hold"},
        {"id": "G-consent", "kind": "guard", "direction": "out", "consent": False, "effect": "redact",
         "redactions": ["name->role"]},
    ]  # fmt: skip
    return guards + [rule for forum in AUDIENCES for rule in (_share(forum), _accept(forum))]


def _share(forum: str) -> Rule:
    rule = {"id": f"S-{forum}", "kind": "share", "forum": [forum], "label": "<=GREEN", "effect": "allow"}
    return {**rule, "to": AUDIENCES[forum]}


def _accept(forum: str) -> Rule:
    rule = {"id": f"A-{forum}", "kind": "accept", "forum": [forum], "act": ANSWERS, "effect": "allow", "rate": "6000/h"}
    return {**rule, "from": AUDIENCES[forum]}


def make_table(chance: Random) -> Table:
    """Return rules as an inventive admin might have them: what new forums get, changed here and there, and more."""
    table = [made for rule in default_table() if (made := _varied(rule, chance))]
    table += [_guard(f"G-more{n}", chance) for n in range(chance.choice((0, 0, 1, 1, 2, 3)))]
    table += [_opening(f"S-more{n}", chance) for n in range(chance.choice((0, 0, 1, 2)))]
    return table


def _varied(rule: Rule, chance: Random) -> Rule | None:
    if chance.random() < (0.75 if rule["kind"] != "share" else 0.6):
        return rule
    if rule["kind"] == "guard":
        return _varied_guard(rule, chance)
    if rule["kind"] == "accept":
        return chance.choice((None, {**rule, "effect": "hold"}, {**rule, "act": ["Create"]}, {**rule, "rate": "3/h"}))
    changed: list[Rule | None] = [
        None,
        {**rule, "label": "<=AMBER"},
        {**rule, "label": "CLEAR"},
        {**rule, "effect": "hold"},
        {**rule, "effect": "redact", "redactions": chance.sample([*FOUND, "name->role"], 2)},
        {**rule, "consent": True},
        {**rule, "unit": chance.sample(UNITS, 2)},
        {**rule, "to": chance.sample(EVERYONE, 3)},
        {**rule, "act": chance.choice((["Create", "Update", "Like"], ["Create"]))},
        {**rule, "length": "<=120"},
        {**rule, **_times(chance)},
    ]
    return chance.choice(changed)


def _varied_guard(rule: Rule, chance: Random) -> Rule | None:
    changes: dict[str, list[Rule | None]] = {
        "G-label": [None, {**rule, "label": ">=RED"}, {**rule, "effect": "hold"}],
        "G-findings": [
            {**rule, "effect": "redact", "redactions": list(FOUND)},
            {**rule, "findings": ["secret"], "effect": "deny"},
            {**rule, "findings": ["email", "phone", "person"], "effect": "redact", "redactions": ["email", "phone"]},
            {**rule, "effect": "deny", "to": ["*", "tier:stranger"]},
            None,
        ],
        "G-files": [
            None,
            {**rule, "effect": "deny"},
            {**rule, "attachments": ">1"},
            {**rule, "effect": "redact", "redactions": ["attachments"]},
            {**without(rule, "attachments"), "attachment_types": chance.choice((["application/pdf"], ["!image/*"]))},
        ],
        "G-consent": [None, {**rule, "effect": "deny"}, {**rule, "effect": "hold"}, {**rule, "to": ["*"]}],
    }
    for rest in ("redactions",):
        for one in changes["G-consent"]:
            if one and one["effect"] == "deny":
                one.pop(rest, None)
    return chance.choice(changes[rule["id"]])


def without(rule: Rule, name: str) -> Rule:
    return {key: value for key, value in rule.items() if key != name}


def _guard(id_: str, chance: Random) -> Rule:
    rule: Rule = {"id": id_, "kind": "guard", "direction": "out" if chance.random() < 0.8 else "in"}
    rule["effect"] = chance.choice(("deny", "hold", "redact") if rule["direction"] == "out" else ("deny", "hold"))
    if rule["effect"] == "redact" or (rule["effect"] == "hold" and chance.random() < 0.4):
        rule["redactions"] = chance.sample([*FOUND, "name->role"], 2)
    if rule["effect"] == "hold" and chance.random() < 0.4:
        rule |= {"approvals": 2, "reviewers": ["@reviewer"]}
    return rule | _conditions(rule["direction"], chance)


def _opening(id_: str, chance: Random) -> Rule:
    rule: Rule = {"id": id_, "kind": "share", "effect": chance.choice(("allow", "allow", "redact", "hold"))}
    if rule["effect"] == "redact":
        rule["redactions"] = chance.sample([*FOUND, "name->role"], 2)
    return rule | _conditions("out", chance, opening=True)


def _conditions(direction: str, chance: Random, *, opening: bool = False) -> Rule:
    whom: Rule = {
        "to" if direction == "out" else "from": chance.sample(EVERYONE if direction == "out" else EVERYONE[:2], 2)
    }
    possible: Rule = {"forum": chance.sample(sorted(AUDIENCES), 2)}
    if direction == "out":
        possible |= {
            "label": chance.choice((">=AMBER", "<=AMBER", "GREEN", ">=GREEN", "RED")),
            "unit": chance.sample(UNITS, 1),
            "role": ["member"],
            "consent": chance.choice((True, False)),
            "findings": chance.sample(FOUND, 2),
            "act": chance.choice((["Create"], ["Update"])),
            "length": chance.choice((">150", "<=60")),
            "attachments": chance.choice((">0", ">1", "<=1")),
            "attachment_types": [chance.choice(("image/*", "!image/*", "application/pdf"))],
            "first_crossing": True,
            "categories": ["legal"],
            "thing": [chance.choice(("idea", "reply"))],
            "age": ">1h",
            **_times(chance),
        }
    # How many somebody has said before: the first ones are often looked at.
    possible["nth"] = chance.choice(("<=1", "<=2", ">3"))
    names = chance.sample(sorted(possible), min(len(possible), chance.choice((1, 2, 2, 3))))
    return (whom if opening or chance.random() < 0.5 else {}) | {name: possible[name] for name in names}


def _times(chance: Random) -> Rule:
    """Return a beginning or an end: long past, in the course of a history, or far ahead."""
    at = START + timedelta(minutes=chance.choice((-9000, 5, 15, 30, 9000)))
    return {chance.choice(("starts", "expires")): at}


def unusual(table: Table) -> list[str]:
    """Say in which rules a table differs from the usual one."""
    usual, ids = default_table(), {rule["id"] for rule in table}
    lines = [f"without {rule['id']}" for rule in usual if rule["id"] not in ids]
    for rule in table:
        was = next((one for one in usual if one["id"] == rule["id"]), {"id": rule["id"]})
        told = {key: value for key, value in rule.items() if was.get(key, ...) != value or key == "id"}
        told |= {key: None for key in was if key not in rule}
        if len(told) > 1:
            lines.append(", ".join(f"{key}: {_told(value)}" for key, value in told.items()))
    return lines


def _told(value: Any) -> str:
    if value == EVERYONE:
        return "everyone"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def written(table: Table, names: dict[str, str]) -> str:
    """Return a table as a rule file. `names` maps what servers and forums are called here to what they are in truth."""
    lines = [f"code_names = {json.dumps([names.get(CODE_NAME, CODE_NAME)])}"]
    for rule in table:
        lines.append("\n[[rule]]")
        lines += [f"{key} = {_toml(value, names)}" for key, value in rule.items()]
    return "\n".join(lines) + "\n"


def _toml(value: Any, names: dict[str, str]) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if value == EVERYONE:
        return '"everyone"'
    if isinstance(value, list):
        return json.dumps([names.get(one, one) for one in value])
    return json.dumps(value)
