"""People, local and remote. A remote member is a member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from server.domain.errors import NotAllowed
from server.domain.sentences import say

Role = Literal["guest", "member", "facilitator", "analyst", "reviewer", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)

# What each role may do besides taking part. One table; every check reads it.
DUTIES: dict[Role, frozenset[str]] = {
    "guest": frozenset(),
    "member": frozenset(),
    "facilitator": frozenset({"mark", "moderate"}),
    "analyst": frozenset({"mark", "themes"}),
    "reviewer": frozenset({"review", "ledger", "names"}),
    "admin": frozenset(
        {"mark", "moderate", "themes", "review", "ledger", "rules", "people", "jams", "partners", "audit", "names"}
    ),
}


#: Roles and duties as people read them.
ROLE_WORDS: dict[str, str] = {
    "guest": say("guest"),
    "member": say("member"),
    "facilitator": say("facilitator"),
    "analyst": say("analyst"),
    "reviewer": say("reviewer"),
    "admin": say("admin"),
}
DUTY_WORDS: dict[str, str] = {
    "mark": say("mark"),
    "moderate": say("moderate"),
    "themes": say("themes"),
    "review": say("review"),
    "ledger": say("ledger"),
    "rules": say("rules"),
    "people": say("people"),
    "jams": say("jams"),
    "partners": say("partners"),
    "audit": say("audit"),
    "names": say("names"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person who takes part. `host` is "" for our own people, else `host[:port]` of their server.

    `is_voice` marks one that stands for somebody whose name is not shown (server.domain.voices); `voices` are the
    ids of those that stand for this person: known of whoever is signed in, and of nobody else.
    """

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
    is_voice: bool = False
    voices: frozenset[str] = frozenset()

    def wrote(self, author_id: str) -> bool:
        """Say whether what bears this author's id is this person's own, by name or by one of their voices."""
        return author_id == self.id or author_id in self.voices

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
