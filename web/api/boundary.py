"""Rules, holds and partners over the API."""

from __future__ import annotations

from collections.abc import Sequence

from server.domain.actors import Member
from server.domain.crossings import Hold, StoredRules
from server.domain.errors import Missing, NotAllowed
from server.services import holds, ideas, partners, rules
from web.api.boundary_shapes import (
    DryRun,
    Flip,
    HoldAnswer,
    HoldsQuery,
    NewPartner,
    PartnerAnswer,
    PartnerChanges,
    Refusal,
    RulesAnswer,
    RulesChange,
    RulesText,
    RulesVersion,
    rules_page,
    show_hold,
    show_partner,
    show_rules,
    show_version,
)
from web.api.calls import Call
from web.api.jam_shapes import NoWords
from web.api.paging import read_time, slice_of
from web.api.shapes import Page, Paging

MOST_FLIPS = 1000
DUTIES = ("review", "ledger", "rules", "partners")


def require_console(member: Member) -> None:
    """Raise NotAllowed for a person without any duty at the boundary."""
    if not any(member.may(duty) for duty in DUTIES):
        raise NotAllowed("Your role here does not include the boundary.", f"{member.handle} has no such duty")


# --- rules ---


async def read_rules(call: Call) -> RulesAnswer:
    require_console(call.member)
    stored, table = await rules.rules_in_force(call.house)
    waiting = next((one.version for one in await rules.list_versions(call.house) if one.state == "waiting"), None)
    return show_rules(call.house, stored, table, await rules.rule_hits(call.house), waiting)


async def put_rules(call: Call, body: RulesText) -> RulesChange:
    stored, change = await rules.apply_rules(call.house, call.member, body.text, body.note)
    return RulesChange(
        id=str(stored.version),
        uri=None,
        url=rules_page(call.house),
        version=stored.version,
        state=stored.state,
        diff=list(change.diff),
        findings=list(change.findings),
        opens=list(change.opens),
        proven=change.proven,
    )


async def list_versions(call: Call, query: Paging) -> Page[RulesVersion]:
    require_console(call.member)
    found: Sequence[StoredRules] = await rules.list_versions(call.house)
    return slice_of(found, query, lambda stored: show_version(call.house, stored))


def _version_of(call: Call) -> int:
    text = call.path["version"]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Missing("version of the rules")
    return int(text)


async def approve_rules(call: Call, body: NoWords) -> RulesVersion:
    return show_version(call.house, await rules.approve_rules(call.house, call.member, _version_of(call)))


async def refuse_rules(call: Call, body: NoWords) -> RulesVersion:
    version = _version_of(call)
    await rules.refuse_rules(call.house, call.member, version)
    found = next((one for one in await rules.list_versions(call.house) if one.version == version), None)
    if found is None:
        raise Missing("version of the rules")
    return show_version(call.house, found)


async def dry_run(call: Call, body: RulesText) -> DryRun:
    call.member.require("rules")
    flips = await rules.dry_run(call.house, body.text)
    shown = [
        Flip(
            id=flip.key,
            audience="public" if flip.facts.peer == "*" else flip.facts.peer,
            forum=flip.facts.forum,
            act=flip.facts.act,
            before=flip.before.effect,
            after=flip.after.effect,
            rules=list(flip.after.rules),
            reason=flip.after.reason,
            opens=flip.opens,
            facts=flip.facts.to_json(),
        )
        for flip in flips[:MOST_FLIPS]
    ]
    return DryRun(total=len(flips), opening=sum(flip.opens for flip in flips), flips=shown)


# --- holds ---


async def list_holds(call: Call, query: HoldsQuery) -> Page[HoldAnswer]:
    after = read_time(query.after) or 0.0
    found = await holds.list_holds(call.house, call.member, query.state, after, query.limit + 1)
    kept = found[: query.limit]
    return Page(
        data=[await _hold(call, hold) for hold in kept],
        next=repr(kept[-1].asked_at.timestamp()) if len(found) > len(kept) else None,
    )


async def _hold(call: Call, hold: Hold) -> HoldAnswer:
    made = await ideas.by_id(call.house, hold.contribution_id) if hold.contribution_id else None
    return show_hold(call.house, hold, made.uri if made else None)


async def release_hold(call: Call, body: NoWords) -> HoldAnswer:
    return await _hold(call, await holds.release(call.house, call.member, call.path["hold"]))


async def refuse_hold(call: Call, body: Refusal) -> HoldAnswer:
    return await _hold(call, await holds.refuse(call.house, call.member, call.path["hold"], body.reason))


# --- partners ---


async def list_partners(call: Call, query: Paging) -> Page[PartnerAnswer]:
    found = await partners.list_partners(call.house)
    return slice_of(found, query, lambda partner: show_partner(call.house, partner))


async def add_partner(call: Call, body: NewPartner) -> PartnerAnswer:
    made = await partners.add_partner(call.house, call.member, body.host, body.tier, body.clearance, body.name)
    return show_partner(call.house, made)


async def change_partner(call: Call, body: PartnerChanges) -> PartnerAnswer:
    changed = await partners.change_partner(
        call.house, call.member, call.path["host"], state=body.state, tier=body.tier, clearance=body.clearance,
        name=body.name,
    )  # fmt: skip
    return show_partner(call.house, changed)
