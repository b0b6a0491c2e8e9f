"""Block, and its Undo: the server of a forum elsewhere takes nothing more of one of our people, or does again.

Lemmy and PieFed send it for one forum, announced by it or straight from its server, and for all that they hold
(`target` is their site). A Block of one person by another is between these two, and left.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.urls import BadUrl, parse_url
from federation.vocabulary.hosting import undone
from federation.vocabulary.objects import first_id
from federation.vocabulary.questions import read_moment
from server.domain.jams import Forum
from server.domain.uris import origin_of
from server.services import bans, forums, people

NOBODY = "It is about nobody of ours."
ELSEWHERE = "It is about nothing that its server holds."


async def admit_block(arrival: Arrival) -> Outcome:
    return await _take(arrival, arrival.activity.raw, banned=True)


async def undo_block(arrival: Arrival, _block_uri: str) -> Outcome:
    return await _take(arrival, undone(arrival.activity.raw, "Block"), banned=False)


async def _take(arrival: Arrival, block: Mapping[str, Any], *, banned: bool) -> Outcome:
    gate = arrival.gate
    member = await people.member_by_uri(gate.house, first_id(block.get("object")))
    if member is None or not member.is_local:
        return Outcome("ignored", NOBODY)
    target = first_id(block.get("target"))
    forum = await forums.forum_by_uri(gate.house, target) if target else arrival.relay
    if not _may_say(arrival, forum, target):
        return Outcome("ignored", ELSEWHERE)
    came_at = datetime.fromtimestamp(arrival.received.received_at, UTC)
    said_at = min(read_moment(arrival.activity.raw.get("published")) or came_at, came_at)
    ends_at = read_moment(block.get("endTime")) or read_moment(block.get("expires"))
    news = await bans.take_ban(
        gate.house, member, arrival.peer, forum, banned=banned, said_at=said_at, ends_at=ends_at
    )  # fmt: skip
    return ADMITTED if news else Outcome("ignored", "It was said otherwise since.")


def _may_say(arrival: Arrival, forum: Forum | None, target: str) -> bool:
    """Say whether who vouches for this holds what it is about: the forum, which we joined, or the whole site."""
    if forum is not None:
        own = arrival.relay.id == forum.id if arrival.relay else forum.host == arrival.peer
        return own and forum.joined and not forum.is_local
    return arrival.relay is None and _is_site_of(target, arrival.activity.actor_uri)


def _is_site_of(target: str, actor_uri: str) -> bool:
    """Say whether an address is that of an actor's whole server."""
    try:
        site = parse_url(target)
    except BadUrl:
        return False
    return site.target == "/" and not site.fragment and site.origin == origin_of(actor_uri)
