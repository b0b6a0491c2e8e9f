"""Holding a jam that is on file: many lines at once, each reply after what it answers."""

from __future__ import annotations

import asyncio
import hashlib
import re
import unicodedata
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, JamNotOpen, Missing, Refusal, TooMuch
from server.domain.ideas import TITLE_LIMIT, Contribution
from server.domain.jams import Forum
from server.domain.replays import Line
from server.services import ideas, people
from server.services.house import House
from server.services.text import excerpt

AT_ONCE = 128
Find = Callable[[Line], Awaitable[Member]]


@dataclass(slots=True)
class Totals:
    """What a replay did. `skipped` are sentences with line numbers."""

    ideas: int = 0
    replies: int = 0
    people: int = 0
    skipped: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Due:
    """A line, and how many seconds after the start its turn comes."""

    line: Line
    wait: float


def paced(lines: Iterator[Line], speed: float) -> Iterator[Due]:
    """Give each line its turn: at its time, `speed` times faster, or at once (0)."""
    start: datetime | None = None
    for line in lines:
        start = start or line.at
        yield Due(line, (line.at - start).total_seconds() / speed if speed else 0.0)


class Replay:
    """Posts line after line, many at once; a reply waits for what it answers.

    `places` maps slugs to forums; `step` is called after each line; `find` gives the person of a line, else people
    are added as needed.
    """

    def __init__(
        self, house: House, places: dict[str, Forum], step: Callable[[], None], find: Find | None = None
    ) -> None:
        self.totals = Totals()
        self._house = house
        self._places = places
        self._step = step
        self._find = find or self._person
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._made: dict[str, asyncio.Future[Contribution | None]] = {}
        self._people: dict[str, asyncio.Task[Member]] = {}
        self._names: dict[str, str] = {}

    def made(self, line_id: str) -> Contribution | None:
        """Return what was made of a line; None where it was skipped."""
        future = self._made.get(line_id)
        return future.result() if future is not None and future.done() else None

    async def take(self, tasks: asyncio.TaskGroup, due: Iterator[Due]) -> None:
        """Post all lines, as tasks of a group that the caller waits for."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        for one in due:
            if (left := start + one.wait - loop.time()) > 0:
                await asyncio.sleep(left)
            if one.line.id in self._made:
                self._skip(one.line, f"the id {one.line.id!r} stands in an earlier line")
                self._step()
                continue
            await self._slots.acquire()
            parent = self._made.get(one.line.parent) if one.line.parent else None
            made = self._made[one.line.id] = loop.create_future()
            author = self._people.get(one.line.author)
            if author is None:
                author = self._people[one.line.author] = tasks.create_task(_found(self._find, one.line))
            tasks.create_task(self._post(one.line, author, parent, made))

    async def _post(
        self,
        line: Line,
        author: asyncio.Task[Member],
        parent: asyncio.Future[Contribution | None] | None,
        made: asyncio.Future[Contribution | None],
    ) -> None:
        try:
            made.set_result(await self._write(line, author, parent))
            self._step()
        finally:
            self._slots.release()

    async def _write(
        self, line: Line, author: asyncio.Task[Member], parent: asyncio.Future[Contribution | None] | None
    ) -> Contribution | None:
        """Post one line; return what replies need of it, or None when it was skipped."""
        answered = await parent if parent else None
        if line.parent and answered is None:
            why = "was skipped" if parent else "does not stand before it in the file"
            self._skip(line, f"its parent {line.parent!r} {why}")
            return None
        try:
            member = await author
            if answered is not None:
                done = await ideas.reply(self._house, member, answered, line.text)
                self.totals.replies += 1
            else:
                title = excerpt(line.title or line.text, TITLE_LIMIT - 2)
                done = await ideas.post_idea(self._house, member, self._places[line.forum], title, line.text)
                self.totals.ideas += 1
        except (Invalid, TooMuch) as refusal:
            self._skip(line, refusal.public.rstrip("."))
            return None
        except JamNotOpen as refusal:
            raise Refusal("Line %(line)s: %(fault)s", line=line.number, fault=refusal.public) from refusal
        return replace(done, title="", text="", html="")

    def _skip(self, line: Line, why: str) -> None:
        self.totals.skipped.append(f"line {line.number}: {why}")

    async def _person(self, line: Line) -> Member:
        """Return the person who wrote a line, added on first sight; never two authors under one name."""
        for username in usernames(line.author):
            if self._names.setdefault(username.lower(), line.author) != line.author:
                continue
            try:
                return await people.person(self._house, username)
            except Missing:
                try:
                    made = await people.add_member(self._house, username, line.author[:TITLE_LIMIT], line.unit[:100])
                except Conflict:
                    continue
                self.totals.people += 1
                return made
        raise Conflict("Line %(line)s: no username is left for %(author)s.", line=line.number, author=repr(line.author))


async def _found(find: Find, line: Line) -> Member:
    return await find(line)


def usernames(author: str) -> Iterator[str]:
    """Yield names to try for an author: the slug, then the slug with a number."""
    bare = unicodedata.normalize("NFKD", author.partition("@")[0] or author).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", bare).strip("-")[:56].strip("-").lower()
    slug = slug or f"person-{hashlib.sha256(author.encode()).hexdigest()[:8]}"
    yield slug
    for number in range(2, 1000):
        yield f"{slug}-{number}"
