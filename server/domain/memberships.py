"""Who is on the list of a forum that is for its members alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from server.domain.actors import Member

MOST_MEMBERS = 5_000


@dataclass(frozen=True, slots=True)
class ForumMember:
    """Somebody on a forum's list; `id` names the place on it. `invited_by` is the id of whoever put them there, ""
    for another server. Somebody of a partner's whom we never met is a member that is not written down.
    """

    id: str
    member: Member
    invited_by: str
    invited_at: datetime


def guest_id(username: str, host: str) -> str:
    """Return how a list names somebody of a partner's server (RFC 7565): we need not know their actor."""
    return f"acct:{username.casefold()}@{host.casefold()}"


def digest_of(ids: Iterable[str]) -> str:
    """Return the digest of a set of ids: the XOR of their SHA-256, in hexadecimal, as FEP-8fcf has it."""
    total = 0
    for one in set(ids):
        total ^= int.from_bytes(hashlib.sha256(one.encode()).digest())
    return f"{total:064x}"
