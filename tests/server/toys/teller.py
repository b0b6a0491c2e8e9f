"""A process of its own that works on a ledger: `python -m tests.server.toys.teller VERB PATH NUMBER`."""

import asyncio
import sys
from pathlib import Path

from server.database import Database
from tests.server.toys.ledger import AccountRow

ROWS = "tests.server.toys.ledger"


async def main(verb: str, path: Path, number: int) -> None:
    ledger = await Database.open(path, ROWS, migrations="tests.server.toys.ledger_migrations")
    await {"open": rest, "raise": lift, "write": write}[verb](ledger, number)
    await ledger.close()


async def rest(ledger: Database, number: int) -> None:
    print("open", flush=True)


async def lift(ledger: Database, number: int) -> None:
    """Read a balance, then write one more, `number` times from four tasks."""

    async def one() -> None:
        for _ in range(number // 4):
            async with ledger.transaction():
                account = await AccountRow.get(name="balance")
                await asyncio.sleep(0)
                account.note = str(int(account.note) + 1)
                await account.save()

    await asyncio.gather(*(one() for _ in range(4)))


async def write(ledger: Database, number: int) -> None:
    """Write rows for ever from `number` tasks, and print each name once it was acknowledged."""

    async def one(task: int) -> None:
        turn = 0
        while True:
            turn += 1
            async with ledger.transaction():
                await AccountRow.create(name=f"{task}/{turn}")
            print(f"{task}/{turn}", flush=True)

    await asyncio.gather(*(one(task) for task in range(number)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
