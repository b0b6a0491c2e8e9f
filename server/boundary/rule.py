"""One rule of the boundary: whom and what it is about, and what it makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Literal, get_args

from server.boundary.facts import (
    ACTS,
    DIRECTIONS,
    KINDS,
    LIST_PREFIX,
    MINUTES_A_WEEK,
    PATTERN_PREFIX,
    THINGS,
    TIERS,
    WHOLE,
    Direction,
    is_host,
    is_kind,
    is_media_type,
)
from server.boundary.labels import ONWARD, Level, is_category

RuleKind = Literal["guard", "share", "accept"]
Effect = Literal["allow", "redact", "hold", "deny"]
Per = Literal["peer", "actor", "jam"]

PERS: tuple[Per, ...] = get_args(Per)
RULE_KINDS: tuple[str, ...] = get_args(RuleKind)
EFFECTS: tuple[str, ...] = get_args(Effect)
STRICTNESS: dict[str, int] = {effect: rank for rank, effect in enumerate(EFFECTS)}
ANY_PATTERN = PATTERN_PREFIX + "*"
ANY_LIST = LIST_PREFIX + "*"
ANY_CATEGORY = "*"
MOST_APPROVALS = 20
MOST_NTH = 50
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MINUTES_A_DAY = 24 * 60
NAME_TO_ROLE = "name->role"
REDACTIONS = frozenset({NAME_TO_ROLE, "attachments", *KINDS}) - WHOLE


class RuleError(ValueError):
    """A rule that cannot mean anything; the message says which part and why."""


def hint(word: str, known: Collection[str]) -> str:
    """Return ``: did you mean 'x'?`` for the known word nearest to ``word``, else the list of known words."""
    near = get_close_matches(word.lower(), [k for k in known if k], 1, 0.6)
    near = near or [k for k in known if k.lower() == word.lower()]
    near = near or get_close_matches(word.capitalize(), list(known), 1, 0.6)
    return f": did you mean '{near[0]}'?" if near else f"; known are {', '.join(sorted(known))}"


@dataclass(frozen=True, slots=True)
class Span:
    """Whole numbers from ``least`` to ``most``, both included; ``most`` None means without end."""

    least: int = 0
    most: int | None = None

    def __post_init__(self) -> None:
        if self.least < 0 or (self.most is not None and self.most < self.least):
            raise RuleError(f"no number lies between {self.least} and {self.most}")

    def __contains__(self, number: int) -> bool:
        return self.least <= number and (self.most is None or number <= self.most)


@dataclass(frozen=True, slots=True)
class Week:
    """Hours that come again each week, in UTC: on ``days`` (0 is Monday) from minute ``begins`` of the day up
    to, but not including, minute ``ends``; a window whose end is not after its begin reaches into the next day.
    """

    days: frozenset[int] = frozenset(range(7))
    begins: int = 0
    ends: int = MINUTES_A_DAY

    def __post_init__(self) -> None:
        if not self.days or not self.days <= set(range(7)):
            raise RuleError("a weekly window needs days of the week")
        if not (0 <= self.begins < MINUTES_A_DAY and 0 < self.ends <= MINUTES_A_DAY):
            raise RuleError("the hours of a day go from 00:00 to 24:00")
        if self.begins == self.ends:
            raise RuleError("a weekly window that ends when it begins is empty")

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The minutes of the week, each from a first up to but not including a last, in order and apart."""
        inside = sorted(minute for span in self._daily() for minute in span)
        return tuple((inside[n], inside[n + 1]) for n in range(0, len(inside), 2))

    def _daily(self) -> set[tuple[int, int]]:
        found: set[tuple[int, int]] = set()
        for day in self.days:
            start = day * MINUTES_A_DAY + self.begins
            end = day * MINUTES_A_DAY + self.ends + (MINUTES_A_DAY if self.ends < self.begins else 0)
            found.add((start, min(end, MINUTES_A_WEEK)))
            if end > MINUTES_A_WEEK:
                found.add((0, end - MINUTES_A_WEEK))
        return found

    def __contains__(self, minute: int) -> bool:
        return any(begin <= minute < end for begin, end in self.spans)


@dataclass(frozen=True, slots=True)
class Notify:
    """Duty: tell these people (``@group`` or a username)."""

    whom: str


@dataclass(frozen=True, slots=True)
class Rate:
    """Duty: let at most this many through per hour: from each server, from each author or into the jam in all."""

    per_hour: int
    per: Per = "peer"

    def __post_init__(self) -> None:
        if self.per_hour < 1:
            raise RuleError("a rate must be at least 1 an hour")
        if self.per not in PERS:
            raise RuleError(f"unknown rate_per '{self.per}'{hint(self.per, PERS)}")


@dataclass(frozen=True, slots=True)
class Expires:
    """Duty: what the rule allows ends at this time (UTC), and so does the rule itself."""

    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise RuleError("an expiry needs a time zone")


@dataclass(frozen=True, slots=True)
class Review:
    """Duty of what is held: so many people release it, each one of ``reviewers`` (none named: anyone who may
    review), and an answer is wanted within so many hours.

    A reviewer is ``@name`` (people with the duty to review whose unit or role is ``name``) or a username.
    """

    approvals: int = 1
    reviewers: tuple[str, ...] = ()
    within_hours: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.approvals <= MOST_APPROVALS:
            raise RuleError(f"approvals are between 1 and {MOST_APPROVALS}")
        if self.within_hours is not None and self.within_hours < 1:
            raise RuleError("a reviewer has an hour at least")
        if not all(name.strip().removeprefix("@") for name in self.reviewers):
            raise RuleError("a reviewer is named by @unit, @role or username")
        object.__setattr__(self, "reviewers", tuple(sorted({name.strip() for name in self.reviewers})))

    def asks_for(self, other: Review) -> bool:
        """Say whether whatever satisfies this duty satisfies ``other`` too."""
        among = not other.reviewers or (bool(self.reviewers) and set(self.reviewers) <= set(other.reviewers))
        return among and self.approvals >= other.approvals


Duty = Notify | Rate | Expires | Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a rule is about. None is no condition; all that are given must hold together.

    ``peers`` holds hosts, ``*`` (the anonymous public) and ``tier:NAME``. ``categories``, ``findings`` and
    ``attachment_types`` are compared with sets: a guard matches when any one of the facts' is listed, a share
    or accept only when there are some and all of them are listed, so that neither lets through more than
    was meant. ``pattern:*`` and ``list:*`` stand for all of the admins' own, the category ``*`` for every one,
    ``image/*`` for all such types; types that begin with ``!`` stand for all but these. Units and roles
    compare without regard to case. ``age`` counts hours, ``week`` is about when the words were written.
    """

    peers: frozenset[str] | None = None
    jams: frozenset[str] | None = None
    forums: frozenset[str] | None = None
    labels: frozenset[Level] | None = None
    categories: frozenset[str] | None = None
    onward: frozenset[str] | None = None
    authors: frozenset[str] | None = None
    units: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    consent: bool | None = None
    findings: frozenset[str] | None = None
    acts: frozenset[str] | None = None
    things: frozenset[str] | None = None
    length: Span | None = None
    attachments: Span | None = None
    attachment_types: frozenset[str] | None = None
    attachment_bytes: Span | None = None
    first_crossing: bool | None = None
    nth: Span | None = None
    age: Span | None = None
    week: Week | None = None

    def __post_init__(self) -> None:
        for kind in self.findings or ():
            if not is_kind(kind):
                raise RuleError(f"unknown finding '{kind}'{hint(kind, KINDS)}")
        for act in self.acts or ():
            if act not in ACTS:
                raise RuleError(f"unknown act '{act}'{hint(act, ACTS)}")
        for thing in self.things or ():
            if thing not in THINGS:
                raise RuleError(f"unknown thing '{thing}'{hint(thing, THINGS)}")
        for peer in self.peers or ():
            _check_peer(peer)
        for category in self.categories or ():
            if category != ANY_CATEGORY and not is_category(category):
                raise RuleError(f"'{category}' is no category: those have lower-case letters, digits and hyphens")
        for wish in self.onward or ():
            if wish not in ONWARD:
                raise RuleError(f"unknown onward wish '{wish}'{hint(wish, ONWARD)}")
        _check_types(self.attachment_types or frozenset())
        if self.nth is not None and (self.nth.most == 0 or max(self.nth.least, self.nth.most or 0) > MOST_NTH):
            raise RuleError(f"nth counts from 1 to {MOST_NTH}")
        for name in SETS:
            if getattr(self, name) is not None and not getattr(self, name):
                raise RuleError(f"{name} is empty, so the rule could never match")


SETS = (
    *("peers", "jams", "forums", "labels", "categories", "onward", "authors", "units", "roles", "findings"),
    *("acts", "things", "attachment_types"),
)


def _check_types(types: frozenset[str]) -> None:
    for each in types:
        plain = each.removeprefix("!")
        if plain != "*/*" and not is_media_type(plain.removesuffix("/*") + "/x" if plain.endswith("/*") else plain):
            raise RuleError(f"'{each}' is no media type: those look like image/png, image/* or !application/pdf")
    if len({each.startswith("!") for each in types}) > 1:
        raise RuleError("media types are all with '!' (all but these) or all without")


def _check_peer(peer: str) -> None:
    if peer.startswith("tier:"):
        if peer[5:] not in TIERS - {"public"}:
            raise RuleError(f"unknown tier '{peer[5:]}'{hint(peer[5:], TIERS)}")
    elif peer != "*" and not is_host(peer):
        raise RuleError(f"'{peer}' is not a host name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A guard (the organisation's: denies, holds or redacts), a share (lets out) or an accept (lets in)."""

    id: str
    kind: RuleKind
    direction: Direction
    effect: Effect
    conditions: Conditions = field(default_factory=Conditions)
    redactions: frozenset[str] = frozenset()
    duties: tuple[Duty, ...] = ()
    starts_at: datetime | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not self.id or not self.id.isprintable() or len(self.id) > 300:
            raise RuleError("a rule needs an id of printable characters")
        if self.kind not in RULE_KINDS or self.effect not in EFFECTS or self.direction not in DIRECTIONS:
            raise RuleError(f"unknown kind, effect or direction: {self.kind} {self.effect} {self.direction}")
        if self.kind == "guard" and self.effect == "allow":
            raise RuleError("a guard can only deny, hold or redact; to let something cross, write a share")
        if self.kind != "guard" and self.effect == "deny":
            raise RuleError(f"a {self.kind} cannot deny; to keep something from crossing, write a guard")
        if self.direction != {"share": "out", "accept": "in"}.get(self.kind, self.direction):
            raise RuleError("a share is about what goes out and an accept about what comes in")
        if (self.effect == "redact") > bool(self.redactions):
            raise RuleError("to redact, say what: redactions = [...]")
        if self.redactions and self.effect not in ("redact", "hold"):
            raise RuleError("redactions need the effect redact or hold")
        for redaction in sorted(self.redactions & WHOLE):
            raise RuleError(f"a {redaction} has no place of its own to be taken out of; hold it instead")
        for redaction in self.redactions:
            if redaction not in REDACTIONS and not is_kind(redaction):
                raise RuleError(f"unknown redaction '{redaction}'{hint(redaction, REDACTIONS)}")
        told = dict.fromkeys(duty for duty in self.duties if isinstance(duty, Notify))
        rates = [duty for duty in self.duties if isinstance(duty, Rate)]
        ends = [duty for duty in self.duties if isinstance(duty, Expires)]
        reviews = [duty for duty in self.duties if isinstance(duty, Review)]
        if len(rates) > 1 or len(ends) > 1 or len(reviews) > 1:
            raise RuleError("a rule has one rate, one expiry and one sort of review at most")
        if reviews and self.effect != "hold":
            raise RuleError("approvals, reviewers and within need the effect hold")
        reviews = [duty for duty in reviews if duty != Review()]
        object.__setattr__(self, "duties", (*told, *rates, *reviews, *ends))
        if self.starts_at is not None and self.starts_at.tzinfo is None:
            raise RuleError("a start needs a time zone")
        if self.starts_at is not None and self.expires_at is not None and self.expires_at <= self.starts_at:
            raise RuleError("the rule would expire before it starts")

    @property
    def expires_at(self) -> datetime | None:
        """Return when the rule stops to be in force, or None."""
        return min((duty.at for duty in self.duties if isinstance(duty, Expires)), default=None)


def unite(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """Return all duties once, in a stable order, with only the strictest rate of each sort, and without expiries.

    Of reviews those stay that no other one covers: each of them has to be satisfied, so that one rule more never
    makes a release easier. The shortest time holds for all.
    """
    duties = list(duties)
    told = sorted({duty.whom for duty in duties if isinstance(duty, Notify)})
    return (*map(Notify, told), *rates(duties), *_reviews(duties))


def rates(duties: Iterable[Duty]) -> tuple[Rate, ...]:
    """Return the strictest of the rates among some duties, for each of what they are counted by."""
    found: dict[Per, int] = {}
    for duty in duties:
        if isinstance(duty, Rate):
            found[duty.per] = min(duty.per_hour, found.get(duty.per, duty.per_hour))
    return tuple(Rate(found[per], per) for per in PERS if per in found)


def _reviews(duties: Iterable[Duty]) -> Iterable[Review]:
    asked = [duty for duty in duties if isinstance(duty, Review)]
    hours = min((duty.within_hours for duty in asked if duty.within_hours is not None), default=None)
    strict: list[Review] = []
    for one in sorted({Review(duty.approvals, duty.reviewers) for duty in asked}, key=lambda duty: duty.reviewers):
        if not any(other.asks_for(one) for other in strict):
            strict = [other for other in strict if not one.asks_for(other)] + [one]
    return [Review(one.approvals, one.reviewers, hours) for one in strict]
