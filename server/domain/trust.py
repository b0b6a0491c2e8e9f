"""How far people from outside are known here, by what became of their words. Pure.

What a level changes is said wherever it is shown: a person who is new or watched is never mailed about at once. It
opens nothing: no rule of the boundary asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TrustLevel = Literal["new", "known", "trusted", "watched"]
KNOWN_AFTER = 3
TRUSTED_AFTER, TRUSTED_DAYS = 10, 7
WATCHED_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What became of what somebody sent: what stands, what reviewers refused or facilitators removed lately and ever,
    and for how many days they have been here.
    """

    standing: int = 0
    released: int = 0
    refused: int = 0
    refused_lately: int = 0
    removed: int = 0
    removed_lately: int = 0
    days: float = 0.0


@dataclass(frozen=True, slots=True)
class Trust:
    """A level with the history that it comes from."""

    level: TrustLevel
    history: History

    @property
    def may_interrupt(self) -> bool:
        """Say whether what this person does may be mailed to somebody at once."""
        return self.level in ("known", "trusted")


def trust_of(history: History) -> Trust:
    """Return somebody's level. Whatever was refused or removed within thirty days outweighs all that stands."""
    if history.refused_lately or history.removed_lately:
        return Trust("watched", history)
    if history.standing >= TRUSTED_AFTER and history.days >= TRUSTED_DAYS:
        return Trust("trusted", history)
    return Trust("known" if history.standing >= KNOWN_AFTER else "new", history)
