"""How quickly deliveries go out: `python -m tests.bench.bench_deliver [PEERS] [IDEAS] [SECONDS]`.

*Rate*: 40 servers follow a forum and get the same ideas, beside a floor in the same run: the same bodies, signed with
the same key by bare `cryptography` and posted over one aiohttp client session, 64 at a time. The servers are a process
apart. *Memory*: PEERS servers × IDEAS, and by how much the sending process grew. With SECONDS that alone, and no longer
than so: 256 servers are served at a time, so it has grown as far as it will within the first rounds.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import multiprocessing
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import aiohttp
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from federation.edge.deliver import Deliverer
from federation.gate.plan import Gateway
from federation.outside import keys
from federation.transport import Transport
from server.services import ideas
from tests.bench.bench_gate import drain, furnish, opened, words
from tests.bench.bench_slow_peers import Helper, helper
from tests.federation.crowd import join
from tests.federation.organisation import LOOPBACK

PATIENCE = 1_500.0


@dataclass(frozen=True)
class Rate:
    """Letters a second, of the clock and of this process's time."""

    wall: float
    cpu: float


@asynccontextmanager
async def queued(sink: Helper, peers: int, count: int) -> AsyncIterator[tuple[Gateway, Transport]]:
    """An organisation with ideas on their way to each of some servers."""
    with tempfile.TemporaryDirectory() as folder:
        async with opened(folder) as gate, Transport(LOOPBACK) as transport:
            ada, forum, out = await furnish(gate, "public", 0)
            await join(gate.outside, forum.uri, sink.hosts(peers))
            for number in range(count):
                await ideas.post_idea(gate.house, ada, forum, "Idea", words(number))
            await drain(out)
            yield gate, transport


async def send_all(gate: Gateway, transport: Transport, seconds: float = 0.0) -> Rate:
    """Deliver what is queued, as the edge does; as much of it as goes within some seconds, where these are given."""
    deliverer = Deliverer(gate.outside, transport)
    waiting = await gate.outside.store.fetch_value("SELECT count(*) FROM deliveries WHERE state = 'queued'")
    began, spent = time.perf_counter(), time.process_time()
    while await gate.outside.store.fetch_value("SELECT 1 FROM deliveries WHERE state = 'queued' LIMIT 1"):
        if not await deliverer.run_once():
            await asyncio.sleep(0.02)
        if seconds and time.perf_counter() - began > seconds:
            await deliverer.close()
            sent = await gate.outside.store.fetch_value("SELECT count(*) FROM deliveries WHERE state = 'sent'")
            return Rate(sent / (time.perf_counter() - began), sent / (time.process_time() - spent))
        if time.perf_counter() - began > PATIENCE:
            raise SystemExit("not done in time")
    await deliverer.settle()
    done = Rate(waiting / (time.perf_counter() - began), waiting / (time.process_time() - spent))
    sent = await gate.outside.store.fetch_value("SELECT count(*) FROM deliveries WHERE state = 'sent'")
    assert sent == waiting, f"{sent} of {waiting} were taken"
    return done


async def bare(gate: Gateway, hosts: list[str]) -> Rate:
    """Post the same bodies to the same servers, each signed, and do nothing else."""
    rows = await gate.outside.store.fetch(
        "SELECT b.bytes FROM deliveries d JOIN crossings c ON c.uri = d.uri AND c.version = d.version"
        " AND c.audience = d.audience JOIN bodies b ON b.sha = c.sha WHERE d.host = ?",
        (hosts[0],),
    )
    work = [(f"http://{host}/inbox", host, bytes(row["bytes"])) for row in rows for host in hosts]
    pem = await keys.private_pem(gate.outside, "people")
    key = serialization.load_pem_private_key(pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    waiting = iter(work)

    async def post(session: aiohttp.ClientSession) -> None:
        for url, host, body in waiting:
            async with session.post(url, data=body, headers=signed(key, host, body)) as response:
                assert response.status == 202
                await response.read()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        began, spent = time.perf_counter(), time.process_time()
        await asyncio.gather(*(post(session) for _ in range(64)))
        return Rate(len(work) / (time.perf_counter() - began), len(work) / (time.process_time() - spent))


def signed(key: rsa.RSAPrivateKey, host: str, body: bytes) -> dict[str, str]:
    """The least that a signed POST needs (draft-cavage), by hand."""
    date = format_datetime(datetime.now(UTC), usegmt=True)
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    text = f"(request-target): post /inbox\nhost: {host}\ndate: {date}\ndigest: {digest}"
    made = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    names = "(request-target) host date digest"
    return {
        "Host": host,
        "Date": date,
        "Digest": digest,
        "Content-Type": "application/activity+json",
        "Signature": f'keyId="http://a.example/people/a#main-key",algorithm="rsa-sha256",headers="{names}",'
        f'signature="{made}"',
    }


async def rate(peers: int, count: int) -> None:
    with helper() as sink:
        async with queued(sink, peers, count) as (gate, transport):
            floors = [await bare(gate, sink.hosts(peers))]
            ours = await send_all(gate, transport)
            floors.append(await bare(gate, sink.hosts(peers)))
    cpu, wall = (sum(one.cpu for one in floors) / 2, sum(one.wall for one in floors) / 2)
    print(f"{peers} servers × {count} ideas: {ours.cpu:,.0f} letters/s of processor time, {ours.wall:,.0f}/s", end="; ")
    print(f"bare signed POSTs before and after {floors[0].cpu:,.0f} and {floors[1].cpu:,.0f}, {wall:,.0f}/s", end="; ")
    print(f"ratio {ours.cpu / cpu:.2f} of processor time, {ours.wall / wall:.2f} as it passes")


async def memory(peers: int, count: int, seconds: float = 0.0) -> None:
    with helper() as sink:
        async with queued(sink, peers, count) as (gate, transport):
            gc.collect()
            # From here on the highest that is counted is this one's, not that of putting it all into the queue.
            Path("/proc/self/clear_refs").write_text("5")
            before = resident("VmRSS")
            ours = await send_all(gate, transport, seconds)
            most = resident("VmHWM")
    asked = f"{peers} servers × {count} ideas" + (f", {seconds} s of them" if seconds else "")
    print(f"{asked}: {ours.cpu:,.0f} letters/s of processor time, {ours.wall:,.0f}/s", end="; ")
    print(f"memory {before:.0f} MB before, {most:.0f} MB at most, {most - before:.0f} MB more")


def resident(kind: str) -> float:
    """The memory that this process uses now (VmRSS), or used at most (VmHWM), in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{kind}:"))


def main(peers: int = 1_000, count: int = 10, seconds: int = 0) -> None:
    if not seconds:
        asyncio.run(rate(40, 50))
    asyncio.run(memory(peers, count, seconds))


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main(*map(int, sys.argv[1:4]))
