"""The outside store as the inside address sees it: to be read, without any key, while it is there."""

from __future__ import annotations

from aiohttp import web

from federation.outside.store import LEDGER, Ledger


async def ledger_of(request: web.Request) -> Ledger | None:
    """Return the ledger, or None where it cannot be read: whoever writes it has not started yet."""
    ledger = request.config_dict.get(LEDGER)
    return ledger if ledger is not None and await ledger.is_there() else None
