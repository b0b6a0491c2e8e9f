"""People and the door: who is here, how one comes in, and what is said when something cannot be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from web.views.parts import Choice, Person

if TYPE_CHECKING:
    from web.kept import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage:
    next_url: str = ""
    username: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    #: What people call the identity provider that they may sign in with; "" where there is none.
    elsewhere: str = ""
    #: The form that somebody was sending when their session was over, as `web.kept` writes it.
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """Landing of a one-time link: choose a password."""

    action: str
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    person: Person
    role: str
    active: bool
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    people: tuple[MemberRow, ...]
    values: Mapping[str, str]
    roles: tuple[Choice, ...]
    older_url: str
    may_change: bool
    wrong: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    link_for: str = ""
    asked: str = ""
    unit_choices: tuple[Choice, ...] = ()
    role_choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    status: int
    heading: str
    sentence: str
    #: What was typed into the form that was refused, and whether sending it again may help.
    kept: Kept | None = None
    again: bool = False
