"""What was moved, merged or split: its old copies are withdrawn where they stood, and it is released where it stands.

Everything of our own that was moved bears a new URI, so holders see a Delete and, where the rules of the new place
let it out, a Create: no copy is left in the old place, and none hangs on something that is gone.
"""

from __future__ import annotations

from datetime import datetime

from federation.gate import contributions_out
from federation.gate.actors import forum_of
from federation.gate.burial import bury, end_grants
from federation.gate.contributions_out import release
from federation.gate.features_out import bring_marks_in_line
from federation.gate.plan import Gateway, Plan
from federation.gate.relay import withdraw_relayed
from federation.outside import crossings
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings as judged
from server.services import forums, ideas, moves


async def release_moved(gate: Gateway, event: Event, plan: Plan) -> None:
    """Withdraw a branch from where it stood, answers before what they answer; then judge it where it stands."""
    made = await ideas.by_id(gate.house, event.subject_id)
    if made is None:
        return
    branch = await moves.branch_of(gate.house, made)
    for one in reversed(branch):
        await _withdraw(gate, plan, one, event.at)
    await plan.write_so_far()
    forum, _ = await forum_of(gate, made.forum_id)
    for one in branch:
        if not one.deleted:
            verdicts = await release(gate, plan, one)
            await end_grants(gate, plan, one, forum, verdicts, event.at, "move", held_stands=False)
            await plan.write_so_far()
            if one.emerging or one.best:
                await bring_marks_in_line(gate, plan, one.id, event)


async def release_restored(gate: Gateway, event: Event, plan: Plan) -> None:
    """Send what is shown again once more, under the new URIs that it bears: who deleted it takes it as new words."""
    if event.data.get("renewed"):
        await release_moved(gate, event, plan)
    else:
        await contributions_out.judge_again(gate, event, plan, cause="moderation")


async def _withdraw(gate: Gateway, plan: Plan, one: Contribution, at: datetime) -> None:
    forum, _ = await forum_of(gate, one.forum_id)
    if one.is_local:
        for uri in await moves.former_uris(gate.house, one):
            await bury(gate, plan, forum, uri, None, at, "move")
        return
    stood = await _stood_in(gate, one)
    if stood is not None:
        await withdraw_relayed(gate, plan, one, stood, None, at, "move")


async def _stood_in(gate: Gateway, one: Contribution) -> Forum | None:
    """Return the forum in which another server's words are listed, if that is not where they stand now."""
    granted = await crossings.audiences_of(gate.outside, one.uri)
    found = await crossings.exact_newest(gate.outside, one.uri, granted[0]) if granted else None
    if found is None:
        return None
    forum, _ = await forum_of(gate, one.forum_id)
    root = await ideas.by_id(gate.house, one.thread_id)
    roots = await judged.all_public_uris(gate.house, root) if root else []
    former = await moves.former_uris(gate.house, root) if root else []
    if found.card.forum_uri == forum.uri and found.card.thread_uri in set(roots) - set(former):
        return None
    return await forums.forum_by_uri(gate.house, found.card.forum_uri)
