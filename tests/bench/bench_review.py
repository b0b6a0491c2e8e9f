"""How quickly everything that stands is judged again: `python -m tests.bench.bench_review [CONTRIBUTIONS]`.

Half ideas, half replies in a public forum with three partners; then three tables: one that changes nothing that
stands, the same with every contribution judged the slow way, and one that withdraws a tenth of them.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time

from federation.gate import reviewing
from server.services import rules
from tests.bench.bench_gate import drain, furnish, opened, write

LIKES = '\n[[rule]]\nid = "G-likes"\nkind = "guard"\ndirection = "out"\nact = "Like"\neffect = "deny"\n'
AMONG_TEN = '\n[[rule]]\nid = "G-some"\nkind = "guard"\ndirection = "out"\nlength = "{}"\neffect = "deny"\n'


async def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(folder) as gate:
            ada, forum, out = await furnish(gate, "public", 3)
            await write(gate.house, ada, forum, out, count)
            await drain(out)
            stored, _ = await rules.rules_in_force(gate.house)
            lengths = sorted(
                row["n"] for row in await gate.house.store.fetch("SELECT length(text) AS n FROM contributions")
            )
            tenth = AMONG_TEN.format(f">{lengths[len(lengths) * 9 // 10]}")

            async def timed(table: str) -> float:
                await rules.apply_rules(gate.house, ada, table, alone=True)
                began = time.perf_counter()
                await drain(out)
                return time.perf_counter() - began

            quick = await timed(stored.text + LIKES)
            plain = reviewing._is_in_line
            reviewing._is_in_line = lambda *_: False
            slow = await timed(stored.text)
            reviewing._is_in_line = plain
            some = await timed(stored.text + tenth)
    print(f"review of {count} contributions for four audiences: {count / quick:,.0f}/s where nothing changes,", end=" ")
    print(f"{slow / quick:.1f} x the slow way ({count / slow:,.0f}/s); {count / some:,.0f}/s with a tenth withdrawn")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
