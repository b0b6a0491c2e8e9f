"""The board and the themes of a jam over the API."""

from __future__ import annotations

from collections.abc import Container, Sequence

import msgspec
from msgspec.structs import replace

from server.services import board, exchange, presence, themes_read
from web.api.calls import Call
from web.api.jam_shapes import (
    AnswersBetween,
    BoardAnswer,
    ExchangeAnswer,
    PresenceAnswer,
    ThemeAnswer,
    ThemeReport,
    ThemesAnswer,
    UnitPresenceAnswer,
    jam_page,
    show_board,
    show_jam,
)
from web.api.jams import jam_of


async def read_board(call: Call) -> BoardAnswer:
    jam = await jam_of(call)
    return show_board(call.house, jam, await board.read_board(call.house, call.member, jam))


async def read_presence(call: Call) -> PresenceAnswer:
    jam = await jam_of(call)
    found = await presence.read_presence(call.house, call.member, jam)
    units = None if found.units is None else [
        UnitPresenceAnswer(unit=one.unit, invited=one.invited, visited=one.visited, here_now=one.here)
        for one in found.units
    ]  # fmt: skip
    return PresenceAnswer(
        invited=found.invited, visited=found.visited, here_now=found.here, by_unit=units, left_out=found.left_out
    )


async def read_exchange(call: Call) -> ExchangeAnswer:
    found = await exchange.read_exchange(call.house, call.member, await jam_of(call))
    between = [
        AnswersBetween(by_kind=by[0], by=by[1], to_kind=to[0], to=to[1], replies=count)
        for (by, to), count in sorted(found.answers.items())
    ]
    return ExchangeAnswer(
        answers=between, people=found.people, half=found.half, gini=found.gini, reading_minutes=found.minutes,
        unanswered=found.alone, ideas=found.ideas,
    )  # fmt: skip


def _quoted(theme: ThemeAnswer, standing: Container[str]) -> ThemeAnswer:
    """Leave out what was deleted or hidden since the report was told."""
    parts = [replace(part, representative=_those(part.representative, standing)) for part in theme.subthemes]
    return replace(theme, representative=_those(theme.representative, standing), subthemes=parts)


def _those(ids: Sequence[str], standing: Container[str]) -> list[str]:
    return [id_ for id_ in ids if id_ in standing]


async def read_themes(call: Call) -> ThemesAnswer:
    jam = await jam_of(call)
    text = await board.read_themes(call.house, call.member, jam)
    told = msgspec.json.decode(text or "{}")
    report = msgspec.convert(told, ThemeReport)
    standing = await themes_read.everything(call.house, jam.id, told)
    return ThemesAnswer(
        id=jam.id,
        uri=show_jam(call.house, jam).uri,
        url=f"{jam_page(call.house, jam)}/board",
        themes=[_quoted(theme, standing.assignment) for theme in report.themes],
        assignment=standing.assignment,
        unplaced=report.unplaced,
        seconds=report.seconds,
        trend={theme.id: theme.trend for theme in report.themes},
        emerging=report.emerging,
        within=standing.within,
        unsure=standing.unsure,
    )
