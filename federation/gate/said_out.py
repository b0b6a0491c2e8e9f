"""What a forum says of an idea beside its words, brought in line wherever the idea or the rules changed."""

from __future__ import annotations

from federation.gate.features_out import bring_marks_in_line
from federation.gate.locks_out import bring_lock_in_line
from federation.gate.outcomes_out import bring_outcome_in_line
from federation.gate.plan import Gateway, Plan
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.services import locking, outcomes


async def bring_in_line(gate: Gateway, plan: Plan, made: Contribution, event: Event) -> None:
    """Have each audience of an idea know its lock, marks and outcome, as the rules let it; replies have none."""
    if made.kind != "idea":
        return
    if await locking.standing_on(gate.house, made) is not None:
        await bring_lock_in_line(gate, plan, made.id, event)
        await plan.write_so_far()
    if made.emerging or made.best:
        await bring_marks_in_line(gate, plan, made.id, event)
        await plan.write_so_far()
    if await outcomes.standing_on(gate.house, made.id) is not None:
        await bring_outcome_in_line(gate, plan, made.id, event)
        await plan.write_so_far()
