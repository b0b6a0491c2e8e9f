"""Rules that came with a forum before its server had more to tell: what they lack, and the table with it added.

A rule that names acts lets in those alone, so what is new is refused until somebody widens it. Nothing is widened by
itself: here is only what an admin is shown, and the table that they may then propose like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from server.boundary.defaults import forum_rules, mirror_rules
from server.boundary.rules import Rule, RuleSet, write_rules
from server.domain.errors import Missing
from server.domain.jams import Forum
from server.services import forums, rules
from server.services.house import House

#: Acts that came to the rules of forums later than forums did.
LATER = frozenset({"Add", "Flag", "Move"})


@dataclass(frozen=True, slots=True)
class Lack:
    """A rule of a forum, the acts that the rule of a forum made today names besides, and the rule with them."""

    rule: Rule
    forum: Forum
    acts: tuple[str, ...]
    widened: Rule

    @property
    def text(self) -> str:
        """The widened rule as it stands in a table."""
        return write_rules(RuleSet((self.widened,)))


async def lacking(house: House) -> list[Lack]:
    """Return what the accepts of forums lack that would be in them if they were made today, in the table's order."""
    _, table = await rules.rules_in_force(house)
    today = {rule.id: (rule, forum) for forum in await forums.forums_of(house, "") for rule in _accepts(forum)}
    return [found for rule in table.rules if rule.id in today and (found := _lack(rule, *today[rule.id]))]


async def widened_table(house: House, rule_id: str) -> str:
    """Return the table in force with one rule widened; raise Missing where it lacks nothing."""
    stored, _ = await rules.rules_in_force(house)
    found = next((one for one in await lacking(house) if one.rule.id == rule_id), None)
    if found is None:
        raise Missing("rule")
    return rules.with_rules(stored.text, (found.widened,))


def _accepts(forum: Forum) -> list[Rule]:
    key, named = forums.mirror_key(forum), tuple(forum.peers)
    made = forum_rules(key, forum.title, forum.audience, named) if forum.is_local else _joined(key, forum)
    return [rule for rule in made if rule.kind == "accept"]


def _joined(key: str, forum: Forum) -> tuple[Rule, ...]:
    return mirror_rules(key, forum.title, forum.host, forum.audience)


def _lack(rule: Rule, today: Rule, forum: Forum) -> Lack | None:
    acts = rule.conditions.acts
    if rule.kind != "accept" or rule.effect != "allow" or acts is None:
        return None
    missing = ((today.conditions.acts or frozenset()) & LATER) - acts
    if not missing:
        return None
    widened = replace(rule, conditions=replace(rule.conditions, acts=acts | missing))
    return Lack(rule, forum, tuple(sorted(missing)), widened)
