"""The leak self-test over the API."""

from __future__ import annotations

from datetime import datetime

from server.domain.self_test import SelfTest
from server.services import self_tests
from server.services.house import House
from web.api.boundary import require_console
from web.api.calls import Call
from web.api.jam_shapes import NoWords
from web.api.paging import slice_of
from web.api.shapes import Answer, Page, Paging, Thing

MOST = 200


class LeakAnswer(Answer, frozen=True, kw_only=True):
    """Something that came out: through which door, at which address, to whom, and what, without saying it."""

    door: str
    path: str
    identity: str
    what: str


class SelfTestAnswer(Thing, frozen=True, kw_only=True):
    """One test. State: asked, running, passed, failed, inconclusive (`notes` say why it proved too little).

    `controls` are what it did prove: that who was granted a canary could read it.
    """

    state: str
    asked_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    doors: int
    requests: int
    markers: int
    identities: list[str]
    leaks: list[LeakAnswer]
    controls: list[str]
    notes: list[str]


def _show(house: House, one: SelfTest) -> SelfTestAnswer:
    report = one.report
    return SelfTestAnswer(
        id=str(one.id), uri=None, url=f"{house.addresses.inside_url}/boundary/self-test", state=one.state,
        asked_at=one.asked_at, begun_at=one.begun_at, ended_at=one.ended_at, doors=report.doors,
        requests=report.requests, markers=report.markers, identities=list(report.identities),
        leaks=[LeakAnswer(door=leak.door, path=leak.path, identity=leak.identity, what=leak.what)
               for leak in report.leaks],
        controls=list(report.controls), notes=list(report.notes),
    )  # fmt: skip


async def list_tests(call: Call, query: Paging) -> Page[SelfTestAnswer]:
    require_console(call.member)
    found = await self_tests.latest(call.house, MOST)
    return slice_of(found, query, lambda one: _show(call.house, one))


async def ask(call: Call, body: NoWords) -> SelfTestAnswer:
    return _show(call.house, await self_tests.ask(call.house, call.member))
