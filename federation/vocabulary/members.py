"""Who of one server is on a forum's list: in the Group as that server gets it, by digest in each Announce. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from federation.vocabulary.objects import AS_CONTEXT, ids
from server.domain.memberships import MOST_MEMBERS, digest_of

LONGEST = 400
# A list that was had from its own server within so many seconds before something came is the one that counts.
FRESH_SECONDS = 60.0
TERMS = {"marmalade": "urn:marmalade:ns:", "memberDigest": "marmalade:memberDigest"}


@dataclass(frozen=True, slots=True)
class Told:
    """A list as a Group tells it: `digest` as stated, "" where none is; `ids` are those that can be read."""

    ids: tuple[str, ...]
    digest: str


def render_list(members: Sequence[str]) -> dict[str, Any]:
    """Render one server's own members (never another's), with the digest of the whole."""
    return {"items": list(members), "digest": digest_of(members)}


def is_members_only(document: Mapping[str, Any]) -> bool:
    """Say whether a Group is for the people on its list alone."""
    jam = document.get("jam")
    return isinstance(jam, dict) and jam.get("audience") == "members"


def read_list(document: Mapping[str, Any]) -> Told:
    """Read the list that a Group tells; what is missing or odd is nobody."""
    jam = document.get("jam")
    listed = jam.get("members") if isinstance(jam, dict) else None
    items = listed.get("items") if isinstance(listed, dict) else None
    digest = listed.get("digest") if isinstance(listed, dict) else None
    if not isinstance(items, list) or not isinstance(digest, str) or len(items) > MOST_MEMBERS:
        return Told((), "")
    kept = tuple(one for one in items if isinstance(one, str) and len(one) <= LONGEST)
    return Told(kept, digest[:64])


def without_list(document: dict[str, Any]) -> dict[str, Any]:
    """Return a Group that says of its list only that there is one."""
    jam = document.get("jam")
    return {**document, "jam": {**(jam if isinstance(jam, dict) else {}), "audience": "members", "members": None}}


def with_digest(announce: dict[str, Any], digest: str) -> dict[str, Any]:
    """Return an Announce that states which list it was sent under."""
    return {**announce, "@context": [AS_CONTEXT, TERMS], "memberDigest": digest}


def stated_digest(activity: Mapping[str, Any]) -> str:
    """Return the digest that an Announce states, "" for none."""
    stated = activity.get("memberDigest")
    return stated if isinstance(stated, str) and len(stated) == 64 else ""


def widens(document: Mapping[str, Any], forum_uri: str, answered_uri: str = "") -> bool:
    """Say whether an object or activity is addressed beyond a closed forum and the author whom it answers."""
    within = {forum_uri, f"{forum_uri}/followers", answered_uri}
    named = {uri for key in ("to", "cc", "bto", "bcc", "audience") for uri in ids(document.get(key))}
    return bool(named - within)
