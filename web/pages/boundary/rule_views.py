"""What the pages about the rule table show: frozen, complete, already permitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from web.views import Choice, Verdict

RuleKind = Literal["guard", "share", "accept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    id: str
    kind: RuleKind
    sentence: str
    effect: Verdict
    hits: int
    last_at: datetime | None
    owner: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRules:
    """A version that waits for a second approver, or, with `starts_at` and nobody to ask, for its time.

    `against` is the version that `changes` compares it with; `moved` says that another came into force since.
    """

    version: int
    state: Literal["waiting", "scheduled"]
    by: str
    at: datetime
    note: str
    starts_at: datetime | None
    against: int
    moved: bool
    opening: bool
    may_approve: bool
    may_refuse: bool
    changes: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    faulty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """A verdict that the table in the shadow would have made otherwise."""

    words: str
    before: Verdict
    after: Verdict
    reason: str
    opens: bool
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowCard:
    version: int
    since: datetime | None
    note: str
    sentence: str
    differences: tuple[DifferenceRow, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LackRow:
    """A rule that would name more acts if its forum were made today: what is refused until then, in words."""

    rule_id: str
    note: str
    refused: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPage:
    version: int
    applied_at: datetime | None
    applied_by: str
    guards: tuple[RuleRow, ...]
    shares: tuple[RuleRow, ...]
    accepts: tuple[RuleRow, ...]
    of: str
    waiting_holds: int
    may_change: bool
    lacking: tuple[LackRow, ...] = ()
    waiting: tuple[WaitingRules, ...] = ()
    shadow: ShadowCard | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """Something wrong with a table: the sentence, and the line (0: none) with what stands there."""

    sentence: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipRow:
    words: str
    before: str
    after: str
    reason: str
    opens: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What a check found. `problems` alone where the table cannot be used at all."""

    problems: tuple[ProblemRow, ...] = ()
    changes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    proven: bool = True
    opening: bool = False
    dry_run: str = ""
    flips: tuple[FlipRow, ...] = ()
    more_flips: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorPage:
    """The table as text, with what a check found beside it.

    `base` is the version that it was made from; `moved` are the sentences of what came into force since then.
    """

    text: str
    note: str
    starts_at: str
    base: int
    in_force: int
    rows: int
    too_large: bool
    waiting_holds: int
    result: CheckResult | None = None
    moved: tuple[str, ...] = ()
    adding: Mapping[str, str]
    kinds: tuple[Choice, ...]
    effects: tuple[Choice, ...]
    labels: tuple[Choice, ...]
    findings: tuple[Choice, ...]
    forums: tuple[Choice, ...]
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    version: int
    state: str
    by: str
    approved_by: str
    note: str
    at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    starts_at: datetime | None
    base: int
    changes: tuple[str, ...]
    rollback_url: str
    edit_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsPage:
    versions: tuple[VersionRow, ...]
    in_force: int
    older_url: str
    waiting_holds: int
    may_change: bool
