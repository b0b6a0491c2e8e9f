"""A jam's theme report as people see it: the machine's drawing under what people changed."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from server.domain.curation import ThemeEdit, curated
from server.domain.emerging import Emerging, standing


def shown(drawn: str, edits: Sequence[ThemeEdit], known: Sequence[Emerging]) -> str:
    """Return a report (JSON) with edits applied, and without what was dismissed as emerging; as it is without both."""
    gone = any(one.dismissed_at for one in known)
    if not edits and not gone:
        return drawn
    report = curated(orjson.loads(drawn), edits) if edits else orjson.loads(drawn)
    if gone:
        report = report | {"emerging": standing(report.get("emerging", ()), known)}
    return orjson.dumps(report).decode()
