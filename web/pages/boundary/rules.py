"""The rule table: what is in force, what waits for a second approver."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from server.boundary.rules import Rule
from server.boundary.sentences import sentence
from server.domain.actors import Member
from server.domain.crossings import StoredRules
from server.services import holds, rule_versions, rules
from server.services.house import House
from web.answers import go, show
from web.pages.boundary import views
from web.pages.boundary.duty import SECTION, duty_holder, name_of_member
from web.pages.boundary.views import RuleRow, WaitingRules
from web.views import Verdict

_EFFECTS: dict[str, Verdict] = {"allow": "allowed", "redact": "redacted", "hold": "held", "deny": "denied"}
_OPENS = 6


async def show_rules(request: web.Request) -> web.Response:
    """GET /boundary"""
    house, member = await duty_holder(request)
    stored, table = await rules.rules_in_force(house)
    hits = await rules.rule_hits(house)
    rows = [_rule(rule, hits) for rule in table.rules]
    waiting = [one for one in await rules.list_versions(house) if one.state == "waiting"]
    page = views.RulesPage(
        version=stored.version,
        applied_at=stored.created_at,
        applied_by=await name_of_member(house, stored.author_id),
        guards=tuple(row for row in rows if row.kind == "guard"),
        shares=tuple(row for row in rows if row.kind == "share"),
        accepts=tuple(row for row in rows if row.kind == "accept"),
        of="How often each rule decided about a version of an idea or reply, for one audience.",
        waiting_holds=await holds.count_waiting(house),
        waiting=tuple([await _waiting(house, member, one) for one in waiting]),
    )
    return show(request, "rules.html", page, section=SECTION)


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
    change = await rule_versions.weigh_version(house, stored)
    return WaitingRules(
        version=stored.version,
        by=await name_of_member(house, stored.author_id) or "the operator",
        at=stored.created_at,
        note=stored.note,
        approve_url=f"/boundary/rules/{stored.version}/approve",
        refuse_url=f"/boundary/rules/{stored.version}/refuse",
        may_decide=member.may("rules") and stored.author_id != member.id,
        opens=change.diff[:_OPENS],
    )


async def approve_rules(request: web.Request) -> web.Response:
    """POST /boundary/rules/{version}/approve"""
    house, member = await duty_holder(request)
    await rule_versions.approve_rules(house, member, int(request.match_info["version"]))
    return go(request, "/boundary", "rules")


async def refuse_rules(request: web.Request) -> web.Response:
    """POST /boundary/rules/{version}/refuse"""
    house, member = await duty_holder(request)
    await rule_versions.refuse_rules(house, member, int(request.match_info["version"]))
    return go(request, "/boundary", "rules")
