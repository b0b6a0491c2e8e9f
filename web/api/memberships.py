"""The list of a forum that is for its members alone, over the API."""

from __future__ import annotations

from datetime import datetime

from server.domain.memberships import ForumMember
from server.services import memberships
from web.api.calls import Call
from web.api.jam_shapes import NoWords
from web.api.jams import forum_of
from web.api.paging import slice_of
from web.api.shapes import Answer, Page, Paging


class ForumMemberAnswer(Answer, frozen=True, kw_only=True):
    """Somebody on a forum's list. `handle` is @name, or @name@host for somebody of another server."""

    handle: str
    name: str
    unit: str
    host: str
    invited_at: datetime


def show_member(one: ForumMember) -> ForumMemberAnswer:
    member = one.member
    return ForumMemberAnswer(
        handle=member.handle, name=member.name, unit=member.unit, host=member.host, invited_at=one.invited_at
    )


async def list_members(call: Call, query: Paging) -> Page[ForumMemberAnswer]:
    found = await memberships.list_members(call.house, call.member, await forum_of(call))
    return slice_of(found, query, show_member)


async def put_member(call: Call, body: NoWords) -> ForumMemberAnswer:
    made = await memberships.invite(call.house, call.member, await forum_of(call), call.path["handle"])
    return show_member(made)


async def drop_member(call: Call) -> None:
    forum = await forum_of(call)
    found = await memberships.find_member(call.house, call.member, forum, call.path["handle"])
    await memberships.remove(call.house, call.member, forum, found.id)
