"""The leak self-test: what the last ones found, and having one run now."""

from __future__ import annotations

from aiohttp import web

from server.domain.self_test import SelfTest
from server.services import holds, self_tests
from server.services.house import House
from web.answers import go, show
from web.pages.boundary import self_test_views as views
from web.pages.boundary.duty import SECTION, duty_holder, name_of_member

WHOM = {"anonymous": "anybody", "stranger": "a stranger", "partner": "a partner", "ex-partner": "an ex-partner"}
WORDS = {
    "asked": "Asked for; it begins in a moment.",
    "running": "Under way. Come back in a minute.",
    "passed": "Nothing came out that must stay inside.",
    "failed": "Words came out that must stay inside.",
    "inconclusive": "It proved too little: see why below.",
}
TONES = {"passed": "inside", "failed": "denied", "inconclusive": "held", "asked": "held", "running": "held"}
SHOWN = 20


async def show_self_test(request: web.Request) -> web.Response:
    """GET /boundary/self-test"""
    house, member = await duty_holder(request)
    found = await self_tests.latest(house, SHOWN)
    rows = tuple([await _row(house, one) for one in found])
    page = views.SelfTestPage(
        last=next((row for row in rows if row.ended_at), None),
        rows=rows,
        under_way=next((row.words for row in rows if row.ended_at is None), ""),
        may_ask=member.may("rules"),
        waiting_holds=await holds.count_waiting(house),
    )
    return show(request, "self_test.html", page, section=SECTION)


async def _row(house: House, one: SelfTest) -> views.TestRow:
    report = one.report
    return views.TestRow(
        number=one.id,
        tone=TONES[one.state],
        state=one.state,
        words=WORDS[one.state],
        asked_by=await name_of_member(house, one.asked_by) or "the clock",
        ended_at=one.ended_at,
        doors=report.doors,
        requests=report.requests,
        markers=report.markers,
        identities=tuple(WHOM.get(name, name) for name in report.identities),
        leaks=tuple((f"{leak.door} told {WHOM.get(leak.identity, leak.identity)} the {leak.what}.", leak.path)
                    for leak in report.leaks),
        controls=report.controls,
        notes=report.notes,
    )  # fmt: skip


async def run_now(request: web.Request) -> web.Response:
    """POST /boundary/self-test: have one run now."""
    house, member = await duty_holder(request)
    await self_tests.ask(house, member)
    return go(request, "/boundary/self-test", "self-test")
