"""The links in mails: signed with a key of the inside, so that they need no row of their own."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from server.domain.errors import Missing
from server.domain.mails import MailChoices, MailKind
from server.services.house import House
from server.storage import mails

_TOKEN = re.compile(r"([0-9a-f]{32})-(digest|at_once)-([0-9a-f]{64})")


async def _sign(house: House, what: str) -> str:
    async with house.store.transaction() as change:
        key = await mails.key(change, secrets.token_bytes(32))
    return hmac.new(key, what.encode(), hashlib.sha256).hexdigest()


def matches(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())


async def confirm_token(house: House, choices: MailChoices) -> str:
    """Return what shows that somebody reads the mail of an address."""
    return await _sign(house, f"confirm {choices.member_id} {choices.asked} {choices.address}")


async def unsubscribe_token(house: House, member_id: str, kind: MailKind) -> str:
    """Return what ends mails of a kind to one person, and does nothing else."""
    return f"{member_id}-{kind}-{await _sign(house, f'unsubscribe {member_id} {kind}')}"


async def read_unsubscribe(house: House, token: str) -> tuple[str, MailKind]:
    """Return whose mails of which kind a token ends; raise Missing for any other token."""
    read = _TOKEN.fullmatch(token)
    kind: MailKind = "digest" if read and read[2] == "digest" else "at_once"
    if read is None or not matches(token, await unsubscribe_token(house, read[1], kind)):
        raise Missing("page", "unknown unsubscribe token")
    return read[1], kind
