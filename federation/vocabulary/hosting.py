"""What a forum's server says of ideas in it beside their words: which its facilitators marked, and what moved. Pure.

Marks are an Add to the forum's `featured` collection, as the fediverse knows it, and a Remove from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from federation.vocabulary.objects import AS_CONTEXT, moment
from server.domain.ideas import FACILITATED, MarkKind
from server.domain.uris import PUBLIC

CONTEXT: list[Any] = [
    AS_CONTEXT,
    {"marmalade": "urn:marmalade:ns:", "marks": "marmalade:marks", "memberDigest": "marmalade:memberDigest"},
]


def featured_uri(forum_uri: str) -> str:
    """Return where a forum of ours lists the ideas that its facilitators marked."""
    return f"{forum_uri}/featured"


def mark(
    uri: str, forum_uri: str, object_uri: str, marks: Collection[MarkKind], *, is_public: bool, at: datetime
) -> dict[str, Any]:
    """Render that these marks, and no others, stand at an idea: an Add, or a Remove where there is none."""
    followers = f"{forum_uri}/followers"
    made: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "Add" if marks else "Remove",
        "id": uri,
        "actor": forum_uri,
        "to": [PUBLIC] if is_public else [followers],
        "cc": [followers] if is_public else [],
        "audience": forum_uri,
        "published": moment(at),
        "object": object_uri,
        "target": featured_uri(forum_uri),
    }
    return made | {"marks": sorted(marks)} if marks else made


def read_marks(activity: Mapping[str, Any]) -> frozenset[MarkKind]:
    """Return the marks that an Add tells of; none where it pins something and says no more."""
    stated = activity.get("marks", activity.get("marmalade:marks"))
    words = stated if isinstance(stated, list) else [stated]
    return frozenset(kind for kind in FACILITATED if kind in words)
