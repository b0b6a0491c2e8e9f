"""Agreements with other servers over the API, and one partner with its health."""

from __future__ import annotations

from federation.outside.health import health_of
from federation.outside.store import LEDGER
from server.domain.agreements import Agreement
from server.domain.errors import Missing
from server.services import agreements, partners
from web.api.agreement_shapes import (
    AgreementAnswer,
    NewAgreement,
    PartnerView,
    Reason,
    show_agreement,
    show_partner_view,
)
from web.api.calls import Call
from web.api.paging import slice_of
from web.api.shapes import Page, Paging


async def read_partner(call: Call) -> PartnerView:
    call.member.require("partners")
    host = call.path["host"].lower()
    partner = await partners.find_partner(call.house, host)
    known = await agreements.list_agreements(call.house, call.member, host)
    if partner is None and not known:
        raise Missing("partner", f"no partner {host}")
    ledger = call.request.config_dict.get(LEDGER)
    there = ledger is not None and await ledger.is_there()
    return show_partner_view(
        call.house,
        host,
        partner,
        (await agreements.accepted_by_host(call.house)).get(host),
        await health_of(ledger, host) if ledger is not None and there else None,
        await agreements.count_held(call.house, host),
    )


async def list_agreements(call: Call, query: Paging) -> Page[AgreementAnswer]:
    found = await agreements.list_agreements(call.house, call.member, call.path["host"])
    return slice_of(found, query, lambda one: show_agreement(call.house, one))


async def offer(call: Call, body: NewAgreement) -> AgreementAnswer:
    made = await agreements.offer(call.house, call.member, call.path["host"], body.wish())
    return show_agreement(call.house, made)


async def read(call: Call) -> AgreementAnswer:
    return show_agreement(call.house, await _found(call))


async def accept(call: Call) -> AgreementAnswer:
    found = await _found(call)
    return show_agreement(call.house, await agreements.accept(call.house, call.member, found.id))


async def decline(call: Call, body: Reason) -> AgreementAnswer:
    found = await _found(call)
    return show_agreement(call.house, await agreements.decline(call.house, call.member, found.id, body.reason))


async def end(call: Call, body: Reason) -> AgreementAnswer:
    found = await _found(call)
    return show_agreement(call.house, await agreements.end(call.house, call.member, found.id, body.reason))


async def _found(call: Call) -> Agreement:
    """Return the agreement of the address; one with another server is not there."""
    found = await agreements.obtain(call.house, call.member, call.path["agreement"])
    if found.host != call.path["host"].lower():
        raise Missing("agreement", f"{found.id} is with {found.host}")
    return found
