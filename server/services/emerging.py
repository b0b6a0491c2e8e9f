"""Emerging themes: announced to facilitators once, and dismissed by them where they are none."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from server.database import Transaction
from server.domain.actors import Member
from server.domain.emerging import Emerging, key_of, news
from server.domain.errors import Conflict, Missing
from server.domain.jams import Jam
from server.services.house import House
from server.services.theme_reports import shown
from server.storage import emerging, events, themes

DUTIES = ("moderate", "themes")


def may_dismiss(reader: Member) -> bool:
    """Say whether somebody may say that an emerging theme is none."""
    return any(reader.may(duty) for duty in DUTIES)


async def announce(change: Transaction, jam_id: str, drawn: str, known: Sequence[Emerging], now: float) -> None:
    """Write down what emerges and was not announced before, each with an event of its own."""
    for theme, key, count in news(orjson.loads(drawn).get("emerging", ()), known):
        await emerging.insert(change, jam_id, theme, key, now)
        await events.append(change, "ThemeEmerged", jam_id, {"jam": jam_id, "theme": theme, "count": count}, now)


async def list_announced(house: House, reader: Member, jam: Jam) -> list[Emerging]:
    """Return what was announced in a jam, the newest first: for those who may dismiss it."""
    _require(reader)
    return await emerging.of_jam(house.store, jam.id)


async def dismiss(house: House, by: Member, jam: Jam, theme: str, *, again: bool = False) -> None:
    """Say that an emerging theme is none; `again` takes that back. It stays so over every refresh.

    Raises Missing for a theme that was never announced, Conflict where it is so already.
    """
    _require(by)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        drawn = await themes.drawn(change, jam.id)
        # A theme that has become part of another stands under the other's id.
        told = orjson.loads(drawn or "{}").get("emerging", ())
        keys = {key_of(one) for one in told if one["theme"] == theme}
        known = await emerging.of_jam(change, jam.id)
        found = next((one for one in known if one.theme == theme or one.key in keys), None)
        if found is None:
            raise Missing("theme", theme)
        if not await emerging.dismiss(change, found.id, by.id, None if again else now):
            raise Conflict("Somebody has decided on this already.")
        if drawn:
            await themes.rewrite(change, jam.id, await shown(change, jam.id, drawn))
        facts = {"jam": jam.id, "theme": theme, "again": again}
        await events.append(change, "EmergingDismissed", jam.id, facts, now)
        await events.audit(change, by.id, "bring back emerging" if again else "dismiss emerging", theme, now)


def _require(reader: Member) -> None:
    if not may_dismiss(reader):
        reader.require(DUTIES[0])
