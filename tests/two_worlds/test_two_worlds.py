"""No observer outside can tell a world from its twin that differs only in what it may not learn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from federation.edge import documents, refusals
from federation.gate import render, routing
from federation.outside import crossings
from federation.outside.crossings import Crossing
from federation.outside.store import OUTSIDE, Outside
from tests.two_worlds.observer import Transcript, canaries, observe
from tests.two_worlds.worlds import HIDDEN, VISIBLE, Observer, Step, live, world

OBSERVERS: tuple[Observer, ...] = ("stranger", "partner", "ex-partner")


class Made:
    """What worlds are made from: blank stores, our key pairs, and those of servers elsewhere."""

    def __init__(self, blank: Path, pairs: list[tuple[str, str]], foreign: list[rsa.RSAPrivateKey]) -> None:
        self.blank, self.pairs, self.foreign = blank, pairs, foreign


@pytest.fixture(scope="session")
def made(blank_organisation: Path, key_pairs: list[tuple[str, str]], foreign_keys: list[rsa.RSAPrivateKey]) -> Made:
    return Made(blank_organisation, key_pairs, foreign_keys)


async def _both(observer: Observer, history: list[Step], made: Made) -> tuple[Transcript, Transcript]:
    told = []
    for twin in (False, True):
        async with world(observer, twin=twin, blank=made.blank, pairs=made.pairs, foreign=made.foreign) as one:
            await live(one, history)
            told.append(await observe(one))
            assert not one.acme.faults
    return told[0], told[1]


def differences(first: Transcript, second: Transcript) -> list[str]:
    """Say where two transcripts part: the probe, and what is around the first difference. At most three places."""
    found = [_apart(one, other) for one, other in zip(first.entries, second.entries, strict=False) if one != other]
    if len(first.entries) != len(second.entries):
        found.append(f"{len(first.entries)} entries here and {len(second.entries)} there")
    return found[:3]


def _apart(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    here, there = "\n".join(one), "\n".join(other)
    at = next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), min(len(here), len(there)))
    return f"{one[0]}: …{here[max(0, at - 200) : at + 80]}… | …{there[max(0, at - 20) : at + 80]}…"


steps = some.tuples(
    some.one_of(some.sampled_from(VISIBLE), some.sampled_from(HIDDEN)), some.integers(0, 20), some.booleans()
)
histories = some.lists(steps, min_size=3, max_size=9).map(lambda found: [("idea", 0, False), *found])


@settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow],
    report_multiple_bugs=False,
    # A history is short and its failure readable as it is; making it smaller would take minutes.
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
@given(observer=some.sampled_from(OBSERVERS), history=histories)
@pytest.mark.slow
def test_no_observer_tells_a_world_from_its_twin(made: Made, observer: Observer, history: list[Step]):
    first, second = asyncio.run(_both(observer, history, made))
    assert differences(first, second) == []
    assert canaries(first.raw + second.raw) == []


# Everything once: hidden things between visible ones, and visible ones that hang on hidden ones.
RICH: list[Step] = [
    ("idea", 0, False), ("reply", 0, False), ("amber idea", 0, False), ("red reply", 0, True), ("pilot idea", 1, False),
    ("faceless idea", 1, False), ("inside idea", 2, True), ("held idea", 3, False), ("closed idea", 0, False),
    ("reply under hidden", 0, False), ("build on hidden", 0, False), ("other replies in pilot", 1, True),
    ("support", 0, True), ("observer replies", 0, False), ("other replies", 0, False), ("hidden forum", 2, True),
    ("draft jam", 0, True), ("new member", 1, True), ("new partner", 0, True), ("edit", 0, False),
    ("held edit", 2, False), ("recall", 4, False), ("rule about others", 0, True), ("closed idea", 1, False),
    ("reply in pilot", 1, False), ("delete", 1, False), ("raise label", 2, False), ("consent withdrawn", 0, False),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("observer", OBSERVERS)
def test_a_long_history_tells_no_observer_more(made: Made, observer: Observer):
    first, second = asyncio.run(_both(observer, RICH, made))
    assert differences(first, second) == []
    assert canaries(first.raw + second.raw) == []
    assert len(first.entries) > 300


def ignore_audiences_in_lists(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(crossings, "_granted", lambda host: ("1 = 1", ()))


def serve_any_audience(patch: pytest.MonkeyPatch) -> None:
    async def find(outside: Outside, uri: str, host: str | None) -> Crossing | None:
        row = await outside.store.fetch_one(
            f"{crossings.SELECT} WHERE c.uri = ? AND c.revoked_at IS NULL ORDER BY c.version DESC", (uri,)
        )
        return None if row is None else crossings._crossing(outside, row)

    patch.setattr(crossings, "find", find)


def say_forbidden_for_hidden(patch: pytest.MonkeyPatch) -> None:
    plain = documents.serve

    async def serve(request: web.Request) -> web.StreamResponse:
        answer = await plain(request)
        there = await request.app[OUTSIDE].store.fetch_one(
            "SELECT 1 AS n FROM crossings WHERE uri = ?", (documents.uri_of(request),)
        )
        return refusals.refusal(403) if answer.status == 404 and there else answer

    patch.setattr("federation.edge.routes.ROUTES", _with(documents.serve, serve))


def count_all_in_the_outbox(patch: pytest.MonkeyPatch) -> None:
    async def count(outside: Outside, forum_uri: str, *_: Any) -> int:
        return int(await outside.store.fetch_value("SELECT count(*) FROM crossings") or 0)

    patch.setattr(crossings, "count_of_forum", count)


def link_hidden_parents(patch: pytest.MonkeyPatch) -> None:
    async def standings(gate: Any, made: Any, audiences: Any) -> dict[str, str]:
        return {audience: str(made.uri) for audience in audiences}

    patch.setattr(render, "standings", standings)


def announce_to_all_followers(patch: pytest.MonkeyPatch) -> None:
    async def inboxes(gate: Any, forum: Any, audiences: Any, apart: set[str]) -> dict[str, tuple[str, str]]:
        rows = await gate.outside.store.fetch("SELECT DISTINCT inbox_uri, host FROM followers")
        return {row["inbox_uri"]: (row["host"], audiences[0]) for row in rows}

    patch.setattr(routing, "_inboxes", inboxes)
    # The edge has a check of its own: what was released to one server is sent to no other.
    patch.setattr("federation.edge.deliver._receiver", lambda one: one.audience)


def name_everybody(patch: pytest.MonkeyPatch) -> None:
    async def face_of(gate: Any, author: Any, thread_id: str, redactions: object) -> Any:
        return await plain(gate, author, thread_id, frozenset())

    plain = render.face_of
    patch.setattr(render, "face_of", face_of)


def forget_the_labels(patch: pytest.MonkeyPatch) -> None:
    from server.services import crossings as judged

    plain = judged._facts

    async def facts(house: Any, draft: Any, *others: Any) -> Any:
        from dataclasses import replace

        return await plain(house, replace(draft, label="GREEN"), *others)

    patch.setattr(judged, "_facts", facts)


def _with(old: object, new: object) -> tuple[Any, ...]:
    from federation.edge.routes import ROUTES

    return tuple(route._replace(answer=new) if route.answer is old else route for route in ROUTES)


LEAKS: list[tuple[Observer, Callable[[pytest.MonkeyPatch], None]]] = [
    ("stranger", ignore_audiences_in_lists),
    ("stranger", serve_any_audience),
    ("partner", say_forbidden_for_hidden),
    ("stranger", count_all_in_the_outbox),
    ("partner", link_hidden_parents),
    ("ex-partner", announce_to_all_followers),
    ("stranger", name_everybody),
    ("stranger", forget_the_labels),
]


@pytest.mark.slow
@pytest.mark.parametrize(("observer", "leak"), LEAKS, ids=[leak.__name__ for _, leak in LEAKS])
def test_a_seeded_leak_is_found(
    made: Made, observer: Observer, leak: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
):
    leak(monkeypatch)
    first, second = asyncio.run(_both(observer, RICH[:15], made))
    assert differences(first, second) != []
