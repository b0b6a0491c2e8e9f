"""Search with facets; who knows about something; what stands here already about what somebody writes."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from server.domain.errors import Invalid
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.search import FACETS, HERE, Sought
from server.keys import HOUSE
from server.services import experts, finding, forums, resembling
from server.services.finding import Found, Hit, Value, address_of
from server.services.house import House
from server.services.text import excerpt
from web.answers import draw, html, show
from web.cards import url_of
from web.forms import read_form
from web.language import _
from web.pages.finding.views import (
    AnsweredLine,
    EvidenceLine,
    ExpertLine,
    ExpertsPage,
    Facet,
    FacetValue,
    HitLine,
    Resembling,
    SearchPage,
)
from web.pages.finding.words import facet_words, value_words
from web.people import Names, author_of, names_of_hosts, person_of
from web.reach import badge_of
from web.session import member_of
from web.views import Choice, Link

PAGE = 20
LEAST_WORDS = 12
NEAR = 5


async def show_search(request: web.Request) -> web.Response:
    """GET /search?q=&kind=&forum=…"""
    house, member = request.app[HOUSE], member_of(request)
    sought = finding.sought_in(request.query)
    try:
        found = await finding.search(house, member, sought, request.query.get("after", "")[:100], PAGE)
    except Invalid:
        found = await finding.search(house, member, sought, "", PAGE)
    names = await names_of_hosts(house)
    near = [] if found.hits or sought.chosen else await resembling.resembling(house, member, sought.query)
    readable = {forum.id: forum for forum in await forums.list_forums(house, member)}
    called = await finding.named(house, member, sought)
    page = SearchPage(
        query=sought.query,
        kept=tuple((name, value) for name, value in sought.chosen.items()),
        hits=tuple(draw_hit(house, hit, readable[hit.made.forum_id], names) for hit in found.hits),
        near=tuple(
            draw_hit(house, Hit(made, ((excerpt(made.text, 160), False),)), readable[made.forum_id], names)
            for _, made in near[:NEAR]
        ),
        total=found.total,
        more=found.more,
        facets=_facets(house, found, names),
        chips=tuple(_chip(sought, name, called[name]) for name in sought.chosen),
        orders=_orders(sought),
        next_url=f"/search?{address_of(sought, after=found.next)}" if found.next else "",
        experts_url=f"/who-knows?{address_of(Sought(query=sought.query))}" if sought.query else "",
        asked=not sought.is_empty,
        address=address_of(sought),
    )
    return show(request, "finding/search.html", page, section="search")


def draw_hit(house: House, hit: Hit, forum: Forum, names: Names) -> HitLine:
    made = hit.made
    marks = tuple(value_words("mark", mark, mark) for mark in ("best", "emerging") if getattr(made, mark))
    return HitLine(
        kind=made.kind,
        title=made.title or _("A reply"),
        url=url_of(made),
        author=author_of(made, names),
        at=made.created_at,
        snippet=hit.snippet,
        support=made.support,
        replies=made.replies,
        audience=badge_of(house, forum, names),
        forum=Link(text=forum.title, url=f"/forums/{forum.id}"),
        intent=value_words("intent", made.intent, "") if made.intent else "",
        marks=marks[:1],
    )


def _facets(house: House, found: Found, names: Mapping[str, str]) -> tuple[Facet, ...]:
    """The facets that would narrow further: those with more than one value, or that leave something out."""
    drawn = []
    for name in FACETS:
        values = found.facets.get(name, [])
        if name in found.sought.chosen or not any(one.count < found.total for one in values):
            continue
        drawn.append(
            Facet(words=facet_words(name), values=tuple(_value(house, found, name, one, names) for one in values))
        )
    return tuple(drawn)


def _value(house: House, found: Found, name: str, one: Value, names: Mapping[str, str]) -> FacetValue:
    words = value_words(name, one.value, one.words)
    if name == "server":
        words = house.name if one.value == HERE else names.get(one.value, one.value)
    return FacetValue(words=words, count=one.count, url=f"/search?{address_of(found.sought, **{name: one.value})}")


def _chip(sought: Sought, name: str, words: str) -> Link:
    said = f"{facet_words(name)}: {value_words(name, sought.chosen[name], words)}"
    return Link(text=said, url=f"/search?{address_of(sought, **{name: ''})}")


def _orders(sought: Sought) -> tuple[Choice, ...]:
    words = (("best", _("Best match")), ("newest", _("Newest")))
    return tuple(
        Choice(value=f"/search?{address_of(sought, order=key)}", words=said, chosen=sought.order == key)
        for key, said in words
    )


async def show_experts(request: web.Request) -> web.Response:
    """GET /who-knows?q="""
    house, member = request.app[HOUSE], member_of(request)
    query = finding.sought_in(request.query).query
    found = await experts.who_knows(house, member, query) if query else []
    names = await names_of_hosts(house)
    lines = tuple(
        ExpertLine(
            person=person_of(one.member, names),
            url=f"/people/{one.member.handle.lstrip('@')}",
            evidence=tuple(
                EvidenceLine(
                    words=made.title or value_words("intent", made.intent, "") or _("A reply"),
                    url=url_of(made),
                    said=excerpt(made.text, 160),
                    support=made.support,
                )
                for made in one.evidence
            ),
        )
        for one in found
    )
    return show(request, "finding/experts.html", ExpertsPage(query=query, experts=lines), section="search")


def _host(places: Mapping[str, Forum], made: Contribution, names: Names) -> str:
    """Which organisation holds the forum that something stands in; "" for our own."""
    forum = places.get(made.forum_id)
    return names.get(forum.host, forum.host) if forum else ""


async def show_resembling(request: web.Request) -> web.Response:
    """POST /resembling: a fragment for the composer, with questions that were answered. It writes nothing."""
    house, member = request.app[HOUSE], member_of(request)
    form = await read_form(request)
    text = f"{form.get('title', '')} {form.get('text', '')}".strip()
    asks = form.get("intent") == "question" or "?" in text
    if len(text) < LEAST_WORDS:
        return html(draw(request, "finding/resembling.html", Resembling(answered=())))
    names = await names_of_hosts(house)
    told = await resembling.answered(house, member, text) if asks else []
    places = {forum.id: forum for forum in await forums.list_forums(house, member)}
    page = Resembling(
        answered=tuple(
            AnsweredLine(
                question=Link(text=one.question.title or excerpt(one.question.text, 90), url=url_of(one.question)),
                answer=excerpt(one.answer.text, 200),
                url=url_of(one.answer),
                by=author_of(one.answer, names),
                host=_host(places, one.question, names),
            )
            for one in told
        ),
    )
    return html(draw(request, "finding/resembling.html", page))
