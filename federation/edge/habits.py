"""What software is known to do otherwise with what it is sent: by what it says of itself (NodeInfo)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """How a server wants to be sent things.

    `one_knock`: what it turned away is not sent at once in the other form of signature; `refused_wait` and `settle`
    are how many seconds what it refused waits at least, and what comes after the news of a new key.
    """

    one_knock: bool = False
    refused_wait: float = 0.0
    settle: float = 5.0


USUAL = Habits()
KNOWN = {
    # It keeps the id of whatever comes for 90 seconds, before it looks who signed it, and answers 200 to that id again
    # without looking at it. It takes in a new key 1 to 10 seconds after it took the news of it, by chance.
    "piefed": Habits(one_knock=True, refused_wait=100.0, settle=15.0),
}


def habits_of(software: str) -> Habits:
    """Return the habits of a server that says it runs this (name and version)."""
    return KNOWN.get(software.lower().partition(" ")[0], USUAL)
