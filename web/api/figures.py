"""The board and the themes of a jam over the API."""

from __future__ import annotations

import json

from server.services import board
from web.api.calls import Call
from web.api.jam_shapes import BoardAnswer, ThemesAnswer, jam_page, show_board, show_jam
from web.api.jams import jam_of


async def read_board(call: Call) -> BoardAnswer:
    jam = await jam_of(call)
    return show_board(call.house, jam, await board.read_board(call.house, call.member, jam))


async def read_themes(call: Call) -> ThemesAnswer:
    jam = await jam_of(call)
    text = await board.read_themes(call.house, call.member, jam)
    report = json.loads(text) if text else {}
    return ThemesAnswer(
        id=jam.id,
        uri=show_jam(call.house, jam).uri,
        url=f"{jam_page(call.house, jam)}/board",
        themes=report.get("themes", []),
        assignment=report.get("assignment", {}),
        seconds=report.get("seconds", 0.0),
        trend=report.get("trend", {}),
        report=report,
    )
