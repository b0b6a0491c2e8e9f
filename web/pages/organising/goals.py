"""Targets: what share of each unit an organiser hopes to hear, and in which country units work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from server.domain.errors import Invalid, NotAllowed, Refusal, SignInNeeded
from server.domain.goals import LEAST
from server.services import goals
from server.services.board import NO_UNIT
from web.answers import go, head_of, show
from web.forms import read_form, wrong_of
from web.pages.jams import obtain
from web.views import JamHead


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRow:
    """A unit ("" for none) with what was typed for it; `may_have` says that it is large enough for a target."""

    key: str
    unit: str
    words: str
    people: int
    share: str
    country: str
    may_have: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalsPage:
    jam: JamHead
    rows: tuple[GoalRow, ...]
    wrong: Mapping[str, str] = field(default_factory=dict)


async def show_goals(request: web.Request) -> web.Response:
    """GET /jams/{jam}/goals"""
    return await _show(request, {}, {}, 200)


async def _show(request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int) -> web.Response:
    house, member, jam = await obtain(request)
    found = await goals.list_goals(house, member, jam)
    rows = tuple(
        GoalRow(
            key=str(number),
            unit=one.unit,
            words=one.unit or NO_UNIT,
            people=one.people,
            share=typed.get(f"share-{number}", str(one.share or "")),
            country=typed.get(f"country-{number}", one.country),
            may_have=one.people >= LEAST,
        )
        for number, one in enumerate(found)
    )
    page = GoalsPage(jam=head_of(jam, jam.state_at(house.now()), "settings"), rows=rows, wrong=wrong)
    return show(request, "organising/goals.html", page, status=status)


async def set_goals(request: web.Request) -> web.Response:
    """POST /jams/{jam}/goals: for each unit by its number `unit-N`, `share-N` and `country-N`."""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    units = {name.removeprefix("unit-"): value for name, value in form.items() if name.startswith("unit-")}
    try:
        shares = {unit: _share(form[f"share-{n}"]) for n, unit in units.items() if f"share-{n}" in form}
        countries = {unit: form.get(f"country-{n}", "") for n, unit in units.items()}
        await goals.set_goals(house, member, jam, shares, countries)
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _show(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"/jams/{jam.slug}/goals", "saved")


def _share(words: str) -> int | None:
    typed = words.strip().rstrip("%").strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 4):
        raise Invalid("goals", "A target is a share of 1 to 100 percent.")
    return int(typed)
