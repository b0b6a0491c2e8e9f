"""What strangers sent us: each verified activity once, on disk before it is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from federation.outside import peers
from federation.outside.store import Books, Outside
from server.database import Transaction

ReceivedState = Literal["new", "ready", "admitted", "refused", "held", "ignored"]

# What is said of an activity that came before, or without, what it hangs on.
NO_PARENT = "It answers nothing that we know."
NO_FORUM = "It is addressed to no forum of ours."
NOTHING_TO_CHANGE = "It changes nothing that we know."
NOTHING_TO_LIKE = "It likes nothing that we know."
NO_AUTHOR = "Its author is not known."
NO_OBJECT = "The object could not be had from its own server."
FAULT = "It could not be dealt with."
#: What is said of what somebody wrote at our edge after the end.
TOO_LATE = "It came when it was closed."
TOO_EARLY = (NO_PARENT, NOTHING_TO_CHANGE, NOTHING_TO_LIKE, NO_AUTHOR, NO_OBJECT, FAULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A received activity. `body` is its bytes as they came; `attempts` counts how often it was put off."""

    id: int
    activity_uri: str
    host: str
    actor_uri: str
    kind: str
    object_uri: str
    body: bytes
    state: ReceivedState
    attempts: int
    due_at: float
    note: str
    received_at: float
    read_back: bool
    signed_in: bool


def of_row(row: Mapping[str, Any]) -> Received:
    values = {name: row[name] for name in Received.__slots__}
    flags = {"read_back": bool(row["read_back"]), "signed_in": bool(row["signed_in"])}
    return Received(**{**values, "body": bytes(row["body"]), **flags})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """A verified activity that is about to be kept. `body` is its bytes as they came.

    One that is `signed_in` was written at our edge, by somebody whom their own server vouched for there.
    """

    activity_uri: str
    host: str
    actor_uri: str
    kind: str
    object_uri: str
    body: bytes
    signed_in: bool = False

    @property
    def state(self) -> ReceivedState:
        """What it begins as: of somebody who is signed in there is nothing to look up."""
        return "ready" if self.signed_in else "new"


async def keep_all(outside: Outside, change: Transaction, requests: Sequence[Sequence[Arriving]]) -> None:
    """Store the activities of some requests; one whose id was stored before is left as it was.

    Their servers are up, then.
    """
    now, arriving = outside.now(), [one for request in requests for one in request]
    await change.executemany(
        "INSERT OR IGNORE INTO received (activity_uri, host, actor_uri, kind, object_uri, body, state, attempts,"
        " due_at, note, received_at, signed_in) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, '', ?, ?)",
        [
            (one.activity_uri, one.host, one.actor_uri, one.kind, one.object_uri, one.body, one.state, now,
             one.signed_in)
            for one in arriving
        ],
    )
    said_here = [(one.activity_uri, one.actor_uri) for one in arriving if one.signed_in]
    if said_here:
        await change.executemany("INSERT OR IGNORE INTO said (activity_uri, actor_uri) VALUES (?, ?)", said_here)
    for host in {one.host for one in arriving if not one.signed_in}:
        await peers.heard_from(change, host)


@dataclass(frozen=True, slots=True)
class Found:
    """An activity that was not sent to us, but read later on its own server."""

    activity_uri: str
    actor_uri: str
    kind: str
    object_uri: str
    body: bytes


async def keep_found(outside: Outside, host: str, found: Sequence[Found]) -> int:
    """Store what was read at a server and never came; return how much of it is new.

    What came too early once, before what it hangs on, is looked at again.
    """
    now, new = outside.now(), 0
    async with outside.store.transaction() as change:
        for one in found:
            new += await change.execute(
                "INSERT INTO received (activity_uri, host, actor_uri, kind, object_uri, body, state, attempts, due_at,"
                " note, received_at, read_back) VALUES (?, ?, ?, ?, ?, ?, 'new', 0, 0, '', ?, TRUE)"
                " ON CONFLICT (activity_uri, host) DO UPDATE SET state = 'new', attempts = 0, due_at = 0, note = ''"
                " WHERE received.state = 'refused' AND received.body = excluded.body"
                " AND received.note IN (SELECT value FROM json_each(?))",
                (one.activity_uri, host, one.actor_uri, one.kind, one.object_uri, one.body, now, json.dumps(TOO_EARLY)),
            )
    return new


async def is_known(outside: Books, object_uri: str) -> bool:
    """Say whether anything came that made, or would have made, an object."""
    return bool(
        await outside.store.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM received WHERE object_uri = ? AND kind IN ('Create', 'Announce', 'Found')"
            " AND NOT (state = 'refused' AND note IN (SELECT value FROM json_each(?))))"
            " OR EXISTS (SELECT 1 FROM crossings WHERE uri = ? AND kind = 'object')",
            (object_uri, json.dumps(TOO_EARLY), object_uri),
        )
    )


async def in_state(
    outside: Books, state: ReceivedState, now: float, limit: int = 100, host: str = ""
) -> list[Received]:
    """Return activities in a state that are due, of one server or of all, in the order in which they came."""
    rows = await outside.store.fetch(
        "SELECT * FROM received WHERE state = ? AND due_at <= ? AND (? = '' OR host = ?) ORDER BY id LIMIT ?",
        (state, now, host, host, limit),
    )
    return [of_row(row) for row in rows]


async def hosts_in_state(outside: Books, state: ReceivedState, now: float) -> list[str]:
    """Return the servers with something in a state that is due."""
    rows = await outside.store.fetch(
        "SELECT host, min(id) FROM received WHERE state = ? AND due_at <= ? GROUP BY host ORDER BY min(id)",
        (state, now),
    )
    return [row["host"] for row in rows]


async def by_uri(outside: Books, activity_uri: str) -> Received | None:
    row = await outside.store.fetch_one("SELECT * FROM received WHERE activity_uri = ?", (activity_uri,))
    return None if row is None else of_row(row)


async def was_said_here(outside: Books, object_uri: str, actor_uri: str) -> bool:
    """Say whether somebody who was signed in wrote this at our edge."""
    return bool(
        await outside.store.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM received WHERE object_uri = ? AND actor_uri = ? AND signed_in)",
            (object_uri, actor_uri),
        )
    )


async def newest_about(outside: Books, kind: str, host: str, object_uri: str, actor_uri: str = "") -> Received | None:
    """Return the last activity of one kind that a server (or one actor of it) sent about an object."""
    row = await outside.store.fetch_one(
        "SELECT * FROM received WHERE object_uri = ? AND kind = ? AND host = ? AND (? = '' OR actor_uri = ?)"
        " ORDER BY id DESC LIMIT 1",
        (object_uri, kind, host, actor_uri, actor_uri),
    )
    return None if row is None else of_row(row)


def said_anew(activity_uri: str, since: Received) -> str:
    """Return as what something is kept that is said again under its id, after something else had taken it back."""
    return f"{activity_uri}#again-{since.id}"


async def came_first(outside: Books, activity_uri: str, since: Received) -> bool:
    """Say whether an activity by the same actor came before another."""
    came_as = await outside.store.fetch_value(
        "SELECT id FROM received WHERE activity_uri = ? AND host = ? AND actor_uri = ?",
        (activity_uri, since.host, since.actor_uri),
    )
    return came_as is not None and came_as < since.id


async def about(outside: Books, host: str, object_uri: str, limit: int = 50) -> list[Received]:
    """Return what a server said of an object, Creates and Updates, newest first."""
    rows = await outside.store.fetch(
        "SELECT * FROM received WHERE object_uri = ? AND kind IN ('Create', 'Update') AND host = ? AND length(body) > 0"
        " ORDER BY id DESC LIMIT ?",
        (object_uri, host, limit),
    )
    return [of_row(row) for row in rows]


async def taken_about(outside: Outside, host: str, object_uri: str, limit: int = 50) -> list[Received]:
    """Return what a server, by itself or passing it on, said of an object that was let in, newest first."""
    rows = await outside.store.fetch(
        "SELECT * FROM received WHERE object_uri = ? AND kind IN ('Create', 'Update', 'Announce') AND host = ?"
        " AND state = 'admitted' AND length(body) > 0 ORDER BY id DESC LIMIT ?",
        (object_uri, host, limit),
    )
    return [of_row(row) for row in rows]


async def move(outside: Outside, received: Received, state: ReceivedState, note: str = "") -> None:
    """Write down what became of an activity."""
    async with outside.store.transaction() as change:
        await become(change, received, state, note)


async def become(change: Transaction, received: Received, state: ReceivedState, note: str = "") -> None:
    """Write down what became of an activity, with what else became of it."""
    await change.execute("UPDATE received SET state = ?, note = ? WHERE id = ?", (state, note[:500], received.id))


async def ready(change: Transaction, several: Sequence[Received]) -> None:
    """Hand activities to the gate: what they need was had, or cannot be had."""
    await change.executemany(
        "UPDATE received SET state = 'ready', note = '' WHERE id = ?", [(one.id,) for one in several]
    )


async def reopen(change: Transaction, received: Received) -> None:
    """Have the gate look at a held activity again, now that a reviewer has decided."""
    await change.execute("UPDATE received SET state = 'ready', due_at = 0 WHERE id = ?", (received.id,))


async def look_again(change: Transaction, host: str, object_uri: str) -> None:
    """Have what a forum's server said of an idea looked at again that came long before the idea was let in."""
    await change.execute(
        "UPDATE received SET state = 'ready', attempts = 0, due_at = 0 WHERE object_uri = ? AND host = ?"
        " AND (kind IN ('Add', 'Move') OR (kind = 'Update' AND instr(CAST(body AS TEXT), '\"outcome\"')))"
        " AND state = 'refused' AND note = ?",
        (object_uri, host, NOTHING_TO_CHANGE),
    )


async def put_off(outside: Outside, received: Received, due_at: float, note: str) -> None:
    """Look at an activity again later."""
    async with outside.store.transaction() as change:
        await change.execute(
            "UPDATE received SET attempts = attempts + 1, due_at = ?, note = ? WHERE id = ?",
            (due_at, note[:500], received.id),
        )


async def forget(change: Transaction, object_uri: str) -> None:
    """Drop the words of something that was deleted from what was received and fetched; that it came stays known."""
    await change.execute(
        "UPDATE received SET body = x'' WHERE object_uri = ? AND kind IN ('Create', 'Update', 'Announce')"
        " AND state NOT IN ('new', 'ready', 'held')",
        (object_uri,),
    )
    await change.execute("UPDATE fetched SET status = 410, document = x'' WHERE uri = ?", (object_uri,))


async def held_about(outside: Outside, host: str, object_uri: str) -> list[Received]:
    """Return what a server said of an object that waits for a reviewer."""
    rows = await outside.store.fetch(
        "SELECT * FROM received WHERE object_uri = ? AND host = ? AND state = 'held'", (object_uri, host)
    )
    return [of_row(row) for row in rows]


async def end_held(change: Transaction, host: str, object_uri: str) -> None:
    """End what waits for a reviewer about an object that its server has deleted; its words go."""
    await change.execute(
        "UPDATE received SET state = 'ignored', body = x'', note = 'It was deleted before it was let in.'"
        " WHERE object_uri = ? AND host = ? AND state = 'held'",
        (object_uri, host),
    )


async def activities_about(outside: Outside, object_uri: str) -> list[str]:
    """Return the ids of all activities that brought or changed an object."""
    rows = await outside.store.fetch(
        "SELECT DISTINCT activity_uri FROM received WHERE object_uri = ? AND kind IN ('Create', 'Update', 'Announce')",
        (object_uri,),
    )
    return [row["activity_uri"] for row in rows]


async def remains(outside: Outside, object_uri: str) -> tuple[str, ...]:
    """Say where the outside store still holds the words of an object: received, fetched, released."""
    found = await outside.store.fetch_one(
        "SELECT EXISTS (SELECT 1 FROM received WHERE object_uri = ? AND length(body) > 0"
        " AND kind IN ('Create', 'Update', 'Announce')) AS received,"
        " EXISTS (SELECT 1 FROM fetched WHERE uri = ? AND length(document) > 0) AS fetched,"
        " EXISTS (SELECT 1 FROM crossings c JOIN bodies b ON b.sha = c.sha WHERE (c.uri = ? OR c.subject_uri = ?)"
        " AND c.kind IN ('object', 'activity')) AS released",
        (object_uri,) * 4,
    )
    return tuple(name for name, here in (found or {}).items() if here)


async def defer(outside: Outside, received: Received, due_at: float, note: str) -> None:
    """Let an activity wait without counting it as a failed look."""
    async with outside.store.transaction() as change:
        await change.execute("UPDATE received SET due_at = ?, note = ? WHERE id = ?", (due_at, note[:500], received.id))


async def count(outside: Books) -> dict[str, int]:
    """Count received activities by state."""
    rows = await outside.store.fetch("SELECT state, count(*) AS n FROM received GROUP BY state")
    return {row["state"]: row["n"] for row in rows}
