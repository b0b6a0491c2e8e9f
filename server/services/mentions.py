"""Naming people in a text: @username for our own, @username@host for others."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from server.domain.actors import Member
from server.services.house import House
from server.storage import mentions

MOST = 50
#: Not inside a word, an address or a link: "a@b.example" names nobody.
HANDLE = re.compile(
    r"(?<![\w@/.:-])@([A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?)(?:@([a-z0-9.-]+(?::\d{1,5})?))?(?![\w@])"
)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)


async def named_in(house: House, text: str) -> list[Member]:
    """Return the active people whom a text names, in the order in which it does; at most MOST."""
    found: list[Member] = []
    for handle in _handles(text):
        member = await mentions.by_handle(house.store, *handle)
        if member is not None and member.active and member not in found:
            found.append(member)
    return found


def _handles(text: str) -> list[tuple[str, str]]:
    """Return (username, host) of what looks like a name, each once; code names nobody."""
    plain = _CODE.sub(" ", text)
    every = ((one[1].rstrip(".-"), (one[2] or "").rstrip(".")) for one in HANDLE.finditer(plain))
    return list(dict.fromkeys(every))[:MOST]


async def suggest(house: House, reader: Member, begun: str, limit: int = 8) -> Sequence[Member]:
    """Return people whose name or handle begins so: our own, and those from outside who take part here."""
    begun = begun.strip().lstrip("@")
    if not begun or len(begun) > 60 or not (reader.active and reader.is_local):
        return []
    return await mentions.beginning(house.store, begun, limit)


async def mentioned(house: House, ids: Collection[str]) -> dict[str, list[Member]]:
    """Return, for each of some contributions that name anybody, whom."""
    return await mentions.of(house.store, ids)
