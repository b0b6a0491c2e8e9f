"""Joining a forum of another server: look its handle up, follow it, wait for the answer. Servers are found alike."""

from __future__ import annotations

from federation.gate.actors import show_reader
from federation.gate.agreements_out import is_server_handle, note_unfound, offer_to
from federation.gate.lists import note_abilities, take_list
from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri, is_of_the_threadiverse
from federation.outside import errands, peers
from federation.outside.crossings import Card
from federation.vocabulary import activities
from federation.vocabulary.actors import MalformedActor, RemoteActor, parse_actor
from federation.vocabulary.members import is_members_only
from server.domain.events import Event
from server.domain.jams import Audience, Forum
from server.services import forums, people
from server.services.house import House
from server.services.readership import reader_at
from server.services.text import plain, sanitise


async def ask_to_join(gate: Gateway, event: Event, plan: Plan) -> None:
    """Ask the edge to find the actor behind a handle."""
    plan.ask(str(event.data["handle"]), str(event.data["by"]))


async def follow_found(gate: Gateway) -> int:
    """Follow the forums whose actors the edge has found, and offer servers what awaited them; return how many."""
    found = await errands.in_state(gate.outside, "done", gate.outside.now())
    for errand in found:
        if is_server_handle(errand.subject):
            note = await _offer(gate, errand)
            await errands.finish(gate.outside, errand, "met" if note == "" else "failed", note or errand.answer)
            continue
        note = await _follow(gate, errand)
        await errands.finish(gate.outside, errand, "followed" if note == "" else "failed", note or errand.answer)
    return len(found) + await note_unfound(gate)


async def _offer(gate: Gateway, errand: errands.Errand) -> str:
    stranger = await peers.stranger(gate.outside, errand.answer)
    if stranger is None:
        return "the actor is not known"
    await note_abilities(gate, stranger)
    return await offer_to(gate, stranger)


async def _follow(gate: Gateway, errand: errands.Errand) -> str:
    """Mirror the forum and send a Follow; return why not, or ""."""
    stranger = await peers.stranger(gate.outside, errand.answer)
    by = await people.member_by_id(gate.house, errand.asked_by)
    if stranger is None or by is None:
        return "the actor is not known"
    try:
        actor = parse_actor(stranger.document, stranger.uri)
    except MalformedActor as error:
        return str(error)
    if actor.kind != "Group":
        return f"{errand.subject} is no forum but a {actor.kind}"
    agreed = (await reader_at(gate.house, actor.host)).agreement
    if agreed is not None and not agreed.covers(actor.uri):
        return f"the agreement with {actor.host} does not cover it"
    forum = await mirror(gate, actor, stranger.document, errand.asked_by)
    plan = Plan(gate)
    await send_follow(gate, plan, forum, actor)
    await plan.write()
    return ""


async def mirror(gate: Gateway, actor: RemoteActor, document: dict[str, object], by_id: str) -> Forum:
    """Keep a place for another server's forum, with what its Group says of its jam."""
    told = document.get("jam")
    jam: dict[str, object] = told if isinstance(told, dict) else {}
    by = await people.member_by_id(gate.house, by_id)
    assert by is not None
    members_only = is_members_only(document)
    audience: Audience = "partners" if members_only or jam.get("audience") == "partners" else "public"
    forum = await forums.mirror_forum(
        gate.house,
        by,
        uri=actor.uri,
        slug=actor.username,
        title=actor.name,
        question=plain(sanitise(actor.summary_html)),
        audience=audience,
        names=str(jam.get("names") or "named"),
        jam_slug=str(jam.get("slug") or "elsewhere"),
        jam_title=str(jam.get("name") or actor.host),
        closes_at=actor.ends_at,
        members_only=members_only,
    )
    if forum.members_only:
        await take_list(gate, forum, document)
    if actor.posting_restricted and jam.get("takes") == "replies":
        await take_over(gate.house, forum, actor, document)
    return forum


async def take_over(house: House, forum: Forum, actor: RemoteActor, document: dict[str, object]) -> None:
    """Take over what another server's Group says of its forum and jam: closed, or closed to new ideas alone."""
    told = document.get("jam")
    replies = actor.posting_restricted and isinstance(told, dict) and told.get("takes") == "replies"
    await forums.follow_host(
        house,
        forum,
        closed=actor.posting_restricted and not replies,
        closes_at=actor.ends_at,
        takes_ideas=not replies,
        title=actor.name,
        question=plain(sanitise(actor.summary_html)),
    )


async def send_follow(gate: Gateway, plan: Plan, forum: Forum, actor: RemoteActor) -> None:
    """Follow a forum as our server: one copy for all our people. Lemmy and PieFed take no Follow by an Application."""
    server = gate.house.addresses.server_uri
    if await is_of_the_threadiverse(gate, forum.host):
        server = (await show_reader(gate, plan)).uri
    uri = activity_uri(gate, "follow", forum.uri, gate.house.now().timestamp())
    document = activities.follow(uri, server, forum.uri)
    card = Card(type="Follow", subject_uri=forum.uri, author_uri=server, forum_uri=forum.uri)
    released = plan.freeze(document, "activity", 1, forum.host, card)
    plan.send(
        released,
        host=forum.host,
        inbox_uri=actor.inbox_uri,
        sender_uri=server,
        lane=forum.uri,
        object_uri=forum.uri,
        act="Follow",
    )
