"""Servers with which there is an agreement, and how they do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

from aiohttp import web

from federation.outside import deliveries, peers
from federation.outside.ledger import count_held
from federation.outside.peers import Peer
from server.boundary.labels import Level
from server.domain.actors import Member
from server.domain.crossings import Partner, PartnerState, Tier
from server.domain.errors import Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.uris import HOST
from server.services import agreements, holds, partners
from server.services.house import House
from server.services.labels import put_together
from web.answers import go, show
from web.composing import LABEL_WORDS
from web.forms import read_form, wrong_of
from web.language import say
from web.ledger import ledger_of
from web.pages.boundary import views
from web.pages.boundary.duty import SECTION, duty_holder
from web.pages.boundary.views import PartnerRow
from web.views import Choice, Health

_TIERS = ("partner", "customer")


async def show_partners(request: web.Request) -> web.Response:
    """GET /boundary/partners; with `find`, on to that server's page."""
    find = request.query.get("find", "").strip().lower()
    if HOST.fullmatch(find):
        return go(request, f"/boundary/partners/{find}")
    return await _partners(request, {}, {}, 200)


async def _partners(
    request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member = await duty_holder(request)
    ledger = await ledger_of(request)
    known = {peer.host: peer for peer in await peers.peers(ledger)} if ledger is not None else {}
    backlog = await deliveries.backlog(ledger) if ledger is not None else {}
    rows = []
    found = await partners.list_partners(house)
    held = await count_held(ledger, [partner.host for partner in found]) if ledger is not None else {}
    for partner in found:
        waiting = backlog.get(partner.host, (0, 0.0))[0]
        rows.append(_partner(partner, known.get(partner.host), waiting, held.get(partner.host, 0)))
    page = views.PartnersPage(
        partners=tuple(rows),
        asking=await _asking(house, member),
        values={key: typed.get(key, "") for key in ("host", "name", "categories")},
        tiers=tuple(Choice(value=one, words=one.capitalize(), chosen=one == typed.get("tier")) for one in _TIERS),
        clearances=tuple(
            Choice(
                value=str(level),
                words=LABEL_WORDS[str(level)],
                chosen=str(level) == typed.get("clearance", "GREEN"),
            )
            for level in Level
        ),
        waiting_holds=await holds.count_waiting(house),
        may_change=member.may("partners"),
        wrong=wrong,
    )
    return show(request, "partners.html", page, status=status, section=SECTION)


async def _asking(house: House, member: Member) -> tuple[str, ...]:
    if not member.may("partners"):
        return ()
    return tuple(one.host for one in await agreements.list_agreements(house, member) if one.state == "asked")


def _partner(partner: Partner, peer: Peer | None, waiting: int, held: int) -> PartnerRow:
    health, words = draw_health(partner, peer)
    last = datetime.fromtimestamp(peer.success_at, UTC) if peer and peer.success_at else None
    return PartnerRow(
        host=partner.host,
        name=partner.name,
        tier=partner.tier,
        clearance=partner.clearance,
        state=partner.state,
        health=health,
        health_words=words,
        backlog=waiting,
        last_at=last,
        held_by_them=held,
        action=f"/boundary/partners/{partner.host}",
    )


def draw_health(partner: Partner, peer: Peer | None) -> tuple[Health, str]:
    """How a partner's server does, as a colour and in words."""
    if partner.state == "paused":
        return "slow", say("Paused")
    if partner.state == "removed":
        return "quiet", say("Ended")
    if peer is None or (peer.success_at is None and not peer.failures):
        return "quiet", say("Nothing delivered yet")
    if peer.failures:
        return "bad", say("Not answering: %(answer)s", answer=peer.answer) if peer.answer else say("Not answering")
    return "good", say("Receiving")


async def add_partner(request: web.Request) -> web.Response:
    """POST /boundary/partners"""
    house, member = await duty_holder(request)
    form = await read_form(request)
    try:
        tier: Tier = "customer" if form.get("tier") == "customer" else "partner"
        clearance = put_together(form.get("clearance", "GREEN"), form.get("categories", ""), "")
        await partners.add_partner(
            house, member, form.get("host", ""), tier, clearance, form.get("name", "")
        )  # fmt: skip
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _partners(request, form, wrong_of(refusal), refusal.status)
    return go(request, "/boundary/partners", "partner")


async def change_partner(request: web.Request) -> web.Response:
    """POST /boundary/partners/{host}: `state` is active, paused or removed."""
    house, member = await duty_holder(request)
    form = await read_form(request)
    state: PartnerState | None = next((one for one in get_args(PartnerState) if one == form.get("state")), None)
    if state is None:
        raise Missing("state")
    await partners.change_partner(house, member, request.match_info["host"], state=state)
    back = f"/boundary/partners/{request.match_info['host']}" if form.get("from") == "page" else "/boundary/partners"
    return go(request, back, "saved")
