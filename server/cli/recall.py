"""`recall`: take back what crossed."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.home import at_home, open_house, open_ledger, operator, run, wait_for_gate
from server.domain.errors import Refusal
from server.domain.ideas import Contribution
from server.services import crossings, ideas
from server.services.house import House


@click.command()
@click.option("--object", "object_", required=True, metavar="URI|ID", help="What to take back.")
@click.option("--peer", default="", metavar="HOST", help="Take it back from this server alone.")
@at_home
def recall(object_: str, peer: str, home: Path) -> None:
    """Take an idea or reply back: it is served no more, and its holders are asked to delete it.

    Recalling an idea recalls our replies to it too. `ledger --object URI` shows the receipts.
    """
    uri, dealt_with = run(_recall(home, object_, peer.strip().lower()))
    whom = peer or "everybody"
    if dealt_with:
        click.echo(f"{uri} is recalled from {whom}: it is served no more, and holders are asked to delete it.")
    else:
        click.echo(f"{uri} is recalled from {whom}. No gate is running: it takes effect when the gate runs next.")


async def _recall(home: Path, object_: str, peer: str) -> tuple[str, bool]:
    async with open_house(home) as house, open_ledger(home) as ledger:
        made = await _find(house, object_)
        await crossings.recall(house, await operator(house), made, peer)
        return made.uri, await wait_for_gate(house, ledger)


async def _find(house: House, object_: str) -> Contribution:
    made = await ideas.by_uri(house, object_) or await ideas.by_id(house, object_)
    if made is None:
        raise Refusal(f"There is no idea or reply {object_} here; name it by its URI, as `ledger` shows it.")
    return made
