"""Our actors' key pairs, the private halves sealed at rest.

All people of a server sign with one pair ("people"); each forum and the server itself have their own. Beside each RSA
pair stands a second one, Ed25519, of the same name with `-ed25519`: for documents, and for requests to servers that
read it. `PROOFS` is the server's. After an exchange the RSA pair before stands for a day under its name with `FORMER`.
"""

from __future__ import annotations

import asyncio
import base64
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken

from federation.outside.store import Books, Outside
from server.database import Transaction

PROOFS = "server-ed25519"
FORMER = "former "
# So long the pair before is kept, to sign the news of the new one with and nothing else.
KEPT_SECONDS = 24 * 3600.0


class KeyMissing(Exception):
    """A key pair is not there, or its seal does not open with this server's secret."""


def box(outside: Outside) -> Fernet:
    """Return what seals and opens secrets that are kept at rest."""
    return Fernet(base64.urlsafe_b64encode(outside.secret[:32]))


@dataclass(frozen=True, slots=True)
class Listed:
    """The public half of a pair. `turn` counts the pairs of its name before it: part of the id of the key."""

    pem: str
    turn: int


async def put_key(
    change: Transaction, outside: Outside, name: str, private_pem: str, public_pem: str, turn: int = 0
) -> None:
    """Keep a new pair; one that bears the name already stays."""
    sealed = box(outside).encrypt(private_pem.encode()).decode()
    await change.execute(
        "INSERT OR IGNORE INTO actor_keys (name, sealed, public_pem, made_at, turn) VALUES (?, ?, ?, ?, ?)",
        (name, sealed, public_pem, outside.now(), turn),
    )


async def replace_key(
    change: Transaction, outside: Outside, name: str, private_pem: str, public_pem: str, turn: int
) -> None:
    """Keep a new pair in place of the one that bears the name."""
    await change.execute("DELETE FROM actor_keys WHERE name = ?", (name,))
    await put_key(change, outside, name, private_pem, public_pem, turn)


async def names(outside: Books) -> list[str]:
    """Return the names of all pairs, former ones left out."""
    rows = await outside.store.fetch("SELECT name FROM actor_keys ORDER BY name")
    return [row["name"] for row in rows if not row["name"].startswith(FORMER)]


async def keep_former(change: Transaction, outside: Outside, name: str) -> None:
    """Keep a pair that is about to be replaced, in the place of one that was kept before."""
    await change.execute("DELETE FROM actor_keys WHERE name = ?", (FORMER + name,))
    await change.execute(
        "INSERT INTO actor_keys (name, sealed, public_pem, made_at, turn)"
        " SELECT ? || name, sealed, public_pem, ?, turn FROM actor_keys WHERE name = ?",
        (FORMER, outside.now(), name),
    )


async def drop_former(change: Transaction, before: float | None = None) -> None:
    """Drop former pairs, all of them or those kept since before a time."""
    await change.execute(
        "DELETE FROM actor_keys WHERE substr(name, 1, ?) = ? AND (? IS NULL OR made_at < ?)",
        (len(FORMER), FORMER, before, before),
    )


async def has_former(outside: Books, name: str, now: float) -> bool:
    """Say whether the pair before is still kept for the news of the one that stands."""
    return bool(
        await outside.store.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM actor_keys WHERE name = ? AND made_at > ?)",
            (FORMER + name, now - KEPT_SECONDS),
        )
    )


async def listed(outside: Books, name: str) -> Listed | None:
    rows = await outside.store.fetch("SELECT public_pem, turn FROM actor_keys WHERE name = ?", (name,))
    return Listed(rows[0]["public_pem"], rows[0]["turn"]) if rows else None


async def public_pem(outside: Books, name: str) -> str | None:
    found = await listed(outside, name)
    return found.pem if found else None


async def private_pem(outside: Outside, name: str) -> str:
    """Return a private key as PEM, or raise KeyMissing."""
    sealed = await outside.store.fetch_value("SELECT sealed FROM actor_keys WHERE name = ?", (name,))
    if sealed is None:
        raise KeyMissing(f"there is no key pair called {name}")
    try:
        return (await asyncio.to_thread(box(outside).decrypt, str(sealed).encode())).decode()
    except InvalidToken as error:
        raise KeyMissing(f"the key pair {name} was sealed with another secret") from error


def key_name(outside: Outside, actor_uri: str) -> str:
    """Return which pair an actor signs with."""
    if actor_uri == outside.addresses.server_uri:
        return "server"
    return "people" if "/people/" in actor_uri else actor_uri.rsplit("/", 1)[1]


def second(name: str) -> str:
    """Return the name of the Ed25519 pair beside an RSA pair."""
    return f"{name}-ed25519"


def key_id(actor_uri: str, turn: int) -> str:
    """Return the id of an actor's key. Another key has another id: many servers keep a key by its id, for hours."""
    return f"{actor_uri}#main-key" + (f"-{turn + 1}" if turn else "")


def proof_key_id(actor_uri: str, turn: int) -> str:
    return f"{actor_uri}#ed25519-key" + (f"-{turn + 1}" if turn else "")
