"""The differences between two rule sets, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from server.boundary.facts import LIST_PREFIX, PATTERN_PREFIX
from server.boundary.ruleset import RuleSet
from server.boundary.sentences import sentence

MOST_NAMED = 20


def diff(old: RuleSet, new: RuleSet) -> tuple[str, ...]:
    """Return the differences between two rule sets as sentences, removed and changed rules first."""
    said: list[str] = []
    for rule in old.rules:
        other = new.by_id.get(rule.id)
        if other is None:
            said.append(f"{rule.id} is removed: {sentence(rule)}")
        elif replace(other, note=rule.note) != rule:
            said.append(f"{rule.id} changes: {sentence(other)} Before: {sentence(rule)}")
        elif other != rule:
            said.append(f"{rule.id} has another note.")
    said += [f"{rule.id} is added: {sentence(rule)}" for rule in new.rules if rule.id not in old.by_id]
    return (*said, *_words_said(old, new))


def _words_said(old: RuleSet, new: RuleSet) -> Iterator[str]:
    """Yield sentences on what is looked for no longer, or newly."""
    for verb, one, other in (("removed", old, new), ("added", new, old)):
        for kind, terms in one.sources.items():
            less = sorted(terms - other.sources.get(kind, frozenset()))
            if less and not kind.startswith(PATTERN_PREFIX):
                what = "Code names" if kind == "codename" else f"Terms of “{kind.removeprefix(LIST_PREFIX)}”"
                more = f" and {len(less) - MOST_NAMED} more" if len(less) > MOST_NAMED else ""
                yield f"{what} are {verb}: {', '.join(less[:MOST_NAMED])}{more}."
    before, after = dict(old.patterns), dict(new.patterns)
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            change = "is removed" if name not in after else "changes" if name in before else "is added"
            yield f"The pattern “{name}” {change}{f': {after[name]}' if name in after else ''}."
