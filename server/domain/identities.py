"""Who an identity provider says that somebody is."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NOT_IN_NAMES = re.compile(r"[^a-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as their provider knows them: issuer and subject together are who it is, all else may change.

    An e-mail address is no part of it: addresses are given to others once their owner leaves.
    """

    issuer: str
    subject: str
    username: str
    name: str
    unit: str

    @property
    def wished(self) -> str:
        """The username to begin with here; "" where the provider names none that could be one."""
        before_host = self.username.split("@", 1)[0].lower()
        return _NOT_IN_NAMES.sub("-", before_host).strip("-.")[:64]
