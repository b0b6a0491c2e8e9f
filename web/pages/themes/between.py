"""Silos and bridges: who answers whom, as a picture and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import cos, log1p, pi, sin

from aiohttp import web

from server.domain.actors import Member
from server.domain.behind import group_words
from server.domain.exchange import Exchange, Group
from server.domain.jams import Jam
from server.services.exchange import read_exchange
from server.services.house import House
from web.answers import head_of, show
from web.behind import url_behind
from web.language import say
from web.pages.jams import obtain
from web.people import names_of_hosts
from web.views import Figure, JamHead

WIDTH, HEIGHT = 640.0, 420.0
_RADIUS, _THICKEST = 150.0, 10.0
SHOWN = 24
"""Groups in the picture at most, those with most replies; the table has all."""


@dataclass(frozen=True, slots=True)
class Node:
    x: float
    y: float
    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Tie:
    """A line between two groups that answer each other, the thicker the more replies; `inner` is within one."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    by: str
    to: str
    replies: int
    bridge: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BetweenPage:
    jam: JamHead
    figures: tuple[Figure, ...]
    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]
    rows: tuple[Row, ...]
    left_out: int
    not_told: int
    stream_url: str
    counted_at: datetime


async def show_between(request: web.Request) -> web.Response:
    """GET /jams/{jam}/between"""
    return show(request, "themes/between.html", await draw_between(*await obtain(request)))


async def draw_between(house: House, member: Member, jam: Jam) -> BetweenPage:
    """Count who answers whom; the page's stream uses the same."""
    found = await read_exchange(house, member, jam)
    names = await names_of_hosts(house)
    words = {group: words_of(group, names) for group in found.groups}
    nodes, ties = draw_network(found, words)
    ordered = sorted(found.answers.items(), key=lambda one: (-one[1], one[0]))
    head = head_of(jam, jam.state_at(house.now()), "board")
    return BetweenPage(
        jam=head,
        figures=_figures(found, head.url),
        nodes=nodes,
        ties=ties,
        rows=tuple(
            Row(
                words[by], words[to], count, by != to, url_behind(head.url, "between", group_words(by), group_words(to))
            )
            for (by, to), count in ordered
        ),
        left_out=max(0, len(words) - len(nodes)),
        not_told=found.left_out,
        stream_url=f"/jams/{jam.id}/between/stream",
        counted_at=house.now(),
    )


def words_of(group: Group, names: Mapping[str, str]) -> str:
    """What a group of people is called."""
    kind, name = group
    if kind == "small":
        return say("units of fewer than five people")
    return names.get(name, name) if kind == "host" else name or say("No unit")


def _figures(found: Exchange, url: str) -> tuple[Figure, ...]:
    return (
        Figure(
            key="across",
            url=url_behind(url, "across"),
            value=found.across,
            words=say("replies across"),
            of=say("of %(total)s between people", total=found.total),
        ),
        Figure(
            key="half",
            url=url_behind(url, "half"),
            value=found.half,
            words=say("said half of it"),
            of=say("of %(people)s who spoke; Gini %(gini)s", people=found.people, gini=found.gini),
        ),
        Figure(
            key="read",
            url=url_behind(url, "day"),
            value=found.minutes,
            words=say("minutes to read"),
            of=say("what the last 24 hours brought"),
        ),
        Figure(
            key="alone",
            url=url_behind(url, "neglected"),
            value=found.alone,
            words=say("ideas without an answer"),
            of=say("of %(ideas)s ideas", ideas=found.ideas),
        ),
    )


def draw_network(found: Exchange, words: Mapping[Group, str]) -> tuple[tuple[Node, ...], tuple[Tie, ...]]:
    """Groups on a circle in the order of their names, so that the picture stays as people know it, and their ties."""
    weight: dict[Group, int] = dict.fromkeys(found.groups, 0)
    between: dict[tuple[Group, Group], int] = {}
    for (by, to), count in found.answers.items():
        weight[by] += count
        weight[to] += count
        if by != to:
            pair = (min(by, to), max(by, to))
            between[pair] = between.get(pair, 0) + count
    shown = sorted(sorted(weight, key=lambda group: (-weight[group], group))[:SHOWN])
    place = {group: _place(number, len(shown)) for number, group in enumerate(shown)}
    nodes = tuple(
        Node(*place[group], words[group], "start" if place[group][0] >= WIDTH / 2 else "end") for group in shown
    )
    most = max(between.values(), default=1)
    ties = tuple(
        Tie(
            *place[one],
            *place[other],
            round(1 + (_THICKEST - 1) * log1p(count) / log1p(most), 1),
            say("%(one)s and %(other)s: %(n)s replies", one=words[one], other=words[other], n=count),
        )
        for (one, other), count in sorted(between.items())
        if one in place and other in place
    )
    return nodes, ties


def _place(number: int, count: int) -> tuple[float, float]:
    turn = 2 * pi * number / max(1, count) - pi / 2
    return round(WIDTH / 2 + _RADIUS * cos(turn), 1), round(HEIGHT / 2 + _RADIUS * sin(turn), 1)
