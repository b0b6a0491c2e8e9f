"""`replay`: hold a jam that is on file, as fast as the store takes it or at the pace of its clock."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import click

from server.cli import replay_file
from server.cli.home import as_json, at_home, open_house, operator, run
from server.cli.show import print_json, progress
from server.domain.errors import Missing, Refusal
from server.domain.jams import Forum
from server.services import forums, jams
from server.services.house import House
from server.services.replay import Replay, Totals, paced

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
            work = Replay(house, places, meter.step)
            try:
                async with asyncio.TaskGroup() as tasks:
                    await work.take(tasks, paced(replay_file.read(file), speed))
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
