"""Facts: everything a rule may ask about one thing that wants to cross, once, to or from one other server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from server.boundary.labels import LabelError, Level

Direction = Literal["in", "out"]
Tier = Literal["public", "stranger", "customer", "partner"]

DIRECTIONS: frozenset[str] = frozenset(get_args(Direction))
TIERS: frozenset[str] = frozenset(get_args(Tier))
KINDS = frozenset({"secret", "email", "phone", "codename", "person", "quote", "lookalike"})
# Kinds that are about the whole of a thing: they have no place in it, so they cannot be taken out.
WHOLE = frozenset({"quote", "lookalike"})
FAILED = "failed"
PATTERN_PREFIX = "pattern:"
ACTS = frozenset(
    {"Create", "Update", "Delete", "Like", "Dislike", "Undo", "Announce", "Follow", "Flag"}
    | {"Accept", "Reject", "Add", "Remove", "Block", "Move"}
)

_HOST = re.compile(r"(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::\d{1,5})?")


class FactsError(ValueError):
    """Facts that do not describe anything that can happen."""


def is_host(text: str) -> bool:
    """Say whether ``text`` is a server's name as facts and rules spell it.

    Lower-case ASCII ``host`` or ``host:port`` without a trailing dot and without the default port 443, so
    that one server has one spelling and no guard can be passed by writing its name otherwise.
    """
    return len(text) <= 259 and _HOST.fullmatch(text) is not None and not text.endswith(":443")


def normal_host(text: str) -> str:
    """Return ``text`` (a ``host[:port]`` in any case) as facts spell it; raise FactsError if it is none."""
    name, colon, port = text.strip().lower().rpartition(":")
    if not colon or "]" in port:
        name, port = text.strip().lower(), ""
    host = name.rstrip(".") + ("" if port in ("", "443") else f":{port}")
    if not host.isascii() and not host.startswith("["):
        host = host.encode("idna").decode("ascii")
    if not is_host(host):
        raise FactsError(f"'{text}' is not a host name")
    return host


def is_kind(kind: str) -> bool:
    """Say whether ``kind`` names a kind of finding that rules can ask about (``failed`` is none of them)."""
    return kind in KINDS or (kind.startswith(PATTERN_PREFIX) and len(kind) > len(PATTERN_PREFIX))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One request to cross. Compulsory throughout: facts that miss one or have it ill-typed cannot be made.

    ``peer`` is the other server's ``host[:port]``, or ``*`` for the anonymous public (then, and only then,
    the tier is ``public``). ``forum`` is the forum's key, e.g. ``packaging/open``; ``jam`` its jam's slug;
    both are empty where none applies. ``length`` counts characters. ``findings`` holds kinds of detector
    findings (``secret email phone codename person pattern:NAME``), or ``failed`` when a detector could not
    finish.
    """

    direction: Direction
    peer: str
    tier: Tier
    clearance: Level
    jam: str
    forum: str
    label: Level
    author: str
    unit: str
    role: str
    consent: bool
    findings: frozenset[str]
    act: str
    length: int
    attachments: int
    first_crossing: bool

    def __post_init__(self) -> None:
        texts = {type(self.direction), type(self.tier), type(self.peer), type(self.jam), type(self.forum)}
        texts |= {type(self.author), type(self.unit), type(self.role), type(self.act)}
        if texts != {str}:
            raise FactsError("direction, peer, tier, jam, forum, author, unit, role and act must be text")
        if self.direction not in DIRECTIONS:
            raise FactsError(f"unknown direction '{self.direction}'")
        if self.tier not in TIERS:
            raise FactsError(f"unknown tier '{self.tier}'")
        if (self.peer == "*") is not (self.tier == "public"):
            raise FactsError("the peer '*' and the tier 'public' go together")
        if self.peer != "*" and not is_host(self.peer):
            raise FactsError(f"'{self.peer}' is not a lower-case host[:port]")
        if {type(self.clearance), type(self.label)} != {Level}:
            raise FactsError("clearance and label must be levels")
        if {type(self.consent), type(self.first_crossing)} != {bool}:
            raise FactsError("consent and first_crossing must be true or false")
        if {type(self.length), type(self.attachments)} != {int}:
            raise FactsError("length and attachments must be whole numbers")
        if self.length < 0 or self.attachments < 0:
            raise FactsError("length and attachments cannot be negative")
        if {type(self.findings)} != {frozenset} or not {type(kind) for kind in self.findings} <= {str}:
            raise FactsError("findings must be a frozenset of text")

    def supposing(self, **changes: Any) -> Facts:
        """Return these facts with some of them changed and not checked: to try out, never to store."""
        other = object.__new__(Facts)
        for name in NAMES:
            object.__setattr__(other, name, changes[name] if name in changes else getattr(self, name))
        return other

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object with the same facts: levels by name, findings as a sorted list."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        values |= {"clearance": str(self.clearance), "label": str(self.label)}
        values["findings"] = sorted(self.findings)
        return values

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Facts:
        """Return the facts written by ``to_json``; raise FactsError if one is missing or ill-typed."""
        names = {field.name for field in fields(cls)}
        if set(value) != names:
            odd = ", ".join(sorted(set(value) ^ names))
            raise FactsError(f"facts are missing or unknown: {odd}")
        values = dict(value)
        if not isinstance(values["findings"], list):
            raise FactsError("facts are ill-typed: findings must be a list")
        try:
            values["clearance"] = Level.parse(value["clearance"])
            values["label"] = Level.parse(value["label"])
            values["findings"] = frozenset(value["findings"])
            return cls(**values)
        except (LabelError, AttributeError, TypeError) as error:
            raise FactsError(f"facts are ill-typed: {error}") from error


NAMES = tuple(field.name for field in fields(Facts))
