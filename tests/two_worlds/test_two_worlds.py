"""No observer outside can tell a world from its twin that differs only in what it may not learn.

A few trials here, and a part of the script; `make worlds` asks all of it, and runs as many trials as one likes.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from federation.edge.routes import ROUTES
from server.domain.actors import Role
from tests.two_worlds.ground import open_ground
from tests.two_worlds.history import APART, LONG, OBSERVERS, STEPS, History, Observer, Step, is_inside, make_history
from tests.two_worlds.inside import CALLS, PAGES
from tests.two_worlds.living import DOINGS
from tests.two_worlds.may_learn import Reader, Said, may_cross, surely_without
from tests.two_worlds.running import SHARE, explain
from tests.two_worlds.script import GETS, INBOXES
from tests.two_worlds.tables import default_table
from tests.two_worlds.trial import Result, attempt
from web.api.routes import ROUTES as CALLS_OF_API
from web.routes import GET

TRIALS = 12
SEED = 0


async def _all(histories: list[History]) -> list[Result]:
    async with open_ground() as ground:
        return [await attempt(ground, history) for history in histories]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_observer_tells_a_world_from_its_twin():
    results = asyncio.run(_all([make_history(SEED, number) for number in range(TRIALS)]))
    failed = [explain(SEED, n, SHARE, result) for n, result in enumerate(results) if not result.clean]
    assert not failed, "\n".join(failed)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("observer", "role"), [*((one, "member") for one in OBSERVERS), ("member", "reviewer")], ids=str
)
def test_a_long_history_tells_no_observer_more(observer: Observer, role: Role):
    (result,) = asyncio.run(_all([History(observer, LONG, share=SHARE, role=role)]))
    assert result.differences == []
    assert result.canaries == []
    assert result.faults == []
    assert result.entries > (90 if is_inside(observer) else 250)


@pytest.mark.slow
def test_what_a_picture_shows_keeps_back_what_is_said_with_it():
    """Files cross here, but for what detectors find in what they are said to show: in nothing else is anything."""
    table = [rule for rule in default_table() if rule["id"] != "G-files"]
    shown = Step("other replies", attached="picture")
    steps = (Step("idea"), shown, *(replace(shown, found="secret", attached="alt", apart=one) for one in (True, False)))
    results = asyncio.run(_all([History(one, (*steps, shown), (table,), SHARE) for one in ("stranger", "partner")]))
    assert [one for result in results for one in (*result.differences, *result.canaries, *result.faults)] == []


def test_every_kind_of_step_can_happen():
    assert STEPS.keys() == DOINGS.keys()
    assert {step.what for step in LONG} >= {name for name in STEPS if "hidden" in name} | set(APART)


def test_the_script_asks_every_route_of_the_edge():
    assert {*GETS, *INBOXES} == {route.path for route in ROUTES}


def test_whoever_is_inside_asks_every_page_and_every_call_but_streams_and_sign_in():
    left = {*GET, *(one.path for one in CALLS_OF_API if one.method == "GET")} - {*PAGES, *CALLS}
    assert left == {
        "/jams/{jam}/stream", "/jams/{jam}/between/stream", "/jams/{jam}/events", "/wall/{secret}",
        "/wall/{secret}/stream", "/sign-in",
        "/sign-in/elsewhere", "/sign-in/elsewhere/back", "/welcome/{secret}", "/join/{secret}",
    }  # fmt: skip


def test_a_trial_is_the_same_each_time():
    assert str(make_history(7, 3)) == str(make_history(7, 3)) != str(make_history(8, 3))


@pytest.mark.parametrize(
    ("said", "crosses"),
    [
        (Said("open", "GREEN", act="Create"), True),
        (Said("open", "AMBER", act="Create"), False),
        (Said("open", "GREEN", frozenset({"email"}), act="Create"), False),
        (Said("closed", "GREEN", consent=False, act="Create"), True),
        (Said("pilot", "GREEN", act="Create"), False),
        (Said("open", "GREEN", attached=("image/png",)), False),
        (Said("open", "GREEN", attached=None), True),
    ],
)
def test_what_may_be_learnt_under_the_usual_rules(said: Said, crosses: bool):
    assert may_cross([default_table()], [Reader("WATCHER", "partner")], said) is crosses


def test_what_is_not_certain_counts_as_crossing():
    guard = {"id": "G", "kind": "guard", "direction": "out", "length": ">5", "effect": "deny"}
    assert may_cross([[*default_table(), guard]], [Reader("*", "public")], Said("open", "GREEN"))
    assert not surely_without([default_table()], [Reader("*", "public")], Said("open", "GREEN"), "name->role")
    unnamed = Said("open", "GREEN", consent=False)
    assert surely_without([default_table()], [Reader("*", "public")], unnamed, "name->role")
