"""`keys`: the key pairs with which our actors sign."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.home import at_home, open_house, open_sealed, operator, run


@click.group()
def keys() -> None:
    """Exchange the key pairs of our actors."""


@keys.command()
@click.option("--at-once", is_flag=True, help="Sign nothing with the old keys any more, not even the news of new ones.")
@at_home
def rotate(home: Path, at_once: bool) -> None:
    """Give the server, its people and every forum a new key pair. A running server signs with it at once.

    Servers that we wrote to are told, signed with the old key, which is kept a day for that alone. With --at-once, for
    keys that may be in other hands, it is not: then some servers take nothing of us for hours or days.
    """
    pairs, documents = run(_rotate(home, at_once=at_once))
    click.echo(f"{pairs} key pairs are new; {documents} actor documents show them.")


async def _rotate(home: Path, *, at_once: bool) -> tuple[int, int]:
    from federation.gate.actors import show_server
    from federation.gate.key_change import rotate_keys
    from federation.gate.plan import Gateway
    from server.services.audit import note

    async with open_house(home) as house, open_sealed(home) as outside:
        gate = Gateway(house, outside)
        await show_server(gate)
        await note(house, await operator(house), "rotate keys")
        return await rotate_keys(gate, at_once=at_once)
