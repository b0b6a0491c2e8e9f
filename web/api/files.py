"""Files: uploaded first, then attached by naming them with an idea, a reply or a change."""

from __future__ import annotations

from aiohttp import web

from server.domain.errors import TooMuch
from server.domain.files import LARGEST, File
from server.services import files
from web.api.calls import Call
from web.api.file_shapes import FileAnswer, FileList, FileQuery, LinkedAnswer
from web.api.ideas import contribution_of
from web.pages.files import send_file


def show_file(file: File) -> FileAnswer:
    return FileAnswer(
        id=file.id,
        name=file.name,
        alt=file.alt,
        media_type=file.media_type,
        width=file.width,
        height=file.height,
        size=file.size,
        contribution_id=file.contribution_id or None,
        created_at=file.created_at,
    )


async def upload(call: Call, query: FileQuery) -> FileAnswer:
    return show_file(await files.take(call.house, call.member, query.name, await whole_body(call), query.alt))


async def whole_body(call: Call) -> bytes:
    """Return the bytes that a request carries, as many as a file may have, or raise TooMuch."""
    request = call.request.clone(client_max_size=LARGEST + 1)
    if (request.content_length or 0) > LARGEST:
        raise TooMuch("A file may have %(most)s MB.", most=LARGEST // 1_000_000)
    return await request.read()


async def read_file(call: Call) -> FileAnswer:
    return show_file(await files.obtain(call.house, call.member, call.path["file"]))


async def read_bytes(call: Call) -> web.StreamResponse:
    return await send_file(call.request, call.house, call.member, call.path["file"])


async def list_files(call: Call) -> FileList:
    """GET /ideas/{id}/files"""
    made = await contribution_of(call)
    found = await files.shown(call.house, call.member, [made])
    stay = (await files.shown_elsewhere(call.house, call.member, [made])).get(made.id, ())
    return FileList(
        data=[show_file(one) for one in found.get(made.id, ())],
        elsewhere=[LinkedAnswer(url=one.url, kind=one.kind, alt=one.words) for one in stay],
        next=None,
    )
