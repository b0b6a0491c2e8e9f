"""Files that are attached to ideas and replies, for those who may read these."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from server.domain.actors import Member
from server.keys import HOUSE
from server.services import files
from server.services.house import House
from web.session import member_of


async def show_file(request: web.Request) -> web.Response:
    """GET /files/{file}: a picture to be shown, anything else to be kept. A browser runs nothing of either."""
    return await send_file(request, request.app[HOUSE], member_of(request), request.match_info["file"])


async def send_file(request: web.Request, house: House, member: Member, file_id: str) -> web.Response:
    """Answer with the bytes of a file that somebody may have, or raise Missing."""
    found = await files.obtain(house, member, file_id)
    headers = headers_of(found.sha)
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    if not found.is_picture:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    return web.Response(body=await files.body_of(house, found), content_type=found.media_type, headers=headers)


def headers_of(sha: str) -> dict[str, str]:
    """Return the headers with which bytes of this hash are sent: kept for an hour by this browser, run by none."""
    return {
        "Cache-Control": "private, max-age=3600",
        "ETag": f'"{sha[:32]}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
