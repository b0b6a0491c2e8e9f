"""What a facilitator hides is withdrawn from outside, with what hangs on it; what is restored is there to be read."""

from __future__ import annotations

from federation.gate.actors import forum_of
from federation.gate.contributions_out import bring_in_line
from federation.gate.plan import Gateway, Plan
from server.domain.events import Event
from server.services import ideas


async def bring_thread_in_line(gate: Gateway, event: Event, plan: Plan) -> None:
    """Judge something and all that hangs on it again: what is hidden may be read by nobody outside."""
    made = await ideas.by_id(gate.house, event.subject_id)
    if made is None or made.deleted:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    if forum.audience == "inside" or (made.author_host and not forum.is_local):
        return
    hanging = await ideas.replies_of(gate.house, made.id) if made.kind == "idea" else []
    for one in (made, *hanging):
        if not one.deleted:
            await bring_in_line(gate, plan, one, forum, event, "moderation")
