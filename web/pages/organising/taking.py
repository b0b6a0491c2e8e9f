"""Taking a jam along: a zip file for spreadsheets and programs, or JSON lines."""

from __future__ import annotations

import asyncio
import tempfile

import orjson
from aiohttp import hdrs, web

from server.services import archive
from web.forms import read_form
from web.pages.jams import obtain

IN_MEMORY = 8_000_000
PIECE = 262_144


async def export_jam(request: web.Request) -> web.StreamResponse:
    """POST /jams/{jam}/export: as `as` says, a zip file or JSON lines. That it was taken is written down."""
    house, member, jam = await obtain(request)
    member.require("jams")
    if (await read_form(request)).get("as") == "jsonl":
        response = _file(f"{jam.slug}.jsonl", "application/jsonl")
        await response.prepare(request)
        async for record in archive.export_jam(house, member, jam):
            await response.write(orjson.dumps(record) + b"\n")
        await response.write_eof()
        return response
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        await archive.pack_jam(house, member, jam, file)
        file.seek(0)
        response = _file(f"{jam.slug}.zip", "application/zip")
        await response.prepare(request)
        while piece := await asyncio.to_thread(file.read, PIECE):
            await response.write(piece)
        await response.write_eof()
        return response


def _file(name: str, kind: str) -> web.StreamResponse:
    return web.StreamResponse(
        headers={
            hdrs.CONTENT_TYPE: kind,
            hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
            hdrs.CACHE_CONTROL: "no-store",
        }
    )
