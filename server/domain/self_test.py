"""The leak self-test: canary ideas with unguessable words, and who asks for them from outside.

The canaries stand in a jam whose name nobody can give, and which no list shows. Who asks are actors of servers
under `.invalid`, a name that never resolves (RFC 6761): nothing is ever sent to them, and nobody else is them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

JAM = "~self-test"
DOMAIN = "self-test.invalid"

Identity = Literal["anonymous", "stranger", "partner", "ex-partner"]
Kind = Literal["inside", "granted", "amber", "held", "withdrawn", "former", "other"]
SelfTestState = Literal["asked", "running", "passed", "failed", "inconclusive"]
ENDED: tuple[SelfTestState, ...] = ("passed", "failed", "inconclusive")

# Where each signed identity lives; "other" is a partner for whom nobody asks.
HOSTS: dict[str, str] = {
    "stranger": f"stranger.{DOMAIN}",
    "partner": f"partner.{DOMAIN}",
    "ex-partner": f"ex-partner.{DOMAIN}",
    "other": f"other.{DOMAIN}",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A forum for canaries: its audience, and the servers that it is for."""

    audience: Literal["inside", "partners"]
    readers: tuple[str, ...] = ()


PLACES: dict[str, Place] = {
    "inside": Place("inside"),
    "granted": Place("partners", ("partner",)),
    "former": Place("partners", ("ex-partner",)),
    "other": Place("partners", ("other",)),
}


@dataclass(frozen=True, slots=True)
class Canary:
    """One canary: in which place it stands, under which label, and who may read its words at the end."""

    place: str
    label: str = "GREEN"
    readers: frozenset[str] = frozenset()


CANARIES: dict[Kind, Canary] = {
    "inside": Canary("inside"),
    "granted": Canary("granted", readers=frozenset({"partner"})),
    "amber": Canary("granted", label="AMBER"),
    "held": Canary("granted", label="CLEAR"),
    "withdrawn": Canary("granted"),
    "former": Canary("former"),
    "other": Canary("other"),
}

# The table that judges canaries, in place of the organisation's: what an admin writes must not decide whether the
# test proves anything.
TABLE = """
[[rule]]
id = "T-label"
kind = "guard"
direction = "out"
label = ">=AMBER"
effect = "deny"
note = "A canary above GREEN stays inside."

[[rule]]
id = "T-held"
kind = "guard"
direction = "out"
label = "CLEAR"
effect = "hold"
note = "A canary that waits for nobody."

[[rule]]
id = "T-granted"
kind = "share"
to = ["tier:partner"]
label = "<=GREEN"
effect = "allow"
note = "A canary for the servers of its forum."
"""


def is_identity(host: str) -> bool:
    """Say whether a server is one of the self-test's, which exists nowhere."""
    return host.endswith(f".{DOMAIN}")


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that came out: through which door, to whom, and what it was, in words that tell nothing of it."""

    door: str
    path: str
    identity: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a test asked and found. `notes` say what kept it from proving something; `controls` what it did prove."""

    doors: int = 0
    requests: int = 0
    markers: int = 0
    identities: tuple[str, ...] = ()
    leaks: tuple[Leak, ...] = ()
    controls: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def state(self) -> SelfTestState:
        """A leak fails a test whatever else went wrong; a test that could not prove what it should has no result."""
        return "failed" if self.leaks else "inconclusive" if self.notes else "passed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """One test: who asked for it ("": the clock), when, and what came of it."""

    id: int
    state: SelfTestState
    asked_by: str
    asked_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    report: Report = field(default_factory=Report)
