"""One rule of the boundary: whom and what it is about, and what it makes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Literal, get_args

from server.boundary.facts import ACTS, DIRECTIONS, KINDS, PATTERN_PREFIX, TIERS, WHOLE, Direction, is_host, is_kind
from server.boundary.labels import Level

RuleKind = Literal["guard", "share", "accept"]
Effect = Literal["allow", "redact", "hold", "deny"]

RULE_KINDS: tuple[str, ...] = get_args(RuleKind)
EFFECTS: tuple[str, ...] = get_args(Effect)
STRICTNESS: dict[str, int] = {effect: rank for rank, effect in enumerate(EFFECTS)}
ANY_PATTERN = PATTERN_PREFIX + "*"
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
class Notify:
    """Duty: tell these people (``@group`` or a username)."""

    whom: str


@dataclass(frozen=True, slots=True)
class Rate:
    """Duty: let at most this many through per hour and peer."""

    per_hour: int

    def __post_init__(self) -> None:
        if self.per_hour < 1:
            raise RuleError("a rate must be at least 1 an hour")


@dataclass(frozen=True, slots=True)
class Expires:
    """Duty: what the rule allows ends at this time (UTC), and so does the rule itself."""

    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise RuleError("an expiry needs a time zone")


Duty = Notify | Rate | Expires


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a rule is about. None is no condition; all that are given must hold together.

    ``peers`` holds hosts, ``*`` (the anonymous public) and ``tier:NAME``. ``findings`` holds when any one of
    the kinds was found; ``pattern:*`` stands for every pattern of the admins' own. Units and roles compare
    without regard to case.
    """

    peers: frozenset[str] | None = None
    jams: frozenset[str] | None = None
    forums: frozenset[str] | None = None
    labels: frozenset[Level] | None = None
    authors: frozenset[str] | None = None
    units: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    consent: bool | None = None
    findings: frozenset[str] | None = None
    acts: frozenset[str] | None = None
    length: Span | None = None
    attachments: Span | None = None
    first_crossing: bool | None = None

    def __post_init__(self) -> None:
        for kind in self.findings or ():
            if not is_kind(kind):
                raise RuleError(f"unknown finding '{kind}'{hint(kind, KINDS)}")
        for act in self.acts or ():
            if act not in ACTS:
                raise RuleError(f"unknown act '{act}'{hint(act, ACTS)}")
        for peer in self.peers or ():
            _check_peer(peer)
        for name in ("peers", "jams", "forums", "labels", "authors", "units", "roles", "findings", "acts"):
            if getattr(self, name) is not None and not getattr(self, name):
                raise RuleError(f"{name} is empty, so the rule could never match")


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
        if len(rates) > 1 or len(ends) > 1:
            raise RuleError("a rule has one rate and one expiry at most")
        object.__setattr__(self, "duties", (*told, *rates, *ends))
        if self.starts_at is not None and self.starts_at.tzinfo is None:
            raise RuleError("a start needs a time zone")
        if self.starts_at is not None and self.expires_at is not None and self.expires_at <= self.starts_at:
            raise RuleError("the rule would expire before it starts")

    @property
    def expires_at(self) -> datetime | None:
        """Return when the rule stops to be in force, or None."""
        return min((duty.at for duty in self.duties if isinstance(duty, Expires)), default=None)


def unite(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """Return all duties once, in a stable order, with only the strictest rate, and without expiries."""
    duties = list(duties)
    told = sorted({duty.whom for duty in duties if isinstance(duty, Notify)})
    rates = [duty.per_hour for duty in duties if isinstance(duty, Rate)]
    return (*map(Notify, told), *([Rate(min(rates))] if rates else []))
