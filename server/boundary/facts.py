"""Facts: everything a rule may ask about one thing that wants to cross, once, to or from one other server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal, get_args

from server.boundary.labels import ONWARD, WISHES, Clearance, Label, LabelError, Level, Onward, is_category

Direction = Literal["in", "out"]
Tier = Literal["public", "stranger", "customer", "partner"]
Thing = Literal["idea", "reply", "mark", "forum", "other"]

DIRECTIONS: frozenset[str] = frozenset(get_args(Direction))
TIERS: frozenset[str] = frozenset(get_args(Tier))
THINGS: tuple[Thing, ...] = get_args(Thing)
KINDS = frozenset({"secret", "email", "phone", "codename", "person", "quote", "lookalike"})
# Kinds that are about the whole of a thing: they have no place in it, so they cannot be taken out.
WHOLE = frozenset({"quote", "lookalike"})
FAILED = "failed"
PATTERN_PREFIX = "pattern:"
LIST_PREFIX = "list:"
OWN_PREFIXES = (PATTERN_PREFIX, LIST_PREFIX)
UNKNOWN_TYPE = "application/octet-stream"
MINUTES_A_WEEK = 7 * 24 * 60
ACTS = frozenset(
    {"Create", "Update", "Delete", "Like", "Dislike", "Undo", "Announce", "Follow", "Flag"}
    | {"Accept", "Reject", "Add", "Remove", "Block", "Move"}
)

_HOST = re.compile(r"(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::\d{1,5})?")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")


class FactsError(ValueError):
    """Facts that do not describe anything that can happen."""


@lru_cache(8192)
def is_host(text: str) -> bool:
    """Say whether ``text`` is a server's name as facts and rules spell it.

    Lower-case ASCII ``host`` or ``host:port`` without a trailing dot and without the default port 443, so
    that one server has one spelling and no guard can be passed by writing its name otherwise.
    """
    return len(text) <= 259 and _HOST.fullmatch(text) is not None and not text.endswith(":443")


def is_peer(peer: str, tier: str) -> bool:
    """Say whether these name the other side: ``*`` has the tier ``public``, and nobody else has it."""
    return tier == "public" if peer == "*" else tier in TIERS and tier != "public" and is_host(peer)


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
    return kind in KINDS or any(kind.startswith(prefix) and len(kind) > len(prefix) for prefix in OWN_PREFIXES)


def is_media_type(text: str) -> bool:
    """Say whether ``text`` is a media type as facts spell it: lower case, without parameters (RFC 6838)."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def normal_media_type(text: str) -> str:
    """Return a media type as facts spell it; ``application/octet-stream`` for anything that is none."""
    plain = text.partition(";")[0].strip().lower()
    return plain if is_media_type(plain) else UNKNOWN_TYPE


def week_minute(at: datetime) -> int:
    """Return the whole minutes between Monday 00:00 UTC and ``at`` (a time with a zone), in its week."""
    at = at.astimezone(UTC)
    return at.weekday() * 24 * 60 + at.hour * 60 + at.minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One request to cross. Compulsory throughout: facts that miss one or have it ill-typed cannot be made.

    ``peer`` is the other server's ``host[:port]``, or ``*`` for the anonymous public (then, and only then,
    the tier is ``public``). ``clearance`` is the highest level that it is cleared for and ``cleared_for`` the
    categories. ``forum`` is the forum's key, e.g. ``packaging/open``; ``jam`` its jam's slug; both are empty
    where none applies. ``thing`` is what the act is about: an idea, a reply, a mark of support, or a forum that
    somebody wants to follow. ``label``, ``categories`` and ``onward`` are the three parts of its label. ``findings``
    holds kinds of detector findings (``secret email phone codename person quote lookalike pattern:NAME
    list:NAME``), or ``failed`` when a detector could not finish. ``length`` counts characters,
    ``attachments`` files, ``attachment_types`` holds their media types and ``attachment_bytes`` their size
    together. ``nth`` is 1 for an author's first idea or reply towards this audience (inward: into this jam).
    ``age`` is the whole hours since the words were written and ``week_minute`` the minute of the week (from
    Monday 00:00 UTC) in which they were.
    """

    direction: Direction
    peer: str
    tier: Tier
    clearance: Level
    cleared_for: frozenset[str]
    jam: str
    forum: str
    label: Level
    categories: frozenset[str]
    onward: Onward
    author: str
    unit: str
    role: str
    consent: bool
    findings: frozenset[str]
    act: str
    thing: Thing
    length: int
    attachments: int
    attachment_types: frozenset[str]
    attachment_bytes: int
    first_crossing: bool
    nth: int
    age: int
    week_minute: int

    def __post_init__(self) -> None:
        types = tuple(map(type, _values(self)))
        if types != _TYPES:
            wrong = next(n for n, (found, wanted) in enumerate(zip(types, _TYPES, strict=True)) if found is not wanted)
            raise FactsError(f"{NAMES[wrong]} must be {_SAID[_TYPES[wrong]]}")
        if self.direction not in DIRECTIONS:
            raise FactsError(f"unknown direction '{self.direction}'")
        if self.tier not in TIERS:
            raise FactsError(f"unknown tier '{self.tier}'")
        if not is_peer(self.peer, self.tier):
            raise FactsError(f"'{self.peer}' is no lower-case host[:port]; '*' and the tier 'public' go together")
        if self.onward not in ONWARD:
            raise FactsError(f"unknown onward wish '{self.onward}'")
        if self.thing not in THINGS:
            raise FactsError(f"unknown thing '{self.thing}'")
        self._check_sets()
        self._check_numbers()

    def _check_sets(self) -> None:
        for kind in self.findings:
            if type(kind) is not str:
                raise FactsError("findings must be a frozenset of text")
        for category in (*self.categories, *self.cleared_for):
            if type(category) is not str or not is_category(category):
                raise FactsError("categories have lower-case letters, digits and hyphens")
        for media_type in self.attachment_types:
            if type(media_type) is not str or not is_media_type(media_type):
                raise FactsError("attachment_types must be media types in lower case")

    def _check_numbers(self) -> None:
        least = min(self.length, self.attachments, self.attachment_bytes, self.nth - 1, self.age, self.week_minute)
        if least < 0 or self.week_minute >= MINUTES_A_WEEK:
            raise FactsError("a number is out of its range: none is negative, and nth begins at 1")
        types = len(self.attachment_types)
        if types > self.attachments or bool(types) is not bool(self.attachments):
            raise FactsError("each attachment has a media type")
        if self.attachment_bytes and not self.attachments:
            raise FactsError("no attachments have no bytes")

    def check(self) -> None:
        """Raise FactsError or AttributeError unless these are facts that could have been made as they are."""
        self.__post_init__()

    @property
    def whole_label(self) -> Label:
        """The label that level, categories and onward wish make up."""
        return Label(self.label, self.categories, self.onward)

    @property
    def whole_clearance(self) -> Clearance:
        """The clearance that level and categories make up."""
        return Clearance(self.clearance, self.cleared_for)

    def towards(
        self,
        peer: str,
        tier: Tier,
        clearance: Clearance,
        findings: frozenset[str],
        *,
        act: str,
        first_crossing: bool,
        nth: int,
    ) -> Facts:
        """Return these facts about another server; what changes is checked, the rest was."""
        if not is_peer(peer, tier):
            raise FactsError(f"'{peer}' with the tier '{tier}' is no other side")
        if (type(findings), type(act), type(first_crossing), type(nth)) != (frozenset, str, bool, int) or nth < 1:
            raise FactsError("findings, act, first_crossing or nth are ill-typed")
        return self.supposing(
            peer=peer,
            tier=tier,
            clearance=clearance.level,
            cleared_for=clearance.categories,
            findings=findings,
            act=act,
            first_crossing=first_crossing,
            nth=nth,
        )

    def supposing(self, **changes: Any) -> Facts:
        """Return these facts with some of them changed and not checked: to try out, never to store."""
        other = object.__new__(Facts)
        for name in NAMES:
            object.__setattr__(other, name, changes[name] if name in changes else getattr(self, name))
        return other

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object with the same facts: levels by name, sets as sorted lists."""
        values: dict[str, Any] = {name: getattr(self, name) for name in NAMES}
        values |= {"clearance": str(self.clearance), "label": str(self.label)}
        return values | {name: sorted(values[name]) for name in SETS}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Facts:
        """Return the facts written by ``to_json``; raise FactsError if one is missing or ill-typed."""
        if value.keys() != _KEYS:
            odd = ", ".join(sorted(set(value) ^ set(NAMES)))
            raise FactsError(f"facts are missing or unknown: {odd}")
        values = dict(value)
        for name in SETS:
            if not isinstance(values[name], list):
                raise FactsError(f"facts are ill-typed: {name} must be a list")
        try:
            for name in _LEVELS:
                values[name] = _BY_NAME[value[name]] if value[name] in _BY_NAME else Level.parse(value[name])
            values |= {name: frozenset(values[name]) for name in SETS}
            return cls(**values)
        except (LabelError, AttributeError, TypeError) as error:
            raise FactsError(f"facts are ill-typed: {error}") from error


SETS = ("cleared_for", "categories", "findings", "attachment_types")
NUMBERS = ("length", "attachments", "attachment_bytes", "nth", "age", "week_minute")
NAMES = tuple(field.name for field in fields(Facts))
_KEYS = frozenset(NAMES)
_values = attrgetter(*NAMES)
_LEVELS = ("clearance", "label")
_BY_NAME = dict(Level.__members__)
_FLAGS = ("consent", "first_crossing")
_TYPES: tuple[type, ...] = tuple(
    frozenset if name in SETS
    else int if name in NUMBERS
    else Level if name in _LEVELS
    else bool if name in _FLAGS
    else str
    for name in NAMES
)  # fmt: skip
_SAID = {
    str: "text",
    int: "a whole number",
    Level: "a level",
    bool: "true or false",
    frozenset: "a frozenset of text",
}
# What rows stored before these facts were there are taken to have had: no categories, the level's own onward
# wish, an author's first contribution, an idea (or what the act says), judged when written, on a Monday at midnight.
# For stored rows only.
ASSUMED: Mapping[str, Any] = {
    "cleared_for": [],
    "categories": [],
    "attachment_types": [],
    "attachment_bytes": 0,
    "nth": 1,
    "age": 0,
    "week_minute": 0,
}


def upgraded(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as an older version stored them with what it did not know filled in (see ASSUMED).

    Only keys that are missing are added; a key with a bad value stays, for ``Facts.from_json`` to refuse. A
    verdict is never based on this: it serves dry runs over the past.
    """
    values = {**ASSUMED, **stored}
    if "onward" not in values:
        level = Level.__members__.get(str(values.get("label", "")).upper())
        values["onward"] = "recipients" if level is None else WISHES[level]
    acts: dict[str, Thing] = {"Like": "mark", "Undo": "mark", "Add": "mark", "Follow": "forum", "Flag": "other"}
    values.setdefault("thing", acts.get(str(values.get("act")), "idea"))
    if values.get("attachments") and "attachment_types" not in stored:
        values["attachment_types"] = [UNKNOWN_TYPE]
    return values
