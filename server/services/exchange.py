"""Silos and bridges: who answers whom, for everybody who reads a jam."""

from __future__ import annotations

from datetime import timedelta

from server.domain.actors import Member
from server.domain.exchange import LETTERS_A_MINUTE, Exchange, gini, half_of, not_told, told_apart
from server.domain.jams import Jam
from server.services.house import House
from server.services.jams import obtain_jam
from server.storage import exchange, people

DAY = timedelta(hours=24)


async def read_exchange(house: House, reader: Member, jam: Jam) -> Exchange:
    """Count a jam's answers between units and servers. Each number equals an SQL count."""
    await obtain_jam(house, reader, jam.id)
    said = await exchange.said_by_each(house.store, jam.id)
    letters = await exchange.letters_since(house.store, jam.id, (house.now() - DAY).timestamp())
    alone, ideas = await exchange.unanswered(house.store, jam.id)
    sizes = await people.unit_sizes(house.store)
    return Exchange(
        answers=told_apart(await exchange.answers(house.store, jam.id), sizes),
        people=len(said),
        half=half_of(said),
        gini=round(gini(said), 3),
        minutes=-(-letters // LETTERS_A_MINUTE),
        alone=alone,
        ideas=ideas,
        left_out=not_told(sizes),
    )
