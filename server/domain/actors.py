"""People, local and remote. A remote member is a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from server.domain.errors import NotAllowed

Role = Literal["guest", "member", "facilitator", "analyst", "reviewer", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)

# What each role may do besides taking part. One table; every check reads it.
DUTIES: dict[Role, frozenset[str]] = {
    "guest": frozenset(),
    "member": frozenset(),
    "facilitator": frozenset({"mark", "moderate"}),
    "analyst": frozenset({"mark", "themes"}),
    "reviewer": frozenset({"review", "ledger"}),
    "admin": frozenset(
        {"mark", "moderate", "themes", "review", "ledger", "rules", "people", "jams", "partners", "audit"}
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person who takes part. `host` is "" for our own people, else `host[:port]` of their server."""

    id: str
    username: str
    host: str
    name: str
    unit: str
    role: Role
    consent: bool
    uri: str
    url: str
    active: bool
    created_at: datetime

    @property
    def is_local(self) -> bool:
        return self.host == ""

    @property
    def handle(self) -> str:
        return f"@{self.username}@{self.host}" if self.host else f"@{self.username}"

    def may(self, duty: str) -> bool:
        """Say whether this person holds `duty` (see DUTIES)."""
        return self.active and duty in DUTIES[self.role]

    def require(self, duty: str) -> None:
        """Raise NotAllowed unless this person holds `duty`."""
        if not self.may(duty):
            raise NotAllowed("Your role here does not include that.", f"{self.id} lacks duty {duty}")
