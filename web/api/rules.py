"""The rule table, its versions and its dry run over the API."""

from __future__ import annotations

from datetime import datetime

from server.domain.errors import Invalid, Missing
from server.services import dry_run as rehearsals
from server.services import rule_versions, rules, shadow, widening
from web.api.boundary import require_console
from web.api.calls import Call
from web.api.jam_shapes import NoWords
from web.api.paging import page_of, read_count
from web.api.rule_shapes import (
    MOST_FLIPS,
    Approval,
    DryRunAnswer,
    NewRules,
    NewRulesQuery,
    Rollback,
    RulesAnswer,
    RulesChange,
    RulesCheck,
    RulesText,
    RulesVersion,
    ShadowAnswer,
    ShadowText,
    WholeVersion,
    show_change,
    show_check,
    show_dry_run,
    show_rules,
    show_shadow,
    show_version,
    show_whole_version,
)
from web.api.shapes import Page, Paging


async def read_rules(call: Call) -> RulesAnswer:
    require_console(call.member)
    stored, table = await rules.rules_in_force(call.house)
    others = await rules.versions_in(call.house, "waiting", "scheduled", "shadow")
    lacks = {one.rule.id: one.acts for one in await widening.lacking(call.house)}
    return show_rules(call.house, stored, table, await rules.rule_hits(call.house), others, lacks)


async def put_rules(call: Call, body: NewRules, query: NewRulesQuery) -> RulesChange:
    stored, change = await rules.apply_rules(
        call.house,
        call.member,
        body.text,
        body.note or query.note,
        starts_at=body.starts_at or _time(query.starts_at),
        base=body.base if body.base is not None else query.base,
    )
    return show_change(call.house, stored, change)


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid("starts_at", "Give a time with its zone, like 2027-01-31T08:00:00Z.") from error


async def check_rules(call: Call, body: RulesText) -> RulesCheck:
    call.member.require("rules")
    return show_check(await rules.weigh_rules(call.house, body.text))


async def list_versions(call: Call, query: Paging) -> Page[RulesVersion]:
    require_console(call.member)
    found = await rules.list_versions(call.house, read_count(query.after), query.limit + 1)
    return page_of(found, query, lambda one: show_version(call.house, one), lambda one: str(one.version))


async def read_version(call: Call) -> WholeVersion:
    require_console(call.member)
    stored = await rules.version_of(call.house, _version_of(call))
    return show_whole_version(call.house, stored, await rule_versions.changes_of(call.house, stored))


def _version_of(call: Call) -> int:
    text = call.path["version"]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Missing("version of the rules")
    return int(text)


async def approve_rules(call: Call, body: Approval) -> RulesVersion:
    approved = await rule_versions.approve_rules(call.house, call.member, _version_of(call), body.against)
    return show_version(call.house, approved)


async def refuse_rules(call: Call, body: NoWords) -> RulesVersion:
    return show_version(call.house, await rule_versions.refuse_rules(call.house, call.member, _version_of(call)))


async def roll_back(call: Call, body: Rollback) -> RulesChange:
    version = _version_of(call)
    stored, change = await rule_versions.roll_back(call.house, call.member, version, base=body.base)
    return show_change(call.house, stored, change)


async def read_shadow(call: Call) -> ShadowAnswer:
    require_console(call.member)
    return show_shadow(await shadow.report(call.house, MOST_FLIPS))


async def put_shadow(call: Call, body: ShadowText) -> RulesChange:
    stored, change = await shadow.start_shadow(call.house, call.member, body.text, body.note)
    return show_change(call.house, stored, change)


async def end_shadow(call: Call) -> None:
    await shadow.end_shadow(call.house, call.member)


async def dry_run(call: Call, body: RulesText) -> DryRunAnswer:
    call.member.require("rules")
    return show_dry_run(await rehearsals.dry_run(call.house, body.text))
