"""`ledger`: what other servers hold of ours."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.home import as_json, at_home, open_ledger, run
from server.cli.show import print_json, print_table, when

if TYPE_CHECKING:
    from federation.outside.ledger import Holding

MOST = 1_000_000


@click.command()
@click.option("--peer", default="", metavar="HOST", help="Only what this server holds; * is the public.")
@click.option("--object", "object_", default="", metavar="URI", help="Only who holds this.")
@click.option("--limit", default=500, show_default=True, type=click.IntRange(1, MOST), help="The newest so many.")
@at_home
@as_json
def ledger(peer: str, object_: str, limit: int, home: Path, as_json: bool) -> None:
    """List what crossed: who holds which version of what, how it got there, and the receipts of recalls."""
    found = run(_holdings(home, object_, peer.strip().lower(), limit))
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        click.echo("Nobody holds anything of ours that fits.", err=True)
        return
    print_table(
        ("peer", "object", "type", "version", "how", "released (UTC)", "withdrawn (UTC)", "recall"),
        [
            ("everyone" if one.peer == "*" else one.peer, one.uri, one.type, one.version, one.how,
             when(one.released_at), when(one.revoked_at), one.recall)
            for one in found
        ],
    )  # fmt: skip


async def _holdings(home: Path, object_: str, peer: str, limit: int) -> list[Holding]:
    from federation.outside.ledger import holdings

    async with open_ledger(home) as outside:
        return await holdings(outside, [object_] if object_ else [], peer, limit)
