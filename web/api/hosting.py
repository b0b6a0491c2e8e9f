"""Hosts and their rota over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from server.domain.hosting import ALT_LIMIT, Host, Slot
from server.services import forums, hosting, people
from web.api.calls import Call
from web.api.files import whole_body
from web.api.jam_shapes import Moment
from web.api.jams import forum_of, jam_of
from web.api.shapes import Answer, Body, Query
from web.hosting import picture_url


class HostWords(Body, frozen=True, kw_only=True):
    """What a host says of themselves."""

    bio: str = ""


class NewSlot(Body, frozen=True, kw_only=True):
    """When a host, by username, is there."""

    host: str
    starts_at: Moment
    ends_at: Moment


class PictureQuery(Query, frozen=True, kw_only=True):
    """The picture's bytes are the body; `name` is the file's, `alt` says what it shows."""

    name: Annotated[str, Meta(min_length=1, max_length=500)]
    alt: Annotated[str, Meta(min_length=1, max_length=ALT_LIMIT)]


class PictureAnswer(Answer, frozen=True, kw_only=True):
    """A host's picture, redrawn as WebP. `url` is where a browser that is signed in gets it."""

    id: str
    alt: str
    url: str


class HostAnswer(Answer, frozen=True, kw_only=True):
    forum_id: str
    member_id: str
    username: str
    name: str
    unit: str
    bio: str
    picture: PictureAnswer | None


class SlotAnswer(Answer, frozen=True, kw_only=True):
    id: str
    forum_id: str
    member_id: str
    name: str
    starts_at: datetime
    ends_at: datetime


class RotaAnswer(Answer, frozen=True, kw_only=True):
    """Who hosts which forum of a jam, and when, in time order."""

    hosts: list[HostAnswer]
    slots: list[SlotAnswer]


async def read_rota(call: Call) -> RotaAnswer:
    rota = await hosting.rota_of(call.house, call.member, await jam_of(call))
    return RotaAnswer(hosts=[_host(call, one) for one in rota.hosts], slots=[_slot(one) for one in rota.slots])


async def put_host(call: Call, body: HostWords) -> RotaAnswer:
    forum = await forum_of(call)
    await hosting.put_host(call.house, call.member, forum, call.path["username"], body.bio)
    return await _rota_of(call, forum.jam_id)


async def put_picture(call: Call, query: PictureQuery) -> RotaAnswer:
    forum, member = await forum_of(call), await people.person(call.house, call.path["username"])
    body = await whole_body(call)
    await hosting.put_picture(call.house, call.member, forum, member.id, query.name, body, query.alt)
    return await _rota_of(call, forum.jam_id)


async def drop_picture(call: Call) -> None:
    forum, member = await forum_of(call), await people.person(call.house, call.path["username"])
    await hosting.drop_picture(call.house, call.member, forum, member.id)


async def drop_host(call: Call) -> None:
    forum = await forum_of(call)
    call.member.require("jams")
    member = await people.person(call.house, call.path["username"])
    await hosting.drop_host(call.house, call.member, forum, member.id)


async def add_slot(call: Call, body: NewSlot) -> SlotAnswer:
    forum = await forum_of(call)
    call.member.require("jams")
    _, jam = await forums.forum_and_jam(call.house, forum.id)
    member = await people.person(call.house, body.host)
    made = await hosting.add_slot(
        call.house, call.member, jam, forum, member.id, body.starts_at, body.ends_at
    )  # fmt: skip
    return _slot(made)


async def drop_slot(call: Call) -> None:
    await hosting.drop_slot(call.house, call.member, await forum_of(call), call.path["slot"])


async def _rota_of(call: Call, jam_id: str) -> RotaAnswer:
    return await read_rota(Call(call.request, call.house, call.member, {**call.path, "jam": jam_id}))


def _host(call: Call, host: Host) -> HostAnswer:
    url = f"{call.house.addresses.inside_url}{picture_url(host)}"
    return HostAnswer(
        forum_id=host.forum_id,
        member_id=host.member_id,
        username=host.handle.lstrip("@"),
        name=host.name,
        unit=host.unit,
        bio=host.bio,
        picture=PictureAnswer(id=host.picture_id, alt=host.picture_alt, url=url) if host.picture_id else None,
    )


def _slot(slot: Slot) -> SlotAnswer:
    return SlotAnswer(
        id=slot.id,
        forum_id=slot.forum_id,
        member_id=slot.member_id,
        name=slot.name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
    )
