"""The leak self-test: what the last ones found, and having one run now."""

from __future__ import annotations

from aiohttp import web

from server.domain.self_test import Leak, SelfTest
from server.services import holds, self_tests
from server.services.house import House
from web.answers import go, show
from web.language import say
from web.pages.boundary import self_test_views as views
from web.pages.boundary.duty import SECTION, duty_holder, name_of_member

WHOM = {
    "anonymous": "anybody",
    "stranger": say("a stranger"),
    "partner": say("a partner"),
    "ex-partner": say("an ex-partner"),
}
WORDS = {
    "asked": say("Asked for; it begins in a moment."),
    "running": say("Under way. Come back in a minute."),
    "passed": say("Nothing came out that must stay inside."),
    "failed": say("Words came out that must stay inside."),
    "inconclusive": say("It proved too little: see why below."),
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
        asked_by=await name_of_member(house, one.asked_by) or say("the clock"),
        ended_at=one.ended_at,
        doors=report.doors,
        requests=report.requests,
        markers=report.markers,
        identities=tuple(WHOM.get(name, name) for name in report.identities),
        leaks=tuple((_told(leak), leak.path) for leak in report.leaks),
        controls=report.controls,
        notes=report.notes,
    )  # fmt: skip


async def run_now(request: web.Request) -> web.Response:
    """POST /boundary/self-test: have one run now."""
    house, member = await duty_holder(request)
    await self_tests.ask(house, member)
    return go(request, "/boundary/self-test", "self-test")


def _told(leak: Leak) -> str:
    whom = WHOM.get(leak.identity, leak.identity)
    return say("%(door)s told %(whom)s the %(what)s.", door=leak.door, whom=whom, what=leak.what)
