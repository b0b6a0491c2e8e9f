"""Lists of forums for their members alone: ours told to partners, theirs taken over, each within its own people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from federation.gate.actors import forum_of, list_for
from federation.gate.agreements_out import server_handle
from federation.gate.arrival import Arrival
from federation.gate.contributions_out import bring_in_line
from federation.gate.forums_out import send_update, tell_followers
from federation.gate.plan import Gateway, Plan
from federation.gate.routing import parsed
from federation.outside import crossings, peers
from federation.outside.peers import Stranger
from federation.vocabulary.capabilities import keeps_lists
from federation.vocabulary.members import FRESH_SECONDS, is_members_only, read_list, stated_digest, without_list
from server.domain.events import Event
from server.domain.jams import Forum
from server.domain.visitors import is_visitor
from server.services import ideas_read, memberships, readership

UNKNOWN_LIST = "It came under a list that we do not know."


async def change_list(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell each partner of its own people on a list; whose last one is off it is asked to delete what it has."""
    forum, jam = await forum_of(gate, str(event.data["forum"]))
    if not forum.is_local or forum.audience == "inside":
        return
    for host in sorted(await memberships.hosts_unheard(gate.house, forum)):
        plan.ask(server_handle(host), gate.house.addresses.server_uri)
    if jam.state == "draft":
        return
    again = await plan.was_begun()
    readers = {one.audience for one in await readership.readers_of(gate.house, forum)}
    before = set(await crossings.audiences_of(gate.outside, forum.uri))
    for host in sorted(before - readers):
        await _part(gate, plan, forum, host, event)
    await tell_followers(gate, plan, forum, jam)
    await plan.write_so_far()
    if again or before != readers:
        for made in await ideas_read.standing_in(gate.house, [forum.id]):
            if made.crosses_at is None:
                await bring_in_line(gate, plan, made, forum, event, "rule")
    for follower in await peers.followers(gate.outside, forum.uri):
        if follower.host not in readers:
            plan.unfollow(forum.uri, follower.actor_uri)


async def _part(gate: Gateway, plan: Plan, forum: Forum, host: str, event: Event) -> None:
    """Stop serving a Group to a server, and tell it once that nobody of its people is on the list any more."""
    found = await crossings.exact_newest(gate.outside, forum.uri, host)
    plan.revoke(forum.uri, host, event.at.timestamp())
    if found is None or is_visitor(host):
        return
    document = parsed(found.document.body)
    told = {**document, "jam": {**document["jam"], **await list_for(gate, forum, host)}}
    await send_update(gate, plan, forum, told, host, f"parted {event.seq}")


async def note_abilities(gate: Gateway, found: Stranger) -> None:
    """Write down whether a server whose own actor was just fetched keeps to lists."""
    if found.document.get("type") == "Application":
        await memberships.note_keeper(gate.house, found.host, keeps=keeps_lists(found.document))


async def take_list(gate: Gateway, forum: Forum, document: dict[str, Any], *, certain: bool = True) -> None:
    """Take over what another server's Group says of who of our people is on its list; what says nothing is nobody."""
    told = read_list(document) if is_members_only(document) else read_list({})
    await memberships.keep_list(gate.house, forum, told.ids, told.digest, certain=certain)


async def take_update(arrival: Arrival, forum: Forum, found: Stranger, known: Stranger | None) -> Stranger:
    """Take over the list of a closed forum of another server as its Group was updated; return what to keep of that.

    What its server gives at its address counts, where the edge had it since the Update came (`known`). Else the
    Update, which may be an old one that was sent again, takes away and adds nobody, and the list is asked for anew.
    """
    if known is not None and (arrival.received.read_back or known.fetched_at >= arrival.received.received_at):
        await take_list(arrival.gate, forum, known.document)
        return known
    await take_list(arrival.gate, forum, found.document, certain=False)
    return replace(found, document=without_list(found.document), fetched_at=0.0)


async def is_under_known_list(arrival: Arrival, forum: Forum) -> bool:
    """Say whether what a closed forum of another server passes on came under the list that we know.

    Else the edge has asked that server again; where it answered just now, that list counts.
    """
    stated = stated_digest(arrival.activity.raw)
    if stated and await memberships.fits(arrival.gate.house, forum, stated):
        return True
    group = await peers.stranger(arrival.gate.outside, forum.uri)
    if group is None or group.fetched_at < arrival.received.received_at - FRESH_SECONDS:
        return False
    await take_list(arrival.gate, forum, group.document)
    return await memberships.fits(arrival.gate.house, forum, read_list(group.document).digest)
