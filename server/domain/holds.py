"""What waits for reviewers, and when enough of them have approved it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from server.domain.actors import Member
from server.domain.crossings import Demand
from server.domain.sentences import counted, each, either, say

Direction = Literal["out", "in"]
HoldState = Literal["waiting", "deciding", "released", "refused", "void"]
Decision = Literal["release", "refuse"]

OWN_WORDS = say("These are your own words; somebody else has to review them.")
NO_SAFE_COPY = say("No copy could be made that is safe to send. Refuse it, and tell the author what to change.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedCopy:
    """What some audiences would get, as a reviewer reads it. `sha` is the SHA-256 of the very bytes.

    `author` is the name under which it would stand; `masked` holds what was taken out: (kind, the words).
    """

    sha: str
    title: str
    text: str
    author: str = ""
    masked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one reviewer said to one hold. `offer` is what they were shown; `batch` what they decided along with it."""

    by: Member
    decision: Decision
    offer: str
    note: str
    batch: str
    at: datetime
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One question to reviewers: may these bytes cross (out), or may this activity come in?

    `copies` maps each audience to the SHA-256 of what it would get (for "in", the sending server to that of
    the words), `wordings` to the digest of what the holding rules say. `released` maps audiences to what was
    let across to them at last. `demands` say how many people of which groups have to approve, each of them to be
    met (none: any one reviewer); `part` tells questions about one version apart, since other audiences may need
    other reviewers. `takes_effect_at` is set while a decision can still be undone.
    """

    id: str
    direction: Direction
    contribution_id: str
    version: int
    activity_uri: str
    peer: str
    forum_id: str
    author: str
    preview: str
    copies: dict[str, str]
    rules: tuple[str, ...]
    reason: str
    rule_set: int
    state: HoldState
    asked_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = ""
    part: str = ""
    wordings: dict[str, str] = field(default_factory=dict)
    previews: tuple[OfferedCopy, ...] = ()
    released: dict[str, str] = field(default_factory=dict)
    demands: tuple[Demand, ...] = ()
    within_hours: int | None = None
    takes_effect_at: datetime | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def offers(self) -> dict[str, str]:
        """Audience → what a release would let across to it: bytes and the wording of the rules, in one digest."""
        return {audience: bound(sha, self.wordings.get(audience, "")) for audience, sha in self.copies.items()}

    @property
    def offer(self) -> str:
        """All that a release would let across, in one digest: an approval holds for exactly this."""
        return digest(self.offers)

    @property
    def approved_by(self) -> tuple[Answer, ...]:
        """The approvals that count: of exactly what is on offer now, by people who may still review it."""
        return tuple(one for one in self._approvals() if one.offer == self.offer and self._may_still(one.by))

    @property
    def outdated(self) -> tuple[Answer, ...]:
        """Approvals that count no longer: of something else, or by somebody who is no reviewer of it any more."""
        counted = {one.by.id for one in self.approved_by}
        return tuple(one for one in self._approvals() if one.by.id not in counted)

    def _approvals(self) -> list[Answer]:
        newest = {one.by.id: one for one in self.answers if one.decision == "release" and not one.undone}
        return list(newest.values())

    def _may_still(self, member: Member) -> bool:
        return member.is_local and member.may("review") and self.calls(member)

    @property
    def asked_of(self) -> tuple[Demand, ...]:
        return self.demands or (Demand(),)

    def calls(self, member: Member) -> bool:
        """Say whether a person is of one of the groups that are asked."""
        return any(is_called(member, demand.reviewers) for demand in self.asked_of)

    @property
    def approvals(self) -> int:
        """How many approvals the rules want at least."""
        return max(demand.approvals for demand in self.asked_of)

    @property
    def reviewers(self) -> tuple[str, ...]:
        """All who are named as reviewers; none where anybody's review counts."""
        if any(not demand.reviewers for demand in self.asked_of):
            return ()
        return tuple(sorted({name for demand in self.asked_of for name in demand.reviewers}))

    @property
    def unmet(self) -> tuple[Demand, ...]:
        """What is still asked for: of whom, and how many more."""
        by = [answer.by for answer in self.approved_by]
        left = [
            Demand(demand.approvals - sum(is_called(member, demand.reviewers) for member in by), demand.reviewers)
            for demand in self.asked_of
        ]
        return tuple(demand for demand in left if demand.approvals > 0)

    @property
    def audiences(self) -> frozenset[str]:
        """Whom it is about, those included for whom no safe copy could be made."""
        return frozenset(self.copies) | frozenset(self.wordings)

    @property
    def due_at(self) -> datetime | None:
        """When a decision should have been taken, where the rules say so."""
        return None if self.within_hours is None else self.asked_at + timedelta(hours=self.within_hours)

    def is_overdue(self, now: datetime) -> bool:
        due = self.due_at
        return due is not None and now > due


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which holds of the queue to list. `mine` is (member id, group names, ids of their
    voices) of whoever asks for theirs alone; `without` are ids of forums that are not there for them."""

    state: HoldState = "waiting"
    direction: str = ""
    audience: str = ""
    forum_id: str = ""
    mine: tuple[str, frozenset[str], frozenset[str]] | None = None
    without: frozenset[str] = frozenset()


def digest(value: object) -> str:
    """Return the SHA-256 of some JSON in a form that does not depend on the order of its members."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def bound(sha: str, wording: str) -> str:
    """Return the digest that binds an approval to bytes and to what the rules say."""
    return digest([sha, wording])


def part_of(demands: Iterable[Demand]) -> str:
    """Return which question about a version this is: "" for the usual one, of any single reviewer."""
    asked = sorted([demand.approvals, sorted(demand.reviewers)] for demand in demands)
    return digest(asked)[:32] if asked and asked != [[1, []]] else ""


def wanted(demands: Iterable[Demand]) -> str:
    """Say who is still to approve, e.g. "1 more reviewer and 2 more of @legal"."""
    words = [
        say("%(n)s more of %(names)s", n=one.approvals, names=either(one.reviewers))
        if one.reviewers
        else counted("%(n)s more reviewer", "%(n)s more reviewers", one.approvals)
        for one in demands
    ]
    return each(words)


def group_names(member: Member) -> frozenset[str]:
    """Return what rules can call a person to review: `@unit`, `@role`, `@username`, or the username as it is."""
    names = {name.casefold() for name in (member.username, member.unit, member.role) if name}
    return frozenset({f"@{name}" for name in names} | {member.username.casefold()})


def is_called(member: Member, reviewers: Sequence[str]) -> bool:
    """Say whether a person is among these reviewers, or whether anybody's review will do."""
    names = group_names(member)
    return not reviewers or any(name.casefold() in names for name in reviewers)


def why_not(member: Member, hold: Hold, author_id: str, decision: Decision = "release") -> str:
    """Return why a person may not decide on a hold, in words for them; "" when they may.

    Nobody releases their own words; taking them back is their right. `author_id` is "" for another server's words.
    """
    if not (member.is_local and member.may("review")):
        return say("Your role here does not include reviewing.")
    own = bool(author_id) and member.wrote(author_id)
    if own and decision == "release":
        return OWN_WORDS
    if not own and not hold.calls(member):
        return say("This one is for %(names)s to decide.", names=either(hold.reviewers))
    if decision == "refuse":
        return ""
    if any(one.by.id == member.id for one in hold.approved_by):
        return say("You have approved this; it needs %(wanted)s.", wanted=wanted(hold.unmet))
    return "" if hold.copies or hold.direction == "in" else NO_SAFE_COPY
