"""`partner agreement`: what two servers agree on, from offer to end."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import cast, get_args

import click

from server.cli.home import as_json, at_home, open_house, operator, run
from server.cli.show import print_json, print_table
from server.domain.agreements import ALL_FORUMS, WORDS, Agreement, Direction
from server.domain.crossings import Tier
from server.domain.errors import Refusal
from server.services import agreements
from server.services.agreements import Wish


@click.group()
def agreement() -> None:
    """Offer, list, accept, decline and end agreements with other servers."""


@agreement.command()
@click.argument("host")
@click.option("--forum", "forums", multiple=True, help="jam/forum; again for more. All that they may see if left out.")
@click.option("--direction", type=click.Choice(get_args(Direction)), default="both", show_default=True)
@click.option("--clearance", default="GREEN", show_default=True, help="LEVEL[+category…], as in GREEN+export.")
@click.option("--retention", type=int, default=30, show_default=True, help="Days to delete within after the end.")
@click.option("--onward", default="organisation", show_default=True, help="How far what is received may be passed on.")
@click.option("--tier", type=click.Choice(get_args(Tier)), default="partner", show_default=True)
@click.option("--from", "starts", type=click.DateTime(["%Y-%m-%d"]), help="First day (UTC); now if left out.")
@click.option("--until", "ends", type=click.DateTime(["%Y-%m-%d"]), help="Last moment (UTC); a year if left out.")
@at_home
@as_json
def offer(
    host: str,
    forums: tuple[str, ...],
    direction: str,
    clearance: str,
    retention: int,
    onward: str,
    tier: str,
    starts: datetime | None,
    ends: datetime | None,
    home: Path,
    as_json: bool,
) -> None:
    """Offer HOST an agreement. It holds once their admin accepts it."""
    wish = Wish(
        forums=forums or (ALL_FORUMS,),
        direction=cast(Direction, direction),
        clearance=clearance,
        retention_days=retention,
        onward=onward,
        tier=cast(Tier, tier),
        starts_at=_utc(starts),
        ends_at=_utc(ends),
    )
    made, said = run(_offer(home, host, wish))
    if as_json:
        print_json(_described(made))
        return
    click.echo(f"Version {made.version} of an agreement is offered to {made.host} as {made.id}:")
    for one in said:
        click.echo(f"  {one}")


async def _offer(home: Path, host: str, wish: Wish) -> tuple[Agreement, tuple[str, ...]]:
    async with open_house(home) as house:
        made = await agreements.offer(house, await operator(house), host, wish)
        return made, agreements.in_sentences(house, made)


@agreement.command("list")
@click.argument("host", default="")
@at_home
@as_json
def list_(host: str, home: Path, as_json: bool) -> None:
    """List agreements, with HOST or with all, newest first."""
    found = run(_list(home, host))
    if as_json:
        print_json([_described(one) for one in found])
        return
    if not found:
        click.echo("There are no agreements yet: offer one with `partner agreement offer HOST`.", err=True)
        return
    rows = [
        (one.id, one.host, one.version, WORDS[one.state], one.terms.clearance, f"{one.terms.ends_at:%Y-%m-%d}")
        for one in found
    ]
    print_table(("id", "host", "version", "state", "clearance", "until"), rows)


async def _list(home: Path, host: str) -> list[Agreement]:
    async with open_house(home) as house:
        return await agreements.list_agreements(house, await operator(house), host)


@agreement.command()
@click.argument("host")
@at_home
def accept(host: str, home: Path) -> None:
    """Accept what HOST offered. Read it first: `partner agreement show HOST`."""
    done = run(_act(home, host, "accept", ""))
    click.echo(f"Version {done.version} with {done.host} holds from {done.terms.starts_at:%Y-%m-%d}.")


@agreement.command()
@click.argument("host")
@click.option("--reason", default="", help="They read it.")
@at_home
def decline(host: str, reason: str, home: Path) -> None:
    """Decline what HOST offered."""
    done = run(_act(home, host, "decline", reason))
    click.echo(f"Version {done.version} with {done.host} is declined; they are told.")


@agreement.command()
@click.argument("host")
@click.option("--reason", default="", help="They read it.")
@at_home
def end(host: str, reason: str, home: Path) -> None:
    """End the agreement with HOST, or take an offer to it back."""
    done = run(_act(home, host, "end", reason))
    click.echo(f"Version {done.version} with {done.host} is ended; they are told.")


@agreement.command()
@click.argument("host")
@at_home
def show(host: str, home: Path) -> None:
    """Show in sentences what is agreed with HOST, or what waits for an answer."""
    version, said, state = run(_show(home, host))
    click.echo(f"Version {version}, {state}:")
    for one in said:
        click.echo(f"  {one}")


async def _show(home: Path, host: str) -> tuple[int, tuple[str, ...], str]:
    async with open_house(home) as house:
        found = await agreements.list_agreements(house, await operator(house), host)
        if not found:
            raise Refusal(f"There is no agreement with {host}.")
        return found[0].version, agreements.in_sentences(house, found[0]), WORDS[found[0].state]


STATES = {"accept": ("asked",), "decline": ("asked",), "end": ("accepted", "offered", "draft")}


async def _act(home: Path, host: str, act: str, reason: str) -> Agreement:
    async with open_house(home) as house:
        by = await operator(house)
        known = await agreements.list_agreements(house, by, host)
        found = next((one for state in STATES[act] for one in known if one.state == state), None)
        if found is None:
            raise Refusal(f"There is nothing with {host} to {act}; `partner agreement list` shows what there is.")
        if act == "accept":
            return await agreements.accept(house, by, found.id)
        deal = agreements.decline if act == "decline" else agreements.end
        return await deal(house, by, found.id, reason)


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None else None


def _described(one: Agreement) -> dict[str, object]:
    return {
        "id": one.id,
        "uri": one.uri,
        "host": one.host,
        "version": one.version,
        "state": one.state,
        "ours": one.ours,
        "forums": [forum.uri for forum in one.terms.forums],
        "direction": one.terms.direction,
        "clearance": one.terms.clearance,
        "retention_days": one.terms.retention_days,
        "onward": one.terms.onward,
        "tier": one.terms.tier,
        "starts_at": one.terms.starts_at.isoformat(),
        "ends_at": one.terms.ends_at.isoformat(),
        "note": one.note,
    }
