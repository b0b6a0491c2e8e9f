"""The page on which somebody catches up in five minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiohttp import web

from server.domain.catch_up import Section, SectionKind
from server.domain.ideas import Contribution
from server.keys import HOUSE
from server.services.catching_up import Entry, catch_up
from server.services.house import House
from server.services.text import excerpt
from web.answers import head_of, show
from web.cards import url_of
from web.language import _, ngettext
from web.pages.finding.views import CatchUpLine, CatchUpPage, CatchUpSection
from web.pages.notices.words import draw_line
from web.people import Names, names_of_hosts
from web.session import member_of
from web.views import Choice

SPANS = {"": None, "day": timedelta(days=1), "week": timedelta(days=7)}
MORE: dict[SectionKind, str] = {"for_you": "/inbox", "decisions": "/search?mark=emerging", "rising": "/", "themes": "/"}


async def show_catch_up(request: web.Request) -> web.Response:
    """GET /catch-up?span=: since the last visit, or within a day or a week."""
    house, member = request.app[HOUSE], member_of(request)
    span = request.query.get("span", "")
    back = SPANS.get(span)
    told = await catch_up(house, member, house.now() - back if back else None)
    names = await names_of_hosts(house)
    page = CatchUpPage(
        since=told.since,
        first=told.first,
        minutes=-(-told.seconds // 60),
        sections=tuple(_section(house, one, names, told.since) for one in told.sections if one.entries),
        spans=tuple(
            Choice(value=key, words=words, chosen=key == span)
            for key, words in (("", _("Since my last visit")), ("day", _("A day")), ("week", _("A week")))
        ),
    )
    return show(request, "finding/catch_up.html", page, section="inbox")


def _section(house: House, section: Section[Entry], names: Names, since: datetime) -> CatchUpSection:
    words = {
        "for_you": _("For you"),
        "decisions": _("Decided and marked"),
        "rising": _("Rising ideas"),
        "themes": _("Themes"),
    }[section.kind]
    return CatchUpSection(
        words=words,
        lines=tuple(_line(house, one, names) for one in section.entries),
        left_out=section.left_out,
        more_url=MORE[section.kind],
    )


def _line(house: House, entry: Entry, names: Names) -> CatchUpLine:
    if entry.told is not None:
        drawn = draw_line(entry.told, names)
        return CatchUpLine(
            sentence=drawn.sentence, title=drawn.title, excerpt=drawn.excerpt, url=drawn.url, icon=drawn.icon
        )
    if entry.theme is not None and entry.jam is not None:
        return _theme_line(house, entry)
    if entry.jam is not None:
        head = head_of(entry.jam, entry.jam.state_at(house.now()))
        states = {
            "open": _("is open"),
            "frozen": _("has closed"),
            "archived": _("is archived"),
            "draft": _("is a draft"),
        }
        return CatchUpLine(
            sentence=states[head.state], title=head.title, excerpt="", url=head.url, icon="calendar-clock"
        )
    assert entry.made is not None
    return _made_line(entry, entry.made)


def _made_line(entry: Entry, made: Contribution) -> CatchUpLine:
    if entry.mark:
        sentence = _("marked best") if entry.mark == "best" else _("marked emerging")
    else:
        sentence = ngettext("%(n)s more person behind it", "%(n)s more people behind it", entry.number)
        sentence %= {"n": entry.number}
    return CatchUpLine(
        sentence=sentence,
        title=made.title or excerpt(made.text, 90),
        excerpt=excerpt(made.text, 160),
        url=url_of(made),
        icon="award" if entry.mark else "trending-up",
    )


def _theme_line(house: House, entry: Entry) -> CatchUpLine:
    assert entry.theme is not None
    assert entry.jam is not None
    said = ngettext("%(n)s thing said of it since", "%(n)s things said of it since", entry.number) % {"n": entry.number}
    return CatchUpLine(
        sentence=_("new theme") + ", " + said if entry.is_new else said,
        title=entry.theme.label,
        excerpt=excerpt(entry.made.text, 120) if entry.made else "",
        url=f"{head_of(entry.jam, entry.jam.state_at(house.now())).url}/themes/{entry.theme.id}",
        icon="layers",
    )
