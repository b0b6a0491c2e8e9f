"""What the pages of notices show: frozen, complete, already permitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from web.views import Choice, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One notice in words. `url` is "" where what it was about is gone."""

    number: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLine:
    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPage:
    """When somebody is mailed. `set_up` tells whether the organisation sends mail at all."""

    set_up: bool
    domains: tuple[str, ...]
    address: str
    confirmed: bool
    digest: bool
    at_once: bool
    hours: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    quiet: bool
    quiet_from: tuple[Choice, ...]
    quiet_until: tuple[Choice, ...]
    says: str
    policies: tuple[Choice, ...]
    may_choose_policy: bool
    sent: tuple[SentLine, ...]
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsubscribePage:
    """One question with one button; without a button, what was done."""

    action: str
    sentence: str
    button: str
