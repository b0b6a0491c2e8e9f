"""What a forum's server says of ideas in it beside their words: marks, locks, moves, what becomes of them. Pure.

Marks are an Add to the forum's `featured` collection, as the fediverse knows it, and a Remove from it; a locked thread
is a Lock of its idea, and its Undo, as Lemmy and PieFed have it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from federation.vocabulary.objects import AS_CONTEXT, first_id, moment
from federation.vocabulary.questions import read_moment
from server.domain.facilitation import MOVES, MoveKind
from server.domain.ideas import FACILITATED, MarkKind
from server.domain.outcomes import LONGEST_REASON, LONGEST_STREAM, OUTCOMES, OutcomeKind
from server.domain.uris import PUBLIC

CONTEXT: list[Any] = [
    AS_CONTEXT,
    {
        "marmalade": "urn:marmalade:ns:",
        "marks": "marmalade:marks",
        "moved": "marmalade:moved",
        "outcome": "marmalade:outcome",
        "Outcome": "marmalade:Outcome",
        "status": "marmalade:status",
        "stream": "marmalade:stream",
        "decided": "marmalade:decided",
        "memberDigest": "marmalade:memberDigest",
    },
]


def featured_uri(forum_uri: str) -> str:
    """Return where a forum of ours lists the ideas that its facilitators marked."""
    return f"{forum_uri}/featured"


def _said(kind: str, uri: str, forum_uri: str, object_uri: str, *, is_public: bool, at: datetime) -> dict[str, Any]:
    """Return what all that a forum says to its followers of something in it has in common."""
    followers = f"{forum_uri}/followers"
    return {
        "@context": CONTEXT,
        "type": kind,
        "id": uri,
        "actor": forum_uri,
        "to": [PUBLIC] if is_public else [followers],
        "cc": [followers] if is_public else [],
        "audience": forum_uri,
        "published": moment(at),
        "object": object_uri,
    }


def mark(
    uri: str, forum_uri: str, object_uri: str, marks: Collection[MarkKind], is_public: bool, at: datetime
) -> dict[str, Any]:
    """Render that these marks, and no others, stand at an idea: an Add, or a Remove where there is none."""
    made = _said("Add" if marks else "Remove", uri, forum_uri, object_uri, is_public=is_public, at=at)
    made["target"] = featured_uri(forum_uri)
    return made | {"marks": sorted(marks)} if marks else made


def lock(
    uri: str, forum_uri: str, object_uri: str, locked: bool, is_public: bool, at: datetime
) -> dict[str, Any]:
    """Render that a thread is locked: a Lock of its idea; or open again: an Undo of that."""
    made = _said("Lock", uri, forum_uri, object_uri, is_public=is_public, at=at)
    if locked:
        return made
    inner = {key: made[key] for key in ("type", "actor", "to", "cc", "audience", "object")}
    return made | {"type": "Undo", "object": inner | {"id": f"{uri}#lock"}}


def read_lock(activity: Mapping[str, Any]) -> bool:
    """Say whether a thread is locked by what its forum said: a Lock, or an Undo of one."""
    return activity.get("type") == "Lock"


def locked_uri(activity: Mapping[str, Any]) -> str:
    """Return the idea whose thread a Lock locks, or its Undo opens again; "" where it names none."""
    return first_id(undone(activity, "Lock").get("object")) or first_id(activity.get("object"))


def undone(activity: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    """Return the activity of some kind that an Undo undoes, as it is inlined; nothing for anything else."""
    inner = activity.get("object")
    return inner if activity.get("type") == "Undo" and isinstance(inner, dict) and inner.get("type") == kind else {}


def as_moderator(said: Mapping[str, Any], uri: str, moderator_uri: str) -> dict[str, Any]:
    """Return what a forum says as done by a moderator of it, which is how Lemmy and PieFed know such things."""
    made = {**said, "id": uri, "actor": moderator_uri}
    if inner := undone(said, "Lock"):
        made["object"] = {**inner, "id": f"{uri}#lock", "actor": moderator_uri}
    return made


def move(
    uri: str, forum_uri: str, object_uri: str, former_uri: str, kind: MoveKind, *, is_public: bool, at: datetime
) -> dict[str, Any]:
    """Render that words which stood under one address stand under another now, and whether they were merged, say."""
    made = _said("Move", uri, forum_uri, object_uri, is_public=is_public, at=at)
    return made | {"origin": former_uri, "moved": kind}


def read_move(activity: Mapping[str, Any]) -> tuple[str, MoveKind | None]:
    """Return the former address that a Move names, "" for none, and how the words were moved, None where unsaid."""
    stated = activity.get("moved", activity.get("marmalade:moved"))
    return first_id(activity.get("origin")), next((kind for kind in MOVES if kind == stated), None)


def read_marks(activity: Mapping[str, Any]) -> frozenset[MarkKind]:
    """Return the marks that an Add tells of; none where it pins something and says no more."""
    stated = activity.get("marks", activity.get("marmalade:marks"))
    words = stated if isinstance(stated, list) else [stated]
    return frozenset(kind for kind in FACILITATED if kind in words)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a forum's server says of what becomes of an idea: `stream` and `reason` are plain text, "" where untold."""

    kind: OutcomeKind
    stream: str
    reason: str
    decided_at: datetime


def outcome(
    uri: str, forum_uri: str, object_uri: str, decision: Decision | None, is_public: bool, at: datetime
) -> dict[str, Any]:
    """Render the Update of an idea by what becomes of it; None that nothing is told of that any more."""
    made = _said("Update", uri, forum_uri, object_uri, is_public=is_public, at=at)
    said: dict[str, Any] | None = None
    if decision is not None:
        said = {"type": "Outcome", "status": decision.kind, "decided": moment(decision.decided_at)}
        said |= {"stream": decision.stream} if decision.stream else {}
        said |= {"content": decision.reason, "mediaType": "text/plain"} if decision.reason else {}
    return made | {"object": {"type": "Article", "id": object_uri, "outcome": said}}


def tells_outcome(activity: Mapping[str, Any]) -> bool:
    """Say whether an Update is one of what becomes of an idea, and of nothing else."""
    inner = activity.get("object")
    return isinstance(inner, dict) and "outcome" in inner and "content" not in inner


def read_outcome(activity: Mapping[str, Any]) -> Decision | None:
    """Read what an Update says of what becomes of an idea; None for nothing, or nothing that we know.

    Texts are cut at what we would take ourselves.
    """
    said = activity["object"]["outcome"]
    kind = next((one for one in OUTCOMES if one == said.get("status")), None) if isinstance(said, dict) else None
    if kind is None:
        return None
    decided_at = read_moment(said.get("decided")) or read_moment(activity.get("published"))
    stream, reason = (said[key] if isinstance(said.get(key), str) else "" for key in ("stream", "content"))
    return Decision(
        kind, " ".join(stream.split())[:LONGEST_STREAM], reason[:LONGEST_REASON], decided_at or datetime.now(UTC)
    )
