"""`partner`: agreements with other servers."""

from __future__ import annotations

from pathlib import Path
from typing import cast, get_args

import click

from server.cli.agreement import agreement
from server.cli.home import as_json, at_home, open_house, operator, run
from server.cli.show import print_json, print_table
from server.domain.crossings import Partner, PartnerState, Tier
from server.domain.errors import Missing, Refusal
from server.services import partners


@click.group()
def partner() -> None:
    """Add, list, pause, resume and remove partners."""


partner.add_command(agreement)


@partner.command()
@click.argument("host")
@click.option("--tier", type=click.Choice(get_args(Tier)), required=True)
@click.option("--clearance", default="GREEN", show_default=True, help="A level, and categories, as in GREEN+legal.")
@click.option("--name", default="", help="As people read it; the host where it is left out.")
@at_home
@as_json
def add(host: str, tier: str, clearance: str, name: str, home: Path, as_json: bool) -> None:
    """Write down an agreement with HOST, or change the one there is."""
    made = run(_add(home, host, cast(Tier, tier), clearance, name))
    if as_json:
        print_json(_described(made))
    else:
        click.echo(f"{made.host} is a {made.tier}, cleared for {made.clearance}.")


async def _add(home: Path, host: str, tier: Tier, clearance: str, name: str) -> Partner:
    async with open_house(home) as house:
        return await partners.add_partner(house, await operator(house), host, tier, clearance, name)


@partner.command("list")
@at_home
@as_json
def list_(home: Path, as_json: bool) -> None:
    """List partners with tier, clearance and state."""
    found = run(_list(home))
    if as_json:
        print_json([_described(one) for one in found])
        return
    if not found:
        click.echo("There are no partners yet: add one with `partner add HOST --tier partner`.", err=True)
        return
    rows = [(one.host, one.name, one.tier, one.clearance, one.state) for one in found]
    print_table(("host", "name", "tier", "clearance", "state"), rows)


async def _list(home: Path) -> list[Partner]:
    async with open_house(home) as house:
        return await partners.list_partners(house)


@partner.command()
@click.argument("host")
@at_home
def pause(host: str, home: Path) -> None:
    """Let nothing cross to or from HOST until it is resumed; what waits stays queued."""
    _change(home, host, "active", "paused", f"{host} is paused: nothing crosses until `partner resume {host}`.")


@partner.command()
@click.argument("host")
@at_home
def resume(host: str, home: Path) -> None:
    """Let things cross to and from HOST again."""
    _change(home, host, "paused", "active", f"{host} is a partner again.")


@partner.command()
@click.argument("host")
@at_home
def remove(host: str, home: Path) -> None:
    """End the agreement with HOST: what it was granted as a partner is withdrawn."""
    _change(home, host, "", "removed", f"{host} is no partner any more; what it was granted as one is withdrawn.")


def _change(home: Path, host: str, from_: str, state: PartnerState, said: str) -> None:
    run(_set(home, host.strip().lower(), from_, state))
    click.echo(said)


async def _set(home: Path, host: str, from_: str, state: PartnerState) -> None:
    async with open_house(home) as house:
        known = await partners.find_partner(house, host)
        if from_ and known is not None and known.state not in (from_, state):
            raise Refusal(f"{host} is {known.state}, so it cannot become {state}.")
        try:
            await partners.change_partner(house, await operator(house), host, state=state)
        except Missing as error:
            raise Refusal(f"There is no partner {host}; `partner list` shows who there is.") from error


def _described(one: Partner) -> dict[str, object]:
    return {
        "host": one.host,
        "name": one.name,
        "tier": one.tier,
        "clearance": one.clearance,
        "state": one.state,
        "added_at": one.added_at.isoformat(),
    }
