"""What is remembered of senders between requests is never older than the request: whoever changes it, and wherever."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from federation.outside import peers
from federation.outside.peers import Stranger
from federation.outside.senders import Senders
from tests.federation.conftest import MakeElsewhere
from tests.federation.elsewhere import Elsewhere
from tests.federation.organisation import Organisation

WRITE = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=10) as store:
    store.execute(sys.argv[2], sys.argv[3:])
"""


@pytest.fixture
async def peer(elsewhere: MakeElsewhere) -> Elsewhere:
    return await elsewhere()


def elsewhere_written(acme: Organisation, sql: str, *values: str) -> None:
    """Change the outside store from another process, as the gate does."""
    subprocess.run([sys.executable, "-c", WRITE, str(acme.outside.store.path), sql, *values], check=True)


async def status(acme: Organisation, peer: Elsewhere, actor: str) -> int:
    return (await peer.post(acme.inbox, peer.activity("Block", actor, actor))).status


async def test_a_server_that_another_process_shuts_out_is_refused_at_its_very_next_request(
    acme: Organisation, peer: Elsewhere
):
    ann = peer.person("ann")
    await peers.describe(acme.outside, peer.host, "forum", "lemmy")
    for state in ("suspended", "paused"):
        for _ in range(3):
            assert await status(acme, peer, ann) == 202
        elsewhere_written(acme, f"UPDATE peers SET state = '{state}'")
        assert await status(acme, peer, ann) == 403
        elsewhere_written(acme, "UPDATE peers SET state = 'active'")
    assert await status(acme, peer, ann) == 202


async def test_a_domain_above_that_is_shut_out_counts_at_once(acme: Organisation):
    senders = Senders(acme.outside)
    assert await senders.shut_out("one.of.bad.example") is None
    async with acme.outside.store.transaction() as change:
        await peers.set_state(change, "bad.example", "suspended")
    assert await senders.shut_out("one.of.bad.example") == "suspended"
    # Whoever asks next has been read in another turn of the loop.
    await asyncio.sleep(0)
    elsewhere_written(acme, "DELETE FROM peers WHERE host = 'bad.example'")
    assert await senders.shut_out("one.of.bad.example") is None


async def test_a_key_that_another_process_writes_down_is_the_one_that_counts_at_the_next_request(
    acme: Organisation, peer: Elsewhere
):
    ann = peer.person("ann")
    for _ in range(3):
        assert await status(acme, peer, ann) == 202
    peer.key = rsa.generate_private_key(65537, 2048)
    pem = peer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()  # fmt: skip
    asked = len(peer.asked)
    elsewhere_written(acme, "UPDATE strangers SET key_pem = ? WHERE uri = ?", pem, ann)
    assert await status(acme, peer, ann) == 202
    assert len(peer.asked) == asked, "the new key was at hand"


async def test_a_key_that_was_taken_from_the_store_is_trusted_no_longer(acme: Organisation, peer: Elsewhere):
    ann = peer.person("ann")
    assert await status(acme, peer, ann) == 202
    assert await status(acme, peer, ann) == 202
    peer.documents["/users/ann"] = (404, None)
    elsewhere_written(acme, "DELETE FROM strangers WHERE uri = ?", ann)
    assert await status(acme, peer, ann) == 503


async def test_whatever_writes_keys_and_states_is_counted_and_what_is_written_beside_them_is_not(acme: Organisation):
    async def counted() -> int:
        return int(await acme.outside.store.fetch_value("SELECT number FROM revisions") or 0)

    made = ("http://a.example/1", "a.example", "http://a.example/1#k", "PEM", b"{}", 0.0)
    put = "INTO strangers (uri, host, key_id, key_pem, document, fetched_at) VALUES (?, ?, ?, ?, ?, ?)"
    host = "INTO peers (host, kind, software, state, failures, due_at, asked_at, answer)"
    host += " VALUES ('a.example', 'unknown', '', 'active', 0, 0, 0, '')"
    counts: list[tuple[str, tuple[object, ...]]] = [
        (f"INSERT {put}", made),
        (f"INSERT OR REPLACE {put}", made),
        ("UPDATE strangers SET key_pem = 'OTHER'", ()),
        ("UPDATE strangers SET key_id = 'other'", ()),
        ("UPDATE strangers SET uri = 'http://a.example/2'", ()),
        ("DELETE FROM strangers", ()),
        (f"INSERT {host}", ()),
        (f"INSERT OR REPLACE {host}", ()),
        ("UPDATE peers SET state = 'paused'", ()),
        ("UPDATE peers SET host = 'b.example'", ()),
        ("DELETE FROM peers", ()),
    ]
    for sql, values in counts:
        before = await counted()
        with sqlite3.connect(acme.outside.store.path) as store:
            store.execute(sql, values)
        assert await counted() > before, sql
    async with acme.outside.store.transaction() as change:
        await peers.set_state(change, "c.example", "active")
    before = await counted()
    async with acme.outside.store.transaction() as change:
        await peers.succeeded(change, "c.example", 1.0, "cavage")
        await peers.failed(change, "c.example", 2.0, "no", 1.0)
        await peers.heard_from(change, "c.example")
    assert await counted() == before
    known = Stranger("http://c.example/1", "c.example", "http://c.example/1#k", "PEM", {"id": "1"}, 0.0)
    await peers.keep_stranger(acme.outside, known)
    before = await counted()
    await peers.keep_stranger(acme.outside, known)
    assert await counted() == before
