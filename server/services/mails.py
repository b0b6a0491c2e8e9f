"""What people want to be mailed; planning mails; and what became of them.

A mail is planned in the transaction that moves the person's mark of what was dealt with, and is called `sending` on
disk before it is handed over: neither a crash nor a rerun sends anything twice.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from server.boundary.labels import Label, LabelError, Level
from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing, TooMuch
from server.domain.mails import (
    BUNDLE,
    GIVE_UP,
    SAYS,
    Mail,
    MailChoices,
    MailKind,
    MailState,
    Says,
    domain_of,
    pause,
    zone_of,
)
from server.domain.notices import URGENT, Notice
from server.domain.uris import new_id
from server.services.house import House
from server.services.inbox import Told, with_words
from server.services.mail_links import confirm_token, matches
from server.services.profiles import read_trust
from server.storage import events, mails, notices, people

LOST_AFTER = timedelta(minutes=10)
MOST_CONFIRMS = 5


async def read_choices(house: House, member: Member) -> MailChoices:
    return await mails.choices(house.store, member.id)


async def recent_mails(house: House, member: Member) -> list[Mail]:
    """Return what somebody was mailed last, newest first."""
    return await mails.of_member(house.store, member.id)


async def choose(
    house: House,
    member: Member,
    *,
    digest: bool,
    hour: int,
    zone: str,
    at_once: bool,
    quiet: tuple[int, int] | None,
) -> MailChoices:
    """Change when somebody is mailed. Raises Invalid."""
    hours = (hour, *(quiet or ()))
    if not all(0 <= one <= 23 for one in hours):
        raise Invalid("hour", "An hour is a number from 0 to 23.")
    if zone_of(zone) is None:
        raise Invalid("zone", "Name a time zone like Europe/Berlin.")
    async with house.store.transaction() as change:
        old = await mails.choices(change, member.id)
        made = replace(
            old,
            digest=digest,
            hour=hour,
            zone=zone,
            at_once=at_once,
            quiet_from=quiet[0] if quiet else None,
            quiet_until=quiet[1] if quiet else None,
        )
        await mails.put_choices(change, made)
    return made


async def choose_language(house: House, member: Member, language: str) -> None:
    """Remember the language in which somebody reads, by its code: mails come in it too."""
    async with house.store.transaction() as change:
        old = await mails.choices(change, member.id)
        if old.language != language:
            await mails.put_choices(change, replace(old, language=language))


async def ask_address(
    house: House, member: Member, address: str, domains: Collection[str], language: str = ""
) -> MailChoices:
    """Take an address down and mail it a link to say that it is theirs; "" takes the address away.
    `language` is the one that they read this in, taken where they never chose one.

    Only addresses of the organisation's own domains are taken: a mail leaves the house.
    """
    address = address.strip()
    if address and domain_of(address) not in domains:
        named = ", ".join(sorted(domains)) or "none so far"
        raise Invalid("address", "Mail goes to addresses of these domains only: %(named)s.", named=named)
    now = house.now()
    async with house.store.transaction() as change:
        old = await mails.choices(change, member.id)
        if address and address == old.address and old.confirmed:
            return old
        day_ago = (now - timedelta(days=1)).timestamp()
        if address and await mails.count_since(change, member.id, "confirm", day_ago) >= MOST_CONFIRMS:
            raise TooMuch("That is enough mails to confirm an address for one day. Try again tomorrow.")
        made = replace(old, address=address, confirmed=False, asked=new_id() if address else "")
        made = replace(made, language=old.language or language)
        await mails.put_choices(change, made)
        if address:
            await mails.add(change, member.id, "confirm", _message_id(house), (0, 0), now.timestamp())
    return made


async def confirm(house: House, member: Member, token: str) -> MailChoices:
    """Say that an address is one's own, with what was mailed to it. What happened before is not mailed."""
    async with house.store.transaction() as change:
        old = await mails.choices(change, member.id)
        if not old.asked or not matches(token, await confirm_token(house, old)):
            raise Missing("link", f"{member.id} confirms an address with a wrong link")
        newest = await notices.of_member(house.store, member.id, limit=1)
        mark = newest[0].number if newest else 0
        day = old.digest_due(house.now()) or old.digest_day
        made = replace(old, confirmed=True, asked="", digest_to=mark, at_once_to=mark, digest_day=day)
        await mails.put_choices(change, made)
    return made


async def unsubscribe(house: House, member_id: str, kind: MailKind) -> None:
    """Send somebody no more mails of a kind: for the link in the mail, which needs no sign-in."""
    async with house.store.transaction() as change:
        old = await mails.choices(change, member_id)
        off = replace(old, digest=False) if kind == "digest" else replace(old, at_once=False)
        await mails.put_choices(change, off)


async def read_says(house: House) -> Says:
    """Return how much mails may say."""
    return await mails.says(house.store)


async def choose_says(house: House, by: Member, says: str) -> Says:
    """Choose how much mails may say, for the whole organisation."""
    by.require("people")
    chosen = next((one for one in SAYS if one == says), None)
    if chosen is None:
        raise Invalid("says", "Mails hold %(says)s or %(last)s.", says=SAYS[:-1], last=SAYS[-1])
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await mails.put_says(change, chosen, by.id, now)
        await events.audit(change, by.id, f"mails say {chosen}", "mail", now)
    return chosen


def may_say(label: str) -> bool:
    """Say whether words under a label may stand in a mail: GREEN and below, without categories.

    A mail leaves the house, whatever we ask of its readers; what cannot be read as a label says nothing.
    """
    try:
        read = Label.parse(label)
    except LabelError:
        return False
    return read.level <= Level.GREEN and not read.categories


def _message_id(house: House) -> str:
    return f"<{new_id()}@{house.addresses.edge_host.partition(':')[0]}>"


async def plan(house: House) -> int:
    """Write down the mails that are due; return how many."""
    planned = 0
    for member_id in await mails.waiting_for_news(house.store):
        async with house.store.transaction() as change:
            planned += await _plan_for(house, change, member_id)
    return planned


async def _plan_for(house: House, change: Transaction, member_id: str) -> int:
    old, now = await mails.choices(change, member_id), house.now()
    new = await _news(house, old)
    at_once = {one.number for one in new if await _interrupts(house, one)} if old.at_once else set[int]()
    urgent = [one for one in new if one.number in at_once and one.number > old.at_once_to]
    made, planned = old, 0
    if urgent and now - urgent[0].made_at >= BUNDLE and not old.is_quiet(now):
        await mails.add(
            change, member_id, "at_once", _message_id(house), (old.at_once_to, urgent[-1].number), now.timestamp()
        )
        made, planned = replace(made, at_once_to=urgent[-1].number), 1
    if day := old.digest_due(now):
        rest = [one for one in new if one.number > old.digest_to and one.number not in at_once]
        if rest:
            await mails.add(
                change, member_id, "digest", _message_id(house), (old.digest_to, rest[-1].number), now.timestamp()
            )
            made, planned = replace(made, digest_to=rest[-1].number), planned + 1
        made = replace(made, digest_day=day)
    if made != old:
        await mails.put_choices(change, made)
    return planned


async def _interrupts(house: House, one: Notice) -> bool:
    """Say whether a notice may be mailed at once: of an urgent kind, and not by an outsider who is new or watched."""
    by = await people.by_id(house.store, one.by_id) if one.kind in URGENT and one.by_id else None
    return one.kind in URGENT and (by is None or by.is_local or (await read_trust(house, by)).may_interrupt)


async def _news(house: House, choices: MailChoices) -> list[Notice]:
    """Return what is unread, not dealt with, and came after the person was last here, oldest first."""
    visit = await notices.visit(house.store, choices.member_id)
    seen = visit[1] if visit else 0.0
    after = min(choices.digest_to, choices.at_once_to)
    found = await notices.between(house.store, choices.member_id, after, 1 << 62)
    return [one for one in found if one.unread and one.made_at.timestamp() > seen]


async def due(house: House) -> list[Mail]:
    """Return the mails to send now, in order. What we began to send and never heard of is called lost first."""
    now = house.now()
    async with house.store.transaction() as change:
        await mails.give_up_on_lost(change, (now - LOST_AFTER).timestamp())
    found = await mails.waiting(house.store)
    return [one for one in found if one.tried_at is None or (now - one.tried_at).total_seconds() >= pause(one.tries)]


async def take(house: House, mail: Mail) -> bool:
    """Begin to send a mail: from here on it is sent once or not at all."""
    async with house.store.transaction() as change:
        return await mails.take(change, mail, house.now().timestamp())


async def end(house: House, mail: Mail, state: MailState, error: str = "") -> None:
    """Write down what became of a mail. One that is not taken for a day has failed."""
    over = state == "waiting" and house.now() - mail.made_at >= GIVE_UP
    async with house.store.transaction() as change:
        await mails.end(change, mail.id, "failed" if over else state, error)


async def said_in(house: House, mail: Mail) -> tuple[Member, MailChoices, list[Told]]:
    """Return to whom a mail goes and what it speaks of: what is still unread, with the words that they may read now.

    Raises Conflict where the person is not active any more or has no confirmed address.
    """
    member = await people.by_id(house.store, mail.member_id)
    choices = await mails.choices(house.store, mail.member_id)
    if member is None or not member.active or not choices.address:
        raise Conflict("There is nobody to send it to any more.")
    if mail.kind != "confirm" and not choices.confirmed:
        raise Conflict("The address is not confirmed any more.")
    visit = await notices.visit(house.store, member.id)
    found = await notices.between(house.store, member.id, mail.after, mail.up_to)
    new = [one for one in found if one.unread and one.made_at.timestamp() > (visit[1] if visit else 0.0)]
    told = [one for one in new if (choices.at_once and await _interrupts(house, one)) == (mail.kind == "at_once")]
    return member, choices, await with_words(house, member, told)


async def count_mails(house: House) -> dict[str, int]:
    """Count mails by state: for operators."""
    return await mails.count_by_state(house.store)
