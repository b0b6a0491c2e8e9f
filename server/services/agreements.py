"""Agreements with other servers: offered by one, accepted by the other, ended by either, each with its signature.

The gate carries them across; what it brings back enters by the functions under "what the other server said". Each
change of state appends one event, from which the gate tells the other server and withdraws what may stand no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import get_args

from server.boundary.labels import ONWARD, Clearance
from server.database import Transaction
from server.domain.actors import Member
from server.domain.agreements import (
    ALL_FORUMS,
    OPEN_STATES,
    Agreement,
    Direction,
    Happening,
    NamedForum,
    Terms,
    after,
    newest,
    sentences,
)
from server.domain.crossings import Partner, Tier
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.jams import Forum
from server.domain.uris import HOST, new_id
from server.services import ideas
from server.services.forums import forum_by_uri, forums_of, mirror_key
from server.services.house import House
from server.services.text import clean_line
from server.storage import agreements as rows
from server.storage import contributions, events
from server.storage import partners as partner_rows

LONGEST_YEARS = 10
LONGEST_RETENTION_DAYS = 3650
MOST_FORUMS = 100
MOST_UNANSWERED = 50
PURGED_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to agree on. `forums` are keys ("jam/forum"), ids or URIs, or ALL_FORUMS."""

    forums: tuple[str, ...]
    direction: Direction = "both"
    clearance: str = "GREEN"
    retention_days: int = 30
    onward: str = "organisation"
    tier: Tier = "partner"
    starts_at: datetime | None = None
    ends_at: datetime | None = None


# -- reading --


async def list_agreements(house: House, by: Member, host: str = "") -> list[Agreement]:
    """Return all versions, of one server or of all, newest first."""
    by.require("partners")
    return await rows.of(house.store, host.strip().lower())


async def obtain(house: House, by: Member, agreement_id: str) -> Agreement:
    """Return an agreement for somebody who may deal with it; raise Missing otherwise."""
    by.require("partners")
    found = await rows.by_id(house.store, agreement_id)
    if found is None:
        raise Missing("agreement", f"no agreement {agreement_id}")
    return found


async def find(house: House, agreement_id: str) -> Agreement | None:
    """Return an agreement by its id: for the gate."""
    return await rows.by_id(house.store, agreement_id)


async def find_by_uri(house: House, uri: str) -> Agreement | None:
    """Return an agreement by its URI: for the gate."""
    return await rows.by_uri(house.store, uri)


async def drafts_with(house: House, host: str) -> list[Agreement]:
    """Return what is still to be offered to a server, oldest first: for the gate."""
    return await rows.in_state(house.store, "draft", host)


async def accepted_by_host(house: House) -> dict[str, Agreement]:
    """Return, for each server, the accepted agreement that counts, whether or not its time has come."""
    found: dict[str, Agreement] = {}
    for one in await rows.in_state(house.store, "accepted"):
        best = newest([one, found[one.host]] if one.host in found else [one])
        if best is not None:
            found[one.host] = best
    return found


async def count_held(house: House, host: str) -> int:
    """Count what we hold of a server's people."""
    return await contributions.count_of_host(house.store, host)


def in_sentences(house: House, agreement: Agreement) -> tuple[str, ...]:
    """Say what is agreed in plain sentences, to be read before it is accepted."""
    return sentences(agreement.terms, house.name, agreement.host)


# -- what people do --


async def offer(house: House, by: Member, host: str, wish: Wish) -> Agreement:
    """Offer an agreement to a server. The gate finds the server, signs the offer and sends it."""
    by.require("partners")
    host = host.strip().lower()
    if not HOST.fullmatch(host) or len(host) > 255 or host == house.addresses.edge_host:
        raise Invalid("host", "Name another server by its host name, with its port where it has one.")
    terms = await _terms(house, host, wish)
    known = await rows.of(house.store, host)
    made = Agreement(
        id=new_id(),
        uri=house.addresses.object_uri(new_id()),
        host=host,
        version=max((one.version for one in known), default=0) + 1,
        ours=True,
        state="draft",
        terms=terms,
        document="",
        acceptance="",
        note="",
        made_by=by.id,
        made_at=house.now(),
        answered_by="",
        answered_at=None,
        closed_by="",
        closed_at=None,
        purged_at=None,
        purged=0,
    )
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await rows.insert(made)
        await _tell(change, made, "draft", "us", now)
        await events.audit(change, by.id, "offer agreement", made.id, now)
    return made


async def accept(house: House, by: Member, agreement_id: str) -> Agreement:
    """Accept what another server offered. From then on it holds, and its server is a partner."""
    found = await obtain(house, by, agreement_id)
    if found.ours:
        raise Conflict("It is our own offer: the other server accepts it.")
    state = after(found.state, "accepted")
    now = house.now()
    if now >= found.terms.ends_at:
        raise Conflict("Its end has passed; ask them for a new one.")
    async with house.store.transaction() as change:
        if not await rows.move(change, found, state, answered_by=by.id, answered_at=now.timestamp()):
            raise Conflict("Somebody else answered it a moment ago.")
        await _begin(house, change, found, "us", now)
        await events.audit(change, by.id, "accept agreement", found.id, now.timestamp())
    return await _fresh(house, found)


async def decline(house: House, by: Member, agreement_id: str, reason: str = "") -> Agreement:
    """Decline what another server offered; the reason goes to it."""
    found = await obtain(house, by, agreement_id)
    if found.ours:
        raise Conflict("It is our own offer: end it to take it back.")
    state = after(found.state, "declined")
    note = clean_line(reason, "reason", required=False)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        values = {"answered_by": by.id, "answered_at": now, "closed_by": "us", "closed_at": now, "note": note}
        if not await rows.move(change, found, state, **values):
            raise Conflict("Somebody else answered it a moment ago.")
        await _tell(change, found, state, "us", now)
        await events.audit(change, by.id, "decline agreement", found.id, now)
    return await _fresh(house, found)


async def end(house: House, by: Member, agreement_id: str, reason: str = "") -> Agreement:
    """End an agreement, or take an offer of ours back. Where it was accepted, its server is a partner no more."""
    found = await obtain(house, by, agreement_id)
    after(found.state, "ended")
    note = clean_line(reason, "reason", required=False)
    now = house.now()
    async with house.store.transaction() as change:
        await _close(change, found, "ended", "us", now, note)
        await events.audit(change, by.id, "end agreement", found.id, now.timestamp())
    return await _fresh(house, found)


# -- what the other server said: for the gate, after the signatures were checked --


async def mark_offered(house: House, agreement: Agreement, document: str) -> None:
    """Write down that our offer, signed, is on its way."""
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if await rows.move(change, agreement, after(agreement.state, "sent"), document=document, note=""):
            await _tell(change, agreement, "offered", "us", now)


async def keep_acceptance(house: House, agreement: Agreement, acceptance: str) -> None:
    """Keep our own signed acceptance beside the offer."""
    async with house.store.transaction() as change:
        await rows.write_down(change, agreement.id, acceptance=acceptance)


async def note_trouble(house: House, agreement: Agreement, note: str) -> None:
    """Write down why an offer could not be sent yet."""
    async with house.store.transaction() as change:
        await rows.write_down(change, agreement.id, note=note[:500])


async def take_offer(house: House, host: str, uri: str, version: int, terms: Terms, document: str) -> Agreement:
    """Keep another server's offer until somebody answers it; raise Invalid or Conflict where it is not taken.

    It has to be newer than anything agreed on or declined before: an old one again opens nothing.
    """
    check_terms(house, terms)
    known = await rows.of(house.store, host)
    if any(one.uri == uri for one in known) or await rows.by_uri(house.store, uri) is not None:
        raise Conflict("This agreement was offered before.")
    if version <= max(
        (one.version for one in known if not (one.ours and one.state in ("draft", "offered"))), default=0
    ):
        raise Conflict("A newer version is known: an offer has to have a higher version than all before.")
    waiting = await rows.in_state(house.store, "asked")
    if len({one.host for one in waiting} - {host}) >= MOST_UNANSWERED:
        raise Conflict("Too many offers wait for an answer.")
    now = house.now()
    made = Agreement(
        id=new_id(),
        uri=uri,
        host=host,
        version=version,
        ours=False,
        state="asked",
        terms=terms,
        document=document,
        acceptance="",
        note="",
        made_by="",
        made_at=now,
        answered_by="",
        answered_at=None,
        closed_by="",
        closed_at=None,
        purged_at=None,
        purged=0,
    )
    async with house.store.transaction() as change:
        for one in waiting:
            if one.host == host:
                await _move_on(change, one, now)
        await rows.insert(made)
        await _tell(change, made, "asked", "them", now.timestamp())
        await events.audit(change, "", "agreement offered to us", made.id, now.timestamp())
    return made


async def take_acceptance(house: House, agreement: Agreement, acceptance: str) -> None:
    """Let our offer hold, because the other server accepted it; raise Conflict where it cannot any more."""
    now = house.now()
    if now >= agreement.terms.ends_at:
        raise Conflict("Its end had passed when it was accepted.")
    state = after(agreement.state, "accepted")
    async with house.store.transaction() as change:
        if await rows.move(change, agreement, state, acceptance=acceptance, answered_at=now.timestamp()):
            await _begin(house, change, agreement, "them", now)
            await events.audit(change, "", "agreement accepted by them", agreement.id, now.timestamp())


async def take_refusal(house: House, agreement: Agreement, reason: str) -> None:
    """Write down that the other server declined our offer."""
    now = house.now().timestamp()
    state = after(agreement.state, "declined")
    async with house.store.transaction() as change:
        if await rows.move(change, agreement, state, closed_by="them", closed_at=now, note=reason[:500]):
            await _tell(change, agreement, state, "them", now)


async def take_end(house: House, agreement: Agreement, reason: str) -> None:
    """End an agreement because the other server did."""
    after(agreement.state, "ended")
    now = house.now()
    async with house.store.transaction() as change:
        await _close(change, agreement, "ended", "them", now, reason[:500])
        await events.audit(change, "", "agreement ended by them", agreement.id, now.timestamp())


async def keep_statement(house: House, agreement: Agreement, statement: str) -> None:
    """Keep what the other server signed after the end: that it holds nothing of ours any more."""
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await rows.write_down(change, agreement.id, statement=statement, told_at=now)
        await events.audit(change, "", "purge stated by them", agreement.id, now)


async def to_state(house: House) -> list[Agreement]:
    """Return those after which everything was deleted, and the other server not told yet: for the gate."""
    return await rows.to_state(house.store)


async def purged_uris(house: House, agreement: Agreement) -> list[str]:
    """Return the URIs of what was theirs under an agreement and is deleted."""
    return [
        uri
        for forum in await forums_of(house, "")
        if agreement.covers(forum.uri)
        for uri in await contributions.deleted_of(
            house.store, forum.id, agreement.host, _over_at(agreement), whole=forum.host == agreement.host
        )
    ]


def _over_at(agreement: Agreement) -> float:
    """Return when it ended, in unix seconds: what came later did not come under it."""
    return agreement.closed_at.timestamp() if agreement.closed_at is not None else 0.0


async def note_stated(house: House, agreement: Agreement) -> None:
    """Write down that we told the other server that nothing of theirs is left."""
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await rows.write_down(change, agreement.id, stated_at=now)
        await events.audit(change, "", "purge stated", agreement.id, now)


# -- what time does --


async def follow_agreements(house: House) -> int:
    """Begin what has come, end what is over, delete what may be kept no longer; return how much was done.

    Doing it again is harmless.
    """
    now = house.now()
    done = 0
    for one in await rows.to_begin(house.store):
        if now >= one.terms.starts_at:
            await _note_beginning(house, one, now)
            done += 1
    for one in await rows.over(house.store, now.timestamp()):
        async with house.store.transaction() as change:
            await _close(change, one, "expired", "time", now, "")
            await events.audit(change, "", "agreement expired", one.id, now.timestamp())
        done += 1
    for one in await rows.to_purge(house.store):
        if one.closed_at is not None and now >= one.closed_at + timedelta(days=one.terms.retention_days):
            done += await _purge(house, one)
    return done


async def _note_beginning(house: House, agreement: Agreement, now: datetime) -> None:
    """Have the gate show the other server what it may see from now on."""
    partner = await partner_rows.by_host(house.store, agreement.host)
    async with house.store.transaction() as change:
        await rows.write_down(change, agreement.id, begun_at=now.timestamp())
        if partner is not None:
            data = {"host": partner.host, "state": partner.state}
            await events.append(change, "PartnerChanged", "", data, now.timestamp())


async def _purge(house: House, agreement: Agreement) -> int:
    """Delete the words that we hold of theirs under an agreement, some at a time; what a newer one covers stays."""
    newer = (await accepted_by_host(house)).get(agreement.host)
    held = [
        made
        for forum in await forums_of(house, "")
        if agreement.covers(forum.uri) and not (newer is not None and newer.covers(forum.uri))
        for made in await contributions.held_of(
            house.store, forum.id, agreement.host, _over_at(agreement), whole=forum.host == agreement.host
        )
    ]
    for made in held[:PURGED_AT_ONCE]:
        await ideas.purge(house, made)
    now = house.now().timestamp()
    purged = agreement.purged + len(held[:PURGED_AT_ONCE])
    async with house.store.transaction() as change:
        if len(held) > PURGED_AT_ONCE:
            await rows.write_down(change, agreement.id, purged=purged)
        else:
            await rows.write_down(change, agreement.id, purged=purged, purged_at=now)
            await _tell(change, agreement, "purged", "us", now)
            await events.audit(change, "", "purge after agreement", agreement.id, now)
    return 1


# -- within --


async def _terms(house: House, host: str, wish: Wish) -> Terms:
    now = house.now()
    starts_at = wish.starts_at or now
    terms = Terms(
        forums=await _forums(house, host, wish.forums),
        direction=wish.direction,
        clearance=wish.clearance,
        retention_days=wish.retention_days,
        onward=wish.onward,
        tier=wish.tier,
        starts_at=starts_at.replace(microsecond=0),
        ends_at=(wish.ends_at or starts_at + timedelta(days=365)).replace(microsecond=0),
    )
    return check_terms(house, terms)


def check_terms(house: House, terms: Terms) -> Terms:
    """Return terms that make sense; raise Invalid naming the field for those that do not."""
    if not terms.forums or len(terms.forums) > MOST_FORUMS:
        raise Invalid(
            "forums",
            "An agreement covers one to %(most)s forums, or all of them (%(all_forums)s).",
            most=MOST_FORUMS,
            all_forums=ALL_FORUMS,
        )
    if terms.direction not in get_args(Direction):
        raise Invalid("direction", "A direction is out, in or both.")
    if terms.tier not in get_args(Tier):
        raise Invalid("tier", "A tier is partner or customer.")
    if terms.onward not in ONWARD:
        raise Invalid("onward", "An onward wish is one of %(onward)s.", onward=tuple(ONWARD))
    if not 0 <= terms.retention_days <= LONGEST_RETENTION_DAYS:
        raise Invalid(
            "retention_days",
            "A retention is 0 to %(most)s days.",
            most=LONGEST_RETENTION_DAYS,
        )
    if terms.ends_at <= max(terms.starts_at, house.now()):
        raise Invalid("ends_at", "An agreement ends after it starts, and in the future.")
    if terms.ends_at > house.now() + timedelta(days=366 * LONGEST_YEARS):
        raise Invalid("ends_at", "An agreement ends within %(most)s years.", most=LONGEST_YEARS)
    try:
        Clearance.parse(terms.clearance)
    except ValueError as error:
        raise Invalid(
            "clearance", "The clearance is not a label that this server knows: %(error)s.", error=error
        ) from error
    return terms


async def _forums(house: House, host: str, wished: tuple[str, ...]) -> tuple[NamedForum, ...]:
    """Return the forums that were meant: ours that this server may be told of, and theirs that we joined."""
    if ALL_FORUMS in wished:
        return (NamedForum(ALL_FORUMS, ""),)
    known = await forums_of(house, "")
    found = []
    for text in dict.fromkeys(text.strip() for text in wished if text.strip()):
        forum = next((one for one in known if text in (one.id, one.uri, mirror_key(one))), None)
        if forum is None or not may_be_named(forum, host):
            raise Invalid(
                "forums", "There is no forum %(forum)s that %(host)s may be told of.", forum=text[:100], host=host
            )
        found.append(NamedForum(forum.uri, forum.title))
    return tuple(found)


def may_be_named(forum: Forum, host: str) -> bool:
    """Say whether an agreement with a server may name a forum: that tells it that there is one."""
    if not forum.is_local:
        return forum.host == host
    return forum.audience != "inside" and (not forum.peers or host in forum.peers)


async def titled(house: House, terms: Terms) -> Terms:
    """Return terms with our own titles for forums that we know: theirs for them were only told."""
    named = []
    for one in terms.forums:
        known = await forum_by_uri(house, one.uri) if one.uri != ALL_FORUMS else None
        named.append(NamedForum(one.uri, known.title if known else one.title))
    return replace(terms, forums=tuple(named))


async def _begin(house: House, change: Transaction, agreement: Agreement, by: str, now: datetime) -> None:
    """Let an accepted agreement take the place of all before it, and its server be a partner.

    Where both accept the other's offer of one version at the same time, both sides keep that of the higher rank.
    """
    for state in OPEN_STATES:
        for one in await rows.in_state(house.store, state, agreement.host):
            if one.rank < agreement.rank:
                await _move_on(change, one, now)
    await _tell(change, agreement, "accepted", by, now.timestamp())
    partner = await partner_rows.by_host(house.store, agreement.host)
    if partner is None:
        partner = Partner(
            host=agreement.host,
            name=agreement.host,
            tier=agreement.terms.tier,
            clearance=agreement.terms.clearance,
            state="active",
            added_at=now,
        )
        await partner_rows.put(change, partner)
    if now >= agreement.terms.starts_at:
        await rows.write_down(change, agreement.id, begun_at=now.timestamp())
    # What stands outside is brought in line with it, whether it has begun or not.
    await events.append(change, "PartnerChanged", "", {"host": partner.host, "state": partner.state}, now.timestamp())


async def _move_on(change: Transaction, agreement: Agreement, now: datetime) -> None:
    state = after(agreement.state, "superseded")
    await rows.move(change, agreement, state, closed_at=now.timestamp())


async def end_with(house: House, change: Transaction, host: str, now: datetime) -> None:
    """End the agreement with a server whose partnership somebody here ends."""
    for one in await rows.in_state(house.store, "accepted", host):
        await _close(change, one, "ended", "us", now, "The partnership was ended.")


async def _close(
    change: Transaction, agreement: Agreement, happening: Happening, by: str, now: datetime, note: str
) -> None:
    """End an agreement; one that was accepted takes the partnership with it."""
    state = after(agreement.state, happening)
    values = {"closed_by": by, "closed_at": now.timestamp(), "note": note}
    if not await rows.move(change, agreement, state, **values):
        raise Conflict("It changed a moment ago; look again.")
    await _tell(change, agreement, state, by, now.timestamp())
    if agreement.state == "accepted":
        await partner_rows.remove(change, agreement.host)
        await events.append(change, "PartnerChanged", "", {"host": agreement.host, "state": "removed"}, now.timestamp())


async def _tell(change: Transaction, agreement: Agreement, state: str, by: str, now: float) -> None:
    data = {"host": agreement.host, "state": state, "by": by}
    await events.append(change, "AgreementChanged", agreement.id, data, now)


async def _fresh(house: House, old: Agreement) -> Agreement:
    found = await rows.by_id(house.store, old.id)
    assert found is not None
    return found
