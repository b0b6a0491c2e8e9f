"""What the demo prints: where to look, how to sign in, and a line of life now and then."""

from __future__ import annotations

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from server.demo.jam import SLUG
from server.demo.people import NAMED, PASSWORD
from server.demo.sites import Site

INTRO = (
    "Acme holds the jam “A Better Bowling Green”. Globex, its partner, and Initech, a stranger, joined from their own "
    "servers. The words are real: 887 statements of a Polis conversation (The Computational Democracy Project, "
    "CC BY 4.0; see server/demo/data/ATTRIBUTION.md). All people and organisations are invented."
)


def print_places(console: Console, sites: dict[str, Site]) -> None:
    """Print addresses and sign-ins."""
    table = Table(title="Three organisations, one jam", title_justify="left", pad_edge=False)
    for heading in ("", "where", "sign in as"):
        table.add_column(heading, no_wrap=True)
    for site in sites.values():
        names = [f"{site.admin} (admin)"]
        names += [f"{part.username} ({part.role}, {part.unit})" for part in NAMED[site.key] if part.signs_in]
        where = f"people {site.inside_url}\nworld  {site.edge_url}"
        table.add_row(f"[b]{site.name}[/b]", where, "\n".join(names), end_section=True)
    console.print()
    console.print(table)
    console.print(f"Everybody's password: [b]{PASSWORD}[/b]\n")
    console.print(INTRO)


def print_tour(console: Console, sites: dict[str, Site]) -> None:
    """Print what to look at first."""
    acme, globex = sites["acme"], sites["globex"]
    steps = (
        ("The live board, as riley", f"{acme.inside_url}/jams/{SLUG}/board"),
        ("What waits for review, as casey", f"{acme.inside_url}/boundary/holds"),
        ("What others hold, as morgan", f"{acme.inside_url}/boundary/ledger"),
        ("The jam at Globex, as avery", f"{globex.inside_url}/"),
        ("What a stranger sees of Acme", f"{acme.edge_url}/"),
    )
    lines = [f"{number}. {what}\n   {where}" for number, (what, where) in enumerate(steps, 1)]
    console.print(Panel("\n".join(lines), title="Look here first", title_align="left", expand=False))
    console.print("Statements go on arriving while this runs. Ctrl-C ends all three servers.\n")
