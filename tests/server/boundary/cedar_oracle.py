"""The rules said in Cedar (https://www.cedarpolicy.com), with a schema: another engine's opinion on allow and deny.

Cedar knows neither redaction nor review, so it is asked twice: whether a thing may cross at all (only a denial
keeps it back), and whether it may cross with nobody asked (what is held is kept back too). Wildcards and ``!``
are written out over the texts that the requests of these tests are made of.
"""

import json
from datetime import datetime

import cedarpy

from server.boundary.facts import ACTS as KNOWN_ACTS
from server.boundary.facts import KINDS as KNOWN_KINDS
from server.boundary.facts import Facts
from server.boundary.rules import Rule, RuleSet
from tests.server.boundary.boundary_worlds import ATTACHED, CATEGORIES, KINDS

EVERY_KIND = (*sorted({*KINDS, *KNOWN_KINDS}), "pattern:other", "list:other")
EVERY_CATEGORY = (*CATEGORIES, "other")
EVERY_TYPE = (*ATTACHED, "image/gif")
ACTS = tuple(sorted(KNOWN_ACTS))

SCHEMA = f"""
entity Server;
entity Forum;
type Request = {{
  direction: String, peer: String, tier: String, clearance: Long, cleared_for: Set<String>, jam: String,
  forum: String, label: Long, categories: Set<String>, onward: String, author: String, unit: String, role: String,
  thing: String, consent: Bool, findings: Set<String>, length: Long, attachments: Long, attachment_types: Set<String>,
  attachment_bytes: Long, first_crossing: Bool, nth: Long, age: Long, week_minute: Long, now: Long,
}};
action {", ".join(ACTS)} appliesTo {{ principal: [Server], resource: [Forum], context: Request }};
"""

# What the engine refuses whatever the rules say, said once more.
CEILING = """
forbid (principal, action, resource) when { context.label > context.clearance };
forbid (principal, action, resource) unless { context.cleared_for.containsAll(context.categories) };
"""


def text(value: str) -> str:
    return json.dumps(value, ensure_ascii=True)


def among(name: str, values) -> str:
    return f"[{', '.join(map(text, sorted(values)))}].contains(context.{name})"


def span(name: str, asked) -> str:
    parts = [f"context.{name} >= {asked.least}"]
    parts += [f"context.{name} <= {asked.most}"] if asked.most is not None else []
    return " && ".join(parts)


def chosen_sets(name: str, values, rule: Rule) -> str:
    listed = f"[{', '.join(map(text, sorted(values)))}]" if values else ""
    if rule.kind == "guard":
        return f"context.{name}.containsAny({listed})" if listed else "false"
    every = f"{listed}.containsAll(context.{name})" if listed else "false"
    return f"{every} && !context.{name}.isEmpty()"


def kinds_of(wanted):
    return [kind for kind in EVERY_KIND if {kind, f"{kind.partition(':')[0]}:*"} & wanted]


def categories_of(wanted):
    return [category for category in EVERY_CATEGORY if {category, "*"} & wanted]


def types_of(wanted):
    def listed(each, sign):
        return bool({f"{sign}{each}", f"{sign}{each.partition('/')[0]}/*", f"{sign}*/*"} & wanted)

    turned = any(each.startswith("!") for each in wanted)
    return [each for each in EVERY_TYPE if (not listed(each, "!") if turned else listed(each, ""))]


def condition(rule: Rule) -> str:
    asked = rule.conditions
    parts = [f"context.direction == {text(rule.direction)}"]
    if asked.peers is not None:
        hosts = {peer for peer in asked.peers if not peer.startswith("tier:")}
        tiers = {peer[5:] for peer in asked.peers if peer.startswith("tier:")}
        some = [among("peer", hosts)] if hosts else []
        some += [among("tier", tiers)] if tiers else []
        parts.append(f"({' || '.join(some)})")
    for name, values in (
        ("jam", asked.jams), ("forum", asked.forums), ("author", asked.authors), ("thing", asked.things),
    ):  # fmt: skip
        parts += [among(name, values)] if values is not None else []
    for name, values in (("unit", asked.units), ("role", asked.roles)):
        parts += [among(name, {value.casefold() for value in values})] if values is not None else []
    if asked.labels is not None:
        parts.append(f"({' || '.join(f'context.label == {int(level)}' for level in sorted(asked.labels))})")
    parts += [among("onward", asked.onward)] if asked.onward is not None else []
    for name, flag in (("consent", asked.consent), ("first_crossing", asked.first_crossing)):
        parts += [f"context.{name} == {'true' if flag else 'false'}"] if flag is not None else []
    for name in ("length", "attachments", "attachment_bytes", "nth", "age"):
        parts += [span(name, getattr(asked, name))] if getattr(asked, name) is not None else []
    parts += [chosen_sets("findings", kinds_of(asked.findings), rule)] if asked.findings is not None else []
    parts += [chosen_sets("categories", categories_of(asked.categories), rule)] if asked.categories is not None else []
    if asked.attachment_types is not None:
        parts.append(chosen_sets("attachment_types", types_of(asked.attachment_types), rule))
    if asked.week is not None:
        at = "context.week_minute"
        windows = [f"({at} >= {begin} && {at} < {end})" for begin, end in asked.week.spans]
        parts.append(f"({' || '.join(windows)})")
    if rule.starts_at is not None:
        parts.append(f"context.now >= {int(rule.starts_at.timestamp())}")
    if rule.expires_at is not None:
        parts.append(f"context.now < {int(rule.expires_at.timestamp())}")
    return " && ".join(parts)


def scope(rule: Rule) -> str:
    if rule.conditions.acts is None:
        return "principal, action, resource"
    known = [f"Action::{text(act)}" for act in ACTS if act in rule.conditions.acts]
    return f"principal, action in [{', '.join(known)}], resource"


def policies(rule_set: RuleSet, *, unasked: bool) -> str:
    """The rules as Cedar policies; with ``unasked``, what is held is forbidden like what is denied."""
    said = [CEILING]
    for rule in rule_set.rules:
        when = f"({scope(rule)}) when {{ {condition(rule)} }};"
        if rule.kind != "guard":
            said.append(f"permit {when}")
        if rule.effect == "deny" or (unasked and rule.effect == "hold"):
            said.append(f"forbid {when}")
    return "\n".join(said)


def request(facts: Facts, now: datetime) -> dict:
    context = {
        **facts.to_json(),
        "clearance": int(facts.clearance),
        "label": int(facts.label),
        "unit": " ".join(facts.unit.casefold().split()),
        "role": " ".join(facts.role.casefold().split()),
        "now": int(now.timestamp()),
    }
    return {
        "principal": {"type": "Server", "id": facts.peer},
        "action": {"type": "Action", "id": context.pop("act")},
        "resource": {"type": "Forum", "id": facts.forum},
        "context": context,
    }


def valid(said: str) -> list[str]:
    """What Cedar's validator has against these policies."""
    result = cedarpy.validate_policies(said, SCHEMA)
    return [] if result.validation_passed else [str(error) for error in result.errors]


def crosses(rule_set: RuleSet, asked: list[Facts], now: datetime, *, unasked: bool) -> list[bool]:
    """What Cedar decides of each request."""
    said = cedarpy.PolicySet.from_str(policies(rule_set, unasked=unasked))
    found = cedarpy.is_authorized_batch([request(one, now) for one in asked], said, [], SCHEMA)
    for one in found:
        assert one.diagnostics.errors == [], one.diagnostics.errors
    return [one.decision == cedarpy.Decision.Allow for one in found]
