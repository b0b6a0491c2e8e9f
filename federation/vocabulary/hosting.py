"""What a forum's server says of ideas in it beside their words: which its facilitators marked, and what moved. Pure.

Marks are an Add to the forum's `featured` collection, as the fediverse knows it, and a Remove from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from federation.vocabulary.objects import AS_CONTEXT, first_id, moment
from server.domain.facilitation import MOVES, MoveKind
from server.domain.ideas import FACILITATED, MarkKind
from server.domain.uris import PUBLIC

CONTEXT: list[Any] = [
    AS_CONTEXT,
    {
        "marmalade": "urn:marmalade:ns:",
        "marks": "marmalade:marks",
        "moved": "marmalade:moved",
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
    uri: str, forum_uri: str, object_uri: str, marks: Collection[MarkKind], *, is_public: bool, at: datetime
) -> dict[str, Any]:
    """Render that these marks, and no others, stand at an idea: an Add, or a Remove where there is none."""
    made = _said("Add" if marks else "Remove", uri, forum_uri, object_uri, is_public=is_public, at=at)
    made["target"] = featured_uri(forum_uri)
    return made | {"marks": sorted(marks)} if marks else made


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
