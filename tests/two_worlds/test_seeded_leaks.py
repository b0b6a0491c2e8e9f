"""The observer has eyes: each leak that is put into the server shows as a difference."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from federation.edge import documents, refusals, routes
from federation.gate import render, routing
from federation.outside import crossings
from federation.outside.crossings import Crossing
from federation.outside.store import OUTSIDE, Outside
from server.boundary.labels import Label
from server.services import judging
from tests.two_worlds.ground import open_ground
from tests.two_worlds.history import LONG, History, Observer
from tests.two_worlds.trial import Result, attempt


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

    changed = tuple(one._replace(answer=serve) if one.answer is plain else one for one in routes.ROUTES)
    patch.setattr(routes, "ROUTES", changed)


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

    patch.setattr(routing, "inboxes_of", inboxes)
    # The edge has a check of its own: what was released to one server is sent to no other.
    patch.setattr("federation.edge.deliver._receiver", lambda one: one.audience)


def name_everybody(patch: pytest.MonkeyPatch) -> None:
    plain = render.face_of

    async def face_of(gate: Any, author: Any, thread_id: str, redactions: object) -> Any:
        return await plain(gate, author, thread_id, frozenset())

    patch.setattr(render, "face_of", face_of)


def forget_the_labels(patch: pytest.MonkeyPatch) -> None:
    plain = judging._facts

    def facts(draft: Any, label: Any, *others: Any) -> Any:
        return plain(draft, Label.parse("GREEN"), *others)

    patch.setattr(judging, "_facts", facts)


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


async def _seen(observer: Observer) -> Result:
    async with open_ground() as ground:
        return await attempt(ground, History(observer, LONG[:17], share=0.5))


@pytest.mark.slow
@pytest.mark.parametrize(("observer", "leak"), LEAKS, ids=[leak.__name__ for _, leak in LEAKS])
def test_a_seeded_leak_is_found(
    observer: Observer, leak: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
):
    leak(monkeypatch)
    assert asyncio.run(_seen(observer)).differences != []
