"""Bodies and answers about ideas, replies and what the boundary says of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from server.domain.crossings import EVERYONE, Verdict, VerdictWord
from server.domain.facilitation import Lock
from server.domain.ideas import Contribution, Intent, Kind
from server.services.house import House
from server.services.visitors import Standing, Visitors
from web.api.control_shapes import LockAnswer, show_lock
from web.api.hold_shapes import ReviewAnswer
from web.api.shapes import Answer, Body, Paging, Thing

# Names and addresses are refused when longer; words themselves have their limits in the services.
Name = Annotated[str, Meta(max_length=2000)]
FileIds = Annotated[tuple[Annotated[str, Meta(max_length=32)], ...], Meta(description="ids of uploaded files")]


# How long something new waits inside before the gate looks at it, so that it can be undone.
UndoSeconds = Annotated[int, Meta(ge=0, le=3600)]


class NewIdea(Body, frozen=True, kw_only=True):
    """`builds_on` is the id or URI of another idea; `label` a level, that of the forum unless given.

    `undo_seconds` keeps it from crossing for so long, during which `/undo` takes it back. `language` is the tag of the
    language that it is written in, like "de" or "pt-BR", "" where that is not to be told.
    """

    title: str
    text: str
    label: Name | None = None
    intent: Intent = ""
    builds_on: Name | None = None
    undo_seconds: UndoSeconds = 0
    files: FileIds = ()
    language: str = ""


class NewReply(Body, frozen=True, kw_only=True):
    """`in_reply_to` is the id or URI of another reply in the same thread; the addressed one unless given."""

    text: str
    in_reply_to: Name | None = None
    label: Name | None = None
    intent: Intent = ""
    undo_seconds: UndoSeconds = 0
    files: FileIds = ()
    language: str = ""


class IdeasQuery(Paging, frozen=True, kw_only=True):
    """`fair` orders by who stands behind an idea and by facilitators' marks, and shows new ones to enough people."""

    order: Literal["newest", "fair"] = "newest"


class IdeaChanges(Body, frozen=True, kw_only=True):
    """What is left out stays as it is."""

    title: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    label: Name | UnsetType = UNSET
    reason: str = ""
    language: str | UnsetType = UNSET


class Draft(Body, frozen=True, kw_only=True):
    """Words to be judged without being written. `forum` is an id, key, handle, URI or slug."""

    forum: Name
    text: str
    title: str = ""
    label: Name | None = None


class Belonging(Answer, frozen=True, kw_only=True):
    """Whom somebody from outside belongs to: a partner by name and tier, or a server without an agreement.

    `looks_like` is the username of one of our own people whom they could be taken for, or "".
    """

    host: str
    name: str
    tier: Standing
    looks_like: str


class Author(Answer, frozen=True, kw_only=True):
    """Who wrote. `host` is "" and `affiliation` null for our own people."""

    id: str
    name: str
    handle: str
    unit: str
    host: str
    affiliation: Belonging | None


class ContributionAnswer(Thing, frozen=True, kw_only=True):
    """An idea or a reply. `reply_count` and `support` are counts; `my_marks` are the reader's own.

    `hidden` is what a facilitator keeps from others for now: only its author and moderators get its words.
    `crosses_at` is set while nothing of it may cross yet, because its author may undo it. `language` is the tag of the
    language that its author, or their server, says it is in, or "".
    """

    kind: Kind
    jam_id: str
    forum_id: str
    thread_id: str
    parent_id: str | None
    author: Author
    title: str
    text: str
    html: str
    language: str
    label: str
    intent: str
    builds_on: str | None
    version: int
    deleted: bool
    hidden: bool
    created_at: datetime
    edited_at: datetime | None
    crosses_at: datetime | None
    support: int
    reply_count: int
    emerging: bool
    best: bool
    my_marks: list[str]
    file_count: int


class VerdictAnswer(Answer, frozen=True, kw_only=True):
    """What the rules say for one audience: a host, or "public".

    `verdict` is "inside" where nobody outside is addressed at all; `rules` are the ids that decided;
    `redactions` is what is taken out; `advice` names a change that would let it cross, or is "".
    """

    audience: str
    verdict: VerdictWord
    rules: list[str]
    reason: str
    redactions: list[str]
    advice: str


class JudgedContribution(ContributionAnswer, frozen=True, kw_only=True):
    """A contribution with what crosses of it."""

    crossing: list[VerdictAnswer]


class ThreadAnswer(JudgedContribution, frozen=True, kw_only=True):
    """A contribution with all that hangs on it, oldest first; deleted replies keep their place without words.

    `reviews` says which of the caller's own words wait for reviewers, or were refused; reviewers see all. `lock` is
    null while people can answer.
    """

    lock: LockAnswer | None
    replies: list[ContributionAnswer]
    built_on_by: list[str]
    reviews: list[ReviewAnswer]


class Preview(Answer, frozen=True, kw_only=True):
    crossing: list[VerdictAnswer]


class RepliesQuery(Paging, frozen=True, kw_only=True):
    intent: Annotated[Intent, Meta(description="only replies that are this")] = ""


def show_contribution(
    house: House, made: Contribution, known: Visitors, marks: Collection[str] = ()
) -> ContributionAnswer:
    return ContributionAnswer(**parts_of(house, made, known, marks))  # type: ignore[arg-type]


def show_judged(house: House, made: Contribution, known: Visitors, verdicts: Iterable[Verdict]) -> JudgedContribution:
    return JudgedContribution(**parts_of(house, made, known, ()), crossing=show_verdicts(verdicts))  # type: ignore[arg-type]


def show_thread(
    house: House, made: Contribution, known: Visitors, verdicts: Iterable[Verdict],
    replies: Iterable[Contribution], built_on_by: Iterable[Contribution], mine: dict[str, set[str]],
    reviews: Iterable[ReviewAnswer], lock: Lock | None,
) -> ThreadAnswer:  # fmt: skip
    return ThreadAnswer(
        **parts_of(house, made, known, mine.get(made.id, ())),  # type: ignore[arg-type]
        crossing=show_verdicts(verdicts),
        replies=[show_contribution(house, one, known, mine.get(one.id, ())) for one in replies],
        built_on_by=[one.id for one in built_on_by],
        reviews=list(reviews),
        lock=show_lock(lock) if lock else None,
    )


def show_verdicts(verdicts: Iterable[Verdict]) -> list[VerdictAnswer]:
    return [
        VerdictAnswer(
            audience="public" if one.audience == EVERYONE else one.audience,
            verdict=one.verdict,
            rules=list(one.rules),
            reason=one.reason,
            redactions=sorted(one.redactions),
            advice=one.advice,
        )
        for one in verdicts
    ]


def _belonging(made: Contribution, known: Visitors) -> Belonging | None:
    found = known.affiliation(made.author_host, made.author_name, made.author_handle)
    if found is None:
        return None
    return Belonging(host=found.host, name=found.name, tier=found.tier, looks_like=found.looks_like)


def contribution_page(house: House, made: Contribution) -> str:
    place = "" if made.kind == "idea" else f"#c-{made.id}"
    return house.addresses.thread_page(made.thread_id) + place


def parts_of(house: House, made: Contribution, known: Visitors, marks: Collection[str]) -> dict[str, object]:
    return {
        "id": made.id,
        "uri": made.uri,
        "url": contribution_page(house, made),
        "kind": made.kind,
        "jam_id": made.jam_id,
        "forum_id": made.forum_id,
        "thread_id": made.thread_id,
        "parent_id": made.parent_id or None,
        "author": Author(
            id=made.author_id, name=made.author_name, handle=made.author_handle, unit=made.author_unit,
            host=made.author_host, affiliation=_belonging(made, known),
        ),
        "title": made.title,
        "text": made.text,
        "html": made.html,
        "language": made.language,
        "label": made.label,
        "intent": made.intent,
        "builds_on": made.builds_on or None,
        "version": made.version,
        "deleted": made.deleted,
        "hidden": made.hidden,
        "created_at": made.created_at,
        "edited_at": made.edited_at,
        "crosses_at": made.crosses_at,
        "support": made.support,
        "reply_count": made.replies,
        "emerging": made.emerging,
        "best": made.best,
        "my_marks": sorted(marks),
        "file_count": made.files,
    }  # fmt: skip
