"""What a reviewer released: those very bytes cross, or the question is asked again."""

from __future__ import annotations

from federation.gate.actors import forum_of
from federation.gate.contributions_out import offered, release
from federation.gate.plan import Gateway, Plan
from federation.outside import received
from server.domain.events import Event
from server.services import crossings as judged
from server.services import holds, ideas


async def release_held(gate: Gateway, event: Event, plan: Plan) -> None:
    """Carry out a release. For an incoming one the other half of the gate looks at the activity again."""
    if event.data["direction"] != "out":
        await _look_again(gate, event, plan)
        return
    hold = await holds.find_hold(gate.house, event.subject_id)
    made = await ideas.by_id(gate.house, hold.contribution_id)
    if made is None or made.deleted or made.version != hold.version or hold.state != "released":
        return
    forum, _ = await forum_of(gate, made.forum_id)
    verdicts = await judged.judge(gate.house, await judged.draft_of(gate.house, made))
    held = [verdict for verdict in verdicts if verdict.verdict == "held" and verdict.rules]
    copies, preview = await offered(gate, made, forum, held)
    changed = {audience for audience, sha in copies.items() if hold.copies.get(audience) != sha}
    if changed:
        reason = "What would cross has changed since it was approved; please look again."
        await holds.ask_again(gate.house, hold, copies, preview, reason)
        return
    await release(gate, plan, made, "Create", approved=frozenset(copies))
    if made.kind == "idea":
        # The idea has to stand outside before its replies can hang on it.
        await plan.write()
        plan.steps.clear()
        for one in await ideas.replies_of(gate.house, made.id):
            if not one.deleted:
                await release(gate, plan, one, "Create")


async def refuse_held(gate: Gateway, event: Event, plan: Plan) -> None:
    """Carry out a refusal: nothing to do outward; a received activity ends."""
    if event.data["direction"] == "in":
        await _look_again(gate, event, plan)


async def _look_again(gate: Gateway, event: Event, plan: Plan) -> None:
    kept = await received.by_uri(gate.outside, str(event.data["activity"]))
    if kept is not None and kept.state == "held":
        plan.steps.append(lambda change: received.reopen(change, kept))
