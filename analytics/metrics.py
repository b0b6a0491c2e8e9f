"""Figures of taking part: who is here, how fast it goes, who is silent. Rows in, numbers out, each with its whole.

Every share names what it is a share of, so that nobody reads "3" where "3 of 4,120" was meant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MINUTE = 60.0
WORDS_A_MINUTE = 230.0
"""Reading speed of adults in a first language (Brysbaert 2019: 238; less on a screen)."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person did at `at` (seconds since 1970 UTC).

    `kind` is idea, reply, mark or visit; `answers` the person whose idea or reply was answered; `words` how many
    were written.
    """

    at: float
    person: str
    kind: str
    unit: str = ""
    host: str = ""
    answers: str = ""
    words: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """A part and its whole: `people` of `of` wrote `written`. `of` is None where the whole is not known."""

    name: str
    people: int
    of: int | None
    written: int


@dataclass(frozen=True, slots=True)
class Board:
    """The live board. `per_minute` counts ideas and replies in each minute, the running one last."""

    active_now: int
    people: int
    invited: int | None
    ideas: int
    replies: int
    per_minute: tuple[int, ...]
    by_unit: tuple[Share, ...]
    by_host: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """How often people of one unit (or server) answered people of another."""

    source: str
    target: str
    answers: int


def board(
    acts: Sequence[Act],
    now: float,
    units: Mapping[str, int],
    hosts: Mapping[str, int] | None = None,
    invited: int | None = None,
) -> Board:
    """Return the board at `now`. `units` and `hosts` say how many people each has; silent ones are listed too."""
    wrote = [act for act in acts if act.kind in ("idea", "reply")]
    return Board(
        active_now=active_now(acts, now),
        people=len({act.person for act in wrote}),
        invited=invited,
        ideas=sum(act.kind == "idea" for act in wrote),
        replies=sum(act.kind == "reply" for act in wrote),
        per_minute=per_minute(acts, now),
        by_unit=shares(((act.unit, act.person) for act in wrote), units),
        by_host=shares(((act.host, act.person) for act in wrote), hosts or {}),
    )


def active_now(acts: Iterable[Act], now: float, window: float = 5 * MINUTE) -> int:
    """Return how many people did anything in the `window` seconds up to `now`. Times ahead of `now` count as now."""
    return len({act.person for act in acts if act.at > now - window})


def per_minute(acts: Iterable[Act], now: float, minutes: int = 60) -> tuple[int, ...]:
    """Count ideas and replies in each of the last `minutes`, the running minute last.

    What a clock ahead of ours stamped with a later time counts in the running minute.
    """
    counts = [0] * minutes
    running = int(now // MINUTE)
    for act in acts:
        if act.kind in ("idea", "reply"):
            back = max(0, running - int(act.at // MINUTE))
            if back < minutes:
                counts[minutes - 1 - back] += 1
    return tuple(counts)


def shares(pairs: Iterable[tuple[str, str]], sizes: Mapping[str, int]) -> tuple[Share, ...]:
    """Return for each name how many people of it wrote how much, of how many; most written first.

    `pairs` are (name, person), one for each thing written; names in `sizes` that never occur are listed with 0.
    """
    people: dict[str, set[str]] = defaultdict(set)
    written: Counter[str] = Counter()
    for name, person in pairs:
        people[name].add(person)
        written[name] += 1
    names = set(people) | set(sizes)
    found = [Share(name, len(people.get(name, ())), sizes.get(name), written[name]) for name in names]
    return tuple(sorted(found, key=lambda share: (-share.written, share.name)))


def quiet(found: Iterable[Share], target: float) -> tuple[Share, ...]:
    """Return the units of which fewer than `target` (0 to 1) of the people spoke, the quietest first."""
    below = [share for share in found if share.of and share.people < target * share.of]
    return tuple(sorted(below, key=lambda share: (share.people / (share.of or 1), share.name)))


def inequality(acts: Iterable[Act], people: int | None = None) -> float:
    """Return the Gini coefficient of what people wrote: 0 all the same, towards 1 one person everything.

    `people` is the number invited, so that those who wrote nothing count; without it only writers do.
    """
    written = Counter(act.person for act in acts if act.kind in ("idea", "reply"))
    counts = sorted(written.values())
    counts = [0] * max(0, (people or 0) - len(counts)) + counts
    total = sum(counts)
    if not total:
        return 0.0
    ranked = sum((place + 1) * count for place, count in enumerate(counts))
    return (2 * ranked - (len(counts) + 1) * total) / (len(counts) * total)


def reading_minutes(acts: Iterable[Act], since: float) -> float:
    """Return how many minutes a person needs who reads everything written since `since`."""
    return sum(act.words for act in acts if act.at > since) / WORDS_A_MINUTE


def bridges(acts: Sequence[Act], by: str = "unit") -> tuple[Bridge, ...]:
    """Return who answers whom between units (or hosts, `by`="host"), most answers first; silos have source = target.

    Raises ValueError for another `by`.
    """
    if by not in ("unit", "host"):
        raise ValueError(f"bridges are between units or hosts, not {by!r}")
    place = {act.person: act.unit if by == "unit" else act.host for act in acts}
    counts: Counter[tuple[str, str]] = Counter()
    for act in acts:
        if act.answers in place:
            counts[(act.unit if by == "unit" else act.host, place[act.answers])] += 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Bridge(source, target, answers) for (source, target), answers in ordered)
