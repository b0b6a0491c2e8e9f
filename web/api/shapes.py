"""What every family of bodies and answers is made of."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

T = TypeVar("T")

LIMIT_MOST = 200
LIMIT_USUAL = 50


class Body(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a client sends. A member that we do not know is refused rather than overlooked."""


class Query(Struct, frozen=True, kw_only=True):
    """The parameters after the question mark."""


class Answer(Struct, frozen=True, kw_only=True):
    """Something the server answers with."""


class Thing(Answer, frozen=True, kw_only=True):
    """What every object has: `id` is local; `uri` is its ActivityPub id, null for what has none; `url` its page."""

    id: str
    uri: str | None
    url: str


class Page(Answer, Generic[T], frozen=True, kw_only=True):
    """One page of a list. `next` goes into `after` of the following request; null at the end."""

    data: list[T]
    next: str | None


class Paging(Query, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=LIMIT_MOST, description="how many at most")] = LIMIT_USUAL
    after: Annotated[str, Meta(max_length=300, description="`next` of the page before")] = ""


class Problem(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """A problem document (RFC 9457). `field` names the member or parameter at fault; `problems` lists all faults."""

    type: str
    title: str
    status: int
    detail: str
    field: str = ""
    problems: tuple[str, ...] = ()
