"""What every verb shares: where the organisation's home is, and how to open it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from server.app import make_house, names_key, open_inside, open_outside
from server.app import open_ledger as open_view
from server.domain.actors import Member
from server.domain.errors import Missing, Refusal
from server.services import people
from server.services.house import House
from server.settings import Settings, read_organisation

if TYPE_CHECKING:
    from federation.outside.store import Books, Ledger, Outside

T = TypeVar("T")
Verb = TypeVar("Verb", bound=Callable[..., Any])
LOOK_SECONDS = 0.05

at_home: Callable[[Verb], Verb] = click.option(
    "--home",
    type=click.Path(file_okay=False, readable=False, path_type=Path),
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
    organisation = read_organisation(home)
    settings = Settings.from_env(home)
    async with open_inside(settings) as store:
        yield make_house(store, organisation, names_key=names_key(settings))


@contextlib.asynccontextmanager
async def open_ledger(home: Path) -> AsyncIterator[Ledger]:
    """Open the outside store for one command, to be read and without any key; raise Refusal when it is missing."""
    read_organisation(home)
    with open_view(_with_outside(home)) as ledger:
        yield ledger


@contextlib.asynccontextmanager
async def open_sealed(home: Path) -> AsyncIterator[Outside]:
    """Open the outside store with its keys, for a command that does the gate's work; raise Refusal when missing."""
    organisation = read_organisation(home)
    async with open_outside(_with_outside(home), organisation) as outside:
        yield outside


def _with_outside(home: Path) -> Settings:
    settings = Settings.from_env(home)
    if not settings.outside_path.exists():
        raise Refusal(f"The outside store {settings.outside_path} is missing: restore it, or run init.")
    return settings


async def operator(house: House) -> Member:
    """Return the admin in whose name a command acts: the operator holds the store itself."""
    async for member in everybody(house):
        if member.role == "admin" and member.active:
            return member
    raise Missing("admin", "no active admin")


async def everybody(house: House) -> AsyncIterator[Member]:
    """Yield all of our own people, by username."""
    after = ""
    while page := await people.list_people(house, after):
        for member in page:
            yield member
        after = page[-1].username


async def sign_in_link(house: House, member: Member) -> str:
    """Make a one-time sign-in link, good for an hour."""
    return f"{house.addresses.inside_url}/welcome/{await people.make_link(house, member, await operator(house))}"


async def wait_for_gate(house: House, books: Books, seconds: float = 2.0) -> bool:
    """Wait until a running gate has dealt with everything so far; False when none does within `seconds`."""
    from federation.gate.release import CONSUMER
    from federation.outside import errands
    from server.services import log

    newest = await log.newest_event(house)
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while await errands.cursor(books, CONSUMER) < newest:
        if loop.time() > until:
            return False
        await asyncio.sleep(LOOK_SECONDS)
    return True
