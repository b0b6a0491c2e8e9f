"""What of a forum or thread held elsewhere is here, of how much that its server counts for us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from federation.outside import readings
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.keys import HOUSE
from server.services.elsewhere import names_elsewhere
from web.language import counted, say
from web.ledger import ledger_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much is here. `there` is None where the other server did not say yet; `read_at` when it was asked last."""

    here: int
    there: int | None = None
    read_at: datetime | None = None
    is_asked: bool = False
    trouble: str = ""

    @property
    def is_whole(self) -> bool:
        return self.there is not None and self.here >= self.there


@dataclass(frozen=True, slots=True, kw_only=True)
class RestView:
    """The line and the button. `action` is where the button posts to, "" where the server is being asked already."""

    words: str
    whole: bool
    action: str
    read_at: datetime | None
    trouble: str


async def share_of_thread(request: web.Request, forum: Forum, idea: Contribution) -> Share:
    """Return how many replies of a thread are here, and how many its forum's server has for us."""
    uris = await names_elsewhere(request.config_dict[HOUSE], idea)
    return await _share(request, uris, forum, idea.replies, less=1)


async def share_of_forum(request: web.Request, forum: Forum, here: int) -> Share:
    """Return how many ideas of a forum are here, and how many its server has for us."""
    return await _share(request, [forum.uri], forum, here, less=0)


async def _share(request: web.Request, uris: Sequence[str], forum: Forum, here: int, less: int) -> Share:
    if forum.is_local:
        return Share(here=here, there=here)
    ledger = await ledger_of(request)
    known = await readings.about(ledger, uris, forum.host) if ledger is not None else None
    if known is None:
        return Share(here=here)
    there = None if known.total is None else max(0, known.total - less)
    read_at = datetime.fromtimestamp(known.read_at, UTC) if known.read_at else None
    return Share(here=here, there=there, read_at=read_at, is_asked=known.is_asked, trouble=known.answer)


def draw_rest(share: Share, action: str, *, replies: bool) -> RestView:
    """Say how much is here; the button fetches the rest."""
    return RestView(
        words=_words(share, replies=replies),
        whole=share.is_whole,
        action="" if share.is_asked else action,
        read_at=share.read_at,
        trouble=say("Its server could not be asked; we try again by ourselves.") if share.trouble else "",
    )


def _words(share: Share, *, replies: bool) -> str:
    here, there = share.here, share.there
    if there is None:
        return say("How much of it there is on its own server is not known yet.")
    if share.is_whole:
        return say("All replies are here.") if replies else say("All ideas are here.")
    if replies:
        return counted("%(here)s of %(n)s reply is here.", "%(here)s of %(n)s replies are here.", there, here=here)
    return counted("%(here)s of %(n)s idea is here.", "%(here)s of %(n)s ideas are here.", there, here=here)
