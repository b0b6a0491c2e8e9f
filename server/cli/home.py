"""What every verb shares: where the organisation's home is, and how to open it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

from server.app import make_house, open_inside
from server.domain.actors import Member
from server.domain.errors import Missing
from server.services import people
from server.services.house import House
from server.settings import Settings, read_organisation

T = TypeVar("T")
Verb = TypeVar("Verb", bound=Callable[..., Any])

at_home: Callable[[Verb], Verb] = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var"),
    show_default=True,
    help="Where the organisation's stores and secrets are.",
)
as_json: Callable[[Verb], Verb] = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a verb's work to its end."""
    return asyncio.run(work)


@contextlib.asynccontextmanager
async def open_house(home: Path) -> AsyncIterator[House]:
    """Open the inside of an organisation for one command, beside a running server or without one."""
    settings = Settings.from_env(home)
    organisation = read_organisation(home)
    async with open_inside(settings) as store:
        yield make_house(store, organisation)


async def operator(house: House) -> Member:
    """Return the admin in whose name a command acts: the operator holds the store itself."""
    for member in await people.list_people(house):
        if member.role == "admin" and member.active:
            return member
    raise Missing("admin", "no active admin")
