"""Receipts between Marmalade servers: signed when a Delete was carried out, and believed from nobody else."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import base58
import pytest
import rfc8785
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.outside import recalls
from federation.outside.recalls import Recall
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings, forums, holds, ideas, rules
from tests.federation.conftest import MakeElsewhere, MakeOrganisation
from tests.federation.elsewhere import Elsewhere
from tests.federation.gate.test_gate_withdrawal import follow
from tests.federation.organisation import Organisation
from tests.federation.test_between_servers import settle


@pytest.fixture
async def globex(organise: MakeOrganisation) -> Organisation:
    return await organise("Globex")


async def join(guest: Organisation, host: Organisation, slug: str = "open") -> Forum:
    """Have one organisation mirror a forum of the other."""
    await host.idle()
    await forums.ask_to_join(guest.house, guest.admin, f"@{slug}@{host.host}")
    await settle(guest, host)
    uri = next(one.uri for one in await forums.forums_of(host.house, "") if one.slug == slug)
    found = await forums.forum_by_uri(guest.house, uri)
    assert found is not None
    return found


async def recall_of(acme: Organisation, uri: str, host: str) -> Recall:
    return (await recalls.of(acme.outside, [uri]))[uri, host]


async def words_left(one: Organisation, words: str) -> set[str]:
    """Return the tables of both stores in which some words still stand, the search index's own segments included."""
    found = set()
    for store in (one.house.store, one.outside.store):
        tables = await store.fetch("SELECT name FROM sqlite_master WHERE type = 'table'")
        for table in (row["name"] for row in tables):
            for row in await store.fetch(f'SELECT * FROM "{table}"'):
                held = b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in row.values())
                if words.encode() in held:
                    found.add(table)
    return found


async def test_a_recall_is_acknowledged_and_the_purge_stated_with_signatures_that_hold(
    acme: Organisation, globex: Organisation
):
    forum = await acme.forum("open")
    await join(globex, acme)
    idea = await acme.idea(forum, "An unmistakable marzipan.")
    await settle(acme, globex)
    assert await words_left(globex, "marzipan") != set()
    await crossings.recall(acme.house, acme.admin, idea)
    await settle(acme, globex)
    recall = await recall_of(acme, idea.uri, globex.host)
    assert recall.state == "purged"
    assert recall.accepted_at is not None
    assert recall.acknowledged_at is not None
    assert recall.purged_at is not None
    assert recall.asked_at <= recall.accepted_at <= recall.purged_at
    assert await words_left(globex, "marzipan") == set()
    for name in ("acknowledged", "purged"):
        body = await recalls.statement(acme.outside, recall.id, name)  # type: ignore[arg-type]
        assert body is not None
        said = json.loads(body)
        assert (said["statement"], said["about"], said["object"]) == (name, idea.uri, recall.activity_uri)
        assert said["digest"] == f"sha-256:{recall.digest}"
        assert proof_holds(said, globex)


def proof_holds(document: dict[str, Any], by: Organisation) -> bool:
    """Check a proof by our own reading of FEP-8b32, with the key that the server's actor would show."""
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(by.house.name.encode()).digest()).public_key()
    options = dict(document["proof"])
    value = base58.b58decode(options.pop("proofValue")[1:])
    bare = {name: said for name, said in document.items() if name != "proof"}
    message = hashlib.sha256(rfc8785.dumps(options)).digest() + hashlib.sha256(rfc8785.dumps(bare)).digest()
    key.verify(value, message)
    return True


async def test_the_server_of_a_forum_gets_the_receipt_for_what_it_passes_on(
    acme: Organisation, globex: Organisation, organise: MakeOrganisation
):
    initech = await organise("Initech")
    await acme.forum("open")
    mirror = await join(globex, acme)
    await join(initech, acme)
    idea = await globex.idea(mirror, "Written at Globex.")
    await settle(globex, acme, initech)
    assert await initech.know(idea.uri) is not None
    await crossings.recall(globex.house, globex.admin, idea)
    await settle(globex, acme, initech)
    acme.wait(1)
    await settle(acme, globex)
    assert (await recall_of(globex, idea.uri, acme.host)).state == "purged"
    assert (await recall_of(acme, idea.uri, initech.host)).state == "purged"
    with pytest.raises(KeyError):
        # Globex's proof told Initech all that it needed: it never came to Globex, which Acme's ledger answers for.
        await recall_of(globex, idea.uri, initech.host)


async def test_what_was_only_fetched_or_held_for_review_is_purged_and_acknowledged_too(
    acme: Organisation, globex: Organisation
):
    forum = await acme.forum("open")
    await join(globex, acme)
    guard = '\n[[rule]]\nid = "G-in"\nkind = "guard"\ndirection = "in"\nact = "Create"\neffect = "hold"\n'
    stored, _ = await rules.rules_in_force(globex.house)
    await rules.apply_rules(globex.house, globex.admin, stored.text + guard, alone=True)
    idea = await acme.idea(forum, "An unmistakable marzipan.")
    await settle(acme, globex)
    assert await globex.know(idea.uri) is None
    assert len(await holds.list_holds(globex.house, globex.admin)) == 1
    await crossings.recall(acme.house, acme.admin, idea)
    await settle(acme, globex)
    assert (await recall_of(acme, idea.uri, globex.host)).state == "purged"
    assert await words_left(globex, "marzipan") == set()
    assert await holds.list_holds(globex.house, globex.admin) == []


async def test_nothing_is_stated_while_a_snapshot_of_themes_may_still_tell(acme: Organisation, globex: Organisation):
    forum = await acme.forum("open")
    await join(globex, acme)
    idea = await acme.idea(forum, "Words.")
    await settle(acme, globex)
    seen = await globex.know(idea.uri)
    assert seen is not None
    async with globex.house.store.transaction() as change:
        await change.execute(
            "INSERT INTO themes (jam_id, seq, report, snapshot, made_at) VALUES (?, 1, '{}', x'00', 0)", (seen.jam_id,)
        )
    await crossings.recall(acme.house, acme.admin, idea)
    await settle(acme, globex)
    assert (await recall_of(acme, idea.uri, globex.host)).state == "acknowledged"
    async with globex.house.store.transaction() as change:
        await change.execute("UPDATE themes SET seq = 1000000")
    globex.wait(60)
    await settle(globex, acme)
    assert (await recall_of(acme, idea.uri, globex.host)).state == "purged"


async def test_a_receipt_goes_to_no_server_of_other_software(acme: Organisation, elsewhere: MakeElsewhere):
    lemmy = await elsewhere("lemmy")
    forum = await acme.forum("open")
    ann = await follow(lemmy, acme, forum.uri)
    note = lemmy.note(ann, "Soon gone.", (await acme.idea(forum)).uri, forum.uri)
    await acme.idle()
    await lemmy.post(acme.inbox, lemmy.create(note))
    await acme.idle()
    lemmy.arrived.clear()
    await lemmy.post(acme.inbox, lemmy.activity("Delete", ann, note["id"]))
    await acme.idle()
    assert "Receipt" not in "".join(lemmy.shapes())
    assert await acme.outside.store.fetch("SELECT * FROM statements") == []


# --- forgeries: a server elsewhere that signs as Marmalade does, by our own reading of the rules ---


class Signer:
    """A server elsewhere with an Ed25519 key in its server actor, which can sign whatever it likes."""

    def __init__(self, peer: Elsewhere) -> None:
        self.peer = peer
        self.key = Ed25519PrivateKey.generate()
        raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.key_id = f"{peer.server}#ed25519-key"
        multikey = {
            "id": self.key_id,
            "type": "Multikey",
            "controller": peer.server,
            "publicKeyMultibase": "z" + base58.b58encode(b"\xed\x01" + raw).decode(),
        }
        peer.person("server", "Application", assertionMethod=[multikey])

    def receipt(self, acme: Organisation, delete: dict[str, Any], body: bytes, **changes: Any) -> dict[str, Any]:
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "type": "Receipt",
            "id": self.peer.new_uri("activities"),
            "actor": self.peer.server,
            "to": [acme.house.addresses.server_uri],
            "statement": "purged",
            "object": delete["id"],
            "digest": f"sha-256:{hashlib.sha256(body).hexdigest()}",
            "about": delete["object"]["object"]["id"],
            "published": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **changes,
        }

    def sign(self, document: dict[str, Any], key: Ed25519PrivateKey | None = None, **changes: Any) -> dict[str, Any]:
        options = {
            "@context": document["@context"],
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-jcs-2022",
            "verificationMethod": self.key_id,
            "proofPurpose": "assertionMethod",
            "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            **changes,
        }
        message = hashlib.sha256(rfc8785.dumps(options)).digest() + hashlib.sha256(rfc8785.dumps(document)).digest()
        value = "z" + base58.b58encode((key or self.key).sign(message)).decode()
        return {**document, "proof": {**options, "proofValue": value}}


class Asked:
    """Acme has asked a server elsewhere, which says it runs Marmalade, to delete an idea."""

    def __init__(self, acme: Organisation, signer: Signer, idea: Contribution, body: bytes) -> None:
        self.acme, self.signer, self.idea, self.body = acme, signer, idea, body
        self.delete: dict[str, Any] = json.loads(body)

    @property
    def receipt(self) -> dict[str, Any]:
        return self.signer.receipt(self.acme, self.delete, self.body)

    async def say(self, document: dict[str, Any], peer: Elsewhere | None = None) -> str:
        """Send a document; return the recall's state afterwards."""
        sender = peer or self.signer.peer
        answer = await sender.post(self.acme.inbox, document)
        assert answer.status == 202
        await self.acme.idle()
        return (await recall_of(self.acme, self.idea.uri, self.signer.peer.host)).state


@pytest.fixture
async def case(acme: Organisation, elsewhere: MakeElsewhere) -> Asked:
    peer = await elsewhere("marmalade")
    signer = Signer(peer)
    forum = await acme.forum("open")
    await follow(peer, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    await crossings.recall(acme.house, acme.admin, idea)
    await acme.idle()
    (arrived,) = [one for one in peer.arrived if one.shape == "Announce Delete Tombstone"]
    return Asked(acme, signer, idea, arrived.body)


async def test_a_server_written_by_others_can_sign_receipts(case: Asked):
    said = {**case.receipt, "statement": "acknowledged"}
    assert await case.say(case.signer.sign(said)) == "acknowledged"
    assert await case.say(case.signer.sign(case.receipt)) == "purged"
    assert await case.say(case.signer.sign({**said, "id": case.signer.peer.new_uri()})) == "purged"


FORGERIES = {
    "no proof": lambda case: case.receipt,
    "another key": lambda case: case.signer.sign(case.receipt, Ed25519PrivateKey.generate()),
    "changed afterwards": lambda case: {**case.signer.sign(case.receipt), "statement": "acknowledged"},
    "other bytes": lambda case: case.signer.sign({**case.receipt, "digest": f"sha-256:{'0' * 64}"}),
    "no digest": lambda case: case.signer.sign({**case.receipt, "digest": "0"}),
    "a Delete that never was": lambda case: case.signer.sign({**case.receipt, "object": f"{case.delete['id']}0"}),
    "about something else": lambda case: case.signer.sign({**case.receipt, "about": case.acme.admin.uri}),
    "to another server": lambda case: case.signer.sign({**case.receipt, "to": ["https://elsewhere.example/actor"]}),
    "another statement": lambda case: case.signer.sign({**case.receipt, "statement": "agreed"}),
    "from before the request": lambda case: case.signer.sign({**case.receipt, "published": "2020-01-01T00:00:00Z"}),
    "from the future": lambda case: case.signer.sign({**case.receipt, "published": "2990-01-01T00:00:00Z"}),
    "without a time zone": lambda case: case.signer.sign({**case.receipt, "published": "2026-01-01T00:00:00"}),
    "a purpose of its own": lambda case: case.signer.sign(case.receipt, proofPurpose="authentication"),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_what_is_forged_changes_nothing(case: Asked, forgery: str):
    assert await case.say(FORGERIES[forgery](case)) == "accepted"
    (kind, state, note) = (await case.acme.received())[-1]
    assert (kind, state) == ("Receipt", "refused")
    assert note


async def test_a_receipt_is_believed_from_the_holders_own_server_actor_only(case: Asked, elsewhere: MakeElsewhere):
    signer, peer = case.signer, case.signer.peer
    mallory = peer.person("mallory")
    listed = {**peer.documents["/users/server"][1]["assertionMethod"][0], "controller": mallory, "id": f"{mallory}#k"}
    peer.person("mallory", assertionMethod=[listed])
    by_person = signer.sign({**case.receipt, "actor": mallory}, verificationMethod=f"{mallory}#k")
    assert await case.say(by_person) == "accepted", "a person of that server is not that server"
    other = await elsewhere("marmalade")
    theirs = Signer(other)
    replayed = theirs.sign({**case.receipt, "actor": other.server, "id": other.new_uri()})
    assert await case.say(replayed, other) == "accepted", "another server cannot speak for the holder"
    stolen = {**signer.sign({**case.receipt, "id": other.new_uri()}), "actor": other.server}
    assert await case.say(stolen, other) == "accepted"


async def test_a_receipt_about_an_earlier_round_is_none_about_this_one(acme: Organisation, elsewhere: MakeElsewhere):
    peer = await elsewhere("marmalade")
    signer = Signer(peer)
    forum = await acme.forum("open")
    ann = await follow(peer, acme, forum.uri)
    idea = await acme.idea(forum)
    await acme.idle()
    for label in ("AMBER", "GREEN", "AMBER"):
        await ideas.edit(acme.house, acme.admin, await acme.fresh(idea), f"As {label}.", label=label)
        await acme.idle()
        await peer.get(idea.uri, by=ann)
    first, second = (one for one in peer.arrived if one.shape == "Announce Delete Tombstone")
    early = Asked(acme, signer, idea, first.body)
    assert await early.say(signer.sign(early.receipt)) == "accepted"
    late = Asked(acme, signer, idea, second.body)
    assert await late.say(signer.sign(late.receipt)) == "purged"


async def test_a_late_receipt_ends_the_silence(case: Asked):
    case.acme.wait(3600)
    assert (await recall_of(case.acme, case.idea.uri, case.signer.peer.host)).state == "silent"
    at = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert await case.say(case.signer.sign({**case.receipt, "published": at})) == "purged"
