"""Judging everything that stands again, when rules, partners or consent changed.

Each contribution is judged, and what should stand outside is compared with what does, read for many at once. Where
both are the same and no reviewer was ever asked, the slow way (`bring_in_line`) would change nothing but the record
of the verdicts, so that alone is kept, for many in one transaction. Everything else goes the slow way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from federation.gate import said_out
from federation.gate.contributions_out import bring_in_line
from federation.gate.plan import Gateway, Plan
from federation.outside import crossings
from server.domain.crossings import Verdict
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.recalls import Cause
from server.services import crossings as judged
from server.services import forums, guises, holds, ideas_read, judging, locking, outcomes, readership

AT_ONCE = 200
Standing = dict[tuple[str, str], int]


async def review_all(gate: Gateway, plan: Plan, event: Event, cause: Cause) -> None:
    """Judge everything that stands in our forums again, ideas before what hangs on them."""
    for forum in await forums.forums_of(gate.house, ""):
        if forum.audience == "inside":
            continue
        made = [
            one
            for one in await ideas_read.standing_in(gate.house, [forum.id])
            if (forum.is_local or not one.author_host) and one.crosses_at is None
        ]
        for start in range(0, len(made), AT_ONCE):
            await _review(gate, plan, forum, made[start : start + AT_ONCE], event, cause)


async def _review(
    gate: Gateway, plan: Plan, forum: Forum, several: Sequence[Contribution], event: Event, cause: Cause
) -> None:
    forms = await guises.twins_of(gate.house, [made.id for made in several])
    uris = {
        made.id: [made.uri, *forms.get(made.id, {}).values()] if guises.stands_here(gate.house, made) else [made.uri]
        for made in several
    }
    standing = await crossings.standing(gate.outside, [uri for found in uris.values() for uri in found])
    said = await judged.effects_of(gate.house, [made.id for made in several])
    spoken_of = await outcomes.decided_among(gate.house, [made.id for made in several])
    spoken_of |= await locking.locked_among(gate.house, [made.id for made in several])
    asked = await holds.asked_about(gate.house, [made.id for made in several])
    paused = {reader.audience for reader in await readership.readers_of(gate.house, forum) if reader.paused}
    for made in several:
        verdicts = await judging.judge(gate.house, await judging.draft_of(gate.house, made, forum=forum))
        stands = {key: version for uri in uris[made.id] for key, version in standing.get(uri, {}).items()}
        found, here = forms.get(made.id, {}), guises.stands_here(gate.house, made)
        if made.id in asked or not _is_in_line(made, verdicts, stands, found, paused, here):
            await plan.write_so_far()
            await bring_in_line(gate, plan, made, forum, event, cause)
            continue
        plan.note(made, verdicts)
        if any(said.get((made.id, made.version, one.audience)) != one.verdict for one in verdicts):
            # What is judged after this may ask what was said of it: that has to be written first.
            await plan.write_so_far()
        if made.emerging or made.best or made.id in spoken_of:
            await plan.write_so_far()
            await said_out.bring_in_line(gate, plan, made, event)
    await plan.write_so_far()


def _is_in_line(
    made: Contribution,
    verdicts: Sequence[Verdict],
    stands: Standing,
    forms: Mapping[str, str],
    paused: set[str],
    here: bool,
) -> bool:
    """Say whether what the verdicts let across stands, in its present version, and nothing else does.

    What a paused server has is left as it is. Only of what stands `here` is anything taken out; whether others' words
    pass whole is looked at the slow way.
    """
    wanted: Standing = {}
    for verdict in verdicts:
        if verdict.verdict == "held" or (verdict.redactions and not here):
            return False
        if verdict.crosses and verdict.audience not in paused:
            uri = forms.get(guises.form_of(verdict.redactions), "") if verdict.redactions else made.uri
            wanted[uri, verdict.audience] = made.version
    return wanted == {key: version for key, version in stands.items() if key[1] not in paused}
