"""What the outside store holds of a leak self-test while it runs, and forgetting all of it."""

from __future__ import annotations

import json
from collections.abc import Sequence

import orjson

from federation.outside import keys
from federation.outside.peers import Stranger
from server.database import Transaction
from server.domain.self_test import DOMAIN

LIVES_THERE = f"LIKE '%.{DOMAIN}'"
AMONG = "IN (SELECT value FROM json_each(?))"


async def know(change: Transaction, identity: Stranger) -> None:
    """Know one who will ask, with the key that its requests are signed with: nothing is fetched."""
    await change.execute(
        "INSERT OR REPLACE INTO strangers (uri, host, key_id, key_pem, document, fetched_at) VALUES (?, ?, ?, ?, ?, ?)",
        (
            identity.uri,
            identity.host,
            identity.key_id,
            identity.key_pem,
            orjson.dumps(identity.document),
            identity.fetched_at,
        ),
    )


async def forget(change: Transaction, forums: Sequence[str], objects: Sequence[str]) -> None:
    """Remove every trace of the canaries and of those who asked for them; what stood before stays as it was."""
    uris = json.dumps([*forums, *objects])
    theirs = (
        f"audience {LIVES_THERE} OR uri {AMONG} OR subject_uri {AMONG} OR forum_uri {AMONG} OR thread_uri {AMONG}"
    )
    shas = [row["sha"] for row in await change.fetch(f"SELECT DISTINCT sha FROM crossings WHERE {theirs}", (uris,) * 4)]
    await change.execute(f"DELETE FROM crossings WHERE {theirs}", (uris,) * 4)
    await change.execute(
        f"DELETE FROM bodies WHERE sha {AMONG} AND NOT EXISTS (SELECT 1 FROM crossings c WHERE c.sha = bodies.sha)",
        (json.dumps(shas),),
    )
    for table in ("deliveries", "recalls", "statements"):
        await change.execute(f"DELETE FROM {table} WHERE host {LIVES_THERE} OR object_uri {AMONG}", (uris,))
    await change.execute(f"DELETE FROM reads WHERE host {LIVES_THERE} OR uri {AMONG}", (uris,))
    await change.execute(f"DELETE FROM followers WHERE host {LIVES_THERE} OR forum_uri {AMONG}", (uris,))
    for table in ("received", "strangers", "peers"):
        await change.execute(f"DELETE FROM {table} WHERE host {LIVES_THERE}")
    await change.execute("DELETE FROM buckets WHERE instr(name, ?)", (f".{DOMAIN}",))
    pairs = [uri.rsplit("/", 1)[1] for uri in forums]
    names = json.dumps([*pairs, *map(keys.second, pairs)])
    await change.execute(f"DELETE FROM actor_keys WHERE name {AMONG}", (names,))
