"""Bodies and answers about notices."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from server.services.house import House
from server.services.inbox import Told
from web.api.shapes import Answer, Body, Paging

Kind = Literal["reply", "mention", "build_on", "mark", "outcome", "boundary", "moderation", "duty", "followed"]


class InboxQuery(Paging, frozen=True, kw_only=True):
    kind: Annotated[str, Meta(max_length=20, description="only this kind of notices")] = ""
    unread: Annotated[bool, Meta(description="only what has not been read")] = False


class NoticeAnswer(Answer, frozen=True, kw_only=True):
    """One thing that the caller is told. `id` counts what they were told, from 1. `about` is the id of an idea, reply,
    hold or theme, `url` its page, or "" where it is gone; `sentence` says what happened without its words; `by` is the
    handle of who did it, or null.
    """

    id: int
    kind: Kind
    sentence: str
    detail: str
    about: str
    title: str
    url: str
    by: str | None
    made_at: datetime
    read_at: datetime | None


class Inbox(Answer, frozen=True, kw_only=True):
    """One page of notices, newest first. `unread` counts by kind; a kind without any is absent."""

    data: list[NoticeAnswer]
    next: str | None
    unread: dict[str, int]


class ReadMarks(Body, frozen=True, kw_only=True):
    """What to mark: some notices by id, or everything `up_to` one. `read` false makes some unread again."""

    ids: tuple[int, ...] = ()
    up_to: int = 0
    read: bool = True


def show_notice(house: House, told: Told, sentence: str, path: str) -> NoticeAnswer:
    titled = told.about if told.about and told.about.kind == "idea" else told.root
    return NoticeAnswer(
        id=told.notice.number,
        kind=told.notice.kind,
        sentence=sentence,
        detail=told.notice.detail,
        about=told.notice.subject_id,
        title=titled.title if titled else "",
        url=f"{house.addresses.inside_url}{path}" if path else "",
        by=told.by.handle if told.by else None,
        made_at=told.notice.made_at,
        read_at=told.notice.read_at,
    )


class MailChoicesAnswer(Answer, frozen=True, kw_only=True):
    """When the caller is mailed. Hours are of the day in `zone`; `says` is how much any mail may hold."""

    address: str
    confirmed: bool
    digest: bool
    hour: int
    zone: str
    at_once: bool
    quiet_from: int | None
    quiet_until: int | None
    says: str


class MailChoicesBody(Body, frozen=True, kw_only=True):
    """All of one's choices, and an address where it is to change: "" takes it away, another has to be confirmed."""

    digest: bool
    hour: int
    zone: str
    at_once: bool
    quiet_from: int | None = None
    quiet_until: int | None = None
    address: str | None = None


class MailPolicyBody(Body, frozen=True, kw_only=True):
    says: Literal["counts", "titles", "words"]
