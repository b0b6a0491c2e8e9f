"""Notices over the API."""

from __future__ import annotations

from server.domain.errors import Invalid
from server.keys import MAILING
from server.services import inbox, mails
from web.api.calls import Call
from web.api.notice_shapes import (
    Inbox,
    InboxQuery,
    MailChoicesAnswer,
    MailChoicesBody,
    MailPolicyBody,
    ReadMarks,
    show_notice,
)
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
        next=str(kept[-1].notice.number) if len(found) > len(kept) else None,
        unread=await inbox.count_unread(call.house, call.member),
    )


async def mark_read(call: Call, body: ReadMarks) -> None:
    if bool(body.ids) == bool(body.up_to):
        raise Invalid("ids", "Give either some ids, or the number of the newest notice that was shown.")
    if body.ids:
        await inbox.set_read(call.house, call.member, body.ids, read=body.read)
    else:
        await inbox.set_all_read(call.house, call.member, body.up_to)


async def read_choices(call: Call) -> MailChoicesAnswer:
    made = await mails.read_choices(call.house, call.member)
    return MailChoicesAnswer(
        address=made.address,
        confirmed=made.confirmed,
        digest=made.digest,
        hour=made.hour,
        zone=made.zone,
        at_once=made.at_once,
        quiet_from=made.quiet_from,
        quiet_until=made.quiet_until,
        says=await mails.read_says(call.house),
    )


async def change_choices(call: Call, body: MailChoicesBody) -> MailChoicesAnswer:
    if (body.quiet_from is None) != (body.quiet_until is None):
        raise Invalid("quiet_until", "Quiet hours have a beginning and an end.")
    quiet = None if body.quiet_from is None or body.quiet_until is None else (body.quiet_from, body.quiet_until)
    if body.address is not None:
        mailing = call.request.config_dict.get(MAILING)
        await mails.ask_address(call.house, call.member, body.address, mailing.domains if mailing else ())
    await mails.choose(
        call.house, call.member, digest=body.digest, hour=body.hour, zone=body.zone, at_once=body.at_once, quiet=quiet
    )
    return await read_choices(call)


async def choose_policy(call: Call, body: MailPolicyBody) -> MailChoicesAnswer:
    await mails.choose_says(call.house, call.member, body.says)
    return await read_choices(call)
