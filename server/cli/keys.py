"""`keys`: the key pairs with which our actors sign."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.home import at_home, open_house, open_sealed, operator, run


@click.group()
def keys() -> None:
    """Exchange the key pairs of our actors."""


@keys.command()
@at_home
def rotate(home: Path) -> None:
    """Give the server, its people and every forum a new key pair. A running server signs with it at once.

    Other servers fetch the new keys by themselves, most of them with the next message.
    """
    pairs, documents = run(_rotate(home))
    click.echo(f"{pairs} key pairs are new; {documents} actor documents show them.")


async def _rotate(home: Path) -> tuple[int, int]:
    from federation.gate.actors import show_server
    from federation.gate.key_change import rotate_keys
    from federation.gate.plan import Gateway
    from server.services.audit import note

    async with open_house(home) as house, open_sealed(home) as outside:
        gate = Gateway(house, outside)
        await show_server(gate)
        await note(house, await operator(house), "rotate keys")
        return await rotate_keys(gate)
