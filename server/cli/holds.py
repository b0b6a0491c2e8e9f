"""`holds`: what waits for reviewers, and answers in the name of one."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from server.cli.home import as_json, at_home, open_house, run
from server.domain.actors import Member
from server.domain.holds import Hold, Sought, wanted
from server.services import holds as queue
from server.services import people
from server.services.house import House

MOST = 1_000
in_the_name_of = click.option("--as", "as_", required=True, metavar="USERNAME", help="The reviewer who answers.")
of_hold = click.argument("hold_id", metavar="HOLD")


@click.group()
def holds() -> None:
    """See what waits for reviewers, and release or refuse it. Answers take effect at once."""


@holds.command("list")
@at_home
@as_json
def list_(home: Path, *, as_json: bool) -> None:
    """List what waits, oldest first."""

    async def work() -> tuple[list[Hold], list[str]]:
        async with open_house(home) as house:
            found = await queue.waiting(house, Sought(), MOST)
            return found, [_line(house, hold) for hold in found]

    found, lines = run(work())
    if as_json:
        click.echo(json.dumps([_told(hold) for hold in found], indent=2))
        return
    click.echo("\n".join(lines) or "Nothing waits.")


@holds.command()
@of_hold
@at_home
def show(hold_id: str, home: Path) -> None:
    """Show one of them with the exact copies on offer."""

    async def work() -> str:
        async with open_house(home) as house:
            hold = await queue.find_hold(house, hold_id)
            parts = [_line(house, hold), hold.reason]
            for one in hold.previews:
                to = ", ".join(audience for audience, sha in hold.copies.items() if sha == one.sha)
                parts.append(f"--- for {to}, SHA-256 {one.sha}\n" + "\n\n".join(filter(None, (one.title, one.text))))
            return "\n".join(parts if hold.previews else [*parts, hold.preview])

    click.echo(run(work()))


@holds.command()
@of_hold
@in_the_name_of
@at_home
def release(hold_id: str, as_: str, home: Path) -> None:
    """Approve exactly what is on offer; it crosses once enough people have."""

    async def answer(house: House, by: Member) -> Hold:
        return await queue.release(house, by, hold_id)

    hold = run(_answer(home, as_, answer))
    click.echo("Released." if hold.state == "released" else f"Approved. It needs {wanted(hold.unmet)}.")


@holds.command()
@of_hold
@in_the_name_of
@click.option("--reason", required=True, help="The author reads it.")
@at_home
def refuse(hold_id: str, as_: str, reason: str, home: Path) -> None:
    """Keep it back, with a reason that the author reads."""

    async def answer(house: House, by: Member) -> Hold:
        return await queue.refuse(house, by, hold_id, reason)

    run(_answer(home, as_, answer))
    click.echo("Refused. The author can read the reason.")


async def _answer(home: Path, username: str, answer: Callable[[House, Member], Awaitable[Hold]]) -> Hold:
    async with open_house(home) as house:
        return await answer(house, await people.person(house, username))


def _line(house: House, hold: Hold) -> str:
    hours = (house.now() - hold.asked_at).total_seconds() / 3600
    age = f"{hours:.1f} h" + (f" of {hold.within_hours} h" if hold.within_hours is not None else "")
    late = "  OVERDUE" if hold.state == "waiting" and hold.is_overdue(house.now()) else ""
    whom = ", ".join(sorted(hold.audiences)) or hold.peer
    return f"{hold.id}  {hold.direction:3}  {hold.state}  {age}{late}  {hold.author} -> {whom}  {', '.join(hold.rules)}"


def _told(hold: Hold) -> dict[str, object]:
    return {
        "id": hold.id,
        "direction": hold.direction,
        "contribution_id": hold.contribution_id,
        "activity_uri": hold.activity_uri,
        "author": hold.author,
        "audiences": sorted(hold.audiences),
        "rules": list(hold.rules),
        "reason": hold.reason,
        "state": hold.state,
        "asked_at": hold.asked_at.isoformat(),
        "within_hours": hold.within_hours,
        "wanted": wanted(hold.unmet),
        "approved_by": [one.by.username for one in hold.approved_by],
        "offer": hold.offer,
    }
