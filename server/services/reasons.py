"""Why people comment on a theme: what they say that their replies are, and what a machine takes the others for.

Nothing that a machine guesses is ever counted as said; whoever marks their reply ends the guess. Each number is the
length of a list that the reader may open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from server.domain.actors import Member
from server.domain.ideas import Contribution, Intent
from server.domain.jams import Jam
from server.domain.reasons import Guess, Learnt, Meant, Reasons, Whose, added, of_intent, tallied
from server.domain.statements import LEAST, Statement, Tally
from server.services.board import read_themes
from server.services.forums import list_forums
from server.services.house import House
from server.services.jams import obtain_jam
from server.services.themes_read import Theme, everything, read
from server.storage import contributions, lineage, memberships, reasons, statements, theme_places

EVERYTHING = ""
"""Stands for the whole jam where a theme is named."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why people comment: on the jam as a whole, and theme by theme. `learnt` is None while nothing was learnt."""

    whole: Reasons
    themes: list[Reasons]
    learnt: Learnt | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands behind a number: a page of `total` ideas or replies, what each is meant as, and how sure that is."""

    total: int
    found: list[tuple[Contribution, Intent, float]]


async def read_why(house: House, reader: Member, jam: Jam) -> Why:
    """Count why people comment in a jam. Raises Missing."""
    await obtain_jam(house, reader, jam.id)
    report = await read_themes(house, reader, jam)
    placed = (await everything(house, jam.id, orjson.loads(report))).assignment if report else {}
    inside: dict[str, set[str]] = {}
    for id_, theme in placed.items():
        inside.setdefault(theme or "", set()).add(id_)
    meant = await reasons.meant(house.store, jam.id)
    liked = await reasons.supported(house.store, jam.id)
    asked = await _opinions(house, jam)
    return Why(
        whole=_reasons(Theme(EVERYTHING, "", 0), meant, liked, asked, None),
        themes=[_reasons(theme, meant, liked, asked, inside.get(theme.id, ())) for theme in read(report)],
        learnt=await reasons.learnt(house.store, jam.id),
    )


def _reasons(
    theme: Theme,
    meant: Sequence[Meant],
    liked: Mapping[str, int],
    asked: Sequence[tuple[Statement, Tally]],
    ids: Collection[str] | None,
) -> Reasons:
    inside = [one for one in meant if ids is None or one.id in ids]
    said, guessed, unjudged = tallied(inside)
    counted = [times for id_, times in liked.items() if ids is None or id_ in ids]
    answered = [tally for one, tally in asked if ids is None or not set(one.sources).isdisjoint(ids)]
    return Reasons(
        theme=theme.id, label=theme.label, replies=len(inside), said=said, guessed=guessed, unjudged=unjudged,
        supports=sum(counted), supported=len(counted), opinions=added(answered), statements=len(answered),
    )  # fmt: skip


async def _opinions(house: House, jam: Jam) -> list[tuple[Statement, Tally]]:
    """Return the statements that enough people answered, with what they answered in all."""
    cells = await statements.tallies(house.store, jam.id)
    found = [
        (one, added(list(cells.get(one.id, {}).values())) or Tally())
        for one in await statements.of_jam(house.store, jam.id, "approved")
    ]
    return [(one, tally) for one, tally in found if tally.people >= LEAST]


async def evidence(
    house: House, reader: Member, jam: Jam, theme: str, intent: Intent, by: Whose, first: int = 0, limit: int = 30
) -> Evidence:
    """Return the replies behind a number; `theme` "" is the whole jam. Raises Missing."""
    await obtain_jam(house, reader, jam.id)
    ids = await _ids(house, reader, jam, theme)
    found = of_intent(await reasons.meant(house.store, jam.id), intent, by)
    return await _page(
        house,
        reader,
        jam,
        [(one.id, one.intent, one.sure) for one in found if ids is None or one.id in ids],
        first,
        limit,
    )


async def supported(house: House, reader: Member, jam: Jam, theme: str, first: int = 0, limit: int = 30) -> Evidence:
    """Return what was supported in a theme ("": in the jam), the most first. Raises Missing."""
    await obtain_jam(house, reader, jam.id)
    ids = await _ids(house, reader, jam, theme)
    liked = await reasons.supported(house.store, jam.id)
    return await _page(house, reader, jam, [(id_, "", 0.0) for id_ in liked if ids is None or id_ in ids], first, limit)


async def _ids(house: House, reader: Member, jam: Jam, theme: str) -> Collection[str] | None:
    if theme == EVERYTHING:
        return None
    found = next((one for one in read(await read_themes(house, reader, jam)) if one.id == theme), None)
    return set(await theme_places.ids(house.store, jam.id, found.members)) if found else ()


async def _page(
    house: House, reader: Member, jam: Jam, found: Sequence[tuple[str, Intent, float]], first: int, limit: int
) -> Evidence:
    readable = {forum.id for forum in await list_forums(house, reader, jam)}
    shown = found[first : first + limit]
    known = {made.id: made for made in await contributions.by_ids(house.store, [id_ for id_, _, _ in shown])}
    page = [
        (known[id_], intent, sure) for id_, intent, sure in shown if id_ in known and known[id_].forum_id in readable
    ]
    return Evidence(len(found), page)


# For the analytics role.


async def lending(house: House, jam_ids: Iterable[str]) -> set[str]:
    """Return those jams whose marks others may learn from: none for people on a list alone, and no rehearsal."""
    apart = await memberships.jams_apart(house.store) | await lineage.rehearsals(house.store)
    return set(jam_ids) - apart


async def guesses_of(house: House, jam_id: str) -> dict[str, Guess]:
    return await reasons.guesses(house.store, jam_id)


async def keep_guesses(
    house: House, jam_id: str, made: Mapping[str, Guess], gone: Collection[str], learnt: Learnt | None
) -> None:
    """Write guesses of a jam that are new or changed, and drop those of replies that are gone or marked."""
    async with house.store.transaction() as change:
        if not await change.fetch_value("SELECT 1 FROM jams WHERE id = ?", (jam_id,)):
            # A rehearsal that was removed while its replies were looked at.
            return
        await reasons.put_guesses(change, jam_id, made)
        await reasons.drop_guesses(change, gone)
        if learnt is not None:
            await reasons.put_learnt(change, jam_id, learnt)
