"""Write the next migration of a store: `python -m server.database ROWS MIGRATIONS [NAME]`, or `--check`
that none is due.

python -m server.database server.storage.rows server.storage.migrations add_summary
python -m server.database --check federation.outside.rows federation.outside.migrations
"""

import argparse
import asyncio
import sys

from server.database.drafts import due, schema_lacks, write, write_schema


async def main(arguments: list[str]) -> int:
    """Run the command; its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m server.database", description="Write a store's next migration."
    )
    parser.add_argument("rows", help="dotted module with the tortoise models")
    parser.add_argument("migrations", help="dotted package of the migrations")
    parser.add_argument("name", nargs="?", default="", help="what changes, in a few words")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when rows and migrations differ"
    )
    chosen = parser.parse_args(arguments)
    if chosen.check:
        changes = await due(chosen.rows, chosen.migrations)
        changes += [f"The schema is not after {name}: run make migration." for name in schema_lacks(chosen.migrations)]
        for change in changes:
            print(change)
        return 1 if changes else 0
    path = await write(chosen.rows, chosen.migrations, chosen.name)
    print(path or "The migrations say what the rows say: nothing to write.")
    if schema_lacks(chosen.migrations):
        print(await write_schema(chosen.rows, chosen.migrations))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
