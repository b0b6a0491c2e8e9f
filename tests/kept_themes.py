"""A report on themes, kept as the analytics role keeps it."""

from __future__ import annotations

import json
from typing import Any

from server.services import board
from server.services.house import House


async def keep_report(house: House, jam_id: str, report: dict[str, Any], seq: int = 1) -> None:
    """Keep a report; its `assignment` (id → theme or None) and `within` (id → sub-theme) say where things stand,
    `unsure` which lie about as near to another theme.
    """
    within = report.get("within", {})
    unsure = report.get("unsure", ())
    assigned = report.get("assignment", {}).items()
    stands = {id_: (theme or "", within.get(id_, ""), id_ in unsure) for id_, theme in assigned}
    outline = {name: value for name, value in report.items() if name not in ("assignment", "within", "unsure")}
    await board.keep_themes(house, jam_id, seq, json.dumps(outline), None, stands)
