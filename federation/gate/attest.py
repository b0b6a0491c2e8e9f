"""What our server says with a proof that outlives the request, and what another's server said so."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from federation.gate.plan import Gateway
from federation.outside import keys, peers
from federation.signatures import ProofRefused, load_private_key
from federation.signatures.proofs import sign_document, verify_owned

DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"


async def sign_as_server(gate: Gateway, document: dict[str, Any], at: datetime | None = None) -> dict[str, Any]:
    """Return a document with our server's proof (FEP-8b32), made now or `at`: the same bytes for the same time.

    It has to be by our server: `actor` or `attributedTo`.
    """
    key = await asyncio.to_thread(load_private_key, await keys.private_pem(gate.outside, keys.PROOFS))
    listed = await keys.listed(gate.outside, keys.PROOFS)
    key_id = keys.proof_key_id(gate.house.addresses.server_uri, listed.turn if listed else 0)
    return sign_document(document, key, key_id, at or gate.house.now())


async def sign_as(gate: Gateway, document: dict[str, Any], actor_uri: str, at: datetime) -> dict[str, Any]:
    """Return a document of one of our actors with that actor's proof, made `at`; as it is where it has no key yet."""
    name = keys.second(keys.key_name(gate.outside, actor_uri))
    listed = await keys.listed(gate.outside, name)
    if listed is None:
        return document
    if name not in gate.signing or gate.signing[name][0] != listed:
        private_pem = await keys.private_pem(gate.outside, name)
        gate.signing[name] = listed, await asyncio.to_thread(load_private_key, private_pem)
    stated = document.get("@context")
    contexts = [*(stated if isinstance(stated, list) else [stated]), DATA_INTEGRITY]
    key_id = keys.proof_key_id(actor_uri, listed.turn)
    return sign_document({**document, "@context": contexts}, gate.signing[name][1], key_id, at)


async def said_by(gate: Gateway, document: dict[str, Any], actor_uri: str) -> dict[str, Any]:
    """Return what an actor said with a proof of its own, without the proof; raise ProofRefused where it did not.

    The actor's document is the one that was fetched when it last signed a request.
    """
    known = await peers.stranger(gate.outside, actor_uri)
    if known is None:
        raise ProofRefused(f"the document of {actor_uri[:200]} is not known")
    return verify_owned(document, known.document, gate.house.now())
