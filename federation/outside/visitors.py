"""People of other servers who are signed in at our edge, where we are registered for that, and who may not come.

Of what a browser holds only the hash is kept, and of the home server's token nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import InvalidToken

from federation.outside import peers
from federation.outside.keys import box
from federation.outside.store import Books, Outside
from server.database import Transaction
from server.domain.visitors import visitor_audience

SPAN = 12 * 3600.0
CSRF = b"marmalade visit form"


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is signed in. `csrf` is what forms of this visit carry."""

    actor_uri: str
    host: str
    username: str
    name: str
    csrf: str

    @property
    def audience(self) -> str:
        """What may be granted to them alone."""
        return visitor_audience(self.username, self.host)

    @property
    def handle(self) -> str:
        return f"@{self.username}@{self.host}"


@dataclass(frozen=True, slots=True)
class Client:
    """As what we are registered at a home server: for answers at one address of ours, and one scope."""

    back_url: str
    scope: str
    client_id: str
    secret: str


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _csrf(token: str) -> str:
    return hashlib.sha256(CSRF + token.encode()).hexdigest()[:32]


async def may_come(outside: Books, actor_uri: str, host: str) -> bool:
    """Say whether neither somebody's server nor they themselves are shut out."""
    barred = await outside.store.fetch_value("SELECT 1 FROM barred WHERE actor_uri = ?", (actor_uri,))
    return barred is None and await peers.shut_out(outside, host) is None


async def begin(outside: Outside, actor_uri: str, host: str, username: str, name: str) -> str:
    """Sign somebody in; return what their browser is to hold. Visits that are over go."""
    token, now = secrets.token_urlsafe(32), outside.now()
    async with outside.store.transaction() as change:
        await change.execute("DELETE FROM visits WHERE began_at < ?", (now - SPAN,))
        await change.execute(
            "INSERT INTO visits (key, actor_uri, host, username, name, began_at) VALUES (?, ?, ?, ?, ?, ?)",
            (_key(token), actor_uri, host, username, name[:500], now),
        )
    return token


async def visit(outside: Books, token: str) -> Visit | None:
    """Return who is signed in by what a browser holds; None where the visit is over or they are shut out by now."""
    row = await outside.store.fetch_one(
        "SELECT * FROM visits WHERE key = ? AND began_at >= ?", (_key(token), outside.now() - SPAN)
    )
    if row is None or not await may_come(outside, row["actor_uri"], row["host"]):
        return None
    return Visit(row["actor_uri"], row["host"], row["username"], row["name"], _csrf(token))


async def end(outside: Outside, token: str) -> None:
    """Sign out the browser that holds this."""
    async with outside.store.transaction() as change:
        await change.execute("DELETE FROM visits WHERE key = ?", (_key(token),))


async def end_of_host(change: Transaction, host: str) -> None:
    """End the visits of people of a server, or of those below a domain."""
    await change.execute(
        "DELETE FROM visits WHERE host = ? OR host LIKE '%.' || ? OR host LIKE ? || ':%'", (host, host, host)
    )


async def bar(change: Transaction, actor_uris: Sequence[str]) -> None:
    """Have these actors, and no others, be shut out; visits of theirs end."""
    await change.execute("DELETE FROM barred")
    await change.executemany("INSERT INTO barred (actor_uri) VALUES (?)", [(one,) for one in actor_uris])
    await change.execute("DELETE FROM visits WHERE actor_uri IN (SELECT actor_uri FROM barred)")


async def client_at(outside: Outside, origin: str) -> Client | None:
    """Return as what we are registered at a server; None where we are not, or the seal does not open."""
    row = await outside.store.fetch_one("SELECT * FROM home_servers WHERE origin = ?", (origin,))
    if row is None:
        return None
    try:
        secret = box(outside).decrypt(row["sealed"].encode()).decode()
    except InvalidToken:
        return None
    return Client(row["back_url"], row["scope"], row["client_id"], secret)


async def keep_client(outside: Outside, origin: str, client: Client) -> None:
    """Remember as what we are registered at a server, in place of what was before."""
    sealed = box(outside).encrypt(client.secret.encode()).decode()
    async with outside.store.transaction() as change:
        await change.execute(
            "INSERT INTO home_servers (origin, back_url, scope, client_id, sealed, made_at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (origin) DO UPDATE SET back_url = excluded.back_url, scope = excluded.scope,"
            " client_id = excluded.client_id, sealed = excluded.sealed, made_at = excluded.made_at",
            (origin, client.back_url, client.scope, client.client_id, sealed, outside.now()),
        )


async def forget_client(outside: Outside, origin: str) -> None:
    """Register anew at a server next time: it does not know us any more."""
    async with outside.store.transaction() as change:
        await change.execute("DELETE FROM home_servers WHERE origin = ?", (origin,))
