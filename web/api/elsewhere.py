"""How much of what another server holds is here, over the API, and fetching the rest."""

from __future__ import annotations

from datetime import datetime

from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import board, forums, ideas_read
from server.services.elsewhere import ask_for_rest
from web.api.calls import Call
from web.api.shapes import Answer
from web.elsewhere import Share, share_of_forum, share_of_thread


class ShareAnswer(Answer, frozen=True, kw_only=True):
    """How much of a thread or forum is here: all, of what is held here (`host` is "").

    `here` is how much is here, `there` how much the server that holds it counts for us: null while it did not say.

    Replies of a thread, ideas of a forum. `asked` means that it is being asked now.
    """

    host: str
    here: int
    there: int | None
    complete: bool
    asked: bool
    read_at: datetime | None
    trouble: str


async def read_thread_share(call: Call) -> ShareAnswer:
    forum, idea = await _thread(call)
    return _shown(forum, await share_of_thread(call.request, forum, idea))


async def fetch_thread(call: Call) -> ShareAnswer:
    forum, idea = await _thread(call)
    await ask_for_rest(call.house, call.member, forum, idea)
    return _shown(forum, await share_of_thread(call.request, forum, idea))


async def read_forum_share(call: Call) -> ShareAnswer:
    forum, here = await _forum(call)
    return _shown(forum, await share_of_forum(call.request, forum, here))


async def fetch_forum(call: Call) -> ShareAnswer:
    forum, here = await _forum(call)
    await ask_for_rest(call.house, call.member, forum)
    return _shown(forum, await share_of_forum(call.request, forum, here))


async def _thread(call: Call) -> tuple[Forum, Contribution]:
    made = await ideas_read.obtain(call.house, call.member, call.path["id"])
    idea = made if made.kind == "idea" else await ideas_read.obtain(call.house, call.member, made.thread_id)
    return await forums.obtain_forum(call.house, call.member, idea.forum_id), idea


async def _forum(call: Call) -> tuple[Forum, int]:
    forum = await forums.obtain_forum(call.house, call.member, call.path["forum"])
    _, jam = await forums.forum_and_jam(call.house, forum.id)
    return forum, (await board.count_forums(call.house, call.member, jam)).get(forum.id, (0, 0))[0]


def _shown(forum: Forum, share: Share) -> ShareAnswer:
    return ShareAnswer(
        host=forum.host,
        here=share.here,
        there=share.there,
        complete=share.is_whole,
        asked=share.is_asked,
        read_at=share.read_at,
        trouble=share.trouble,
    )
