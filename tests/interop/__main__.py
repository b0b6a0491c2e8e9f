"""`python -m tests.interop`: real servers of other software and ours on loopback, and what was seen to work.

`--peers snac,gotosocial` names some (default: all that are installed); `--only KEYS` plays the features with these
keys, after finding the forum; `--table FILE` keeps the table; `--keep FOLDER` keeps every server's files and the log
of what passed between them.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.interop import held_there, particulars, room, visiting
from tests.interop.journeys import Stage, play
from tests.interop.ours import EDGE, Ours
from tests.interop.peers import PEERS, Peer
from tests.interop.proxy import Proxies
from tests.interop.seen import Report, table

OURS = "acme.test"
#: Whose features there are besides those of the journeys, in order.
BESIDES = (visiting, particulars, held_there)


def main() -> int:
    asked = _arguments()
    chosen = [one for one in PEERS if not asked.peers or one.name in asked.peers.split(",")]
    installed = [(one, found) for one in chosen if (found := one.find())]
    for one in chosen:
        if one.find() is None:
            print(
                f"NOT CHECKED: {one.name} is not installed: {one.variable} names nothing. See tests/interop/README.md."
            )
    if not installed:
        print("NOTHING WAS CHECKED: no peer is installed.")
        return 0
    if not room.is_inside():
        try:
            return room.enter(sys.argv[1:])
        except room.NoRoom as error:
            print(f"NOTHING WAS CHECKED: {error}")
            return 0
    with tempfile.TemporaryDirectory(prefix="interop-") as made:
        folder = Path(asked.keep) if asked.keep else Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        reports = asyncio.run(_play_all(folder, installed, asked.only))
    said = table(reports)
    print(said)
    if asked.table:
        Path(asked.table).write_text(said)
    return 1 if any(one.failed for one in reports) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.interop", description=__doc__)
    parser.add_argument("--peers", default="", help="names, separated by commas")
    parser.add_argument("--only", default="", help="keys of features, separated by commas")
    parser.add_argument("--table", default="", help="write the table here")
    parser.add_argument("--keep", default="", help="a folder that stays")
    return parser.parse_args()


async def _play_all(folder: Path, installed: list[tuple[type[Peer], Path]], only: str) -> list[Report]:
    hosts = [OURS, *(one.host for one, _ in installed)]
    room.furnish(folder, hosts)
    proxies = Proxies(room.server_context(folder), folder / "passed.log")
    environment = {**os.environ, **room.trusting(folder)}
    ours = Ours(OURS, folder / "acme", environment)
    reports = []
    try:
        await proxies.open(OURS, room.address_of(hosts, OURS), EDGE)
        await ours.start()
        for kind, found in installed:
            await proxies.open(kind.host, room.address_of(hosts, kind.host), kind.port)
            reports.append(await _play_with(kind, found, folder, environment, ours, proxies, only))
    finally:
        await ours.end()
        await proxies.close()
    return reports


async def _play_with(
    kind: type[Peer], found: Path, folder: Path, environment: dict[str, str], ours: Ours, proxies: Proxies, only: str
) -> Report:
    (folder / kind.name).mkdir()
    peer = kind(found, folder / kind.name, environment, room.client_context(folder))
    print(f"{kind.name}:", flush=True)
    try:
        await peer.start()
        await ours.open_jam(kind.name)
        person = await peer.person()
        stage = Stage(ours, peer, person, proxies)
        try:
            return await play(stage, only)
        finally:
            await person.close()
            await visiting.leave(stage)
    finally:
        await peer.end()


if __name__ == "__main__":
    sys.exit(main())
