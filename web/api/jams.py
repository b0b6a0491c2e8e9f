"""Jams and forums over the API."""

from __future__ import annotations

from server.domain.jams import Forum, Jam
from server.services import forum_changes, forums, jams
from web.api.calls import Call
from web.api.jam_shapes import (
    Asked,
    ForumAnswer,
    ForumChanges,
    ForumToJoin,
    JamAnswer,
    JamChanges,
    LaterEnd,
    NewForum,
    NewJam,
    NoWords,
    show_forum,
    show_jam,
)
from web.api.paging import page_of, read_time, slice_of
from web.api.shapes import Page, Paging


async def jam_of(call: Call) -> Jam:
    """The jam that the address names by id or slug, or raise Missing."""
    return await jams.obtain_jam(call.house, call.member, call.path["jam"])


async def forum_of(call: Call) -> Forum:
    """The forum that the address names by id, "jam/forum" (the slash escaped), handle or slug, or raise Missing."""
    return await forums.obtain_forum(call.house, call.member, call.path["forum"])


async def create_jam(call: Call, body: NewJam) -> JamAnswer:
    made = await jams.create_jam(
        call.house, call.member, body.slug, body.title, body.charter.to_charter(), body.opens_at, body.closes_at
    )
    return show_jam(call.house, made)


async def list_jams(call: Call, query: Paging) -> Page[JamAnswer]:
    after = read_time(query.after) or 0.0
    found = await jams.list_jams(call.house, call.member, after, query.limit + 1)
    return page_of(found, query, lambda jam: show_jam(call.house, jam), lambda jam: repr(jam.created_at.timestamp()))


async def read_jam(call: Call) -> JamAnswer:
    return show_jam(call.house, await jam_of(call))


async def change_jam(call: Call, body: JamChanges) -> JamAnswer:
    jam = await jam_of(call)
    async with call.house.store.transaction():
        if body.title is not None or body.opens_at or body.closes_at:
            title, opens_at = body.title or jam.title, body.opens_at or jam.opens_at
            await jams.change_draft(call.house, call.member, jam, title, opens_at, body.closes_at or jam.closes_at)
        if body.charter is not None:
            await jams.write_charter(call.house, call.member, jam, body.charter.to_charter())
    return show_jam(call.house, await jam_of(call))


async def open_jam(call: Call, body: NoWords) -> JamAnswer:
    return show_jam(call.house, await jams.open_jam(call.house, call.member, await jam_of(call)))


async def extend_jam(call: Call, body: LaterEnd) -> JamAnswer:
    return show_jam(call.house, await jams.extend_jam(call.house, call.member, await jam_of(call), body.closes_at))


async def freeze_jam(call: Call, body: NoWords) -> JamAnswer:
    return show_jam(call.house, await jams.freeze_jam(call.house, call.member, await jam_of(call)))


async def archive_jam(call: Call, body: NoWords) -> JamAnswer:
    return show_jam(call.house, await jams.archive_jam(call.house, call.member, await jam_of(call)))


async def create_forum(call: Call, body: NewForum) -> ForumAnswer:
    made = await forums.create_forum(
        call.house, call.member, await jam_of(call), body.slug, body.title, body.question, body.audience, body.label,
        body.peers, body.names, members_only=body.members_only,
    )  # fmt: skip
    return show_forum(call.house, made)


async def list_forums(call: Call, query: Paging) -> Page[ForumAnswer]:
    found = await forums.list_forums(call.house, call.member, await jam_of(call))
    return slice_of(found, query, lambda forum: show_forum(call.house, forum))


async def list_all_forums(call: Call, query: Paging) -> Page[ForumAnswer]:
    found = await forums.list_forums(call.house, call.member)
    return slice_of(found, query, lambda forum: show_forum(call.house, forum))


async def read_forum(call: Call) -> ForumAnswer:
    return show_forum(call.house, await forum_of(call))


async def change_forum(call: Call, body: ForumChanges) -> ForumAnswer:
    wish = forum_changes.Changes(**{name: getattr(body, name) for name in body.__struct_fields__})
    changed = await forum_changes.change_forum(call.house, call.member, await forum_of(call), wish)
    return show_forum(call.house, changed)


async def join_forum(call: Call, body: ForumToJoin) -> Asked:
    await forums.ask_to_join(call.house, call.member, body.handle)
    return Asked(asked=body.handle)
