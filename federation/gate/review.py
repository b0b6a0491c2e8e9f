"""What a reviewer released: those very bytes cross, or the question is asked again."""

from __future__ import annotations

from federation.gate import said_out
from federation.gate.actors import forum_of
from federation.gate.burial import end_grants
from federation.gate.contributions_out import release
from federation.gate.plan import Gateway, Plan
from federation.outside import received
from server.domain.events import Event
from server.services import holds, ideas_read


async def release_held(gate: Gateway, event: Event, plan: Plan) -> None:
    """Carry out a release. For an incoming one the other half of the gate looks at the activity again."""
    if event.data["direction"] != "out":
        await _look_again(gate, event, plan)
        return
    hold = await holds.find_hold(gate.house, event.subject_id)
    made = await ideas_read.by_id(gate.house, hold.contribution_id)
    if made is None or made.deleted or made.version != hold.version:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    verdicts = await release(gate, plan, made)
    await end_grants(gate, plan, made, forum, verdicts, event.at, "edit", held_stands=True)
    if made.kind == "idea":
        # The idea has to stand outside before its replies can hang on it.
        await plan.write_so_far()
        for one in await ideas_read.replies_of(gate.house, made.id):
            if not one.deleted:
                await release(gate, plan, one)
        await said_out.bring_in_line(gate, plan, made, event)


async def refuse_held(gate: Gateway, event: Event, plan: Plan) -> None:
    """Carry out a refusal: it is written down for the author; a received activity ends."""
    if event.data["direction"] == "in":
        await _look_again(gate, event, plan)
        return
    hold = await holds.find_hold(gate.house, event.subject_id)
    made = await ideas_read.by_id(gate.house, hold.contribution_id)
    if made is not None and not made.deleted and made.version == hold.version:
        await release(gate, plan, made, deliver=False)


async def _look_again(gate: Gateway, event: Event, plan: Plan) -> None:
    kept = await received.by_uri(gate.outside, str(event.data["activity"]))
    if kept is not None and kept.state == "held":
        plan.steps.append(lambda change: received.reopen(change, kept))
