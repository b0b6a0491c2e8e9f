"""What the page of the audit chain shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from server.services.audit import AuditState
from web.views import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One act. `by` and `subject` are words, looked up now; the chain holds ids."""

    number: int
    at: datetime
    by: str
    act: str
    subject: str
    subject_url: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    rows: tuple[AuditRow, ...]
    acts: tuple[Choice, ...]
    who: str
    older_url: str
    state: AuditState
    waiting_holds: int
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def last_at(self) -> datetime | None:
        return datetime.fromtimestamp(self.state.last.at, UTC) if self.state.last else None
