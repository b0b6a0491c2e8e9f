"""A simulated crowd for a rehearsal: people who are plainly nobody, and what they say."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.domain.replays import Line

# Simulated people stand as guests of a server that cannot exist (RFC 2606): they count among nobody's people,
# cannot sign in, and carry that name wherever they are shown.
HOST = "rehearsal.invalid"
PEOPLE, UNITS = 24, 4
IDEAS, REPLIES = 6, 4
SUPPORT_MOST = 8

OPENINGS = ("We could begin with", "What if we tried", "Nobody owns", "Every week we lose time to", "I would stop")
SUBJECTS = ("one shared list", "a shorter form", "the hand-over", "a weekly hour", "the waiting room", "two buttons")
ENDINGS = ("and look at it again in a month.", "with one person who says yes or no.", "in one place first.")
ANSWERS = (
    "I can show how that went where I work.",
    "Who would decide that?",
    "That worries me: it needs time that nobody has.",
    "Yes, and it could start small.",
)


@dataclass(frozen=True, slots=True)
class Support:
    """One simulated person supports one idea, by the numbers of their lines."""

    author: str
    line_id: str


def simulate(forums: Sequence[str], seed: int = 0) -> tuple[list[Line], list[Support]]:
    """Return what a simulated crowd says in some forums, by slug, and what it supports; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311
    authors = [f"Simulated person {number}" for number in range(1, PEOPLE + 1)]
    lines: list[Line] = []
    support: list[Support] = []
    start = datetime(2000, 1, 1, tzinfo=UTC)

    def say(id_: str, parent: str, forum: str, title: str, text: str) -> None:
        author = chance.choice(authors)
        at = start + timedelta(minutes=len(lines))
        unit = f"Simulated unit {authors.index(author) % UNITS + 1}"
        lines.append(Line(len(lines) + 1, id_, parent, forum, author, unit, at, title, text))

    for forum in forums:
        for number in range(1, IDEAS + 1):
            words = f"{chance.choice(OPENINGS)} {chance.choice(SUBJECTS)} {chance.choice(ENDINGS)}"
            id_ = f"{forum}/{number}"
            say(id_, "", forum, f"Simulated idea {number}", f"(Rehearsal.) {words}")
            above = id_
            for reply in range(1, chance.randint(0, REPLIES) + 1):
                say(f"{id_}/{reply}", above, forum, "", f"(Rehearsal.) {chance.choice(ANSWERS)}")
                above = f"{id_}/{reply}" if chance.random() < 0.5 else id_
            for author in chance.sample(authors, chance.randint(0, SUPPORT_MOST)):
                support.append(Support(author, id_))  # noqa: PERF401
    return lines, support
