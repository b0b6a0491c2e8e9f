"""Recalls, new rule tables and changed partners: what stands outside is brought in line with them."""

from __future__ import annotations

from typing import get_args

from federation.gate.actors import Face, forum_of, show_forum, show_person
from federation.gate.burial import bury
from federation.gate.contributions_out import bring_in_line
from federation.gate.plan import Gateway, Plan
from federation.gate.relay import withdraw_relayed
from federation.gate.reviewing import review_all
from federation.outside import crossings, deliveries, held, peers, visitors
from federation.outside.crossings import Card
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.visitors import is_visitor, peer_of
from server.services import forums, guises, ideas_read, people, readership, servers


def card_of_activity(document: dict[str, object], forum: Forum) -> Card:
    """File an activity about a forum itself."""
    return Card(
        type=str(document["type"]), subject_uri=forum.uri, forum_uri=forum.uri, author_uri=str(document["actor"])
    )


async def recall(gate: Gateway, event: Event, plan: Plan) -> None:
    """Take a contribution back from one server or from all."""
    made = await ideas_read.by_id(gate.house, event.subject_id)
    if made is None:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    peer = str(event.data["peer"]) or None
    await withdraw(gate, plan, made, forum, peer, event)
    if peer is not None:
        for visitor in await _visitors_of(gate, made, peer):
            await withdraw(gate, plan, made, forum, visitor, event)


async def _visitors_of(gate: Gateway, made: Contribution, host: str) -> list[str]:
    """Return those people of a server who read something at our edge: what is taken back from it is from them."""
    uris = await guises.all_public_uris(gate.house, made)
    granted = {one for uri in uris for one in await crossings.audiences_of(gate.outside, uri)}
    return sorted(one for one in granted if is_visitor(one) and peer_of(one) == host)


async def withdraw(
    gate: Gateway, plan: Plan, made: Contribution, forum: Forum, audience: str | None, event: Event
) -> None:
    """Withdraw all copies of a contribution; an idea takes along what hangs on it."""
    hanging = await ideas_read.replies_of(gate.house, made.id) if made.kind == "idea" else []
    for one in [*reversed(hanging), made]:
        if not guises.stands_here(gate.house, one):
            await withdraw_relayed(gate, plan, one, forum, audience, event.at, "hand")
            continue
        for uri in await guises.all_public_uris(gate.house, one):
            await bury(gate, plan, forum, uri, audience, event.at, "hand")


async def purge(gate: Gateway, event: Event, plan: Plan) -> None:
    """Drop what the outside store keeps of another server's words. Nobody is told."""
    host = str(event.data["host"])
    plan.steps.append(lambda change: held.forget(change, host, event.at.timestamp()))


async def apply_rules(gate: Gateway, event: Event, plan: Plan) -> None:
    """Bring what stands outside in line with a new table: narrowed grants end, their holders are asked to delete."""
    if event.data.get("adds"):
        return
    await review_all(gate, plan, event, "rule")


async def change_consent(gate: Gateway, event: Event, plan: Plan) -> None:
    """Bring what stands outside in line with who agreed to be named, as an author or in somebody's words."""
    await review_all(gate, plan, event, "consent")
    member = await people.member_by_id(gate.house, event.subject_id)
    if member is None or member.consent:
        return
    # Its key has to be there for the Deletes to be believed; its name has not.
    host, key = gate.house.addresses.edge_host, gate.outside.sealer.derive("faceless", member.uri)[:8]
    face = Face(member.uri, f"colleague-{key}", f"A colleague at {gate.house.name}", f"@colleague-{key}@{host}")
    audiences = await crossings.audiences_of(gate.outside, member.uri)
    await show_person(gate, plan, face, audiences, event.at.timestamp())


async def change_server(gate: Gateway, event: Event, plan: Plan) -> None:
    """Shut a server out, let it in again, or have it be of the kind that an admin says it is."""
    host, kind, at = str(event.data["host"]), str(event.data["kind"]), event.at.timestamp()
    fixed = next((one for one in get_args(peers.PeerKind) if one == kind), None)
    plan.steps.append(lambda change: peers.fix_kind(change, host, fixed))
    if event.data["standing"] == "suspended":
        plan.set_peer(host, "suspended")
        plan.steps.append(lambda change: peers.drop_followers(change, host))
        plan.steps.append(lambda change: deliveries.cancel_for(change, host, at))
        plan.steps.append(lambda change: visitors.end_of_host(change, host))
    elif event.data["before"] == "suspended":
        plan.set_peer(host, "active")


async def change_outsiders(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell the edge whom an admin shut out by name, and take from them what is there for them alone."""
    await bar_outsiders(gate, plan)
    await plan.write_so_far()
    for forum in await forums.forums_of(gate.house, ""):
        if forum.members_only and forum.is_local and forum.audience != "inside":
            for made in await ideas_read.standing_in(gate.house, [forum.id]):
                await bring_in_line(gate, plan, made, forum, event, "moderation")


async def tell_outsiders(gate: Gateway) -> None:
    """Tell the edge whom an admin shut out by name, before anything else: it may not have been told yet."""
    plan = Plan(gate)
    await bar_outsiders(gate, plan)
    await plan.write()


async def bar_outsiders(gate: Gateway, plan: Plan) -> None:
    """Have the edge let in nobody whom an admin shut out by name."""
    shut_out = await servers.shut_out_by_name(gate.house)
    plan.steps.append(lambda change: visitors.bar(change, shut_out))


async def send_again(gate: Gateway, event: Event, plan: Plan) -> None:
    """Queue once more what was given up for a server, and try it at once."""
    host, now = str(event.data["host"]), gate.outside.now()
    plan.steps.append(lambda change: deliveries.revive(change, host, now))
    plan.steps.append(lambda change: peers.heard_from(change, host))


async def change_partner(gate: Gateway, event: Event, plan: Plan) -> None:
    """Show a new partner our forums, refuse a paused one, withdraw from a removed one what others may not read.

    Where an agreement began, what it does not cover is withdrawn.

    A pause ends nothing: the edge takes no request of a paused server, and what is queued for it waits.
    """
    host, state = str(event.data["host"]), str(event.data["state"])
    plan.set_peer(host, "paused" if state == "paused" else "active")
    if state == "paused":
        return
    for forum in await forums.forums_of(gate.house, ""):
        if not forum.is_local or forum.audience == "inside":
            continue
        found, jam = await forum_of(gate, forum.id)
        if state == "active":
            await show_forum(gate, plan, found, jam)
        if not await readership.may_follow(gate.house, forum, host):
            plan.revoke(forum.uri, host, event.at.timestamp())
    await plan.write_so_far()
    await review_all(gate, plan, event, "agreement")
