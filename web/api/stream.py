"""The events of a jam as a stream."""

from __future__ import annotations

from aiohttp import web

from web.api.calls import Call
from web.api.jams import jam_of
from web.broadcast import stream_events


async def stream_jam(call: Call) -> web.StreamResponse:
    jam = await jam_of(call)
    return await stream_events(call.request, call.house, jam.id, call.member.id)
