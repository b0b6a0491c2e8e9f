"""Somebody asks for what is missing of a forum that another server holds: the edge reads it there."""

from __future__ import annotations

from functools import partial

from federation.gate.plan import Gateway, Plan
from federation.gate.render import stands_as
from federation.outside import readings
from server.domain.events import Event
from server.services import forums, ideas_read


async def ask_for_rest(gate: Gateway, event: Event, plan: Plan) -> None:
    """Have the forum read from its beginning, and the thread beside it."""
    forum, _ = await forums.forum_and_jam(gate.house, str(event.data["forum"]))
    if forum.is_local or not forum.joined:
        return
    ask = partial(readings.ask, host=forum.host, forum_uri=forum.uri, now=gate.outside.now())
    plan.steps.append(partial(ask, uri=forum.uri))
    idea = await ideas_read.by_id(gate.house, str(event.data["idea"])) if event.data["idea"] else None
    uri = await stands_as(gate, idea, forum.host) if idea else None
    if uri:
        plan.steps.append(partial(ask, uri=uri))
