"""`replay`: hold a jam that is on file, as fast as the store takes it or at the pace of its clock."""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import click

from server.cli import replay_file
from server.cli.home import as_json, at_home, open_house, operator, run
from server.cli.replay_file import Line
from server.cli.show import print_json, progress
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, JamNotOpen, Missing, Refusal, TooMuch
from server.domain.ideas import TITLE_LIMIT, Contribution
from server.domain.jams import Forum
from server.services import forums, ideas, jams, people
from server.services.house import House
from server.services.text import excerpt

AT_ONCE = 128
TOLD = 20


class Speed(click.ParamType[float]):
    """A number of times real time, or "max" (0.0)."""

    name = "N|max"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            speed = 0.0 if value == "max" else float(str(value))
        except ValueError:
            speed = -1.0
        if value != "max" and not 0 < speed < float("inf"):
            self.fail(f"{value!r} is neither a number above 0 nor max.", param, ctx)
        return speed


@dataclass(slots=True)
class Totals:
    """What a replay did. `skipped` are sentences with line numbers."""

    ideas: int = 0
    replies: int = 0
    people: int = 0
    skipped: list[str] = field(default_factory=list)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--jam", required=True, help="Slug or id of an open jam that has the forums named in FILE.")
@click.option("--speed", type=Speed(), default="max", show_default=True, help="Times real time, or max.")
@at_home
@as_json
def replay(file: Path, jam: str, speed: float, home: Path, as_json: bool) -> None:
    """Post the ideas and replies in FILE, one JSON object a line, as the people who wrote them.

    Keys: id, parent (null for an idea), forum (a slug), author, unit, at (ISO 8601), title, text. People who
    are not there yet are added. An idea without a title gets the beginning of its text. The whole file is
    checked before anything is written. Lines with the id of an earlier one or an unknown parent are skipped.
    """
    found = replay_file.survey(file)
    started = time.perf_counter()
    totals = run(_replay(home, file, jam, speed, found))
    seconds = time.perf_counter() - started
    done = totals.ideas + totals.replies
    for sentence in totals.skipped[:TOLD]:
        click.echo(f"Skipped {sentence}.", err=True)
    if len(totals.skipped) > TOLD:
        click.echo(f"Skipped {len(totals.skipped) - TOLD} more.", err=True)
    rate = done / seconds if seconds else 0.0
    if as_json:
        print_json(
            {
                "ideas": totals.ideas, "replies": totals.replies, "people": totals.people,
                "skipped": len(totals.skipped), "seconds": round(seconds, 3), "per_second": round(rate, 1),
            }
        )  # fmt: skip
        return
    click.echo(
        f"{totals.ideas} ideas, {totals.replies} replies, {totals.people} people added, "
        f"{len(totals.skipped)} skipped, {seconds:.1f} seconds, {rate:.0f} per second"
    )


async def _replay(home: Path, file: Path, jam_key: str, speed: float, found: replay_file.Survey) -> Totals:
    async with open_house(home) as house:
        places = await _forums(house, jam_key, found)
        with progress("Replaying", found.count) as meter:
            work = _Replay(house, places, meter.step)
            try:
                async with asyncio.TaskGroup() as tasks:
                    await work.take(tasks, _paced(replay_file.read(file), speed))
            except* Refusal as group:
                raise _first(group, work.totals) from group
        return work.totals


async def _forums(house: House, jam_key: str, found: replay_file.Survey) -> dict[str, Forum]:
    """Return slug → forum for all forums that the file names, or raise Refusal."""
    admin = await operator(house)
    try:
        jam = await jams.obtain_jam(house, admin, jam_key)
    except Missing as error:
        there = ", ".join(one.slug for one in await jams.list_jams(house, admin)) or "none yet"
        raise Refusal(f"There is no jam called {jam_key} here. Jams: {there}.") from error
    jam.require_open(house.now())
    places = {forum.slug: forum for forum in await forums.list_forums(house, admin, jam)}
    for slug, line in found.forums.items():
        if slug not in places:
            there = ", ".join(places) or "none yet"
            raise Refusal(f"Line {line} names the forum {slug!r}, which {jam.slug} does not have. Forums: {there}.")
    return places


def _first(group: BaseExceptionGroup[Refusal], totals: Totals) -> Refusal:
    """Return the refusal that ended a replay, with how far it came."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, Refusal)
    return Refusal(f"{error.public} {totals.ideas} ideas and {totals.replies} replies were posted before.")


@dataclass(frozen=True, slots=True)
class _Due:
    """A line, and how many seconds after the start its turn comes."""

    line: Line
    wait: float


def _paced(lines: Iterator[Line], speed: float) -> Iterator[_Due]:
    start: datetime | None = None
    for line in lines:
        start = start or line.at
        yield _Due(line, (line.at - start).total_seconds() / speed if speed else 0.0)


class _Replay:
    """Posts line after line, many at once; a reply waits for what it answers."""

    def __init__(self, house: House, places: dict[str, Forum], step: Callable[[], None]) -> None:
        self.totals = Totals()
        self._house = house
        self._places = places
        self._step = step
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._made: dict[str, asyncio.Future[Contribution | None]] = {}
        self._people: dict[str, asyncio.Task[Member]] = {}
        self._names: dict[str, str] = {}

    async def take(self, tasks: asyncio.TaskGroup, due: Iterator[_Due]) -> None:
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
                author = self._people[one.line.author] = tasks.create_task(self._person(one.line))
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
            raise Refusal(f"Line {line.number}: {refusal.public}") from refusal
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
        raise Conflict(f"Line {line.number}: no username is left for {line.author!r}.")


def usernames(author: str) -> Iterator[str]:
    """Yield names to try for an author: the slug, then the slug with a number."""
    bare = unicodedata.normalize("NFKD", author.partition("@")[0] or author).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", bare).strip("-")[:56].strip("-").lower()
    slug = slug or f"person-{hashlib.sha256(author.encode()).hexdigest()[:8]}"
    yield slug
    for number in range(2, 1000):
        yield f"{slug}-{number}"
