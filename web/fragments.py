"""Replies as they were drawn before: a page of a long thread is mostly markup that others were just shown.

What is kept is found again by all that it is drawn from, so nothing ever has to be thrown away because it changed:
a reply that looks different for somebody, or says another age, is another one. Who may see a reply is decided before
it comes here, for each page anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from markupsafe import Markup

from web.views import ReplyView

#: So many replies are kept in a process at most, of some 3 kB each; then the oldest go.
MOST = 5_000
#: What hangs on a reply is drawn around it.
_AROUND = frozenset({"replies", "left", "more_url"})
_drawn_from = attrgetter(*(field.name for field in fields(ReplyView) if field.name not in _AROUND))


class Fragments:
    """Markup by what it was drawn from; the oldest goes first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[Hashable, Markup] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable, draw: Callable[[], Markup]) -> Markup:
        """Return what is kept under a key, drawn now where it is not."""
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            found = self._kept[key] = draw()
        return found


def is_plain(reply: ReplyView, page: Any) -> bool:
    """Say whether a reply is drawn from its own view alone: most are, and only those are kept."""
    asking, control = getattr(page, "asking", None), getattr(page, "control", None)
    beside = (asking.polls, asking.absent, asking.summaries) if asking else ()
    return not (
        reply.reviews
        or reply.undo
        or reply.hidden
        or getattr(page, "attached", {}).get(reply.id)
        or (control and reply.id in control.cases)
        or any(reply.id in some for some in beside)
    )


def key_of(reply: ReplyView, *more: Hashable) -> Hashable:
    """Return all that a plain reply is drawn from."""
    return (*_drawn_from(reply), *more)
