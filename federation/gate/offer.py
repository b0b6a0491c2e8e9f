"""Offer: another server offers an agreement. Whatever is wrong with it opens nothing.

The order of checks: one reading of the bytes; the signature in the agreement, by the offering server's own key;
its terms, each of them known; that it is between them and us; then the service says whether it is news.
"""

from __future__ import annotations

import orjson

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.attest import said_by
from federation.outside import peers
from federation.signatures import MalformedActivity, ProofRefused
from federation.signatures.proofs import parse_signed_object
from federation.vocabulary import agreements as wire
from federation.vocabulary.agreements import MalformedAgreement
from server.services import agreements

NOT_BELIEVED = (MalformedActivity, MalformedAgreement, ProofRefused, ValueError)


async def admit_offer(arrival: Arrival) -> Outcome:
    """Keep what another server offers until somebody here answers it."""
    if not wire.is_agreement(arrival.activity.object):
        return Outcome("ignored", "Only agreements are offered here.")
    gate, actor_uri = arrival.gate, arrival.activity.actor_uri
    try:
        agreement = parse_signed_object(arrival.received.body)["object"]
        verified = await said_by(gate, agreement, actor_uri)
        read = wire.read_agreement(verified)
        await _check_server(arrival)
    except NOT_BELIEVED as error:
        return Outcome("refused", f"The offer is not believed: {error}.")
    if read.with_uri != gate.house.addresses.server_uri:
        return Outcome("refused", "It is an agreement between others.")
    terms = await agreements.titled(gate.house, read.terms)
    document = orjson.dumps({**verified, "proof": agreement["proof"]}).decode()
    await agreements.take_offer(gate.house, arrival.peer, read.uri, read.version, terms, document)
    return ADMITTED


async def _check_server(arrival: Arrival) -> None:
    """Raise MalformedAgreement unless a server's own actor speaks: nobody else can bind it."""
    known = await peers.stranger(arrival.gate.outside, arrival.activity.actor_uri)
    if known is None or known.document.get("type") != "Application":
        raise MalformedAgreement("it is not offered by a server's own actor")
