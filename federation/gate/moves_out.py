"""What was moved, merged or split: its old copies are withdrawn where they stood, and it is released where it stands.

Everything of our own that was moved bears a new URI, so holders see a Delete and, where the rules of the new place
let it out, a Create: no copy is left in the old place, and none hangs on something that is gone.
"""

from __future__ import annotations

from datetime import datetime

from federation.gate import contributions_out, said_out
from federation.gate.actors import forum_of
from federation.gate.burial import bury, end_grants
from federation.gate.contributions_out import release
from federation.gate.plan import Gateway, Plan
from federation.gate.relay import withdraw_relayed
from federation.gate.render import standings
from federation.gate.routing import activity_uri
from federation.gate.speaking import Speech, apart_by_list, speak
from federation.outside import crossings
from federation.outside.crossings import EVERYONE
from federation.outside.peers import PeerKind
from federation.vocabulary import hosting
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings as judged
from server.services import forums, guises, ideas_read, moves, readership

# Software that moves whole topics reads a Move as its own, and is told by what is withdrawn and what is new.
OTHERS: tuple[PeerKind, ...] = ("forum", "microblog", "unknown")


async def release_moved(gate: Gateway, event: Event, plan: Plan) -> None:
    """Withdraw a branch from where it stood, answers before what they answer; then judge it where it stands."""
    made = await ideas_read.by_id(gate.house, event.subject_id)
    if made is None:
        return
    branch = await moves.branch_of(gate.house, made)
    stood = await _stood_as(gate, made, event.at)
    for one in reversed(branch):
        await _withdraw(gate, plan, one, event.at)
    await plan.write_so_far()
    forum, _ = await forum_of(gate, made.forum_id)
    for one in branch:
        if not one.deleted:
            verdicts = await release(gate, plan, one)
            await end_grants(gate, plan, one, forum, verdicts, event.at, "move", held_stands=False)
            await plan.write_so_far()
            await said_out.bring_in_line(gate, plan, one, event)
    await _tell_where(gate, plan, made, forum, stood, event)


async def _stood_as(gate: Gateway, made: Contribution, at: datetime) -> dict[str, str]:
    """Return the address under which each audience was granted something before it was moved, at this time."""
    former = await moves.former_uris(gate.house, made) if made.is_local else []
    until = at.timestamp()
    return {audience: uri for uri in former for audience in await crossings.audiences_of(gate.outside, uri, until)}


async def _tell_where(
    gate: Gateway, plan: Plan, made: Contribution, forum: Forum, stood: dict[str, str], event: Event
) -> None:
    """Tell Marmalade servers that held something, and were granted it where it stands now, that it is the same."""
    kind = await moves.kind_of(gate.house, made) if not made.deleted and not event.data.get("renewed") else None
    if kind is None or not stood or not forum.is_local:
        return
    apart = {one.audience for one in await readership.readers_of(gate.house, forum)} - {EVERYONE}
    apart |= await judged.recalled_hosts(gate.house, made)
    root = await ideas_read.by_id(gate.house, made.thread_id) or made
    threads = await standings(gate, root, list(stood))
    together: dict[tuple[str, str, str], list[str]] = {}
    for audience, uri in (await standings(gate, made, list(threads))).items():
        together.setdefault((stood[audience], uri, threads[audience]), []).append(audience)
    for (old, new, thread), audiences in together.items():
        for some in apart_by_list(forum, audiences):
            uri = activity_uri(gate, "move", old, new, event.seq, *some)
            public = forum.audience == "public"
            document = hosting.move(uri, forum.uri, new, old, kind, is_public=public, at=event.at)
            await speak(gate, plan, Speech(forum, document, some, event.at, new, thread), apart, but=OTHERS)


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
    root = await ideas_read.by_id(gate.house, one.thread_id)
    roots = await guises.all_public_uris(gate.house, root) if root else []
    former = await moves.former_uris(gate.house, root) if root else []
    if found.card.forum_uri == forum.uri and found.card.thread_uri in set(roots) - set(former):
        return None
    return await forums.forum_by_uri(gate.house, found.card.forum_uri)
