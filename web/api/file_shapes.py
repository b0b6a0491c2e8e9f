"""Questions and answers about files."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from server.domain.ideas import LinkedKind
from web.api.shapes import Answer, Query

Alt = Annotated[str, Meta(max_length=1500, description="what a picture shows, for those who cannot see it")]


class FileQuery(Query, frozen=True, kw_only=True):
    """The file's bytes are the body; `name` with its ending says what they are."""

    name: Annotated[str, Meta(min_length=1, max_length=500)]
    alt: Alt = ""


class FileAnswer(Answer, frozen=True, kw_only=True):
    """A file. `size` is in bytes; `width` and `height`, of a picture, in pixels, else 0.

    `contribution_id` is null until it is attached.
    """

    id: str
    name: str
    alt: str
    media_type: str
    width: int
    height: int
    size: int
    contribution_id: str | None
    created_at: datetime


class LinkedAnswer(Answer, frozen=True, kw_only=True):
    """A file that stays on another server. `alt` is what its author says that it shows, or ""."""

    url: str
    kind: LinkedKind
    alt: str


class FileList(Answer, frozen=True, kw_only=True):
    """All files of an idea or a reply, in their order; `elsewhere` are those that stay on its author's server."""

    data: list[FileAnswer]
    elsewhere: list[LinkedAnswer]
    next: str | None
