"""Search, similar ideas, what was answered already, and who knows, over the API."""

from __future__ import annotations

import msgspec

from server.domain.actors import Member
from server.domain.search import Sought
from server.services import experts, finding, forums, likeness, resembling
from server.services.finding import Hit
from server.services.house import House
from server.services.visitors import Visitors, visitors
from web.api.calls import Call
from web.api.finding_shapes import (
    AnsweredAnswer,
    AnsweredList,
    AnsweredQuery,
    ExpertAnswer,
    ExpertList,
    ExpertsQuery,
    FacetAnswer,
    HitAnswer,
    NotSimilar,
    Partner,
    SearchAnswer,
    SearchQuery,
    SimilarAnswer,
    SimilarQuery,
)
from web.api.idea_shapes import Author, Belonging, parts_of, show_contribution
from web.api.shapes import Page


async def search(call: Call, query: SearchQuery) -> SearchAnswer:
    given = {key: str(value) for key, value in msgspec.structs.asdict(query).items() if key not in ("limit", "after")}
    found = await finding.search(
        call.house, call.member, Sought.read({**given, "query": query.q}), query.after, query.limit
    )
    known = await visitors(call.house)
    return SearchAnswer(
        data=[_hit(call.house, hit, known) for hit in found.hits],
        next=found.next or None,
        total=found.total,
        more=found.more,
        facets={
            name: [FacetAnswer(value=one.value, name=one.words, count=one.count) for one in values]
            for name, values in found.facets.items()
        },
    )


def _hit(house: House, hit: Hit, known: Visitors) -> HitAnswer:
    return HitAnswer(
        **parts_of(house, hit.made, known, ()),  # type: ignore[arg-type]
        snippet="".join(words for words, _ in hit.snippet),
        matched=[words for words, matched in hit.snippet if matched],
    )


async def find_similar(call: Call, query: SimilarQuery) -> Page[SimilarAnswer]:
    forum = await forums.obtain_forum(call.house, call.member, query.forum) if query.forum else None
    subject = forum.id if forum else ""
    found = await resembling.similar_with(call.house, call.member, query.text, forum, query.limit, subject)
    known = await visitors(call.house)
    places = {one.id: one.host for one in await forums.list_forums(call.house, call.member)}
    return Page(
        data=[
            SimilarAnswer(
                **parts_of(call.house, made, known, ()),  # type: ignore[arg-type]
                partner=_partner(known, places.get(made.forum_id) or made.author_host),
                likeness=round(score, 3),
            )
            for score, made in found
        ],
        next=None,
    )


def _partner(known: Visitors, host: str) -> Partner | None:
    found = known.affiliation(host, "", "")
    return Partner(host=found.host, name=found.name, tier=found.tier) if found else None


async def not_similar(call: Call, body: NotSimilar) -> None:
    await likeness.not_similar(call.house, call.member, body.subject, body.idea, body.text)


async def find_answered(call: Call, query: AnsweredQuery) -> AnsweredList:
    found, known = (
        await resembling.answered(call.house, call.member, query.text, query.limit),
        await visitors(call.house),
    )
    return AnsweredList(
        data=[
            AnsweredAnswer(
                question=show_contribution(call.house, one.question, known),
                answer=show_contribution(call.house, one.answer, known),
            )
            for one in found
        ]
    )


async def find_experts(call: Call, query: ExpertsQuery) -> ExpertList:
    found, known = await experts.who_knows(call.house, call.member, query.q, query.limit), await visitors(call.house)
    return ExpertList(
        data=[
            ExpertAnswer(
                person=show_person(one.member, known),
                evidence=[show_contribution(call.house, made, known) for made in one.evidence],
            )
            for one in found
        ]
    )


def show_person(member: Member, known: Visitors) -> Author:
    """Return a person as the author of something."""
    found = known.affiliation(member.host, member.name, member.handle)
    belonging = (
        Belonging(host=found.host, name=found.name, tier=found.tier, looks_like=found.looks_like) if found else None
    )
    return Author(
        id=member.id, name=member.name, handle=member.handle, unit=member.unit, host=member.host, affiliation=belonging
    )
