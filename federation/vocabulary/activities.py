"""Activities: what wraps an object on its way, and what we read of theirs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from federation.urls import same_origin
from federation.vocabulary.objects import AS_CONTEXT, CONTEXT, addressing, first_id, ids, moment
from server.domain.uris import PUBLIC, host_of


def _without_context(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "@context"}


def about(kind: str, uri: str, document: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Render Create or Update of an object, by its author, addressed as the object is."""
    return {
        "@context": CONTEXT,
        "type": kind,
        "id": uri,
        "actor": document["attributedTo"],
        "to": document["to"],
        "cc": document["cc"],
        "audience": document["audience"],
        "published": moment(at),
        "object": _without_context(document),
    }


def delete(
    uri: str, actor_uri: str, object_uri: str, forum_uri: str, *, is_public: bool, at: datetime
) -> dict[str, Any]:
    """Render the Delete of an object that its receivers hold."""
    return {
        "@context": AS_CONTEXT,
        "type": "Delete",
        "id": uri,
        "actor": actor_uri,
        "to": addressing(forum_uri, is_public=is_public),
        "audience": forum_uri,
        "object": {"type": "Tombstone", "id": object_uri, "deleted": moment(at)},
    }


def announce(
    uri: str, forum_uri: str, subject: dict[str, Any] | str, *, is_public: bool, at: datetime
) -> dict[str, Any]:
    """Render a forum's Announce: of an unaltered activity (FEP-1b12), or of a bare object id for microblogs."""
    followers = f"{forum_uri}/followers"
    return {
        "@context": AS_CONTEXT,
        "type": "Announce",
        "id": uri,
        "actor": forum_uri,
        "to": [PUBLIC] if is_public else [followers],
        "cc": [followers] if is_public else [],
        "published": moment(at),
        "object": subject,
    }


def like(uri: str, actor_uri: str, object_uri: str, forum_uri: str) -> dict[str, Any]:
    return {
        "@context": AS_CONTEXT,
        "type": "Like",
        "id": uri,
        "actor": actor_uri,
        "to": [forum_uri],
        "audience": forum_uri,
        "object": object_uri,
    }


def announce_together(uri: str, actor_uri: str, forum_uri: str, several: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Render several activities, unaltered, as one (FEP-1a11): an Announce of a collection of them."""
    return {
        "@context": AS_CONTEXT,
        "type": "Announce",
        "id": uri,
        "actor": actor_uri,
        "to": [forum_uri],
        "object": {"type": "OrderedCollection", "totalItems": len(several), "orderedItems": list(several)},
    }


def flag(uri: str, actor_uri: str, author_uri: str, object_uri: str, words: str) -> dict[str, Any]:
    """Render what our server tells another one of something that stands there: first its author, as Mastodon has it.

    Mastodon and GoToSocial take no report without the account that it is about.
    """
    return {
        "@context": AS_CONTEXT,
        "type": "Flag",
        "id": uri,
        "actor": actor_uri,
        "object": [author_uri, object_uri],
        "content": words,
    }


def flag_in_forum(flagged: dict[str, Any], forum_uri: str) -> dict[str, Any]:
    """Render a `flag` as Lemmy and PieFed have it: of one object, to its Group, with the words in `summary`."""
    *_, object_uri = flagged["object"]
    words = flagged["content"]
    return flagged | {"to": [forum_uri], "audience": forum_uri, "object": object_uri, "summary": words}


def undo(uri: str, activity: dict[str, Any]) -> dict[str, Any]:
    """Render the Undo of one of our own activities, inlined."""
    return {
        "@context": AS_CONTEXT,
        "type": "Undo",
        "id": uri,
        "actor": activity["actor"],
        "to": activity.get("to", []),
        "object": _without_context(activity),
    }


def follow(uri: str, actor_uri: str, forum_uri: str) -> dict[str, Any]:
    return {
        "@context": AS_CONTEXT,
        "type": "Follow",
        "id": uri,
        "actor": actor_uri,
        "to": [forum_uri],
        "object": forum_uri,
    }


def accept(uri: str, forum_uri: str, follow_activity: dict[str, Any], *, accepted: bool = True) -> dict[str, Any]:
    """Render Accept (or Reject) of a Follow, which is inlined because some servers cannot look it up."""
    return {
        "@context": AS_CONTEXT,
        "type": "Accept" if accepted else "Reject",
        "id": uri,
        "actor": forum_uri,
        "to": [follow_activity["actor"]],
        "object": _without_context(follow_activity),
    }


def update_actor(uri: str, document: dict[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "@context": document.get("@context", AS_CONTEXT),
        "type": "Update",
        "id": uri,
        "actor": document["id"],
        "to": [f"{document['id']}/followers"],
        "published": moment(at),
        "object": _without_context(document),
    }


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity of another server, read far enough to know which file deals with it."""

    uri: str
    kind: str
    actor_uri: str
    object_uri: str
    object: dict[str, Any] | None
    raw: dict[str, Any]

    def addressed(self) -> set[str]:
        return {uri for key in ("to", "cc", "audience", "target") for uri in ids(self.raw.get(key))}


def read_activity(document: dict[str, Any]) -> Activity:
    """Read id, type, actor and object; what is missing is "" or None."""
    kind = document.get("type")
    subject = document.get("object")
    if isinstance(subject, list):
        subject = subject[0] if subject else None
    uri = document.get("id")
    return Activity(
        uri=uri if isinstance(uri, str) else "",
        kind=kind if isinstance(kind, str) else "",
        actor_uri=first_id(document.get("actor")),
        object_uri=first_id(subject),
        object=subject if isinstance(subject, dict) else None,
        raw=document,
    )


def several(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the activities that an Announce holds in a list of several or in a collection; none for any other.

    Only what has an actor and an object is one: heaps of anything else are not walked.
    """
    subject = document.get("object")
    items: Any = subject if isinstance(subject, list) and len(subject) > 1 else []
    if isinstance(subject, dict) and subject.get("type") in ("Collection", "OrderedCollection"):
        items = subject.get("orderedItems", subject.get("items"))
    if document.get("type") != "Announce":
        return []
    items = items if isinstance(items, list) else [items]
    return [one for one in items if isinstance(one, dict) and {"actor", "object"} <= one.keys()]


def unfold(document: dict[str, Any], items: Sequence[dict[str, Any]], host: str) -> list[dict[str, Any]]:
    """Return an Announce of several activities as one document for each.

    Votes that people of the announcer's own server send to us (`host`) stand for themselves: their server signed for
    them. Anything else is announced as if it had come alone.
    """
    return [
        item if _is_vote(item, document, host) else {**document, "id": f"{document['id']}#{n}", "object": item}
        for n, item in enumerate(items)
    ]


def _is_vote(item: dict[str, Any], announce: dict[str, Any], host: str) -> bool:
    read, announcer = read_activity(item), first_id(announce.get("actor"))
    return (
        read.kind in ("Like", "Dislike", "Undo")
        and same_origin(read.uri, announcer)
        and same_origin(read.actor_uri, announcer)
        and any(host_of(uri) == host for uri in read.addressed())
    )


def innermost_id(document: dict[str, Any]) -> str:
    """Return the id of what an activity is about in the end: an Announce passes on what another activity is about."""
    read = read_activity(document)
    if read.kind == "Announce" and read.object is not None and "object" in read.object:
        return read_activity(read.object).object_uri or read.object_uri
    return read.object_uri
