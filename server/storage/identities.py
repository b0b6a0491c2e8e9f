"""As whom people sign in with an identity provider."""

from __future__ import annotations

from server.database import Database, Transaction
from server.domain.uris import new_id
from server.storage.rows import IdentityRow


async def member_of(store: Database | Transaction, issuer: str, subject: str) -> str:
    """Return whose identity this is, by id; "" where nobody's."""
    sql = "SELECT member_id FROM identities WHERE issuer = ? AND subject = ?"
    row = await store.fetch_one(sql, (issuer, subject))
    return "" if row is None else str(row["member_id"])


async def insert(member_id: str, issuer: str, subject: str, at: float) -> None:
    await IdentityRow.create(id=new_id(), member_id=member_id, issuer=issuer, subject=subject, at=at)
