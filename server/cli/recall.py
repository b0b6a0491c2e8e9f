"""`recall`: take back what crossed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from server.cli.home import at_home, open_house, open_ledger, operator, run, wait_for_gate
from server.domain.errors import Refusal
from server.domain.ideas import Contribution
from server.domain.recalls import recall_sentence
from server.services import crossings, guises, ideas_read
from server.services.house import House


@dataclass(frozen=True, slots=True)
class Done:
    """What a recall came to. `asks` counts the servers that hold a copy."""

    uri: str
    asks: int
    dealt_with: bool


@click.command()
@click.option("--object", "object_", required=True, metavar="URI|ID", help="What to take back.")
@click.option("--peer", default="", metavar="HOST", help="Take it back from this server alone.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@at_home
def recall(object_: str, peer: str, dry_run: bool, home: Path) -> None:
    """Take an idea or reply back: it is served no more, and its holders are asked to delete it.

    Recalling an idea recalls what hangs on it too. `ledger --object URI` shows the receipts.
    """
    done = run(_recall(home, object_, peer.strip().lower(), dry_run=dry_run))
    whom = peer or "everybody"
    if dry_run:
        click.echo(f"Recalling {done.uri} from {whom}: {recall_sentence(done.asks)}")
    elif done.dealt_with:
        click.echo(f"{done.uri} is recalled from {whom}: it is served no more, and holders are asked to delete it.")
    else:
        click.echo(f"{done.uri} is recalled from {whom}. No gate is running: it takes effect when the gate runs next.")


async def _recall(home: Path, object_: str, peer: str, *, dry_run: bool) -> Done:
    from federation.outside import recalls

    async with open_house(home) as house, open_ledger(home) as ledger:
        made = await _find(house, object_)
        asks = await recalls.would_ask(ledger, await guises.uris_with(house, made), peer or None)
        if dry_run:
            return Done(made.uri, len(asks), dealt_with=False)
        await crossings.recall(house, await operator(house), made, peer)
        return Done(made.uri, len(asks), await wait_for_gate(house, ledger))


async def _find(house: House, object_: str) -> Contribution:
    made = await ideas_read.by_uri(house, object_) or await ideas_read.by_id(house, object_)
    if made is None:
        raise Refusal(f"There is no idea or reply {object_} here; name it by its URI, as `ledger` shows it.")
    return made
