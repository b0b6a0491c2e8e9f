"""Agreements between two servers: their states as a table, what one covers, and how it reads. Pure.

An agreement only narrows: while it holds, nothing crosses between the two outside its forums, direction, clearance
and dates; within them the rules still have to share.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.domain.crossings import Tier
from server.domain.errors import Conflict
from server.domain.sentences import later, say

Direction = Literal["out", "in", "both"]
Way = Literal["out", "in"]
AgreementState = Literal["draft", "offered", "asked", "accepted", "declined", "ended", "expired", "superseded"]
Happening = Literal["sent", "accepted", "declined", "ended", "expired", "superseded"]
ALL_FORUMS = "*"
OPEN_STATES: frozenset[AgreementState] = frozenset({"draft", "offered", "asked", "accepted"})
FLIPPED: dict[Direction, Direction] = {"out": "in", "in": "out", "both": "both"}

# (state, what happens) → state; what is not here cannot happen.
TRANSITIONS: dict[tuple[AgreementState, Happening], AgreementState] = {
    ("draft", "sent"): "offered",
    ("offered", "accepted"): "accepted",
    ("asked", "accepted"): "accepted",
    ("offered", "declined"): "declined",
    ("asked", "declined"): "declined",
    **{(state, "ended"): "ended" for state in OPEN_STATES},
    **{(state, "expired"): "expired" for state in OPEN_STATES},
    **{(state, "superseded"): "superseded" for state in OPEN_STATES},
}
WORDS: dict[AgreementState, str] = {
    "draft": say("being sent"),
    "offered": say("offered, waiting for their answer"),
    "asked": say("offered by them, waiting for yours"),
    "accepted": say("accepted by both"),
    "declined": say("declined"),
    "ended": say("ended"),
    "expired": say("expired"),
    "superseded": say("replaced by a newer version"),
}


def after(state: AgreementState, happening: Happening) -> AgreementState:
    """Return the state that follows; raise Conflict where this cannot happen."""
    found = TRANSITIONS.get((state, happening))
    if found is None:
        raise Conflict(
            "This agreement is %(state)s; it cannot be %(happening)s any more.",
            state=WORDS[state],
            happening=happening,
        )
    return found


@dataclass(frozen=True, slots=True)
class NamedForum:
    """A forum by its URI, or ALL_FORUMS, with the title it was offered under."""

    uri: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed, as our side sees it: `direction` out is from us to them; `tier` is what they are to us.

    `clearance` is a label's text without onward wish; `onward` how far what is received may be passed on;
    `retention_days` how long after the end either side may keep what it received.
    """

    forums: tuple[NamedForum, ...]
    direction: Direction
    clearance: str
    retention_days: int
    onward: str
    tier: Tier
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One version of an agreement with one server.

    `ours` says who offered it. `document` is the offer as the offering server signed it, `acceptance` the answer as
    the other signed it; both JSON, "" before that. `closed_by` is us, them or time. After the end, `purged` counts
    what was deleted here, `stated_at` is when we told them that nothing is left, `told_at` when they told us so, with
    the signed `statement`.
    """

    id: str
    uri: str
    host: str
    version: int
    ours: bool
    state: AgreementState
    terms: Terms
    document: str
    acceptance: str
    note: str
    made_by: str
    made_at: datetime
    answered_by: str
    answered_at: datetime | None
    closed_by: str
    closed_at: datetime | None
    purged_at: datetime | None
    purged: int
    stated_at: datetime | None = None
    told_at: datetime | None = None
    statement: str = ""

    @property
    def name(self) -> str:
        return f"the agreement with {self.host}, version {self.version},"

    @property
    def rank(self) -> tuple[int, str]:
        """By which both sides find the same one to be the newer."""
        return self.version, self.uri

    def in_force(self, now: datetime) -> bool:
        return self.state == "accepted" and self.terms.starts_at <= now < self.terms.ends_at

    def covers(self, forum_uri: str) -> bool:
        """Say whether a forum is among those agreed on."""
        return any(one.uri in (ALL_FORUMS, forum_uri) for one in self.terms.forums)

    def bars(self, forum_uri: str, way: Way, now: datetime) -> str:
        """Return why something may not cross in a forum, as a sentence that names the agreement; "" where it may."""
        terms = self.terms
        if now < terms.starts_at:
            return _sentence(self.name, f"begins on {day(terms.starts_at)} only.")
        if now >= terms.ends_at:
            return _sentence(self.name, f"ended on {day(terms.ends_at)}.")
        if not self.covers(forum_uri):
            return _sentence(self.name, "does not cover this forum.")
        if terms.direction not in (way, "both"):
            return _sentence(self.name, f"lets nothing {way}.")
        return ""

    def bars_passing_on(self, tier: str) -> str:
        """Return why what came under it may not be passed on to an audience of this tier; "" where it may.

        The words are those of the Traffic Light Protocol 2.0: anyone; community: servers that are known to us;
        clients: our customers; organisation, recipients: nobody else.
        """
        allowed = {
            "anyone": {"public", "stranger", "partner", "customer"},
            "community": {"partner", "customer"},
            "clients": {"customer"},
        }
        if tier in allowed.get(self.terms.onward, set()):
            return ""
        return _sentence(self.name, f"lets it be passed on to {ONWARD_WORDS.get(self.terms.onward, 'nobody')}.")


ONWARD_WORDS = {
    "anyone": say("anyone"),
    "community": say("servers that are partners or customers only"),
    "clients": say("customers only"),
    "organisation": say("no other server"),
    "recipients": say("no other server"),
}


def newest(agreements: Iterable[Agreement]) -> Agreement | None:
    """Return the one that counts among agreements accepted by both."""
    return max((one for one in agreements if one.state == "accepted"), key=lambda one: one.rank, default=None)


def day(at: datetime) -> str:
    """Return a date as sentences write it."""
    return f"{at.day} {at:%B %Y}"


NO_MORE = {
    "partner": later("%(them)s is no partner any more then."),
    "customer": later("%(them)s is no customer any more then."),
}


def sentences(terms: Terms, us: str, them: str) -> tuple[str, ...]:
    """Say in plain sentences what is agreed, for a person who is about to accept it."""
    ways = {
        "out": say("What is written at %(us)s may reach %(them)s; nothing comes from there.", us=us, them=them),
        "in": say("What is written at %(them)s may reach %(us)s; nothing goes there.", us=us, them=them),
        "both": say("What is written at either may reach the other."),
    }
    named = [one.title or one.uri for one in terms.forums if one.uri != ALL_FORUMS]
    forums: str = say("It covers the forums %(forums)s and no other.", forums=tuple(named))
    if len(named) == 1:
        forums = say("It covers the forum %(forum)s and no other.", forum=named[0])
    kept: str = say("When it ends, each side deletes at once what it holds of the other's under it.")
    if terms.retention_days:
        kept = say(
            "When it ends, each side deletes within %(n)s days what it holds of the other's under it.",
            n=terms.retention_days,
        )
    whom = say(NO_MORE[terms.tier], them=them)
    return (
        say("It covers every forum that the other may see.") if len(named) < len(terms.forums) else forums,
        ways[terms.direction],
        _cleared(terms.clearance),
        say("What is received may be passed on to %(whom)s.", whom=ONWARD_WORDS.get(terms.onward, terms.onward)),
        say(
            "It holds from %(first)s until %(last)s; either side may end it before.",
            first=terms.starts_at.date(),
            last=terms.ends_at.date(),
        ),
        kept,
        whom,
        say("Your rules still have to let things cross: an agreement only narrows what they let."),
    )


def _cleared(clearance: str) -> str:
    level, *categories = clearance.split("+")
    if categories:
        return say(
            "Nothing labelled above %(level)s crosses, of what is marked only %(categories)s.",
            level=level,
            categories=tuple(categories),
        )
    return say("Nothing labelled above %(level)s crosses, nor anything marked with a category.", level=level)


def _sentence(name: str, rest: str) -> str:
    return f"{name[0].upper()}{name[1:]} {rest}"
