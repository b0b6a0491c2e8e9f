"""Quick polls: a question with choices, put into the thread of an idea. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.errors import Conflict, Invalid

FEWEST_CHOICES, MOST_CHOICES = 2, 12
LONGEST_CHOICE = 200
# Counts are told outside at most so often, and once more at the end.
TELL_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many chose what, by position, and how many people voted. `at` is when that was counted."""

    votes: tuple[int, ...]
    voters: int
    at: datetime

    @property
    def total(self) -> int:
        return sum(self.votes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll as it stands. It is a reply: `contribution_id` is that reply's, with its author, label and thread.

    `counts` are all votes that we know of; for a poll of another server those that it told us last. `told` are
    those last told outside. `hidden`: results show to those who voted, to everybody once it has ended. `closed_at`
    is when its end was written down, None before.
    """

    contribution_id: str
    thread_id: str
    author_host: str
    question: str
    choices: tuple[str, ...]
    multiple: bool
    hidden: bool
    ends_at: datetime
    closed_at: datetime | None
    counts: Counts
    told: Counts

    def is_open(self, now: datetime) -> bool:
        return self.closed_at is None and now < self.ends_at

    def require_open(self, now: datetime) -> None:
        """Raise Conflict once the poll has ended."""
        if not self.is_open(now):
            raise Conflict("This poll has ended; votes are taken no more.")

    def shows_counts(self, now: datetime, *, voted: bool) -> bool:
        """Say whether somebody may see the counts now."""
        return not self.hidden or voted or not self.is_open(now)

    def check_choice(self, positions: Sequence[int]) -> tuple[int, ...]:
        """Return what was chosen, in order and each once; raise Invalid for too much, too little or no choice."""
        chosen = tuple(sorted(set(positions)))
        if not chosen:
            raise Invalid("choice", "Choose an answer first.")
        if chosen[0] < 0 or chosen[-1] >= len(self.choices):
            raise Invalid("choice", "That is none of the answers of this poll.")
        if len(chosen) > 1 and not self.multiple:
            raise Invalid("choice", "Choose one answer; this poll takes no more.")
        return chosen


def words_of(question: str, choices: Sequence[str]) -> str:
    """Return a poll as one text: what is searched, judged, scanned and quoted of it."""
    return f"{question}\n\n" + "\n".join(f"- {choice}" for choice in choices)


def check_choices(choices: Sequence[str]) -> tuple[str, ...]:
    """Return the choices as they are; raise Invalid where there are too few or many, or two read the same."""
    if not FEWEST_CHOICES <= len(choices) <= MOST_CHOICES:
        raise Invalid(
            "choices",
            "A poll has %(fewest)s to %(most)s answers, one in a line.",
            fewest=FEWEST_CHOICES,
            most=MOST_CHOICES,
        )
    if len({choice.casefold() for choice in choices}) < len(choices):
        raise Invalid("choices", "Two of the answers are the same.")
    return tuple(choices)
