"""Polls as ActivityStreams Questions, and votes as Mastodon sends them: a Note with a name and no words. Pure.

`oneOf` or `anyOf` lists the answers, each a Note with its `name` and how often it was chosen (`replies.totalItems`);
`endTime` is when the poll ends, `closed` when it did, `votersCount` (of Mastodon's namespace) how many people voted.
"""

from __future__ import annotations

import html as markup
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_ANSWERS = 30
LONGEST_ANSWER = 200
MOST_VOTES = 1 << 31
VOTERS = {"toot": "http://joinmastodon.org/ns#", "votersCount": "toot:votersCount"}
# What of a Question are numbers and times: no words, and not what a reviewer approves.
COUNTED = ("endTime", "closed", "votersCount")
_MARKUP = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """The answers of a poll. `votes` and `voters` are None where they are not told."""

    names: tuple[str, ...]
    multiple: bool
    ends_at: datetime | None
    closed_at: datetime | None
    votes: tuple[int, ...] | None
    voters: int | None


def put_ballot(document: dict[str, Any], ballot: Ballot) -> dict[str, Any]:
    """Return a reply's document as a Question with these answers."""
    made = {**document, "@context": [*document["@context"], VOTERS], "type": "Question"}
    made["anyOf" if ballot.multiple else "oneOf"] = [
        _answer(name, ballot.votes[at] if ballot.votes is not None else None) for at, name in enumerate(ballot.names)
    ]
    if ballot.ends_at:
        made["endTime"] = _stamp(ballot.ends_at)
    if ballot.closed_at:
        made["closed"] = _stamp(ballot.closed_at)
    if ballot.voters is not None:
        made["votersCount"] = ballot.voters
    return made


def _answer(name: str, votes: int | None) -> dict[str, Any]:
    told = {} if votes is None else {"totalItems": votes}
    return {"type": "Note", "name": name, "replies": {"type": "Collection", **told}}


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def without_counts(document: dict[str, Any]) -> dict[str, Any]:
    """Return a Question as it reads whatever was counted; any other document as it is."""
    if document.get("type") != "Question":
        return document
    bare = {key: value for key, value in document.items() if key not in COUNTED}
    for key in ("oneOf", "anyOf"):
        if key in bare:
            bare[key] = [_answer(name, None) for name in names_of(document)]
    return bare


def names_of(document: dict[str, Any]) -> tuple[str, ...]:
    """Return the answers of a Question as they stand in it, in order; none for any other document."""
    return tuple(one["name"] for one in _answers(document) if isinstance(one.get("name"), str))


def _answers(document: dict[str, Any]) -> list[dict[str, Any]]:
    listed = document.get("oneOf") or document.get("anyOf")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def read_ballot(document: dict[str, Any]) -> Ballot | None:
    """Read the answers of another server's Question; None for what is no poll that can be shown."""
    if document.get("type") != "Question":
        return None
    answers = _answers(document)
    names = tuple(_line(one.get("name")) for one in answers)
    if not 2 <= len(names) <= MOST_ANSWERS or not all(names) or len(set(names)) < len(names):
        return None
    votes = tuple(_number(_total(one)) for one in answers)
    ends_at, closed = read_moment(document.get("endTime")), document.get("closed")
    return Ballot(
        names=names,
        multiple=not document.get("oneOf"),
        ends_at=ends_at,
        closed_at=ends_at if closed is True else read_moment(closed),
        votes=votes,
        voters=_number(document.get("votersCount", sum(votes))),
    )


def _line(value: Any) -> str:
    return " ".join(value.split())[:LONGEST_ANSWER] if isinstance(value, str) else ""


def _total(answer: dict[str, Any]) -> Any:
    replies = answer.get("replies")
    return replies.get("totalItems") if isinstance(replies, dict) else None


def _number(value: Any) -> int:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return min(max(value, 0), MOST_VOTES) if whole else 0


def read_moment(value: Any) -> datetime | None:
    """Read a time; None for what is none."""
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo and 2000 <= at.year < 2200 else None


def listed(names: Sequence[str]) -> str:
    """Return answers as the markup that they are kept, judged and searched as, after the question."""
    return f"<ul>{''.join(f'<li>{markup.escape(name)}</li>' for name in names)}</ul>"


def read_vote(document: dict[str, Any]) -> str | None:
    """Return the answer that a Note votes for; None for a Note with words of its own, or anything else.

    Markup without words, as snac sends it ("<br>"), says nothing.
    """
    name = document.get("name")
    words = document.get("content")
    bare = words is None or (isinstance(words, str) and not markup.unescape(_MARKUP.sub("", words)).strip())
    is_vote = document.get("type") == "Note" and isinstance(name, str) and bool(name.strip()) and bare
    return name if is_vote and document.get("inReplyTo") else None


def vote(uri: str, voter_uri: str, name: str, poll_uri: str, author_uri: str) -> dict[str, Any]:
    """Render a vote: the Create of a Note that the poll's author alone is sent."""
    return {
        "@context": "https://www.w3.org/ns/activitystreams",
        "type": "Create",
        "id": uri,
        "actor": voter_uri,
        "to": [author_uri],
        "object": {
            "type": "Note",
            "id": f"{uri}#vote",
            "attributedTo": voter_uri,
            "name": name,
            "inReplyTo": poll_uri,
            "to": [author_uri],
        },
    }
