"""The versions of the rule table: who made each, who approved it, what it changed."""

from __future__ import annotations

from aiohttp import web

from server.domain.crossings import StoredRules
from server.domain.errors import NotAllowed
from server.services import holds, rule_versions, rules
from server.services.house import House
from web.answers import go, show
from web.forms import read_form
from web.language import say
from web.pages.boundary.duty import SECTION, duty_holder, name_of_member
from web.pages.boundary.rule_editor import DONE
from web.pages.boundary.rule_views import VersionRow, VersionsPage

PAGE = 20


async def show_versions(request: web.Request) -> web.Response:
    """GET /boundary/rules/versions?before="""
    house, member = await duty_holder(request)
    before = request.query.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else 0
    found = await rules.list_versions(house, start, PAGE + 1)
    stored, _ = await rules.rules_in_force(house)
    page = VersionsPage(
        versions=tuple([await _version(house, one, may_change=member.may("rules")) for one in found[:PAGE]]),
        in_force=stored.version,
        older_url=f"/boundary/rules/versions?before={found[PAGE - 1].version}" if len(found) > PAGE else "",
        waiting_holds=await holds.count_waiting(house),
        may_change=member.may("rules"),
    )
    return show(request, "rule_versions.html", page, section=SECTION)


async def _version(house: House, stored: StoredRules, *, may_change: bool) -> VersionRow:
    by = await name_of_member(house, stored.author_id)
    old = may_change and stored.state != "active"
    return VersionRow(
        version=stored.version,
        state=stored.state,
        by=by or (say("the house itself") if stored.origin == "defaults" else say("the operator")),
        approved_by=await name_of_member(house, stored.approver_id),
        note=stored.note,
        at=stored.created_at,
        began_at=stored.began_at,
        ended_at=stored.ended_at,
        starts_at=stored.starts_at,
        base=stored.base,
        changes=await rule_versions.changes_of(house, stored),
        rollback_url=f"/boundary/rules/{stored.version}/rollback" if old else "",
        edit_url=f"/boundary/rules/edit?from={stored.version}" if may_change else "",
    )


async def roll_back(request: web.Request) -> web.Response:
    """POST /boundary/rules/{version}/rollback: `base` is the version in force that the page showed."""
    house, member = await duty_holder(request)
    base = (await read_form(request)).get("base", "")
    if not (base.isascii() and base.isdigit() and len(base) < 10):
        raise NotAllowed("That form is not whole. Open the page again.")
    stored, _ = await rule_versions.roll_back(house, member, int(request.match_info["version"]), base=int(base))
    return go(request, "/boundary", DONE[stored.state])
