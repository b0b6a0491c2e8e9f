"""What we say of agreements to the other server: offered, accepted, declined, ended, each with our signature.

All of it is released to that one server; to anybody else there is nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from federation.gate.attest import sign_as_server
from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri, inbox_of
from federation.outside import errands
from federation.outside.crossings import Card
from federation.outside.peers import Stranger
from federation.vocabulary import agreements as wire
from federation.vocabulary.actors import MalformedActor, parse_actor
from server.domain.agreements import Agreement
from server.domain.events import Event
from server.services import agreements


def server_handle(host: str) -> str:
    """Return the handle by which a server's own actor is found (FEP-d556)."""
    return f"@{host}@{host}"


def is_server_handle(handle: str) -> bool:
    user, _, host = handle.lstrip("@").rpartition("@")
    return user == host


async def change_agreement(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell the other server what was done here. What stands outside is brought in line by PartnerChanged."""
    made = await agreements.find(gate.house, event.subject_id)
    if made is None:
        return
    state, by = str(event.data["state"]), str(event.data["by"])
    if state == "draft":
        plan.ask(server_handle(made.host), made.made_by)
    elif by == "us" and made.document:
        await tell(gate, plan, made, state, event.at)


async def offer_to(gate: Gateway, found: Stranger) -> str:
    """Sign what is to be offered to a server, now that its actor is known; return why not, or ""."""
    try:
        actor = parse_actor(found.document, found.uri)
    except MalformedActor as error:
        return str(error)
    for draft in await agreements.drafts_with(gate.house, actor.host):
        if actor.kind != "Application":
            await agreements.note_trouble(gate.house, draft, f"{found.uri} is no server but a {actor.kind}.")
            continue
        document = wire.render_agreement(
            draft.uri, gate.house.addresses.server_uri, found.uri, draft.version, draft.terms, gate.house.now()
        )
        signed = await sign_as_server(gate, document, draft.made_at)
        await agreements.mark_offered(gate.house, draft, orjson.dumps(signed).decode())
    return ""


async def note_unfound(gate: Gateway) -> int:
    """Write down which servers could not be found, so that whoever offered sees it; return how many are new."""
    noted = 0
    for draft in await agreements.drafts_with(gate.house, ""):
        errand = await errands.about(gate.outside, server_handle(draft.host))
        note = f"The server could not be found: {errand.answer}" if errand and errand.state == "failed" else ""
        if note and note[:500] != draft.note:
            await agreements.note_trouble(gate.house, draft, note)
            noted += 1
    return noted


async def tell(gate: Gateway, plan: Plan, made: Agreement, state: str, at: datetime) -> None:
    """Release what we say of an agreement to the other server, and send it. A replay says the same bytes again."""
    document = orjson.loads(made.document)
    us = gate.house.addresses.server_uri
    them = next(uri for uri in document["parties"] if uri != us)
    inbox = await inbox_of(gate, them)
    said = await _said(gate, made, state, document, us, them, at)
    if said is None or inbox is None:
        return
    card = Card(type=str(said["type"]), subject_uri=made.uri, author_uri=us, made_at=at.timestamp())
    if state == "offered":
        shown = Card(type="Agreement", subject_uri=made.uri, author_uri=us, made_at=at.timestamp())
        plan.freeze(document, "agreement", 1, made.host, shown)
    plan.send(
        plan.freeze(said, "activity", 1, made.host, card),
        host=made.host,
        inbox_uri=inbox,
        sender_uri=us,
        lane=made.uri,
        object_uri=made.uri,
        act=str(said["type"]),
    )


async def _said(
    gate: Gateway, made: Agreement, state: str, document: dict[str, Any], us: str, them: str, at: datetime
) -> dict[str, Any] | None:
    uri = activity_uri(gate, state, made.uri)
    if state == "offered":
        return wire.offer(uri, us, them, document)
    if state == "accepted":
        signed = await sign_as_server(gate, wire.accept(uri, us, them, document), at)
        await agreements.keep_acceptance(gate.house, made, orjson.dumps(signed).decode())
        return signed
    if state == "declined":
        return await sign_as_server(gate, wire.reject(uri, us, them, made.uri, made.note), at)
    if state == "ended":
        done = "offered" if made.ours else "accepted"
        undone = {
            "id": activity_uri(gate, done, made.uri),
            "type": "Offer" if made.ours else "Accept",
            "actor": us,
            "object": {"id": made.uri},
        }
        return await sign_as_server(gate, wire.undo(uri, us, them, undone, made.note), at)
    return None
