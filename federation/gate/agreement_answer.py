"""Accept, Reject and Undo of an agreement: from its other party only, with that server's signature.

Accept holds the very document that we signed, and is signed as a whole: one document that both have signed.
"""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.attest import said_by
from federation.gate.offer import NOT_BELIEVED
from federation.signatures.proofs import canonical, parse_signed_object
from federation.vocabulary import agreements as wire
from federation.vocabulary.receipts import Receipt
from server.domain.agreements import Agreement
from server.services import agreements


async def accept_agreement(arrival: Arrival) -> Outcome:
    """Let our offer hold: the very document that we signed, inside an Accept that the other server signed."""
    found = await _ours_to_answer(arrival)
    if isinstance(found, Outcome):
        return found
    agreement, said = found
    if canonical(said["object"]) != canonical(orjson.loads(agreement.document)):
        return Outcome("refused", "It accepts another document than we offered.")
    await agreements.take_acceptance(arrival.gate.house, agreement, orjson.dumps(said).decode())
    return ADMITTED


async def reject_agreement(arrival: Arrival) -> Outcome:
    found = await _ours_to_answer(arrival)
    if isinstance(found, Outcome):
        return found
    agreement, said = found
    await agreements.take_refusal(arrival.gate.house, agreement, wire.reason_of(said))
    return ADMITTED


async def undo_agreement(arrival: Arrival) -> Outcome:
    """End an agreement that the other party ended, whichever of the two offered it."""
    undone = arrival.activity.object or {}
    named = undone.get("object")
    uri = named.get("id") if isinstance(named, dict) else named
    found = await _between_us(arrival, uri)
    if isinstance(found, Outcome):
        return found
    agreement, said = found
    await agreements.take_end(arrival.gate.house, agreement, wire.reason_of(said))
    return ADMITTED


async def _ours_to_answer(arrival: Arrival) -> tuple[Agreement, dict[str, Any]] | Outcome:
    found = await _between_us(arrival, (arrival.activity.object or {}).get("id"))
    if not isinstance(found, Outcome) and not found[0].ours:
        return Outcome("refused", "It was offered to us: only we can answer it.")
    return found


async def _between_us(arrival: Arrival, uri: object) -> tuple[Agreement, dict[str, Any]] | Outcome:
    """Return the agreement that its other party speaks of, and what it says, with its proof."""
    actor_uri = arrival.activity.actor_uri
    known = await agreements.find_by_uri(arrival.gate.house, uri) if isinstance(uri, str) else None
    if known is None or not known.document or actor_uri not in orjson.loads(known.document)["parties"]:
        return Outcome("refused", "There is no such agreement with this server.")
    try:
        body = parse_signed_object(arrival.received.body)
        verified = await said_by(arrival.gate, body, actor_uri)
    except NOT_BELIEVED as error:
        return Outcome("refused", f"It is not believed: {error}.")
    return known, {**verified, "proof": body["proof"]}


async def keep_statement(arrival: Arrival, agreement: Agreement, receipt: Receipt) -> Outcome:
    """Keep what the other party states after an agreement: that nothing of ours is left with it."""
    if agreement.host != arrival.peer or receipt.actor_uri != other_party(agreement, _us(arrival)):
        return Outcome("refused", "There is no such agreement with this server.")
    if receipt.statement != "purged" or receipt.digest != digest_of_agreement(agreement):
        return Outcome("refused", "It is about another document than the agreement.")
    if agreement.state not in ("ended", "expired"):
        return Outcome("later", "The agreement is not over here.")
    await agreements.keep_statement(arrival.gate.house, agreement, arrival.received.body.decode())
    return ADMITTED


def digest_of_agreement(agreement: Agreement) -> str:
    """Return the SHA-256 of the agreement's canonical form, as it was offered."""
    return hashlib.sha256(canonical(orjson.loads(agreement.document))).hexdigest()


def other_party(agreement: Agreement, us: str) -> str:
    return next(str(uri) for uri in orjson.loads(agreement.document)["parties"] if uri != us)


def _us(arrival: Arrival) -> str:
    return arrival.gate.house.addresses.server_uri
