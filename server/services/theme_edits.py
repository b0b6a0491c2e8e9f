"""The analyst's tools: themes renamed, merged, split, pinned, and ideas moved from one to another.

Edits are versioned and marked as a person's; they survive every refresh and each can be undone. All but a split show
at once; a split is worked out by the analytics role, which keeps the halves apart from then on.
"""

from __future__ import annotations

import csv
import io

import orjson

from server.database import Transaction
from server.domain.actors import Member
from server.domain.curation import KINDS, EditKind, ThemeEdit, known_as
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.jams import Jam
from server.services import themes_read
from server.services.house import House
from server.services.text import clean_line
from server.services.theme_reports import shown
from server.storage import contributions, events, theme_places, themes
from server.storage import theme_edits as rows

LONGEST_TITLE = 100
MOST = 1_000
FEWEST_TO_SPLIT = 8
COLUMNS = (
    *("id", "theme", "label", "changed by a person", "kind", "title", "written at"),
    *("sub-theme", "sub-theme's label", "unsure"),
)


async def list_edits(house: House, reader: Member, jam: Jam) -> list[ThemeEdit]:
    """Return a jam's edits, newest first. For those with the duty `themes`."""
    reader.require("themes")
    return (await rows.of_jam(house.store, jam.id))[::-1]


async def names_in_edits(house: House, reader: Member, jam: Jam) -> dict[int, tuple[str, str]]:
    """Return how the themes of each edit (by its id) were called when it was made. For those with the duty `themes`."""
    reader.require("themes")
    drawn = orjson.loads(await themes.drawn(house.store, jam.id) or "{}")
    return known_as(drawn, await rows.of_jam(house.store, jam.id))


async def edit(
    house: House, by: Member, jam: Jam, kind: EditKind, theme: str, *, other: str = "", title: str = ""
) -> ThemeEdit:
    """Change a theme. `other` is the theme to merge into, or the idea or reply to move into `theme`.

    Raises Missing for a theme or an idea that is not there, Invalid for a title that is none, Conflict.
    """
    by.require("themes")
    if kind not in KINDS:
        raise Invalid("kind", "Choose rename, merge, split, pin or move.")
    words = clean_line(title, "title", LONGEST_TITLE, required=False) if kind == "rename" else ""
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await _check(house, change, jam, kind, theme, other)
        made = await rows.insert(jam.id, kind, theme, other, words, by.id, now)
        await _note(change, by, jam, f"{kind} theme", made, {"act": kind, "theme": theme, "other": other}, now)
    return next(one for one in await rows.of_jam(house.store, jam.id) if one.id == made)


async def _check(house: House, change: Transaction, jam: Jam, kind: EditKind, theme: str, other: str) -> None:
    report = orjson.loads(await themes.report(house.store, jam.id) or "{}")
    known = {one["id"]: one["size"] for one in report.get("themes", ())}
    if theme not in known:
        raise Missing("theme", theme)
    if kind == "split" and known[theme] < FEWEST_TO_SPLIT:
        raise Conflict("Fewer than %(least)s things were said of it: there is nothing to split.", least=FEWEST_TO_SPLIT)
    if kind == "merge" and (other not in known or other == theme):
        raise Invalid("other", "Choose another theme to merge it into.")
    if kind == "move":
        made = await contributions.by_id(house.store, other)
        if made is None or made.jam_id != jam.id:
            raise Missing("idea", other)
        if not await theme_places.of(change, [other]):
            raise Conflict("This has no place among the themes yet. Try again in a moment.")
    if len(await rows.of_jam(change, jam.id)) >= MOST:
        raise Conflict("A jam's themes can be changed %(most)s times at most.", most=MOST)


async def undo(house: House, by: Member, jam: Jam, version: int) -> None:
    """Undo an edit, by its number in its jam. What was built on it follows: an idea moved into a theme that is no more
    stands where it stood.
    """
    by.require("themes")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        found = next((one for one in await rows.of_jam(change, jam.id) if one.version == version), None)
        if found is None:
            raise Missing("edit", str(version))
        if not await rows.undo(change, found.id, by.id, now):
            raise Conflict("This is undone already.")
        facts = {"act": f"undo {found.kind}", "theme": found.theme, "other": found.other}
        await _note(change, by, jam, f"undo {found.kind} theme", found.id, facts, now)


async def _note(
    change: Transaction, by: Member, jam: Jam, act: str, edit_id: int, facts: dict[str, str], now: float
) -> None:
    """Show the edit, and write down that it was made."""
    drawn = await themes.drawn(change, jam.id)
    if drawn:
        await themes.rewrite(change, jam.id, await shown(change, jam.id, drawn))
    await events.append(change, "ThemeEdited", jam.id, {"jam": jam.id, "edit": edit_id, **facts}, now)
    await events.audit(change, by.id, act, str(edit_id), now)


async def as_csv(house: House, reader: Member, jam: Jam) -> str:
    """Return where each idea and reply of a jam stands, a line each: for a spreadsheet. Cells begin with no formula."""
    reader.require("themes")
    report = orjson.loads(await themes.report(house.store, jam.id) or "{}")
    labels = {one["id"]: one["label"] for one in report.get("themes", ())}
    human = {one["id"]: " ".join(one.get("human", ())) for one in report.get("themes", ())}
    out = io.StringIO()
    lines = csv.writer(out)
    parts = {part["id"]: part["label"] for one in report.get("themes", ()) for part in one.get("subthemes", ())}
    lines.writerow(COLUMNS)
    standing = await themes_read.everything(house, jam.id, report)
    unsure = set(standing.unsure)
    for made in await contributions.by_ids(house.store, list(standing.assignment)):
        theme = standing.assignment[made.id] or ""
        written = made.created_at.isoformat(timespec="seconds")
        part = standing.within.get(made.id, "")
        cells = (made.id, theme, labels.get(theme, ""), human.get(theme, ""), made.kind, made.title, written)
        more = (part, parts.get(part, ""), "yes" if made.id in unsure else "")
        lines.writerow(_harmless(cell) for cell in (*cells, *more))
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet takes what begins like a formula for one; a quote before it makes it text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
