"""How quickly the gate lets contributions out: `python -m tests.bench.bench_gate [CONTRIBUTIONS]`.

One organisation with three partners and a public forum; half of what is written are ideas, half replies to one
idea. Printed: contributions a second, for the gate and for posting them, and the ratio between the two.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from federation.gate.actors import show_server
from federation.gate.plan import Gateway
from federation.gate.release import Release
from server.app import make_house, open_inside, open_outside
from server.domain.jams import Charter
from server.domain.uris import Addresses
from server.services import forums, ideas, jams, partners, people, rules
from server.services.house import House
from server.settings import Organisation, Settings, secret


async def drain(release: Release) -> None:
    while await release.run_once():
        pass


async def write(house: House, release: Release, count: int) -> float:
    """Hold a jam and post; return the seconds that the posting took."""
    ada = await people.add_member(house, "ada", "Ada", "R&D", "admin")
    now = datetime.now(UTC)
    charter = Charter(question="Why?", promise="We answer.", off_limits="Nothing.", decide_by="Today")
    jam = await jams.create_jam(house, ada, "bench", "Bench", charter, now, now + timedelta(days=1))
    forum = await forums.create_forum(house, ada, jam, "open", "Open", "Why?", "public")
    for number in range(3):
        await partners.add_partner(house, ada, f"partner{number}.example", "partner")
    await jams.open_jam(house, ada, jam)
    first = await ideas.post_idea(house, ada, forum, "First", "The idea that everybody answers.")
    await drain(release)
    began = time.perf_counter()
    words = "Some words of a usual length, as people write them in a jam. " * 3
    await asyncio.gather(*(ideas.reply(house, ada, first, f"{words}{n}") for n in range(count // 2)))
    await asyncio.gather(*(ideas.post_idea(house, ada, forum, "Idea", f"{words}{n}") for n in range(count // 2)))
    return time.perf_counter() - began


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        organisation = Organisation("Acme", Addresses("http://127.0.0.1:1", "http://127.0.0.1:2"))
        settings = Settings.from_env(Path(folder), {"PATH": ""})
        for name in ("release.key", "seal.key"):
            secret(settings.secrets_path, name, make=True)
        async with open_outside(settings, organisation) as outside, open_inside(settings, create=True) as store:
            house = make_house(store, organisation)
            await rules.found_rules(house)
            gate = Gateway(house, outside)
            await show_server(gate)
            release = Release(gate, lambda event, error: print(event, error))
            posting = await write(house, release, count)
            began = time.perf_counter()
            await drain(release)
            crossing = time.perf_counter() - began
    print(f"posted {count / posting:,.0f}/s; let out to three partners and the public {count / crossing:,.0f}/s")
    print(f"  = {posting / crossing:.2f} of the posting rate")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 600))
