"""What the pages of notices show: frozen, complete, already permitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from web.views import Choice, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One notice in words. `url` is "" where what it was about is gone."""

    id: int
    icon: str
    sentence: str
    title: str
    excerpt: str
    url: str
    by: Person | None
    at: datetime
    unread: bool
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    lines: tuple[NoticeLine, ...]
    unread: int
    newest: int
    filters: tuple[Choice, ...]
    only_unread: bool
    chosen: str
    older_url: str
