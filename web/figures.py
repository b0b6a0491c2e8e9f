"""Figures of a jam, each with its denominator, and the lists and pictures of the live board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from server.services.board import NO_UNIT, SMALL_UNITS, Board, Share
from server.services.house import House
from web.behind import url_behind
from web.charts import draw_spark
from web.language import counted, say, together
from web.views import Bar, Figure, Minute, NewTheme, ThemeRow

_MINUTE = 60
_LEAST_SHOWN = 20 * _MINUTE
_SHOWN_WORDS = 8
_LATEST = 253_402_300_799.0
_RISE, _LEAST_RISE = 1.25, 3


def draw_figures(board: Board, forums: int, jam_url: str = "") -> tuple[Figure, ...]:
    """The big figures; each opens what stands behind it, where `jam_url` is given."""
    invited = counted("%(n)s person here", "%(n)s people here", board.invited)
    each = say("%(n)s for each idea", n=round(board.replies / board.ideas, 1)) if board.ideas else say("no idea yet")
    outside = sum(share.people for share in board.by_host if share.of is None)
    spoke = say("%(n)s of %(invited)s", n=board.people - outside, invited=invited)
    if outside:
        spoke = together(
            spoke,
            counted("%(n)s guest from other servers", "%(n)s guests from other servers", outside),
            between=", ",
        )
    return (
        Figure(
            key="active",
            url=url_behind(jam_url, "active"),
            value=board.active_now,
            words=say("active now"),
            of=_of_whom(invited, board.guests),
        ),
        Figure(
            key="people", url=url_behind(jam_url, "people"), value=board.people, words=say("people spoke"), of=spoke
        ),
        Figure(
            key="ideas",
            url=url_behind(jam_url, "ideas"),
            value=board.ideas,
            words=say("ideas"),
            of=counted("in %(n)s forum", "in %(n)s forums", forums),
        ),
        Figure(key="replies", url=url_behind(jam_url, "replies"), value=board.replies, words=say("replies"), of=each),
        Figure(
            key="neglected",
            url=url_behind(jam_url, "neglected"),
            value=board.neglected,
            words=say("ideas without an answer"),
            of=say("of %(ideas)s ideas", ideas=board.ideas),
        ),
    )


def _of_whom(invited: str, here_too: int) -> str:
    if not here_too:
        return say("in the last 10 minutes, of %(invited)s", invited=invited)
    guests = counted("%(n)s guest", "%(n)s guests", here_too)
    return say("in the last 10 minutes, of %(invited)s and %(guests)s", invited=invited, guests=guests)


def draw_units(board: Board, jam_url: str = "") -> tuple[Bar, ...]:
    """How many people of each unit spoke, of how many it has."""
    return tuple(
        Bar(
            words=share.name,
            count=share.people,
            share=min(100.0, 100 * share.people / share.of) if share.of else 0.0,
            of=say(
                "of %(people)s spoke · %(said)s said",
                people=counted("%(n)s person", "%(n)s people", share.of or 0),
                said=share.contributions,
            ),
            url=_unit_url(jam_url, share),
            goal=_goal(share),
            reached=bool(share.reached),
        )
        for share in board.by_unit
    )


def _unit_url(jam_url: str, share: Share) -> str:
    if not share.contributions:
        return ""
    if share.name == SMALL_UNITS:
        return url_behind(jam_url, "small")
    return url_behind(jam_url, "unit", "" if share.name == NO_UNIT else share.name)


def _goal(share: Share) -> str:
    if share.reached is None:
        return ""
    if share.reached:
        return say("target %(share)s %% reached", share=share.goal)
    return say("target %(share)s %% not reached yet", share=share.goal)


def draw_countries(board: Board, jam_url: str = "") -> tuple[Bar, ...]:
    """How many people of each country spoke, of how many work there, as organisers entered it."""
    return tuple(
        Bar(
            words=one.name,
            count=one.people,
            share=min(100.0, 100 * one.people / one.of),
            of=say(
                "of %(people)s spoke · %(said)s said",
                people=counted("%(n)s person", "%(n)s people", one.of),
                said=one.contributions,
            ),
            url=url_behind(jam_url, "country", one.name) if one.contributions else "",
        )
        for one in board.by_country
    )


def draw_servers(board: Board, house: House, names: Mapping[str, str], jam_url: str = "") -> tuple[Bar, ...]:
    """How much of what was said came from each organisation's server."""
    # Counted at one moment with the parts, so that the parts make up the whole while people write.
    total = sum(share.contributions for share in board.by_host)
    return tuple(
        Bar(
            words=names.get(share.name, share.name),
            count=share.contributions,
            share=100 * share.contributions / total if total else 0.0,
            of=say(
                "of %(total)s said · %(people)s",
                total=total,
                people=counted("%(n)s person", "%(n)s people", share.people),
            ),
            outside=share.of is None and share.name != house.name,
            url=url_behind(jam_url, "host", share.name if share.of is None else ""),
        )
        for share in board.by_host
    )


def draw_minutes(board: Board) -> tuple[Minute, ...]:
    """Every minute since something came within the last hour, and 20 at least; silent ones count as zero."""
    said = {minute: (ideas, replies) for minute, ideas, replies in board.per_minute}
    if not said:
        return ()
    last = int(board.at) // _MINUTE * _MINUTE
    return tuple(
        Minute(at=datetime.fromtimestamp(minute, UTC), ideas=ideas, replies=replies)
        for minute in range(min(*said, last - _LEAST_SHOWN), max(*said, last) + 1, _MINUTE)
        for ideas, replies in (said.get(minute, (0, 0)),)
    )


def draw_themes(report: str | None, jam_url: str) -> tuple[tuple[ThemeRow, ...], str]:
    """The themes of a report (JSON of the analytics role), and the sentence that names their denominator."""
    if report is None:
        return (), ""
    found = orjson.loads(report)
    themes = [theme for theme in found.get("themes", ()) if theme.get("size")]
    placed = sum(theme["size"] for theme in themes)
    total = max(found.get("documents", 0), placed, 1)
    rows = tuple(_theme(theme, placed, index, jam_url) for index, theme in enumerate(themes))
    return rows, say("%(placed)s of %(total)s ideas and replies belong to a theme", placed=placed, total=total)


def draw_emerging(report: str | None, themes: Sequence[ThemeRow]) -> tuple[NewTheme, ...]:
    """What the analysis announced as emerging, the newest first, each with the theme that it became."""
    known = {theme.id: theme for theme in themes}
    found = orjson.loads(report).get("emerging", ()) if report else ()
    return tuple(
        NewTheme(
            label=known[one["theme"]].label,
            url=known[one["theme"]].url,
            word=one["word"],
            count=len(one["ids"]),
            behind_url=url_behind(known[one["theme"]].url.partition("/themes/")[0], "emerging", one["theme"]),
            at=datetime.fromtimestamp(one["at"], UTC),
        )
        for one in found
        if one["theme"] in known and 0 <= one["at"] < _LATEST
    )


def _theme(theme: Mapping[str, Any], placed: int, index: int, jam_url: str) -> ThemeRow:
    counts = since_first([int(number) for number in theme.get("trend", ())])
    trend, rising = trend_words(counts)
    return ThemeRow(
        id=str(theme["id"]),
        label=str(theme["label"]),
        words=", ".join(theme.get("words", ())[:_SHOWN_WORDS]),
        size=theme["size"],
        share=100 * theme["size"] / placed if placed else 0.0,
        trend=trend,
        hue=int(theme.get("hue", index)) % 8,
        url=f"{jam_url}/themes/{theme['id']}",
        rising=rising,
        representative=tuple(theme.get("representative", ())),
        place=(theme.get("x", 0.0), theme.get("y", 0.0), theme.get("w", 0.0), theme.get("h", 0.0)),
        spark=draw_spark(counts),
        human=bool(theme.get("human")),
        counts=tuple(int(number) for number in theme.get("trend", ())),
    )


def since_first(counts: Sequence[int]) -> list[int]:
    """Counts without the silence before the first: what has just begun is not rising yet."""
    first = next((index for index, number in enumerate(counts) if number), len(counts))
    return list(counts[first:])


def trend_words(counts: Sequence[int]) -> tuple[str, bool]:
    """A trend in words, from counts per hour with the newest last, and whether it rises."""
    if not counts:
        return "", False
    last = counts[-1]
    said = say("%(n)s in the last hour", n=last)
    if len(counts) == 1:
        return said, False
    before = sum(counts[:-1]) / (len(counts) - 1)
    if last > _RISE * before and last - before >= _LEAST_RISE:
        return say("rising, %(said)s", said=said), True
    return (
        (say("falling, %(said)s", said=said), False)
        if before > _RISE * last and before - last >= _LEAST_RISE
        else (said, False)
    )
