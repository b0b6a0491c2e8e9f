"""Why people comment: theme by theme, what replies are meant as, and the replies behind each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlencode

from aiohttp import web

from server.domain.errors import Missing
from server.domain.ideas import Intent
from server.domain.reasons import MEANT, Learnt, Reasons, Whose
from server.domain.statements import Tally
from server.services import forums, reasons
from server.services.reasons import Evidence
from web.answers import head_of, show
from web.cards import draw_card
from web.composing import INTENT_WORDS
from web.language import say
from web.pages.jams import obtain
from web.pages.themes.views import Behind, BehindPage
from web.people import names_of_hosts
from web.views import JamHead

SHOWN = 30
WORDS: Mapping[str, str] = {**INTENT_WORDS, "idea": say("an idea")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How many replies of a theme are meant as one thing: said so by their authors, and guessed; where each leads."""

    said: int
    said_url: str
    guessed: int
    guessed_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyRow:
    label: str
    url: str
    replies: int
    replies_url: str
    cells: tuple[Cell, ...]
    unjudged: int
    unjudged_url: str
    supports: int
    supported: int
    supported_url: str
    opinions: Tally | None

    @property
    def concern(self) -> Cell:
        return self.cells[MEANT.index("concern")]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyPage:
    """The whole jam in the first row, then theme by theme; `learnt` is None before the machine's first look."""

    jam: JamHead
    heads: tuple[str, ...]
    rows: tuple[WhyRow, ...]
    learnt: Learnt | None
    statements_url: str


async def show_why(request: web.Request) -> web.Response:
    """GET /jams/{jam}/why"""
    house, member, jam = await obtain(request)
    found = await reasons.read_why(house, member, jam)
    head = head_of(jam, jam.state_at(house.now()), "board")
    page = WhyPage(
        jam=head,
        heads=tuple(WORDS[intent] for intent in MEANT),
        rows=tuple(_row(one, head.url) for one in (found.whole, *found.themes)),
        learnt=found.learnt,
        statements_url=f"{head.url}/statements/results",
    )
    return show(request, "themes/why.html", page)


def _row(one: Reasons, jam_url: str) -> WhyRow:
    def url(by: str, intent: str = "") -> str:
        asked = {"theme": one.theme, "by": by, "intent": intent}
        return f"{jam_url}/why/replies?{urlencode({name: value for name, value in asked.items() if value})}"

    return WhyRow(
        label=one.label,
        url=f"{jam_url}/themes/{one.theme}" if one.theme else "",
        replies=one.replies,
        replies_url=url("anybody"),
        cells=tuple(
            Cell(
                said=one.said.get(intent, 0),
                said_url=url("people", intent),
                guessed=one.guessed.get(intent, 0),
                guessed_url=url("machine", intent),
            )
            for intent in MEANT
        ),
        unjudged=one.unjudged,
        unjudged_url=url("nobody"),
        supports=one.supports,
        supported=one.supported,
        supported_url=url("support"),
        opinions=one.opinions,
    )


async def show_replies(request: web.Request) -> web.Response:
    """GET /jams/{jam}/why/replies?theme=&by=&intent=&from=: what stands behind a number of the page above."""
    house, member, jam = await obtain(request)
    theme, by = request.query.get("theme", ""), request.query.get("by", "people")
    intent: Intent = next((one for one in MEANT if one == request.query.get("intent")), "")
    asked = request.query.get("from", "0")
    first = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 8 else 0
    whose: Whose | None = next((one for one in get_args(Whose) if one == by), None)
    if by == "support":
        found = await reasons.supported(house, member, jam, theme, first, SHOWN)
    elif whose is None:
        raise Missing("page", "replies of no kind")
    else:
        found = await reasons.evidence(house, member, jam, theme, intent, whose, first, SHOWN)
    own = {forum.id: forum for forum in await forums.list_forums(house, member, jam)}
    names = await names_of_hosts(house)
    head = head_of(jam, jam.state_at(house.now()), "board")
    more = urlencode({**request.query, "from": first + SHOWN})
    page = BehindPage(
        jam=head,
        title=_title(by, intent),
        lead=_lead(by, found),
        back_url=f"{head.url}/why",
        back=say("Why people comment"),
        said=tuple(
            Behind(card=draw_card(house, made, own[made.forum_id], names), note=_note(by, meant, sure))
            for made, meant, sure in found.found
        ),
        total=found.total,
        first=first,
        next_url=f"{head.url}/why/replies?{more}" if first + SHOWN < found.total else "",
    )
    return show(request, "themes/behind.html", page)


def _title(by: str, intent: Intent) -> str:
    if by == "support":
        return say("What people supported")
    if by == "nobody":
        return say("Replies that are not judged")
    if not intent and by == "anybody":
        return say("All replies")
    if not intent:
        return say("Replies that were guessed") if by == "machine" else say("Replies that were marked")
    return say("Replies: %(what)s", what=WORDS[intent])


def _lead(by: str, found: Evidence) -> str:
    if by == "machine":
        return say("A machine takes them for this; nobody said so. Open one to see for yourself.")
    if by == "people":
        return say("Whoever wrote them said so.")
    if by == "nobody":
        return say("Nobody said what they are, and the machine is not sure enough to guess.")
    if by == "anybody":
        return say("Marked by who wrote them, guessed by a machine, or not judged.")
    return say("Each support is a mark that somebody gave; who gave it is not shown.")


def _note(by: str, intent: str, sure: float) -> str:
    if by != "machine":
        return ""
    return say("Guessed: %(what)s, %(sure)s %% sure", what=WORDS[intent], sure=round(100 * sure))
