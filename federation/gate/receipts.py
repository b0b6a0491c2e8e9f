"""Receipts: what we sign about another Marmalade server's Delete, and what others signed about ours."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from federation.gate.agreement_answer import keep_statement
from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.attest import said_by, sign_as_server
from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri, inbox_at, kind_of
from federation.outside import peers, recalls, statements
from federation.outside.crossings import Card
from federation.signatures import MalformedActivity, ProofRefused
from federation.signatures.proofs import parse_signed_object
from federation.vocabulary.receipts import MalformedReceipt, Receipt, read_receipt, render_receipt
from server.domain.recalls import Statement
from server.domain.uris import host_of, origin_of
from server.services import agreements

LANE = "receipts"
SKEW = timedelta(minutes=10)


# --- what we sign ---


async def acknowledge(arrival: Arrival) -> None:
    """Sign that a Delete was received and is carried out: to a Marmalade server, and to no other but the sender's."""
    kept, gate = arrival.received, arrival.gate
    if await kind_of(gate, kept.host) != "marmalade":
        return
    digest, about = hashlib.sha256(kept.body).hexdigest(), arrival.activity.object_uri
    await state(gate, arrival.plan, "acknowledged", kept.host, kept.activity_uri, about, digest, kept.actor_uri)
    now = gate.outside.now()
    arrival.plan.steps.append(
        lambda change: statements.acknowledge(
            change, kept.host, kept.activity_uri, kept.actor_uri, about, digest, now
        )
    )


async def state(
    gate: Gateway,
    plan: Plan,
    statement: Statement,
    host: str,
    activity: str,
    about: str,
    digest: str,
    to_uri: str,
) -> None:
    """Sign one statement about a Delete and send it to the server that sent the Delete."""
    inbox = await inbox_at(gate, host)
    if not inbox:
        return
    server = gate.house.addresses.server_uri
    receipt = Receipt(
        uri=activity_uri(gate, "receipt", statement, activity, host),
        actor_uri=server,
        statement=statement,
        activity_uri=activity,
        digest=digest,
        about_uri=about,
        to=(to_uri,),
        at=gate.house.now(),
    )
    document = await sign_as_server(gate, render_receipt(receipt))
    card = Card(type="Receipt", subject_uri=receipt.uri, author_uri=server, made_at=receipt.at.timestamp())
    plan.send(
        plan.freeze(document, "activity", 1, host, card),
        host=host,
        inbox_uri=inbox,
        sender_uri=server,
        lane=LANE,
        object_uri=receipt.uri,
        act="Receipt",
    )


# --- what others signed ---


async def admit_receipt(arrival: Arrival) -> Outcome:
    """Take a holder's statement about a Delete of ours: signed by its own server, about the very bytes we sent."""
    gate, kept = arrival.gate, arrival.received
    try:
        document = await said_by(gate, parse_signed_object(kept.body), kept.actor_uri)
        receipt = read_receipt(document)
    except (ProofRefused, MalformedActivity, MalformedReceipt) as error:
        return Outcome("refused", f"It is no receipt that could be believed: {error}")
    signer = await peers.stranger(gate.outside, receipt.actor_uri)
    if signer is None or signer.document.get("type") != "Application" or host_of(receipt.actor_uri) != kept.host:
        return Outcome("refused", "A server's own actor has to sign its receipts.")
    if gate.house.addresses.edge_url not in {origin_of(uri) for uri in receipt.to}:
        return Outcome("refused", "It is addressed to another server.")
    agreement = await agreements.find_by_uri(gate.house, receipt.about_uri)
    if agreement is not None:
        return await keep_statement(arrival, agreement, receipt)
    sent = await recalls.sent_delete(gate.outside, receipt.activity_uri, kept.host)
    if sent is None or sent.object_uri != receipt.about_uri:
        return Outcome("refused", "We sent that server no such Delete.")
    if receipt.digest not in sent.digests:
        return Outcome("refused", "It is about other bytes than those we sent.")
    now = gate.house.now()
    if not sent.made_at - SKEW.total_seconds() <= receipt.at.timestamp() <= (now + SKEW).timestamp():
        return Outcome("refused", "Its time is before our request or in the future.")
    arrival.plan.steps.append(
        lambda change: recalls.keep_statement(
            change, sent.object_uri, kept.host, receipt.statement, kept.body, gate.outside.now()
        )
    )
    return ADMITTED
