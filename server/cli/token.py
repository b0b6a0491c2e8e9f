"""`token`: a bearer token for the JSON API."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.home import at_home, open_house, operator, run
from server.domain.errors import Conflict, Missing, Refusal
from server.services import people


@click.command()
@click.argument("username")
@at_home
def token(username: str, home: Path) -> None:
    """Print a new bearer token of USERNAME for the JSON API. It is shown this once."""
    click.echo(run(_token(home, username)))


async def _token(home: Path, username: str) -> str:
    async with open_house(home) as house:
        try:
            member = await people.person(house, username.lstrip("@"))
        except Missing as error:
            raise Refusal(f"There is no person called {username} here; `user list` shows who there is.") from error
        if not member.active:
            raise Conflict(f"{member.username} is not active and gets no token.")
        return await people.make_token(house, member, await operator(house))
