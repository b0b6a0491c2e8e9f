"""Rules said in plain English."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from server.boundary.facts import KINDS, PATTERN_PREFIX
from server.boundary.labels import Level
from server.boundary.rule import ANY_PATTERN, NAME_TO_ROLE, Conditions, Notify, Rate, Rule, Span

FOUND = {
    "secret": "a secret",
    "email": "an e-mail address",
    "phone": "a phone number",
    "codename": "a code name",
    "person": "a person's name",
    "quote": "a quote of what the reader was not granted",
    "lookalike": "a name like one of our people's",
    ANY_PATTERN: "a match of any of your own patterns",
}
NOUNS = {
    "attachments": "attachments",
    "secret": "secrets",
    "email": "e-mail addresses",
    "phone": "phone numbers",
    "codename": "code names",
    "person": "people's names",
    "quote": "quotes of what the reader was not granted",
    "lookalike": "names like our people's",
}
ROLE_FOR_NAME = "the author's role in place of the name"
PEER_NAMES = {
    "*": "the public",
    "tier:partner": "partners",
    "tier:customer": "customers",
    "tier:stranger": "strangers' servers",
}
EVERY_KIND = KINDS | {ANY_PATTERN}


def listed(words: Collection[str], last: str = "or") -> str:
    """Return ``a``, ``a or b``, ``a, b or c``."""
    *some, final = words
    return f"{', '.join(some)} {last} {final}" if some else final


def sentence(rule: Rule) -> str:
    """Return the rule as one English sentence, e.g. "Nothing labelled AMBER or higher leaves, to anyone."."""
    about = "".join(f" {each}" for each in _qualities(rule.conditions))
    out = rule.direction == "out"
    whom = peers_said(rule.conditions.peers, "anyone" if rule.kind == "guard" else "everyone")
    where = f"{'to' if out else 'from'} {whom}"
    if rule.effect == "deny":
        said = f"Nothing{about} {'leaves' if out else 'comes in'}, {where}"
    elif rule.kind == "guard" and rule.effect == "hold":
        said = f"Anything{about} waits for a reviewer before it {'leaves' if out else 'comes in'}, {where}"
    elif rule.kind == "guard":
        verb = "leaves" if out else "comes in"
        said = f"Anything{about} {verb} only with {removed(rule.redactions)}, {where}"
    else:
        said = f"Anything{about} may {'leave' if out else 'come in'}, {where}"
        said += ", after a reviewer has released it" if rule.effect == "hold" else ""
    if rule.redactions and rule.effect != "deny" and (rule.kind != "guard" or rule.effect == "hold"):
        said += f", with {removed(rule.redactions)}"
    return said + "".join(_tail(rule)) + "."


def removed(redactions: Collection[str]) -> str:
    """Return what these redactions do, e.g. ``code names and e-mail addresses removed``."""
    nouns = [
        NOUNS.get(each) or f"matches of “{each.removeprefix(PATTERN_PREFIX)}”"
        for each in sorted(set(redactions) - {NAME_TO_ROLE})
    ]
    done = [ROLE_FOR_NAME] if NAME_TO_ROLE in redactions else []
    return " and with ".join(done + ([f"{listed(nouns, 'and')} removed"] if nouns else []))


def found(kinds: Collection[str]) -> str:
    """Return these kinds of findings in words, e.g. ``a secret or a code name``."""
    if frozenset(kinds) == EVERY_KIND:
        return "a secret, personal data or a match of your own patterns"
    named = [FOUND.get(kind) or f"a match of “{kind.removeprefix(PATTERN_PREFIX)}”" for kind in sorted(kinds)]
    return listed(named)


def peers_said(peers: frozenset[str] | None, everyone: str = "everyone") -> str:
    """Return these peers in words, e.g. ``globex.example and partners``."""
    if peers is None:
        return everyone
    return listed([PEER_NAMES.get(peer, peer) for peer in sorted(peers)], "and")


def _qualities(asked: Conditions) -> Iterator[str]:
    if asked.acts is not None:
        yield f"whose act is {listed(sorted(asked.acts))}"
    if asked.labels is not None:
        yield f"labelled {labels_said(asked.labels)}"
    if asked.forums is not None:
        yield f"in {listed(sorted(asked.forums))}"
    if asked.jams is not None:
        yield f"in the jam {listed(sorted(asked.jams))}"
    if asked.authors is not None:
        yield f"by {listed(sorted(asked.authors))}"
    if asked.units is not None:
        yield f"from the unit {listed(sorted(asked.units))}"
    if asked.roles is not None:
        yield f"by someone with the role {listed(sorted(asked.roles))}"
    if asked.consent is not None:
        yield f"whose author has {'' if asked.consent else 'not '}agreed to be named"
    if asked.findings is not None:
        yield f"in which {found(asked.findings)} was found"
    if asked.length is not None:
        yield f"with {span_said(asked.length)} characters"
    if asked.attachments is not None:
        number = {Span(1): "with", Span(0, 0): "without"}.get(asked.attachments)
        yield f"{number or f'with {span_said(asked.attachments)}'} attachments"
    if asked.first_crossing is not None:
        yield "that crosses for the first time" if asked.first_crossing else "that has crossed before"


def labels_said(labels: frozenset[Level]) -> str:
    """Return these levels in words, e.g. ``AMBER or higher``."""
    ordered = sorted(labels)
    if len(ordered) > 1 and ordered == list(range(ordered[-1] + 1)):
        return f"{ordered[-1]} or lower"
    if len(ordered) > 1 and ordered == list(range(ordered[0], max(Level) + 1)):
        return f"{ordered[0]} or higher"
    return listed([str(level) for level in ordered])


def span_said(span: Span) -> str:
    """Return a span in words, e.g. ``more than 5000``."""
    if span.most is None:
        return f"more than {span.least - 1}" if span.least else "any number of"
    if span.most == span.least:
        return str(span.least)
    return f"{span.least} to {span.most}" if span.least else f"at most {span.most}"


def _tail(rule: Rule) -> Iterator[str]:
    told = [duty.whom for duty in rule.duties if isinstance(duty, Notify)]
    for duty in rule.duties:
        if isinstance(duty, Rate):
            yield f", at most {duty.per_hour} an hour for each server"
    if rule.starts_at is not None:
        yield f", from {when(rule.starts_at)} on"
    if rule.expires_at is not None:
        yield f", until {when(rule.expires_at)}"
    if told:
        yield f"; {listed(told, 'and')} {'is' if len(told) == 1 else 'are'} told"


def when(at: datetime) -> str:
    """Return an instant to the minute in UTC, as a person reads it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
