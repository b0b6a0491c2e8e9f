"""Whose token this is."""

from __future__ import annotations

from server.domain.actors import DUTIES
from web.api.calls import Call
from web.api.shapes import Thing


class MemberAnswer(Thing, frozen=True, kw_only=True):
    """A person. `duties` are what the role allows besides taking part."""

    username: str
    name: str
    unit: str
    role: str
    duties: list[str]


async def read_me(call: Call) -> MemberAnswer:
    member = call.member
    return MemberAnswer(
        id=member.id,
        uri=member.uri,
        url=f"{call.house.addresses.inside_url}/me",
        username=member.username,
        name=member.name,
        unit=member.unit,
        role=member.role,
        duties=sorted(DUTIES[member.role]),
    )
