"""What our server says with a proof that outlives the request, and what another's server said so."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from federation.gate.plan import Gateway
from federation.outside import keys, peers
from federation.signatures import ProofRefused, load_private_key
from federation.signatures.proofs import sign_document, verify_owned


async def sign_as_server(gate: Gateway, document: dict[str, Any], at: datetime | None = None) -> dict[str, Any]:
    """Return a document with our server's proof (FEP-8b32), made now or `at`: the same bytes for the same time.

    It has to be by our server: `actor` or `attributedTo`.
    """
    key = await asyncio.to_thread(load_private_key, await keys.private_pem(gate.outside, keys.PROOFS))
    key_id = keys.proof_key_id(gate.house.addresses.server_uri)
    return sign_document(document, key, key_id, at or gate.house.now())


async def said_by(gate: Gateway, document: dict[str, Any], actor_uri: str) -> dict[str, Any]:
    """Return what an actor said with a proof of its own, without the proof; raise ProofRefused where it did not.

    The actor's document is the one that was fetched when it last signed a request.
    """
    known = await peers.stranger(gate.outside, actor_uri)
    if known is None:
        raise ProofRefused(f"the document of {actor_uri[:200]} is not known")
    return verify_owned(document, known.document, gate.house.now())
