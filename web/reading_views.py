"""What the page of a thread shows: frozen, complete, already permitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from web.kin import KinView
from web.views import AudienceBadge, Composer, JamHead, Link, Mark, Passport, ReplyView

if TYPE_CHECKING:
    from web.elsewhere import RestView
    from web.enclosing import FileView
    from web.outcomes import OutcomeView
    from web.pages.control.thread import ControlThread


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A way to look at a thread; `count` is how many replies it shows, None where it shows all."""

    words: str
    url: str
    chosen: bool
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    number: int
    url: str
    here: bool
    gap: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingView:
    """One page of the replies. `total` counts all that stand; `fresh` what others wrote since the reader was here.

    `head` and `crumbs` are for a branch on a page of its own: the reply that it hangs on, and what is above that.
    """

    replies: tuple[ReplyView, ...]
    total: int
    flat: bool
    folded: bool
    fold_url: str
    folds: bool
    orders: tuple[Chip, ...]
    intents: tuple[Chip, ...]
    pages: tuple[PageLink, ...]
    before_url: str
    later_url: str
    number: int
    of: int
    fresh: int
    fresh_url: str
    line_before: str
    arrivals_url: str
    head: ReplyView | None
    crumbs: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage:
    jam: JamHead
    forum: Link
    idea: ReplyView
    reading: ReadingView
    title: str
    audience: AudienceBadge
    kin: KinView
    build_url: str
    marks: tuple[Mark, ...]
    passport: Passport | None
    composer: Composer | None
    closed_words: str
    stream_url: str
    cite: str = ""
    control: ControlThread | None = None
    asking: Any = None
    attached: Mapping[str, tuple[FileView, ...]] = field(default_factory=dict)
    rest: RestView | None = None
    outcome: OutcomeView | None = None
    decide_url: str = ""
