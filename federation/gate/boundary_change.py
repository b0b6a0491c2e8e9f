"""Recalls, new rule tables and changed partners: what stands outside is brought in line with them."""

from __future__ import annotations

from federation.gate.actors import forum_of, show_forum
from federation.gate.burial import bury
from federation.gate.contributions_out import release
from federation.gate.plan import Gateway, Plan
from federation.outside import crossings
from federation.outside.crossings import Card
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings as judged
from server.services import forums, ideas


def card_of_activity(document: dict[str, object], forum: Forum) -> Card:
    """File an activity about a forum itself."""
    return Card(
        type=str(document["type"]), subject_uri=forum.uri, forum_uri=forum.uri, author_uri=str(document["actor"])
    )


async def recall(gate: Gateway, event: Event, plan: Plan) -> None:
    """Take a contribution back from one server or from all."""
    made = await ideas.by_id(gate.house, event.subject_id)
    if made is None:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    peer = str(event.data["peer"]) or None
    await withdraw(gate, plan, made, forum, peer, event)


async def withdraw(
    gate: Gateway, plan: Plan, made: Contribution, forum: Forum, audience: str | None, event: Event
) -> None:
    """Withdraw all copies of a contribution; an idea takes our replies to it along."""
    hanging = await ideas.replies_of(gate.house, made.id) if made.kind == "idea" else []
    for one in [*reversed(hanging), made]:
        if not one.is_local:
            plan.revoke(one.uri, audience, event.at.timestamp())
            continue
        for uri in await judged.all_public_uris(gate.house, one):
            await bury(gate, plan, forum, uri, audience, event.at)


async def apply_rules(gate: Gateway, event: Event, plan: Plan) -> None:
    """Bring what stands outside in line with a new table: narrowed grants end, their holders are asked to delete."""
    if event.data.get("adds"):
        return
    for forum in await forums.forums_of(gate.house, ""):
        if forum.audience != "inside":
            await _review_forum(gate, plan, forum, event)


async def change_partner(gate: Gateway, event: Event, plan: Plan) -> None:
    """Show a new partner our forums; stop everything towards a paused or removed one."""
    host, state = str(event.data["host"]), str(event.data["state"])
    plan.set_peer(host, "active" if state == "active" else "paused")
    for forum in await forums.forums_of(gate.house, ""):
        if not forum.is_local or forum.audience == "inside":
            continue
        found, jam = await forum_of(gate, forum.id)
        if state == "active":
            await show_forum(gate, plan, found, jam)
        elif forum.audience == "partners":
            plan.revoke(forum.uri, host, event.at.timestamp())
        await _review_forum(gate, plan, forum, event)
    if state == "removed":
        plan.set_peer(host, "active")


async def _review_forum(gate: Gateway, plan: Plan, forum: Forum, event: Event) -> None:
    """Judge everything that stands in a forum again; grants that no rule gives any more end."""
    for made in await ideas.standing_in(gate.house, [forum.id]):
        if made.author_host and not forum.is_local:
            continue
        before = await _granted(gate, made)
        verdicts = await release(gate, plan, made, "Create", deliver=False)
        readers = {verdict.audience for verdict in verdicts if verdict.crosses}
        for uri, audience in before:
            allowed = audience in readers
            # Another redaction stands under another URI: the copy under the old one has to go.
            current = {
                await judged.public_uri(gate.house, made, verdict.redactions)
                for verdict in verdicts
                if verdict.audience == audience
            }
            if made.is_local and (not allowed or uri not in current):
                await bury(gate, plan, forum, uri, audience, event.at)
            elif not made.is_local and not allowed:
                plan.revoke(uri, audience, event.at.timestamp())


async def _granted(gate: Gateway, made: Contribution) -> list[tuple[str, str]]:
    uris = await judged.all_public_uris(gate.house, made) if made.is_local else [made.uri]
    return [(uri, audience) for uri in uris for audience in await crossings.audiences_of(gate.outside, uri)]
