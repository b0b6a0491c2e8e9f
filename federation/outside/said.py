"""What people of other servers said at our edge while they were signed in, and what became of it.

All of it is theirs: the words as they sent them, and how the gate dealt with each. Why the gate did so is in its notes,
which are for those inside; here there is a class of reasons that tells nothing of what is withheld.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from federation.outside import received
from federation.outside.received import Received
from federation.outside.store import Books

#: What became of something: on its way, waiting for somebody to look, let in, or not taken.
Fate = Literal["sent", "waiting", "let in", "not taken"]
#: Why something was not taken: it came too late, what it was for is not here (any more), or the rules.
Why = Literal["closed", "gone", "rules"]
WORDS = ("Create", "Update", "Delete")
MARKS = ("Like", "Undo")
NOT_TAKEN = ("refused", "ignored")
GONE = (received.NO_PARENT, received.NO_FORUM, received.NOTHING_TO_CHANGE, received.NOTHING_TO_LIKE)


async def newest_of(outside: Books, actor_uri: str, kinds: Sequence[str], limit: int = 200) -> list[Received]:
    """Return what somebody said here of some kinds, the newest first."""
    return await _found(outside, actor_uri, kinds, "", limit)


async def about(outside: Books, actor_uri: str, object_uri: str, kinds: Sequence[str] = WORDS) -> list[Received]:
    """Return what somebody said here of one thing, the newest first."""
    return await _found(outside, actor_uri, kinds, object_uri, 50)


async def _found(outside: Books, actor_uri: str, kinds: Sequence[str], object_uri: str, limit: int) -> list[Received]:
    rows = await outside.store.fetch(
        "SELECT r.* FROM said s JOIN received r ON r.activity_uri = s.activity_uri"
        " WHERE s.actor_uri = ? AND r.actor_uri = s.actor_uri AND r.signed_in AND (? = '' OR r.object_uri = ?)"
        " AND r.kind IN (SELECT value FROM json_each(?)) ORDER BY r.id DESC LIMIT ?",
        (actor_uri, object_uri, object_uri, json.dumps(list(kinds)), limit),
    )
    return [received.of_row(row) for row in rows]


async def written_among(outside: Books, actor_uri: str, uris: Sequence[str]) -> set[str]:
    """Return which of these somebody wrote here."""
    return {row["object_uri"] for row in await _acts(outside, actor_uri, uris, ("Create",))}


async def supported_among(outside: Books, actor_uri: str, uris: Sequence[str]) -> set[str]:
    """Return which of these somebody supports, by what they sent here last about each."""
    last: dict[str, bool] = {}
    for row in await _acts(outside, actor_uri, uris, MARKS):
        last.setdefault(row["object_uri"], row["kind"] == "Like" and row["state"] not in NOT_TAKEN)
    return {uri for uri, is_supported in last.items() if is_supported}


async def _acts(
    outside: Books, actor_uri: str, uris: Sequence[str], kinds: Sequence[str]
) -> Sequence[Mapping[str, Any]]:
    """Return what somebody did here about some things, the newest first: which, what and how it was dealt with."""
    return await outside.store.fetch(
        "SELECT object_uri, kind, state FROM received"
        " WHERE object_uri IN (SELECT value FROM json_each(?)) AND kind IN (SELECT value FROM json_each(?))"
        " AND actor_uri = ? AND signed_in ORDER BY id DESC",
        (json.dumps(list(uris)), json.dumps(list(kinds)), actor_uri),
    )


def fate_of(one: Received) -> Fate:
    if one.state in ("new", "ready"):
        return "sent"
    if one.state == "held":
        return "waiting"
    return "let in" if one.state == "admitted" else "not taken"


def why_not(one: Received) -> Why:
    """Return why something was not taken, as far as its author may know: what is not known to be harmless is rules."""
    if one.note == received.TOO_LATE:
        return "closed"
    return "gone" if one.note in GONE else "rules"
