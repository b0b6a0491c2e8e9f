"""One other server: how it does, who holds what, and the agreements with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from aiohttp import web

from federation.outside.health import Health, health_of
from server.boundary.labels import ONWARD, Level
from server.domain.actors import Member
from server.domain.agreements import ALL_FORUMS, OPEN_STATES, WORDS, Agreement, Direction, day
from server.domain.crossings import Partner, Tier
from server.domain.errors import Invalid, Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.uris import HOST
from server.services import agreements, forums, holds, partners
from server.services.agreements import Wish
from server.services.house import House
from server.services.labels import put_together
from web.answers import go, show
from web.composing import LABEL_WORDS, WISH_WORDS
from web.forms import read_choices, read_form, wrong_of
from web.language import counted, later, say, together
from web.ledger import ledger_of
from web.pages.boundary import views
from web.pages.boundary.duty import SECTION, duty_holder
from web.pages.boundary.views import AgreementCard, OfferForm
from web.views import Choice
from web.views import Health as Tone

DIRECTIONS = {
    "both": say("Both ways"),
    "out": say("Out only: ours may reach them"),
    "in": say("In only: theirs may reach us"),
}
TONES = {"accepted": "inside", "asked": "held", "offered": "held", "draft": "held", "declined": "denied"}
FIELDS = ("retention_days", "categories", "starts", "ends")
USUAL_DAYS = 30


async def show_partner(request: web.Request) -> web.Response:
    """GET /boundary/partners/{host}"""
    return await _page(request, {}, (), {}, 200)


async def _page(
    request: web.Request, typed: Mapping[str, str], ticked: tuple[str, ...], wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member = await duty_holder(request)
    host = _host(request, house)
    partner = await partners.find_partner(house, host)
    may = member.may("partners")
    known = await agreements.list_agreements(house, member, host) if may else []
    ledger = await ledger_of(request)
    health = await health_of(ledger, host) if ledger is not None else None
    held_by_us = await agreements.count_held(house, host)
    agreed = (await agreements.accepted_by_host(house)).get(host)
    tone, words = _tone(partner, health)
    cards = [_card(house, one, partner) for one in known]
    page = views.PartnerPage(
        host=host,
        name=partner.name if partner else host,
        state=partner.state if partner else "",
        standing=_standing(partner, agreed, house.now()),
        health=tone,
        health_words=words,
        facts=_facts(health),
        held_by_them=health.held if health else None,
        held_by_us=held_by_us,
        pausing=_pausing(health),
        removing=_removing(health, held_by_us, agreed),
        open_cards=tuple(card for card in cards if card.state in OPEN_STATES),
        closed_cards=tuple(card for card in cards if card.state not in OPEN_STATES),
        offer=await _offer_form(house, member, host, typed, ticked),
        waiting_holds=await holds.count_waiting(house),
        may_change=may,
        wrong=wrong,
    )
    return show(request, "partner.html", page, status=status, section=SECTION)


def _host(request: web.Request, house: House) -> str:
    host = request.match_info["host"].lower()
    if not HOST.fullmatch(host) or len(host) > 255 or host == house.addresses.edge_host:
        raise Missing("server", f"{host[:300]} is no other server")
    return host


# --- what is so ---


def _tone(partner: Partner | None, health: Health | None) -> tuple[Tone, str]:
    """How a server does, as a colour and in words."""
    if partner is not None and partner.state == "paused":
        return "slow", say("Paused")
    if health is not None and health.refused:
        return "bad", say("It takes nothing from us now (HTTP 403): it may have paused the partnership")
    if health is None or (health.success_at is None and not health.failures):
        return "quiet", say("Nothing delivered yet")
    if health.failures:
        return "bad", say("Not answering: %(answer)s", answer=health.answer) if health.answer else say("Not answering")
    return "good", say("Receiving")


def _standing(partner: Partner | None, agreed: Agreement | None, now: datetime) -> str:
    if partner is None:
        return say("It is no partner: a stranger, who sees public forums only.")
    said = say("It is a %(tier)s, cleared up to %(clearance)s.", tier=partner.tier, clearance=partner.clearance)
    if agreed is None:
        return together(said, say("There is no agreement with it: your rules alone decide."))
    when = (
        say("holds") if agreed.in_force(now) else say("holds from %(starts_at)s", starts_at=day(agreed.terms.starts_at))
    )
    if now >= agreed.terms.ends_at:
        when = say("has ended")
    counts = say(
        "Agreement version %(version)s %(when)s, and the lower of both clearances counts.",
        version=agreed.version,
        when=when,
    )
    return together(said, counts)


def _facts(health: Health | None) -> tuple[tuple[str, str], ...]:
    if health is None:
        return ((say("Deliveries"), say("Not known in this process.")),)
    facts = [
        (say("Software"), health.software or say("not asked yet")),
        (say("Last delivery"), _at(health.success_at) or say("none yet")),
        (say("Waiting"), _deliveries(health.waiting) if health.waiting else say("nothing")),
    ]
    if health.oldest_at:
        facts.append((say("Oldest of them"), _at(health.oldest_at)))
    if health.failures:
        facts.append(
            (
                say("Last error"),
                say("%(answer)s, %(at)s", answer=health.answer or say("no answer"), at=_at(health.failure_at)),
            )
        )
    if health.next_try_at:
        facts.append((say("Next try"), _at(health.next_try_at)))
    if health.given_up:
        facts.append((say("Given up"), _deliveries(health.given_up)))
    return tuple(facts)


#: Who ended an agreement, and how.
CLOSED = {"us": later("%(state)s by us"), "them": later("%(state)s by them")}


def _deliveries(n: int) -> str:
    return counted("%(n)s delivery", "%(n)s deliveries", n)


def _things(n: int) -> str:
    return counted("%(n)s thing", "%(n)s things", n)


def _at(seconds: float | None) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC" if seconds else ""


# --- what would change ---


def _pausing(health: Health | None) -> str:
    said = [say("Pausing stops both directions at once. Nothing is deleted, and what is to be sent waits.")]
    if health and health.waiting:
        said.append(say("%(deliveries)s would wait.", deliveries=_deliveries(health.waiting)))
    return together(*said)


def _removing(health: Health | None, held_by_us: int, agreed: Agreement | None) -> str:
    said = [say("Ending the partnership withdraws what they were granted as a partner.")]
    if health:
        said.append(say("They hold %(things)s of ours.", things=_things(health.held)))
    said.append(say("They are asked to delete what they may not read any more."))
    if agreed is not None:
        theirs = _things(held_by_us)
        within = (
            say("at once")
            if agreed.terms.retention_days == 0
            else say("within %(n)s days", n=agreed.terms.retention_days)
        )
        said.append(
            say(
                "The agreement ends with it: of the %(theirs)s of theirs here, what it covers is deleted %(within)s.",
                theirs=theirs,
                within=within,
            )
        )
    return together(*said)


def _card(house: House, one: Agreement, partner: Partner | None) -> AgreementCard:
    whose = say("Offered by us") if one.ours else say("Offered by them")
    history = [(whose, one.made_at)]
    if one.answered_at is not None:
        history.append((say("Answered by them") if one.ours else say("Answered by us"), one.answered_at))
    if one.closed_at is not None:
        history.append((say(CLOSED.get(one.closed_by, "%(state)s"), state=WORDS[one.state]), one.closed_at))
    if one.purged_at is not None:
        history.append((say("%(things)s of theirs deleted here", things=_things(one.purged)), one.purged_at))
    if one.stated_at is not None:
        history.append((say("Our signed word given that nothing is left"), one.stated_at))
    if one.told_at is not None:
        history.append((say("Their signed word received that nothing is left"), one.told_at))
    return AgreementCard(
        id=one.id,
        title=say("Version %(version)s", version=one.version),
        state=one.state,
        tone=TONES.get(one.state, ""),
        state_words=WORDS[one.state],
        sentences=agreements.in_sentences(house, one),
        history=tuple(history),
        note=one.note,
        action=f"/boundary/partners/{one.host}/agreements/{one.id}",
        acts=_acts(one, partner),
    )


def _acts(one: Agreement, partner: Partner | None) -> tuple[tuple[str, str, str], ...]:
    if one.state == "asked":
        accept = say("Accepting signs it. From its first day it holds for both.")
        if partner is None:
            accept = together(accept, say("%(host)s becomes a %(tier)s here.", host=one.host, tier=one.terms.tier))
        return (("accept", say("Accept"), accept), ("decline", say("Decline"), say("They are told, with your reason.")))
    if one.state in ("draft", "offered"):
        return (("end", say("Take the offer back"), say("Nothing has changed yet, and nothing will.")),)
    if one.state == "accepted":
        return (("end", say("End the agreement"), say("The partnership with %(host)s ends with it.", host=one.host)),)
    return ()


# --- what can be offered ---


async def _offer_form(
    house: House, member: Member, host: str, typed: Mapping[str, str], ticked: tuple[str, ...]
) -> OfferForm:
    nameable = [one for one in await forums.list_forums(house, member) if agreements.may_be_named(one, host)]
    today = house.now().date()
    usual = {
        "retention_days": str(USUAL_DAYS),
        "starts": today.isoformat(),
        "ends": (today + timedelta(days=365)).isoformat(),
    }
    return OfferForm(
        forums=(
            Choice(value=ALL_FORUMS, words=say("Every forum that they may see"), chosen=ALL_FORUMS in ticked),
            *(Choice(value=one.id, words=one.title, chosen=one.id in ticked) for one in nameable),
        ),
        tiers=_choices(("partner", "customer"), str.capitalize, typed.get("tier", "partner")),
        directions=_choices(DIRECTIONS, DIRECTIONS.__getitem__, typed.get("direction", "both")),
        clearances=_choices(map(str, Level), LABEL_WORDS.__getitem__, typed.get("clearance", "GREEN")),
        onwards=_choices(ONWARD, _onward_words, typed.get("onward", "organisation")),
        values={name: typed.get(name, usual.get(name, "")) for name in FIELDS},
    )


def _onward_words(wish: str) -> str:
    words = next(words for word, words in WISH_WORDS.items() if word == wish)
    return words.capitalize()


def _choices(values: Iterable[str], words: Callable[[str], str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value=one, words=words(one), chosen=one == chosen) for one in values)


# --- what was done ---


async def offer_agreement(request: web.Request) -> web.Response:
    """POST /boundary/partners/{host}/agreements"""
    house, member = await duty_holder(request)
    form, ticked = await read_form(request), await read_choices(request, "forums")
    try:
        await agreements.offer(house, member, _host(request, house), _wish(form, ticked, house.now()))
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _page(request, form, ticked, wrong_of(refusal), refusal.status)
    return go(request, f"/boundary/partners/{_host(request, house)}", "offered")


async def act_on_agreement(request: web.Request) -> web.Response:
    """POST /boundary/partners/{host}/agreements/{agreement}: `act` is accept, decline or end."""
    house, member = await duty_holder(request)
    form, host = await read_form(request), _host(request, house)
    found = await agreements.obtain(house, member, request.match_info["agreement"])
    if found.host != host:
        raise Missing("agreement", f"{found.id} is with {found.host}")
    reason = form.get("reason", "")
    match form.get("act"):
        case "accept":
            await agreements.accept(house, member, found.id)
        case "decline":
            await agreements.decline(house, member, found.id, reason)
        case "end":
            await agreements.end(house, member, found.id, reason)
        case _:
            raise Missing("act")
    return go(request, f"/boundary/partners/{host}", "saved")


def _wish(form: Mapping[str, str], ticked: tuple[str, ...], now: datetime) -> Wish:
    starts = _day(form, "starts")
    try:
        days = int(form.get("retention_days", "").strip())
    except ValueError as error:
        raise Invalid("retention_days", "Give a number of days, like 30.") from error
    return Wish(
        forums=ticked,
        direction=cast(Direction, form.get("direction", "both")),
        clearance=put_together(form.get("clearance", "GREEN"), form.get("categories", ""), ""),
        retention_days=days,
        onward=form.get("onward", "organisation"),
        tier=cast(Tier, form.get("tier", "partner")),
        starts_at=None if starts is None or starts <= now else starts,
        ends_at=_day(form, "ends"),
    )


def _day(form: Mapping[str, str], name: str) -> datetime | None:
    """A date, taken as its first moment in UTC; None where it is empty. Raises Invalid."""
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise Invalid(f"{name}_at", "Give a day, like 2026-12-01.") from error
