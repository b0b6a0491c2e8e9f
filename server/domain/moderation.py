"""Cases: what people flagged, and what facilitators decide. A table of states, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from server.domain.errors import Conflict
from server.domain.sentences import say

CaseState = Literal["open", "dismissed", "asked", "hidden", "restored"]
Decision = Literal["dismiss", "ask", "hide", "restore", "tell"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)
# Within this a case should be looked at.
TARGET = timedelta(hours=2)
# States in which the queue shows a case: somebody has to do something about it.
PENDING: tuple[CaseState, ...] = ("open", "asked", "hidden")

# state → decision → next state. A decision that is absent is refused. Telling an author's own server changes no state.
TRANSITIONS: dict[CaseState, dict[Decision, CaseState]] = {
    "open": {"dismiss": "dismissed", "ask": "asked", "hide": "hidden", "tell": "open"},
    "asked": {"dismiss": "dismissed", "ask": "asked", "hide": "hidden", "tell": "asked"},
    "hidden": {"restore": "restored", "tell": "hidden"},
    "dismissed": {},
    "restored": {},
}
STATE_WORDS: dict[CaseState, str] = {
    "open": say("waiting"),
    "dismissed": say("dismissed"),
    "asked": say("its author was asked to edit it"),
    "hidden": say("hidden"),
    "restored": say("restored"),
}


def next_state(state: CaseState, decision: Decision) -> CaseState:
    """Return the state after a decision, or raise Conflict."""
    if decision not in TRANSITIONS[state]:
        raise Conflict("This case is %(state)s; that cannot be done to it now.", state=STATE_WORDS[state])
    return TRANSITIONS[state][decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One person's reason: one of our people's, or, for somebody of its own, another server's (`host`)."""

    member_id: str
    member_name: str
    host: str
    reason: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the moderation log: what somebody decided, and why."""

    member_id: str
    member_name: str
    act: Decision
    note: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What was flagged, by whom, and what was decided of it, oldest first."""

    id: str
    contribution_id: str
    jam_id: str
    author_id: str
    state: CaseState
    opened_at: datetime
    changed_at: datetime
    flags: tuple[Flag, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    def is_overdue(self, now: datetime) -> bool:
        """Say whether it has waited for a first decision longer than the target."""
        return self.state == "open" and now - self.opened_at > TARGET
