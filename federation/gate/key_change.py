"""New key pairs for our actors: pairs and actor documents change in one transaction."""

from __future__ import annotations

import asyncio
from typing import Any

from federation.gate.boundary_change import card_of_activity
from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri, parsed
from federation.outside import crossings, keys, peers
from federation.outside.crossings import EVERYONE, Crossing
from federation.outside.released import Released
from federation.signatures import generate_ed25519_pem, generate_rsa_pem, load_public_key
from federation.signatures.multikeys import to_multikey
from federation.vocabulary import activities
from server.services import forums


async def rotate_keys(gate: Gateway) -> tuple[int, int]:
    """Give the server, the people and every forum a new pair; return (pairs, actor documents) exchanged.

    Followers of a forum are told by an Update; others fetch a key again once a signature no longer fits.
    """
    plan = Plan(gate)
    new: dict[str, keys.Listed] = {}
    for name in await keys.names(gate.outside):
        make = generate_ed25519_pem if name.endswith(keys.second("")) else generate_rsa_pem
        private_pem, public_pem = await asyncio.to_thread(make)
        old = await keys.listed(gate.outside, name)
        new[name] = keys.Listed(public_pem, old.turn + 1 if old else 0)
        _replace(plan, name, private_pem, new[name])
    changed = 0
    for found in await crossings.standing_actors(gate.outside):
        name = keys.key_name(gate.outside, found.document.uri)
        document = _with_keys(parsed(found.document.body), new.get(name), new.get(keys.second(name)))
        if document is None:
            continue
        one = found.document
        released = plan.freeze(document, "actor", one.version + 1, one.audience, found.card)
        changed += 1
        if found.card.type == "Group":
            await _tell_followers(gate, plan, found, released, document)
    await plan.write()
    return len(new), changed


def _replace(plan: Plan, name: str, private_pem: str, new: keys.Listed) -> None:
    plan.steps.append(lambda change: keys.replace_key(change, plan.outside, name, private_pem, new.pem, new.turn))


def _with_keys(document: dict[str, Any], main: keys.Listed | None, second: keys.Listed | None) -> dict[str, Any] | None:
    """Return an actor's document with other keys, or None where it has none to change."""
    key, uri = document.get("publicKey"), document["id"]
    if main is None or not isinstance(key, dict):
        return None
    changed = {**document, "publicKey": {**key, "id": keys.key_id(uri, main.turn), "publicKeyPem": main.pem}}
    if second is not None and "assertionMethod" in document:
        multikey = {
            "id": keys.proof_key_id(uri, second.turn),
            "publicKeyMultibase": to_multikey(load_public_key(second.pem)),
        }
        changed["assertionMethod"] = [{**one, **multikey} for one in document["assertionMethod"]]
    return changed


async def _tell_followers(
    gate: Gateway, plan: Plan, found: Crossing, released: Released, document: dict[str, Any]
) -> None:
    forum = await forums.forum_by_uri(gate.house, found.document.uri)
    if forum is None:
        return
    uri = activity_uri(gate, "update", forum.uri, released.version, released.audience)
    update = activities.update_actor(uri, document, gate.house.now())
    sealed = plan.freeze(update, "activity", 1, released.audience, card_of_activity(update, forum))
    for follower in await peers.followers(gate.outside, forum.uri):
        if released.audience in (EVERYONE, follower.host):
            plan.send(
                sealed, host=follower.host, inbox_uri=follower.inbox_uri, sender_uri=forum.uri, lane=forum.uri,
                object_uri=forum.uri, act="Update",
            )  # fmt: skip
