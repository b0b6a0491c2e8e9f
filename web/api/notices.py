"""Notices over the API."""

from __future__ import annotations

from server.domain.errors import Invalid
from server.services import inbox
from web.api.calls import Call
from web.api.notice_shapes import Inbox, InboxQuery, ReadMarks, show_notice
from web.api.paging import read_number
from web.pages.notices.words import sentence_of, url_of_notice


async def list_inbox(call: Call, query: InboxQuery) -> Inbox:
    kind = inbox.kind_of(query.kind)
    if query.kind and kind is None:
        raise Invalid("kind", "There is no such kind of notices.")
    found = await inbox.list_inbox(
        call.house,
        call.member,
        [kind] if kind else [],
        unread=query.unread,
        before=read_number(query.after),
        limit=query.limit + 1,
    )
    kept = found[: query.limit]
    return Inbox(
        data=[show_notice(call.house, told, sentence_of(told), url_of_notice(told)) for told in kept],
        next=str(kept[-1].notice.id) if len(found) > len(kept) else None,
        unread=await inbox.count_unread(call.house, call.member),
    )


async def mark_read(call: Call, body: ReadMarks) -> None:
    if bool(body.ids) == bool(body.up_to):
        raise Invalid("ids", "Give either some ids, or the number of the newest notice that was shown.")
    if body.ids:
        await inbox.set_read(call.house, call.member, body.ids, read=body.read)
    else:
        await inbox.set_all_read(call.house, call.member, body.up_to)
