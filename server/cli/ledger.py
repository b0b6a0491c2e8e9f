"""`ledger`: what other servers hold of ours, and what became of recalls."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from server.cli.home import as_json, at_home, open_ledger, run
from server.cli.show import print_json, print_table, when
from server.domain.recalls import RECALL_STATES, UNANSWERED, RecallState, state_sentence

if TYPE_CHECKING:
    from federation.outside.ledger import Holding
    from federation.outside.recalls import Recall

MOST = 1_000_000


@click.command()
@click.option("--peer", default="", metavar="HOST", help="Only what this server holds; * is the public.")
@click.option("--object", "object_", default="", metavar="URI", help="Only who holds this.")
@click.option(
    "--recalls",
    "state",
    type=click.Choice(["all", "unanswered", *RECALL_STATES]),
    default=None,
    help="What became of recalls instead: all, who never answered, or one state.",
)
@click.option("--limit", default=500, show_default=True, type=click.IntRange(1, MOST), help="The newest so many.")
@at_home
@as_json
def ledger(peer: str, object_: str, state: str | None, limit: int, home: Path, as_json: bool) -> None:
    """List what crossed: who holds which version of what, how it got there, and the receipts of recalls."""
    host = peer.strip().lower()
    if state is not None:
        _print_recalls(run(_recalls(home, object_, host, state, limit)), as_json=as_json)
        return
    found = run(_holdings(home, object_, host, limit))
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        click.echo("Nobody holds anything of ours that fits.", err=True)
        return
    print_table(
        ("peer", "object", "type", "version", "has", "how", "released (UTC)", "since (UTC)", "withdrawn (UTC)",
         "recall"),
        [
            ("everyone" if one.peer == "*" else one.peer, one.uri, one.type, one.version, one.held_version or "",
             one.how, when(one.released_at), when(one.since), when(one.revoked_at), one.recall)
            for one in found
        ],
    )  # fmt: skip


def _print_recalls(found: list[Recall], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(one) for one in found])
        return
    if not found:
        click.echo("There is no recall of this kind.", err=True)
        return
    print_table(
        ("peer", "object", "state", "asked (UTC)", "accepted (UTC)", "acknowledged (UTC)", "purged (UTC)", "why",
         "said"),
        [
            (one.host, one.object_uri, one.state, when(one.asked_at), when(one.accepted_at), when(one.acknowledged_at),
             when(one.purged_at), one.cause, state_sentence(one.state, one.kind, one.answer))
            for one in found
        ],
    )  # fmt: skip


async def _holdings(home: Path, object_: str, peer: str, limit: int) -> list[Holding]:
    from federation.outside.ledger import holdings

    async with open_ledger(home) as outside:
        return await holdings(outside, [object_] if object_ else [], peer, limit)


async def _recalls(home: Path, object_: str, peer: str, state: str, limit: int) -> list[Recall]:
    from federation.outside import recalls

    states: tuple[RecallState, ...] = tuple(UNANSWERED) if state == "unanswered" else ()
    states = states or tuple(one for one in RECALL_STATES if one == state)
    async with open_ledger(home) as outside:
        return await recalls.listed(
            outside, states=states, peer=peer, object_uris=[object_] if object_ else [], limit=limit
        )
