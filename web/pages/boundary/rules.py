"""The rule table: what is in force, what waits for a second person or its time, what is tried in the shadow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from aiohttp import web

from server.boundary.rules import Rule, RuleErrors
from server.boundary.sentences import sentence
from server.domain.actors import Member
from server.domain.crossings import ShadowDifference, StoredRules
from server.domain.errors import RulesMoved
from server.services import holds, rule_versions, rules, shadow, widening
from server.services.house import House
from server.services.widening import Lack
from web.answers import go, show
from web.forms import read_form
from web.language import say
from web.pages.boundary.duty import SECTION, duty_holder, name_of_member
from web.pages.boundary.rule_views import DifferenceRow, LackRow, RuleRow, RulesPage, ShadowCard, WaitingRules
from web.people import Names, names_of_hosts
from web.reach import name_of, named
from web.views import Verdict

_EFFECTS: dict[str, Verdict] = {"allow": "allowed", "redact": "redacted", "hold": "held", "deny": "denied"}
_LACKS = {
    "Add": say("what its facilitators mark"),
    "Flag": say("reports of words"),
    "Move": say("what its host moves, merges or splits off"),
}
_MOST = 6
_DIFFERENCES = 20


async def show_rules(request: web.Request) -> web.Response:
    """GET /boundary"""
    return await _rules(request, 200)


async def _rules(request: web.Request, status: int) -> web.Response:
    house, member = await duty_holder(request)
    stored, table = await rules.rules_in_force(house)
    hits = await rules.rule_hits(house)
    rows = [_rule(rule, hits) for rule in table.rules]
    waiting = await rules.versions_in(house, "waiting", "scheduled")
    page = RulesPage(
        version=stored.version,
        applied_at=stored.began_at or stored.created_at,
        applied_by=await name_of_member(house, stored.author_id),
        guards=tuple(row for row in rows if row.kind == "guard"),
        shares=tuple(row for row in rows if row.kind == "share"),
        accepts=tuple(row for row in rows if row.kind == "accept"),
        of=say("How often each rule decided about a version of an idea or reply, for one audience."),
        waiting_holds=await holds.count_waiting(house),
        may_change=member.may("rules"),
        lacking=tuple(_lack(one) for one in await widening.lacking(house)),
        waiting=tuple([await _waiting(house, member, one) for one in waiting]),
        shadow=_shadow(await shadow.report(house, _DIFFERENCES), await names_of_hosts(house)),
    )
    return show(request, "rules.html", page, status=status, section=SECTION)


def _lack(one: Lack) -> LackRow:
    return LackRow(
        rule_id=one.rule.id,
        note=one.rule.note,
        refused=tuple(_LACKS[act] for act in one.acts),
        url=f"/boundary/rules/edit?widen={quote(one.rule.id, safe='')}",
    )


def _rule(rule: Rule, hits: Mapping[str, tuple[int, float]]) -> RuleRow:
    number, last = hits.get(rule.id, (0, 0.0))
    return RuleRow(
        id=rule.id,
        kind=rule.kind,
        sentence=sentence(rule),
        effect=_EFFECTS[rule.effect],
        hits=number,
        last_at=datetime.fromtimestamp(last, UTC) if number else None,
        reason=rule.note,
    )


async def _waiting(house: House, member: Member, stored: StoredRules) -> WaitingRules:
    try:
        change = await rule_versions.weigh_version(house, stored)
    except RuleErrors:
        change = None
    opening = change is None or change.is_opening
    return WaitingRules(
        version=stored.version,
        state="scheduled" if stored.state == "scheduled" else "waiting",
        by=await name_of_member(house, stored.author_id) or say("the operator"),
        at=stored.created_at,
        note=stored.note,
        starts_at=stored.starts_at,
        against=change.against if change else 0,
        moved=await rule_versions.has_moved(house, stored),
        opening=opening,
        may_approve=bool(change) and member.may("rules") and not (opening and stored.author_id == member.id),
        may_refuse=member.may("rules"),
        changes=change.diff if change else (),
        opens=change.opens[:_MOST] if change else (),
        faulty=change is None,
    )


def _shadow(report: shadow.ShadowReport | None, names: Names) -> ShadowCard | None:
    if report is None:
        return None
    return ShadowCard(
        version=report.stored.version,
        since=report.stored.began_at,
        note=report.stored.note,
        sentence=report.sentence,
        differences=tuple(_difference(one, names) for one in report.differences),
        more=report.otherwise - len(report.differences),
    )


def _difference(one: ShadowDifference, names: Names) -> DifferenceRow:
    whom = name_of(one.audience, names)
    inward = one.act.startswith("in ")
    act = one.act.removeprefix("in ")
    return DifferenceRow(
        words=say("%(act)s from %(whom)s", act=act, whom=whom)
        if inward
        else say("%(act)s for %(whom)s", act=act, whom=whom),
        before=one.before,
        after=one.after,
        reason=named(one.reason, one.audience, whom),
        opens=one.opens,
        url="" if inward else f"/boundary/decisions?object={one.subject_id}",
    )


async def approve_rules(request: web.Request) -> web.Response:
    """POST /boundary/rules/{version}/approve: `against` is the version that its page compared it with."""
    house, member = await duty_holder(request)
    against = (await read_form(request)).get("against", "")
    try:
        seen = int(against) if against.isascii() and against.isdigit() and len(against) < 10 else None
        approved = await rule_versions.approve_rules(house, member, int(request.match_info["version"]), seen)
    except RulesMoved:
        # The page now compares with what came into force meanwhile; nothing was approved.
        return await _rules(request, RulesMoved.status)
    return go(request, "/boundary", "rules-later" if approved.state == "scheduled" else "rules")


async def refuse_rules(request: web.Request) -> web.Response:
    """POST /boundary/rules/{version}/refuse"""
    house, member = await duty_holder(request)
    await rule_versions.refuse_rules(house, member, int(request.match_info["version"]))
    return go(request, "/boundary", "rules-refused")


async def end_shadow(request: web.Request) -> web.Response:
    """POST /boundary/rules/shadow/end"""
    house, member = await duty_holder(request)
    await shadow.end_shadow(house, member)
    return go(request, "/boundary", "shadow-ended")
