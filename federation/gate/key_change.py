"""New key pairs for our actors: pairs and actor documents change in one transaction."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri, parsed
from federation.outside import crossings, deliveries, keys, peers
from federation.outside.crossings import EVERYONE, Card, Crossing
from federation.outside.released import Released
from federation.signatures import generate_ed25519_pem, generate_rsa_pem, load_public_key
from federation.signatures.multikeys import to_multikey
from federation.vocabulary import activities
from federation.vocabulary.actors import MalformedActor, parse_actor
from server.services import forums

# Whoever an actor wrote to in its own name since then is told of its new key.
LATELY = 30 * 24 * 3600.0


async def rotate_keys(gate: Gateway, *, at_once: bool = False) -> tuple[int, int]:
    """Give the server, the people and every forum a new pair; return (pairs, actor documents) exchanged.

    Followers of a forum, servers that somebody wrote to lately, and, of the server's own pair, those whose actors it
    looked up lately are told by an Update, which the pair before signs for those who keep an actor and its key: it
    stays a day for that. Others fetch a key again once a signature no longer fits. `at_once` leaves nothing of the
    pairs before, which may be in other hands.
    """
    plan = Plan(gate)
    plan.steps.append(keys.drop_former)
    new: dict[str, keys.Listed] = {}
    for name in await keys.names(gate.outside):
        make = generate_ed25519_pem if name.endswith(keys.second("")) else generate_rsa_pem
        private_pem, public_pem = await asyncio.to_thread(make)
        old = await keys.listed(gate.outside, name)
        new[name] = keys.Listed(public_pem, old.turn + 1 if old else 0)
        if not at_once and not name.endswith(keys.second("")):
            plan.steps.append(partial(keys.keep_former, outside=gate.outside, name=name))
        _replace(plan, name, private_pem, new[name])
    changed = 0
    told = await _correspondents(gate)
    asked = await _asked_lately(gate)
    standing = await crossings.standing_actors(gate.outside)
    own = {(found.document.uri, found.document.audience) for found in standing}
    for found in standing:
        name = keys.key_name(gate.outside, found.document.uri)
        document = _with_keys(parsed(found.document.body), new.get(name), new.get(keys.second(name)))
        if document is None:
            continue
        one = found.document
        released = plan.freeze(document, "actor", one.version + 1, one.audience, found.card)
        changed += 1
        if found.card.type == "Group":
            await _tell_followers(gate, plan, found, released, document)
        if found.card.type == "Application" and asked:
            sealed = _news(gate, plan, found, released, document)
            for host, inbox in asked:
                _send(plan, sealed, host, inbox)
        if found.card.type in ("Person", "Service"):
            for host, inbox in told.get(one.uri, ()):
                if one.audience == host or (one.audience == EVERYONE and (one.uri, host) not in own):
                    _send(plan, _news(gate, plan, found, released, document), host, inbox)
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
    sealed = _news(gate, plan, found, released, document)
    for follower in await peers.followers(gate.outside, forum.uri):
        if released.audience in (EVERYONE, follower.host):
            _send(plan, sealed, follower.host, follower.inbox_uri)


async def _correspondents(gate: Gateway) -> dict[str, list[tuple[str, str]]]:
    """Return (host, inbox) of whom our people wrote to in their own name lately, by person."""
    told: dict[str, list[tuple[str, str]]] = {}
    people, since = gate.house.addresses.person_uri(""), gate.outside.now() - LATELY
    for actor, host, inbox in await deliveries.correspondents(gate.outside, people, since):
        told.setdefault(actor, []).append((host, inbox))
    return told


async def _asked_lately(gate: Gateway) -> list[tuple[str, str]]:
    """Return (host, inbox) of the servers that answered signed questions of our server's actor lately.

    Ours look a key up again by themselves.
    """
    found = []
    for one in await peers.newest_strangers(gate.outside, gate.outside.now() - LATELY, but_not="marmalade"):
        try:
            found.append((one.host, parse_actor(one.document, one.uri).delivery_uri))
        except MalformedActor:
            continue
    return found


def _news(gate: Gateway, plan: Plan, found: Crossing, released: Released, document: dict[str, Any]) -> Released:
    """Seal the Update that shows an actor's new key."""
    actor_uri = found.document.uri
    uri = activity_uri(gate, "update", actor_uri, released.version, released.audience)
    update = activities.update_actor(uri, document, gate.house.now())
    forum_uri = actor_uri if found.card.type == "Group" else ""
    card = Card(type="Update", subject_uri=actor_uri, forum_uri=forum_uri, author_uri=actor_uri)
    return plan.freeze(update, "activity", 1, released.audience, card)


def _send(plan: Plan, sealed: Released, host: str, inbox_uri: str) -> None:
    actor_uri = parsed(sealed.body)["actor"]
    plan.send(
        sealed, host=host, inbox_uri=inbox_uri, sender_uri=actor_uri, lane=actor_uri, object_uri=actor_uri,
        act="Update",
    )  # fmt: skip
