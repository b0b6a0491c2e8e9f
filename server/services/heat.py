"""Threads that may be growing heated, for facilitators. Nothing is hidden or sent by itself."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.actors import Member
from server.domain.heat import LEAST, PROMPTS, WINDOW, Heat, Said, SignalName, measure, prompt_for
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.services.house import House
from server.storage import cases, contributions

MOST_THREADS = 50


@dataclass(frozen=True, slots=True)
class Warm:
    """A thread with what was counted in it, and by which signal's prompt a facilitator could answer."""

    idea: Contribution
    heat: Heat
    answer_to: SignalName | None

    @property
    def prompt(self) -> str:
        return PROMPTS[self.answer_to] if self.answer_to else ""


async def of_thread(house: House, by: Member, idea: Contribution) -> Warm:
    """Count the signals of one thread."""
    by.require("moderate")
    flagged = {case.contribution_id for case in await cases.in_thread(house.store, idea.id)}
    said = [
        Said(one.author_id, one.text, one.created_at, one.id in flagged)
        for one in await contributions.thread(house.store, idea.id)
        if not one.deleted
    ]
    heat = measure(said, house.now())
    return Warm(idea, heat, prompt_for(heat))


async def warnings(house: House, by: Member, jam: Jam) -> list[Warm]:
    """Return the threads of a jam that may be growing heated, those with most signals first."""
    by.require("moderate")
    since = (house.now() - WINDOW).timestamp()
    found = []
    for idea in await contributions.lively(house.store, jam.id, since, LEAST, MOST_THREADS):
        warm = await of_thread(house, by, idea)
        if warm.heat.is_hot:
            found.append(warm)
    return sorted(found, key=lambda one: (-sum(signal.is_hot for signal in one.heat.signals), one.idea.id))
