"""A jam's theme report as people see it: the machine's drawing under what people changed."""

from __future__ import annotations

import orjson

from server.database import Transaction
from server.domain.curation import curated, moved_by
from server.domain.emerging import standing
from server.storage import emerging, theme_edits, theme_places


async def shown(change: Transaction, jam_id: str, drawn: str) -> str:
    """Return a report (JSON) with a jam's edits applied, and without what was dismissed as emerging."""
    edits, known = await theme_edits.of_jam(change, jam_id), await emerging.of_jam(change, jam_id)
    gone = any(one.dismissed_at for one in known)
    if not edits and not gone:
        return drawn
    report = orjson.loads(drawn)
    if edits:
        report = curated(report, edits, await theme_places.of(change, moved_by(edits)))
    if gone:
        report = report | {"emerging": standing(report.get("emerging", ()), known)}
    return orjson.dumps(report).decode()
