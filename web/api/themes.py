"""Changes to themes over the API."""

from __future__ import annotations

from server.domain.errors import Missing
from server.services import theme_edits
from web.api.calls import Call
from web.api.jams import jam_of
from web.api.paging import slice_of
from web.api.shapes import Page, Paging
from web.api.theme_shapes import NewThemeEdit, ThemeEditAnswer, show_edit


async def list_edits(call: Call, query: Paging) -> Page[ThemeEditAnswer]:
    return slice_of(await theme_edits.list_edits(call.house, call.member, await jam_of(call)), query, show_edit)


async def edit(call: Call, body: NewThemeEdit) -> ThemeEditAnswer:
    jam = await jam_of(call)
    return show_edit(
        await theme_edits.edit(call.house, call.member, jam, body.kind, body.theme, other=body.other, title=body.title)
    )


async def undo(call: Call) -> None:
    asked = call.path["edit"]
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 16):
        raise Missing("edit", asked)
    await theme_edits.undo(call.house, call.member, await jam_of(call), int(asked))
