"""The board and the themes of a jam over the API."""

from __future__ import annotations

import msgspec

from server.services import board
from web.api.calls import Call
from web.api.jam_shapes import BoardAnswer, ThemeReport, ThemesAnswer, jam_page, show_board, show_jam
from web.api.jams import jam_of


async def read_board(call: Call) -> BoardAnswer:
    jam = await jam_of(call)
    return show_board(call.house, jam, await board.read_board(call.house, call.member, jam))


async def read_themes(call: Call) -> ThemesAnswer:
    jam = await jam_of(call)
    text = await board.read_themes(call.house, call.member, jam)
    report = msgspec.json.decode(text or "{}", type=ThemeReport)
    return ThemesAnswer(
        id=jam.id,
        uri=show_jam(call.house, jam).uri,
        url=f"{jam_page(call.house, jam)}/board",
        themes=report.themes,
        assignment=report.assignment,
        unplaced=report.unplaced,
        seconds=report.seconds,
        trend={theme.id: theme.trend for theme in report.themes},
    )
