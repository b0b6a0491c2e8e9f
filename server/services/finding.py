"""Finding ideas and replies by their words and by what they are: with counts, snippets and permission."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from urllib.parse import urlencode

from server.domain.actors import Member
from server.domain.errors import Invalid
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.search import DATE_SECONDS, DATES, FACETS, HERE, Sought, level_of, snippet, terms_of
from server.services.forums import list_forums
from server.services.house import House
from server.services.jams import list_jams
from server.services.text import plain
from server.storage import contributions, people
from server.storage import search as index
from server.storage.search import Place

MOST_VALUES = 12
_CURSOR = re.compile(r"(\w{1,64})_(\d{1,7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. `snippet` is made of (words, whether they are what was looked for)."""

    made: Contribution
    snippet: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet, with how much of what was found has it."""

    value: str
    words: str
    count: int


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found. `more` says that `total` and the counts are of the newest matches only."""

    sought: Sought
    hits: list[Hit]
    total: int
    more: bool
    facets: dict[str, list[Value]]
    next: str


async def search(house: House, reader: Member, sought: Sought, after: str = "", limit: int = 20) -> Found:
    """Find what a person may read. Odd queries find nothing; only a cursor that is none of ours is refused."""
    edge = _edge(after)
    readable = {forum.id: forum for forum in await list_forums(house, reader)}
    terms = terms_of(sought.query)
    if sought.is_empty or not readable or (sought.query.strip() and not terms.wanted):
        return Found(sought, [], 0, False, {}, "")
    within = [forum.id for forum in readable.values() if sought.jam in ("", forum.jam_id)]
    kept, more = await index.places(house.store, terms, sought, within, house.now().timestamp())
    # They come newest first, and stay so among those that match as well.
    ordered = kept if sought.order == "newest" else sorted(kept, key=attrgetter("score"))
    begin = _begin(ordered, *edge) if edge else 0
    shown = ordered[begin : begin + limit]
    return Found(
        sought,
        await _hits(house, sought.query, shown),
        len(kept),
        more,
        await _facets(house, reader, kept, readable),
        f"{shown[-1].contribution_id}_{begin + limit}" if len(ordered) > begin + limit else "",
    )


def _edge(after: str) -> tuple[str, int] | None:
    """Read a cursor: the last that was shown, and how many were until then.

    It holds nothing that its reader was not told. How well something matches is counted over all texts, and would tell
    how many of those that they may not read have the same words.
    """
    if not after:
        return None
    read = _CURSOR.fullmatch(after)
    if read is None:
        raise Invalid("after", "Give what `next` said in the page before.")
    return read[1], int(read[2])


def _begin(ordered: Sequence[Place], last: str, shown: int) -> int:
    """Return where the next page begins: behind the last one shown, or where it stood if it is gone."""
    return next((at for at, place in enumerate(ordered, 1) if place.contribution_id == last), max(0, shown - 1))


async def _hits(house: House, query: str, shown: Sequence[Place]) -> list[Hit]:
    known = {made.id: made for made in await contributions.by_ids(house.store, [one.contribution_id for one in shown])}
    found = [known[place.contribution_id] for place in shown if place.contribution_id in known]
    return [Hit(made, snippet(query, plain(made.html) or made.text)) for made in found]


async def _facets(
    house: House, reader: Member, kept: Sequence[Place], forums: Mapping[str, Forum]
) -> dict[str, list[Value]]:
    by_author = Counter(map(attrgetter("author_id"), kept))
    authors = await index.writers(house.store, by_author.keys())
    jams = {jam.id: jam.title for jam in await list_jams(house, reader, limit=500)}
    now = house.now().timestamp()
    ages = sorted(now - place.made_at for place in kept)
    counted: dict[str, Counter[str]] = {
        "kind": Counter(map(attrgetter("kind"), kept)),
        "forum": Counter(map(attrgetter("forum_id"), kept)),
        "jam": Counter(map(attrgetter("jam_id"), kept)),
        "author": by_author,
        "unit": _summed((one.unit, by_author[key]) for key, one in authors.items() if not one.host),
        "server": _summed((one.host or HERE, by_author[key]) for key, one in authors.items()),
        "label": _summed(
            (level_of(label), count) for label, count in Counter(map(attrgetter("label"), kept)).items()
        ),
        "intent": Counter(map(attrgetter("intent"), kept)),
        "mark": Counter(await index.marked(house.store, [place.contribution_id for place in kept])),
        "date": Counter({word: bisect_right(ages, DATE_SECONDS[word]) for word in DATES}),
    }
    names = {
        "forum": {key: forum.title for key, forum in forums.items()},
        "jam": jams,
        "author": {key: member.name for key, member in authors.items()},
    }
    return {name: _values(counted[name], names.get(name, {})) for name in FACETS}


def _summed(counts: Iterable[tuple[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for value, count in counts:
        found[value] += count
    return found


def _values(counts: Counter[str], names: Mapping[str, str]) -> list[Value]:
    kept = sorted(
        ((value, count) for value, count in counts.items() if value and count),
        key=lambda one: (-one[1], names.get(one[0], one[0]), one[0]),
    )
    return [Value(value, names.get(value, value), count) for value, count in kept[:MOST_VALUES]]


def address_of(sought: Sought, **changed: str) -> str:
    """Return the part of a search's address after the question mark, with some of it changed."""
    asked = {"q": sought.query, **sought.chosen, "order": sought.order if sought.order == "newest" else "", **changed}
    return urlencode({name: value for name, value in asked.items() if value})


def sought_in(given: Mapping[str, str]) -> Sought:
    """Read a search out of an address: `q` and the facets."""
    return Sought.read({**given, "query": given.get("q", "")})


async def named(house: House, reader: Member, sought: Sought) -> dict[str, str]:
    """Return what the chosen values are called: facet → words. What the reader may not see is called nothing."""
    words = dict(sought.chosen)
    forums = {forum.id: forum.title for forum in await list_forums(house, reader)}
    jams = {jam.id: jam.title for jam in await list_jams(house, reader, limit=500)}
    author = await people.by_id(house.store, sought.author) if sought.author else None
    known: Iterable[tuple[str, str | None]] = (
        ("forum", forums.get(sought.forum)),
        ("jam", jams.get(sought.jam)),
        ("author", author.name if author else None),
        ("server", house.name if sought.server == HERE else sought.server),
    )
    return words | {name: value or "?" for name, value in known if name in words}


def newest(sought: Sought) -> Sought:
    """The same search, the last written first."""
    return replace(sought, order="newest")


async def count_new(house: House, reader: Member, sought: Sought, since: float) -> int:
    """Count what a search finds of what was written after a moment in unix seconds, as far as a search counts."""
    readable = {forum.id for forum in await list_forums(house, reader)}
    terms = terms_of(sought.query)
    if sought.is_empty or (sought.query.strip() and not terms.wanted):
        return 0
    found = await index.places(house.store, terms, sought, readable, house.now().timestamp())
    return sum(place.made_at > since for place in found.places)
