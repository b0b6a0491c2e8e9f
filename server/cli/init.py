"""`init`: make an organisation's stores, secrets, default rules and first admin. Safe to run again."""

from __future__ import annotations

from pathlib import Path

import click

from server.app import make_house, names_key, open_inside, open_outside, second_place
from server.cli.home import at_home, run
from server.domain.errors import Conflict, Missing
from server.domain.uris import Addresses
from server.services import people, rules
from server.settings import (
    Organisation,
    Settings,
    SettingsError,
    check_url,
    read_organisation,
    secret,
    write_organisation,
)


@click.command()
@at_home
@click.option("--name", required=True, help="The organisation's name, as people read it.")
@click.option("--inside-url", required=True, help="Where employees reach the server.")
@click.option("--edge-url", required=True, help="Where the world reaches it; ids outside begin with it, for good.")
@click.option("--admin", required=True, help="Username of the first admin.")
def init(home: Path, name: str, inside_url: str, edge_url: str, admin: str) -> None:
    """Make an organisation's home. Run again, it mends what is missing and changes nothing else."""
    asked = Organisation(name.strip(), Addresses(check_url(edge_url), check_url(inside_url)))
    run(_init(home, asked, admin))


async def _init(home: Path, asked: Organisation, admin: str) -> None:
    settings = Settings.from_env(home)
    organisation = _found(home, asked)
    for name in ("release.key", "seal.key"):
        secret(settings.secrets_path, name, make=True)
    second_place(settings)
    names_key(settings)
    async with open_outside(settings, organisation), open_inside(settings, create=True) as store:
        house = make_house(store, organisation)
        await rules.found_rules(house)
        try:
            member = await people.person(house, admin)
        except Missing:
            member = await people.add_member(house, admin, admin, "", "admin")
            if settings.admin_password:
                await people.set_password(house, member, settings.admin_password)
        if not settings.admin_password:
            link = await people.make_link(house, member)
            click.echo(f"Sign in once within the hour, as {admin}: {organisation.addresses.inside_url}/welcome/{link}")
    click.echo(f"{organisation.name} is set up in {home}. Start it with: python -m server serve --home {home}")


def _found(home: Path, asked: Organisation) -> Organisation:
    """Write the organisation down, or check that it is the one that lives here."""
    if not (home / "marmalade.toml").exists():
        if not asked.name:
            raise SettingsError("An organisation needs a name.")
        write_organisation(home, asked)
        return asked
    known = read_organisation(home)
    if known.addresses.edge_url != asked.addresses.edge_url:
        raise Conflict(
            f"{home} belongs to {known.addresses.edge_url}. The edge address cannot change: ids outside begin with it."
        )
    write_organisation(home, asked)
    return asked
