"""Rules said in plain English."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from server.boundary.facts import KINDS, LIST_PREFIX, PATTERN_PREFIX
from server.boundary.labels import ONWARD, Level
from server.boundary.rule import (
    ANY_CATEGORY,
    ANY_LIST,
    ANY_PATTERN,
    DAYS,
    NAME_TO_ROLE,
    Conditions,
    Notify,
    Rate,
    Review,
    Rule,
    Span,
    Week,
)
from server.boundary.rule_values import hours_text, span_text
from server.domain.sentences import later

FOUND = {
    "secret": "a secret",
    "email": "an e-mail address",
    "phone": "a phone number",
    "codename": "a code name",
    "person": "a person's name",
    "quote": "a quote of what the reader was not granted",
    "lookalike": "a name like one of our people's",
    ANY_PATTERN: "a match of any of your own patterns",
    ANY_LIST: "a term of any of your own lists",
}
NOUNS = {
    "attachments": later("attachments"),
    "secret": later("secrets"),
    "email": later("e-mail addresses"),
    "phone": later("phone numbers"),
    "codename": later("code names"),
    "person": later("people's names"),
    "quote": later("quotes of what the reader was not granted"),
    "lookalike": later("names like our people's"),
    ANY_PATTERN: later("matches of your own patterns"),
    ANY_LIST: later("terms of your own lists"),
}
ROLE_FOR_NAME = "the author's role in place of the name"
PEER_NAMES = {
    "*": "the public",
    "tier:partner": "partners",
    "tier:customer": "customers",
    "tier:stranger": "strangers' servers",
}
RATED = {"peer": "each server", "actor": "each author", "jam": "the jam in all"}
THINGS_SAID = {
    "idea": "an idea",
    "reply": "a reply",
    "mark": "a mark of support",
    "forum": "a forum itself",
    "other": "anything else",
}
EVERY_KIND = KINDS | {ANY_PATTERN, ANY_LIST}
WISHES_SAID = {
    "anyone": "anyone",
    "community": "the readers' community",
    "clients": "the readers' organisation and its clients",
    "organisation": "the readers' organisation",
    "recipients": "nobody else",
}


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
        NOUNS.get(each) or f"matches of “{each.removeprefix(PATTERN_PREFIX).removeprefix(LIST_PREFIX)}”"
        for each in sorted(set(redactions) - {NAME_TO_ROLE})
    ]
    done = [ROLE_FOR_NAME] if NAME_TO_ROLE in redactions else []
    return " and with ".join(done + ([f"{listed(nouns, 'and')} removed"] if nouns else []))


def found(kinds: Collection[str]) -> str:
    """Return these kinds of findings in words, e.g. ``a secret or a code name``."""
    if frozenset(kinds) in (EVERY_KIND, EVERY_KIND - {ANY_LIST}):
        return "a secret, personal data or a match of your own lists and patterns"
    return listed([FOUND.get(kind) or _own(kind) for kind in sorted(kinds)])


def _own(kind: str) -> str:
    if kind.startswith(LIST_PREFIX):
        return f"a term of “{kind.removeprefix(LIST_PREFIX)}”"
    return f"a match of “{kind.removeprefix(PATTERN_PREFIX)}”"


def peers_said(peers: frozenset[str] | None, everyone: str = "everyone") -> str:
    """Return these peers in words, e.g. ``globex.example and partners``."""
    if peers is None:
        return everyone
    return listed([PEER_NAMES.get(peer, peer) for peer in sorted(peers)], "and")


def _qualities(asked: Conditions) -> Iterator[str]:
    if asked.things is not None:
        yield f"about {listed([THINGS_SAID[thing] for thing in sorted(asked.things)])}"
    if asked.acts is not None:
        yield f"whose act is {listed(sorted(asked.acts))}"
    if asked.labels is not None:
        yield f"labelled {labels_said(asked.labels)}"
    if asked.categories is not None:
        named = sorted(asked.categories)
        yield "with a category" if ANY_CATEGORY in named else f"in the category {listed(named)}"
    if asked.onward is not None:
        yield f"that may be passed on to {onward_said(asked.onward)}"
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
    if asked.attachment_types is not None:
        yield f"with attachments of {types_said(asked.attachment_types)}"
    if asked.attachment_bytes is not None:
        yield f"with attachments of {size_said(asked.attachment_bytes)} together"
    if asked.first_crossing is not None:
        yield "that crosses for the first time" if asked.first_crossing else "that has crossed before"
    if asked.nth is not None:
        yield nth_said(asked.nth)
    if asked.age is not None:
        yield f"written {span_said(asked.age)} hours ago"
    if asked.week is not None:
        yield f"written {week_said(asked.week)}"


def types_said(types: Collection[str]) -> str:
    """Return these media types in words, e.g. ``a type other than image/*``."""
    plain = sorted(each.removeprefix("!") for each in types)
    other = any(each.startswith("!") for each in types)
    return f"a type other than {listed(plain)}" if other else f"the type {listed(plain)}"


def size_said(span: Span) -> str:
    """Return a span of bytes in words, e.g. ``at most 5MB``."""
    if span.most is None:
        return f"{span_text(span, 'attachment_bytes').removeprefix('>=')} or more" if span.least else "any size"
    return span_text(span, "attachment_bytes").replace("<=", "at most ").replace("..", " to ")


def nth_said(span: Span) -> str:
    """Return which of an author's contributions are meant, e.g. ``that is among its author's first 3``."""
    if span.most == 1:
        return "that is its author's first"
    if span.most is not None and span.least <= 1:
        return f"that is among its author's first {span.most}"
    if span.most is None:
        return f"that comes after its author's first {span.least - 1}" if span.least > 1 else "that its author wrote"
    return f"that is number {span_said(span)} of its author's"


def week_said(week: Week) -> str:
    """Return a weekly window in words, e.g. ``on Mon or Tue between 08:00 and 18:00 UTC``."""
    days = f"on {listed([DAYS[day] for day in sorted(week.days)])}" if len(week.days) < len(DAYS) else "on any day"
    begins, _, ends = hours_text(week).partition("-")
    whole = (begins, ends) == ("00:00", "24:00")
    return f"{days} (UTC)" if whole else f"{days} between {begins} and {ends} UTC"


def onward_said(wishes: Collection[str]) -> str:
    """Return onward wishes in words, e.g. ``the readers' organisation at most``."""
    places = sorted(ONWARD.index(wish) for wish in ONWARD if wish in wishes)
    if len(places) > 1 and places == list(range(places[0], len(ONWARD))):
        return f"{WISHES_SAID[ONWARD[places[0]]]} at most"
    return listed([WISHES_SAID[ONWARD[place]] for place in places])


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
            yield f", at most {duty.per_hour} an hour for {RATED[duty.per]}"
        if isinstance(duty, Review):
            yield f", {review_said(duty)}"
    if rule.starts_at is not None:
        yield f", from {when(rule.starts_at)} on"
    if rule.expires_at is not None:
        yield f", until {when(rule.expires_at)}"
    if told:
        yield f"; {listed(told, 'and')} {'is' if len(told) == 1 else 'are'} told"


def review_said(duty: Review) -> str:
    """Return who has to release what is held, e.g. ``released by 2 of @legal within 4 hours``."""
    whom = listed(duty.reviewers) if duty.reviewers else ""
    by = whom or "one reviewer"
    if duty.approvals > 1:
        by = f"{duty.approvals} of {whom}" if whom else f"{duty.approvals} reviewers"
    within = f" within {duty.within_hours} hour{'s' if duty.within_hours > 1 else ''}" if duty.within_hours else ""
    return f"released by {by}{within}"


def when(at: datetime) -> str:
    """Return an instant to the minute in UTC, as a person reads it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
