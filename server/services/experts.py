"""Finding who knows: people by the answers they gave and the support these got, with the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.actors import Member
from server.domain.expertise import Evidence, weigh, weight_of
from server.domain.ideas import Contribution
from server.services.house import House
from server.services.resembling import resembling
from server.storage import contributions, people
from server.storage import search as index

MOST_EVIDENCE = 3
LEAST_SHARED = 0.15


@dataclass(frozen=True, slots=True)
class Expert:
    """Somebody who knows, with what shows it, the weightiest first."""

    member: Member
    weight: float
    evidence: list[Contribution]


async def who_knows(house: House, reader: Member, query: str, limit: int = 10) -> list[Expert]:
    """Return people by what they answered about a query and how it was received; never by how much they wrote."""
    found = await resembling(house, reader, query, least=LEAST_SHARED)
    shared = {made.id: share for share, made in found}
    pairs = await index.answers_to(house.store, [made.id for _, made in found])
    more = await contributions.by_ids(house.store, set(pairs.values()) - shared.keys())
    by_answer = {answer: question for question, answer in pairs.items()}
    gathered = [made for _, made in found] + more
    told: dict[str, list[Evidence[Contribution]]] = {}
    for made in gathered:
        share = shared.get(made.id) or shared.get(by_answer.get(made.id, ""), 0.0)
        if not made.is_voice and made.author_id != reader.id and (weight := share * weight_of(made)) > 0:
            told.setdefault(made.author_id, []).append(Evidence(weight, made))
    return await _ranked(house, told, limit)


async def _ranked(house: House, told: dict[str, list[Evidence[Contribution]]], limit: int) -> list[Expert]:
    known = await people.by_ids(house.store, told)
    experts = [
        Expert(known[id_], weigh(evidence), [one.of for one in _best(evidence)])
        for id_, evidence in told.items()
        if id_ in known and known[id_].active
    ]
    return sorted(experts, key=lambda one: (-one.weight, one.member.handle))[:limit]


def _best(evidence: Iterable[Evidence[Contribution]]) -> list[Evidence[Contribution]]:
    return sorted(evidence, key=lambda one: (-one.weight, one.of.created_at, one.of.id))[:MOST_EVIDENCE]
