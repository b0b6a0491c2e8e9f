"""Forums on their way out: their Groups, and Updates of these for those who follow them."""

from __future__ import annotations

from typing import Any

from federation.gate import boundary_change
from federation.gate.actors import forum_of, show_forum
from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri, parsed
from federation.outside import peers
from federation.outside.crossings import EVERYONE
from federation.vocabulary import activities
from server.domain.events import Event
from server.domain.jams import Forum, Jam
from server.domain.visitors import is_visitor
from server.services import forums


async def show_created_forum(gate: Gateway, event: Event, plan: Plan) -> None:
    forum, jam = await forum_of(gate, event.subject_id)
    await show_forum(gate, plan, forum, jam)


async def show_changed_jam(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell the world that a jam opened, closed or moved its end: each forum's Group changes with it."""
    for forum in await forums.forums_of(gate.house, event.subject_id):
        _, jam = await forum_of(gate, forum.id)
        await tell_followers(gate, plan, forum, jam)


async def show_changed_forum(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell the world that a forum bears another name or question, or takes no new ideas any more."""
    forum, jam = await forum_of(gate, event.subject_id)
    await tell_followers(gate, plan, forum, jam)


async def tell_followers(gate: Gateway, plan: Plan, forum: Forum, jam: Jam) -> None:
    for released in await show_forum(gate, plan, forum, jam):
        if released.version > 1:
            await send_update(gate, plan, forum, parsed(released.body), released.audience, released.version)


async def send_update(
    gate: Gateway, plan: Plan, forum: Forum, group: dict[str, Any], audience: str, version: int | str
) -> None:
    """Send a Group as an audience has it now to those who follow it and read it as that audience."""
    if is_visitor(audience):
        return
    uri = activity_uri(gate, "update", forum.uri, version, audience)
    document = activities.update_actor(uri, group, gate.house.now())
    card = boundary_change.card_of_activity(document, forum)
    sealed = plan.freeze(document, "activity", 1, audience, card)
    for follower in await peers.followers(gate.outside, forum.uri):
        if audience in (EVERYONE, follower.host):
            plan.send(
                sealed,
                host=follower.host,
                inbox_uri=follower.inbox_uri,
                sender_uri=forum.uri,
                lane=forum.uri,
                object_uri=forum.uri,
                act="Update",
            )
