"""`make demo CHECK=1`: the story played end to end, looked at from the outside, one line for each thing seen."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rich.console import Console

from server.demo.canaries import Canaries
from server.demo.check_doors import check_crash, check_doubles, check_forgeries, check_freeze
from server.demo.check_leaks import check_leaks
from server.demo.check_opening import check_opening, check_replay
from server.demo.check_story import check_story
from server.demo.house import build
from server.demo.report import Report
from server.demo.scene import Scene, extra_people, plans
from server.demo.sites import empty_homes, make_sites, require_free_ports
from server.demo.statements import Statement, read_statements
from server.demo.stranger import Stranger

WANTED = {"acme": 16, "globex": 12, "initech": 8}
LONGEST = 420.0


async def check(home: Path, first_port: int) -> int:
    """Play and look; return 0 when everything held, else 1."""
    console = Console()
    report = Report(console)
    sites = make_sites(home, first_port)
    require_free_ports(sites)
    statements = pick(read_statements())
    canaries = Canaries()
    with empty_homes(home, sites), report.part("the whole story"):
        async with asyncio.timeout(LONGEST):
            people = extra_people(canaries)
            with report.part("three organisations"):
                async with build(sites, statements, lambda _: None, more=people, split=True) as built:
                    report.expect("three organisations are founded and answer, Acme's roles as processes apart", True)
                    async with Stranger(built.stage.transport) as stranger:
                        scene = Scene(report, canaries, built, stranger, statements, plans(canaries))
                        await _play(scene)
                report.expect("no process of the demo is left", not built.processes.running)
    return report.close()


def pick(statements: list[Statement]) -> list[Statement]:
    """Return the first few statements of each organisation, none without what it answers."""
    kept: dict[str, Statement] = {}
    left = dict(WANTED)
    for one in statements:
        if left[one.organisation] and (not one.parent or one.parent in kept):
            kept[one.id] = one
            left[one.organisation] -= 1
    return list(kept.values())


async def _play(scene: Scene) -> None:
    """Play all parts; one that fails does not keep the next from being looked at."""
    for name, part in (
        ("the jam opens and the others join", check_opening),
        ("real statements cross", check_replay),
        ("what crosses, waits, changes its name and is taken back", check_story),
        ("forged mail", check_forgeries),
        ("mail that comes twice", check_doubles),
        ("kill -9", check_crash),
        ("the jam closes", check_freeze),
        ("what others hold", check_leaks),
    ):
        with scene.report.part(name):
            await part(scene)
