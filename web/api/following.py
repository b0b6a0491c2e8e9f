"""Catching up, following, saved searches, feeds and people over the API."""

from __future__ import annotations

from datetime import timedelta

from server.domain.errors import Missing
from server.services import feeds, follows, profiles
from server.services.catching_up import Entry, catch_up
from server.services.follows import Followed
from server.services.visitors import Visitors, visitors
from web.api.calls import Call
from web.api.finding import show_person
from web.api.following_shapes import (
    BuiltOnAnswer,
    CatchUpAnswer,
    CatchUpEntry,
    CatchUpQuery,
    CatchUpSection,
    FeedAnswer,
    FeedBody,
    FeedList,
    FollowAnswer,
    FollowBody,
    FollowList,
    IntroductionAnswer,
    IntroductionList,
    KnownAnswer,
    NewFeed,
    ProfileAnswer,
    SavedAnswer,
    SavedList,
    SearchBody,
    TrustAnswer,
)
from web.api.idea_shapes import show_contribution
from web.api.notice_shapes import show_notice
from web.pages.notices.words import sentence_of, url_of_notice


async def read_catch_up(call: Call, query: CatchUpQuery) -> CatchUpAnswer:
    since = call.house.now() - timedelta(hours=query.hours) if query.hours else None
    told, known = await catch_up(call.house, call.member, since), await visitors(call.house)
    return CatchUpAnswer(
        since=told.since,
        seconds=told.seconds,
        sections=[
            CatchUpSection(
                kind=one.kind, entries=[_entry(call, entry, known) for entry in one.entries], left_out=one.left_out
            )
            for one in told.sections
        ],
    )


def _entry(call: Call, entry: Entry, known: Visitors) -> CatchUpEntry:
    told = entry.told
    return CatchUpEntry(
        notice=show_notice(call.house, told, sentence_of(told), url_of_notice(told)) if told else None,
        contribution=show_contribution(call.house, entry.made, known) if entry.made else None,
        jam=entry.jam.id if entry.jam else None,
        theme=entry.theme.label if entry.theme else None,
        mark=entry.mark,
        number=entry.number,
        is_new=entry.is_new,
    )


async def list_follows(call: Call) -> FollowList:
    found = await follows.list_follows(call.house, call.member)
    return FollowList(data=[_follow(call, one) for one in found])


def _follow(call: Call, one: Followed) -> FollowAnswer:
    return FollowAnswer(
        kind=one.follow.kind,
        subject=one.follow.subject_id,
        jam=one.follow.jam_id,
        name=one.words,
        url=f"{call.house.addresses.inside_url}{one.path}",
        made_at=one.follow.made_at,
    )


async def follow(call: Call, body: FollowBody) -> FollowList:
    await follows.follow(call.house, call.member, body.kind, body.subject, body.jam)
    return await list_follows(call)


async def unfollow(call: Call, body: FollowBody) -> None:
    await follows.unfollow(call.house, call.member, body.kind, body.subject, body.jam)


async def list_searches(call: Call) -> SavedList:
    found = await feeds.list_searches(call.house, call.member)
    return SavedList(data=[SavedAnswer(id=one.id, name=one.name, query=one.query, new=one.new) for one in found])


async def save_search(call: Call, body: SearchBody) -> SavedList:
    await feeds.save_search(call.house, call.member, body.name, body.query)
    return await list_searches(call)


async def drop_search(call: Call) -> None:
    await feeds.drop_search(call.house, call.member, _number(call, "search"))


async def list_feeds(call: Call) -> FeedList:
    found = await feeds.list_feeds(call.house, call.member)
    return FeedList(
        data=[
            FeedAnswer(
                id=one.id, kind=one.kind, subject=one.subject, name=one.name, made_at=one.made_at, used_at=one.used_at
            )
            for one in found
        ]
    )


async def make_feed(call: Call, body: FeedBody) -> NewFeed:
    secret = await feeds.make_feed(call.house, call.member, body.kind, body.subject, body.name)
    return NewFeed(url=f"{call.house.addresses.inside_url}/feeds/{secret}.atom")


async def revoke_feed(call: Call) -> None:
    await feeds.revoke_feed(call.house, call.member, _number(call, "feed"))


def _number(call: Call, what: str) -> int:
    text = call.path[what]
    if not (text.isascii() and text.isdigit() and len(text) < 17):
        raise Missing(what)
    return int(text)


async def read_person(call: Call) -> ProfileAnswer:
    member = await profiles.obtain_person(call.house, call.member, call.path["handle"])
    told, known = await profiles.read_profile(call.house, call.member, member), await visitors(call.house)
    trust = told.trust
    return ProfileAnswer(
        person=show_person(member, known),
        expertise=[
            KnownAnswer(theme=one.theme, evidence=[show_contribution(call.house, made, known) for made in one.evidence])
            for one in told.expertise
        ],
        adopted=[show_contribution(call.house, made, known) for made in told.adopted],
        built_on=[BuiltOnAnswer(idea=show_contribution(call.house, made, known), by=n) for made, n in told.built_on],
        trust=TrustAnswer(
            level=trust.level,
            standing=trust.history.standing,
            released=trust.history.released,
            refused=trust.history.refused,
            removed=trust.history.removed,
            mailed_at_once=trust.may_interrupt,
        )
        if trust
        else None,
    )


async def list_introductions(call: Call) -> IntroductionList:
    found, known = await profiles.introductions(call.house, call.member), await visitors(call.house)
    return IntroductionList(
        data=[
            IntroductionAnswer(
                person=show_person(one.member, known),
                threads=[show_contribution(call.house, made, known) for made in one.threads],
                themes=list(one.themes),
            )
            for one in found
        ]
    )
