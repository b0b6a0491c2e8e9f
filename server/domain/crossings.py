"""What the boundary decides about a contribution, as people see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Tier = Literal["partner", "customer"]
PartnerState = Literal["active", "paused", "removed"]
VerdictWord = Literal["allowed", "redacted", "held", "denied", "inside"]
RulesState = Literal["active", "waiting", "scheduled", "shadow", "retired", "refused"]
RulesOrigin = Literal["defaults", "edited", "forum", "rollback"]
EVERYONE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A server with which we have an agreement. `clearance` is a level and categories, as in `GREEN+legal`."""

    host: str
    name: str
    tier: Tier
    clearance: str
    state: PartnerState
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Demand:
    """So many people, each one of `reviewers` (`@unit`, `@role` or a username; none: any reviewer), must release it."""

    approvals: int = 1
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the table in the shadow says of the same; `differs` if otherwise, `opens` if less strictly."""

    rule_set: int
    verdict: VerdictWord
    rules: tuple[str, ...]
    reason: str
    differs: bool
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the rules say of one version for one audience: a host, or "*" for the anonymous public.

    `rules` are the ids that decided; `redactions` the kinds taken out; `facts` the JSON of what was judged;
    `rates` are (per, number): as many activities of one "peer", one "actor", or into one "jam" the rules let in
    within an hour.
    What is held has to be released by `approvals` people at least, all of them among `reviewers` where any are
    named, within `within_hours`; `demands` says the same exactly, each of them to be met, where several rules
    hold it.
    `decision` is the JSON of what the rules alone came to, and when; `found` that of what detectors found, by
    kind and place. `id` and `decided_at` are those of a verdict that is kept. `tried` is for the gate alone.
    """

    audience: str
    verdict: VerdictWord
    rules: tuple[str, ...]
    reason: str
    redactions: frozenset[str] = frozenset()
    duties: tuple[str, ...] = ()
    advice: str = ""
    facts: str = field(default="{}", repr=False)
    rule_set: int = 0
    rates: tuple[tuple[str, int], ...] = ()
    approvals: int = 1
    reviewers: tuple[str, ...] = ()
    within_hours: int | None = None
    demands: tuple[Demand, ...] = ()
    decision: str = field(default="", repr=False)
    found: str = field(default="[]", repr=False)
    id: str = ""
    decided_at: datetime | None = None
    tried: Tried | None = field(default=None, repr=False, compare=False)

    @property
    def crosses(self) -> bool:
        return self.verdict in ("allowed", "redacted")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVerdict:
    """A verdict as it was written down: of which version of what, for which act. `act` begins "in " inward.

    `subject_id` is a contribution's, or, inward, the hash of an activity's id. `past` if decided otherwise since.
    """

    subject_id: str
    version: int
    act: str
    verdict: Verdict
    past: bool = False

    @property
    def direction(self) -> Literal["in", "out"]:
        return "in" if self.act.startswith("in ") else "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowDifference:
    """One verdict that the table in the shadow would have made otherwise."""

    rule_set: int
    subject_id: str
    version: int
    audience: str
    act: str
    before: VerdictWord
    after: VerdictWord
    rules: tuple[str, ...]
    reason: str
    opens: bool
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRules:
    """One version of the rule table: its text never changes, its state does.

    `base` is the version in force that it was compared with; `starts_at` when it is to come into force;
    `began_at` and `ended_at` when it did (or went into the shadow) and when it no longer was.
    """

    version: int
    text: str
    state: RulesState
    author_id: str
    approver_id: str
    note: str
    created_at: datetime
    base: int = 0
    origin: RulesOrigin = "edited"
    starts_at: datetime | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
