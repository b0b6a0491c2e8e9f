"""The same threads as two servers have them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from server.demo.api import Answer, Person
from server.demo.stage import Stage

WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Said:
    """One contribution as it should be alike everywhere: whose, where in its thread, in which words."""

    uri: str
    parent_uri: str
    words: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What one server has and the other lacks; `doubled` are URIs or words that stand there twice."""

    missing: tuple[str, ...]
    added: tuple[str, ...]
    doubled: tuple[str, ...]


SAME = Difference((), (), ())


async def read_forum(stage: Stage, person: Person, forum: str) -> tuple[list[Said], dict[str, Answer]]:
    """Return all that stands in a forum at a person's server, and the answers it was read from, by URI."""
    found: list[Said] = []
    answers: dict[str, Answer] = {}
    for idea in await person.list(f"/forums/{stage.forums[person.site.key, forum]}/ideas"):
        if idea["deleted"]:
            continue
        thread = await person.get(f"/ideas/{idea['id']}")
        uris = {one["id"]: one["uri"] for one in (thread, *thread["replies"])}
        for one in (thread, *thread["replies"]):
            if not one["deleted"]:
                words = " ".join(WORDS.findall(f"{one['title']} {one['text']}"))
                found.append(Said(one["uri"], uris.get(one["parent_id"] or "", ""), words))
                answers[one["uri"]] = one
    return found, answers


def comparing(
    stage: Stage, organisation: str, forum: str, apart: set[str]
) -> Callable[[], Awaitable[Difference]]:
    """Return a look at how a forum differs between Acme and another; the words of `apart` (URIs) stay out of it."""

    async def look() -> Difference:
        ours, _ = await read_forum(stage, stage.cast.admin("acme"), forum)
        theirs, answers = await read_forum(stage, stage.cast.admin(organisation), forum)
        here = {one for one in ours if one.uri not in apart}
        there = {one for one in theirs if not is_unnamed(answers[one.uri])}
        return Difference(
            tuple(sorted(f"{one.uri} {one.words[:60]}" for one in here - there)),
            tuple(sorted(f"{one.uri} {one.words[:60]}" for one in there - here)),
            tuple(_twice([one.uri for one in ours]) + _twice([one.uri for one in theirs])),
        )

    return look


def is_unnamed(answer: Answer) -> bool:
    """Say whether a contribution stands under the address of somebody who is not named."""
    return str(answer["author"]["handle"]).startswith("@colleague-")


def _twice(uris: list[str]) -> list[str]:
    return sorted({uri for uri in uris if uris.count(uri) > 1})
