"""One trial: a history lived in a world and in its twin, seen by one observer, and compared."""

from __future__ import annotations

from dataclasses import dataclass

from tests.two_worlds.ground import Ground
from tests.two_worlds.history import History
from tests.two_worlds.living import live
from tests.two_worlds.observer import Entry, Transcript, observe


@dataclass(frozen=True, slots=True)
class Result:
    """What a trial found. `entries` counts what the observer got in each world."""

    differences: list[str]
    canaries: list[str]
    faults: list[str]
    entries: int
    refused: list[str]

    @property
    def clean(self) -> bool:
        return not (self.differences or self.canaries or self.faults)


async def attempt(ground: Ground, history: History) -> Result:
    """Live a history twice, and compare what its observer got."""
    told: list[Transcript] = []
    faults: list[str] = []
    refused: list[str] = []
    for twin in (False, True):
        async with ground.world(history, twin=twin) as world:
            await live(world)
            told.append(await observe(world))
            faults += [f"{'twin' if twin else 'world'}: {kind}: {error!r}" for kind, error in world.acme.faults]
            refused += world.told
    first, second = told
    return Result(
        differences(first.entries, second.entries), first.canaries() + second.canaries(), faults, len(first.entries),
        refused,
    )  # fmt: skip


def differences(first: list[Entry], second: list[Entry]) -> list[str]:
    """Say where two transcripts part: the probe, and what is around the first difference. At most three places."""
    found = [_apart(one, other) for one, other in zip(first, second, strict=False) if one != other]
    if len(first) != len(second):
        found.append(f"{len(first)} entries here and {len(second)} there")
    return found[:3]


def _apart(one: Entry, other: Entry) -> str:
    here, there = "\n".join(one), "\n".join(other)
    at = next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), min(len(here), len(there)))
    return f"{one[0]} / {other[0]}: …{here[max(0, at - 300) : at + 120]}… | …{there[max(0, at - 60) : at + 120]}…"
