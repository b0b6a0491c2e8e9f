"""How quickly the inbox takes what comes: `python -m tests.bench.bench_inbox [REQUESTS] [ROUNDS]`.

Our edge as `serve --role edge` plays it, on disk before each 202, beside a floor in the same run: bare aiohttp that
checks the digest, verifies the RSA signature with a key at hand and parses, and stores nothing. Each is a process of
its own, bound to one core; signed Creates of 20 actors of 10 servers come over 64 connections from another process.
Rounds of ours and of the floor take turns. Then each at half the load it took: the 99th percentile of its answers.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import orjson
from aiohttp import web
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from federation.edge.setup import ServerSigner, make_edge
from federation.outside import peers
from federation.outside.peers import Stranger
from federation.transport import Transport
from federation.vocabulary.objects import AS_CONTEXT as CONTEXT
from server.app import open_outside
from server.domain.uris import PUBLIC, Addresses
from server.settings import Organisation, Settings, secret
from tests.federation.elsewhere import free_socket

CONNECTIONS = 64
ACTORS, HOSTS = 20, 10
CONTENT = "Words of a usual length that somebody wrote. " * 20


@dataclass(frozen=True)
class Taken:
    """Requests answered a second, of the clock and of the server's time; 99th percentile of answers in seconds."""

    wall: float
    cpu: float
    p99: float


# -- two servers --


async def be_ours(port: int, folder: str, public_pem: str) -> None:
    url = f"http://127.0.0.1:{port}"
    organisation = Organisation("Acme", Addresses(url, "http://127.0.0.1:1"))
    settings = Settings.from_env(Path(folder), {"PATH": ""})
    for name in ("release.key", "seal.key"):
        secret(settings.secrets_path, name, make=True)
    async with open_outside(settings, organisation) as outside, Transport() as transport:
        for n in range(ACTORS):
            actor = actor_uri(n)
            document = {"id": actor, "type": "Person", "inbox": f"{actor}/inbox", "preferredUsername": f"a{n}"}
            found = Stranger(actor, f"peer{n % HOSTS}.example", f"{actor}#main-key", public_pem, document, time.time())
            await peers.keep_stranger(outside, found)
            await peers.describe(outside, found.host, "forum", "lemmy")
        await listen(make_edge(outside, transport, ServerSigner(outside)).app, port)


async def be_floor(port: int, folder: str, public_pem: str) -> None:
    """Digest, signature by a key at hand, JSON; nothing else."""
    key = serialization.load_pem_public_key(public_pem.encode())
    assert isinstance(key, rsa.RSAPublicKey)

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        parts = dict(part.split("=", 1) for part in request.headers["Signature"].split(","))
        lines = [f"(request-target): post {request.raw_path}"]
        lines += [f"{name}: {request.headers[name]}" for name in parts["headers"].strip('"').split()[1:]]
        signature = base64.b64decode(parts["signature"].strip('"'))
        key.verify(signature, "\n".join(lines).encode(), padding.PKCS1v15(), hashes.SHA256())
        assert digest == request.headers["Digest"]
        assert orjson.loads(body)["type"] == "Create"
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/inbox", take)
    await listen(app, port)


async def listen(app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


@contextmanager
def server(kind: str, port: int, public_pem: str) -> Iterator[int]:
    """Have one of the two listen on a port; yield its process id."""
    with tempfile.TemporaryDirectory() as folder:
        be = {"ours": be_ours, "floor": be_floor}[kind]
        process = multiprocessing.Process(target=on_one_core, args=(be, port, folder, public_pem), daemon=True)
        process.start()
        try:
            assert process.pid is not None
            yield process.pid
        finally:
            process.terminate()
            process.join(10)


def on_one_core(be: Callable[..., Coroutine[None, None, None]], *given: object) -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    asyncio.run(be(*given))


def seconds_of(pid: int) -> float:
    """The processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# -- what comes --


def actor_uri(n: int) -> str:
    return f"http://peer{n % HOSTS}.example/users/a{n}"


def requests(key: rsa.RSAPrivateKey, port: int, count: int) -> list[bytes]:
    """Signed POSTs of one Create each, as they go over the wire."""
    return [one_request(key, port, n) for n in range(count)]


def one_request(key: rsa.RSAPrivateKey, port: int, n: int) -> bytes:
    actor = actor_uri(n % ACTORS)
    origin = actor.rsplit("/users", 1)[0]
    note = {"type": "Note", "id": f"{origin}/notes/{n}", "attributedTo": actor, "content": CONTENT, "to": [PUBLIC]}
    body = orjson.dumps(
        {"@context": CONTEXT, "type": "Create", "id": f"{origin}/a/{n}", "actor": actor, "to": [PUBLIC], "object": note}
    )
    return signed_post(key, f"{actor}#main-key", f"127.0.0.1:{port}", "/inbox", body)


def signed_post(key: rsa.RSAPrivateKey, key_id: str, host: str, path: str, body: bytes) -> bytes:
    """Return a signed POST (draft-cavage, rsa-sha256) of one activity, as it goes over the wire."""
    date = format_datetime(datetime.now(UTC), usegmt=True)
    digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
    text = f"(request-target): post {path}\nhost: {host}\ndate: {date}\ndigest: {digest}"
    made = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    names = "(request-target) host date digest"
    signature = f'keyId="{key_id}",algorithm="rsa-sha256",headers="{names}",signature="{made}"'
    lines = [
        f"POST {path} HTTP/1.1", f"Host: {host}", f"Date: {date}", f"Digest: {digest}", f"Signature: {signature}",
        "User-Agent: bench", "Content-Type: application/activity+json", f"Content-Length: {len(body)}", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + body


async def send(port: int, waiting: Iterator[tuple[float, bytes]], began: float, taken: list[float]) -> None:
    """Send requests one after another over one connection, none before its time; keep how long each took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for after, request in waiting:
        if (left := began + after - time.perf_counter()) > 0:
            await asyncio.sleep(left)
        at = max(began + after, began) if after else time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 202 " in head.split(b"\r\n", 1)[0], head
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        await reader.readexactly(length)
        taken.append(time.perf_counter() - at)
    writer.close()


async def load(port: int, pid: int, work: list[bytes], rate: float = 0.0) -> Taken:
    """Send all of it, as quickly as it is taken or so many a second, over CONNECTIONS connections."""
    taken: list[float] = []
    spent, began = seconds_of(pid), time.perf_counter()
    waiting = iter([(n / rate if rate else 0.0, request) for n, request in enumerate(work)])
    await asyncio.gather(*(send(port, waiting, began, taken) for _ in range(CONNECTIONS)))
    wall = time.perf_counter() - began
    return Taken(len(work) / wall, len(work) / (seconds_of(pid) - spent), sorted(taken)[int(len(taken) * 0.99)])


async def ready(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        return
    raise SystemExit("the server does not listen")


async def measure(kind: str, port: int, pem: str, work: list[bytes], rate: float = 0.0) -> Taken:
    with server(kind, port, pem) as pid:
        await ready(port)
        await load(port, pid, work[:200])
        return await load(port, pid, work[200:], rate)


async def main(count: int = 4_000, rounds: int = 2) -> None:
    """Print both rates, their ratio, and both 99th percentiles at half load."""
    with free_socket() as bound:
        port = bound.getsockname()[1]
    key = rsa.generate_private_key(65537, 2048)
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()  # fmt: skip
    work = requests(key, port, count)
    taken: dict[str, list[Taken]] = {"floor": [], "ours": []}
    for _ in range(rounds):
        for kind, found in taken.items():
            found.append(await measure(kind, port, pem, work))
    best = {kind: max(found, key=lambda one: one.cpu) for kind, found in taken.items()}
    for kind, one in best.items():
        print(f"{kind}: {one.cpu:,.0f} activities/s of processor time, {one.wall:,.0f}/s as it passes")
    ratio = best["ours"].cpu / best["floor"].cpu
    print(f"inbox: {ratio:.2f} of the floor, {best['ours'].wall / best['floor'].wall:.2f} as it passes")
    half = {kind: await measure(kind, port, pem, work, one.wall / 2) for kind, one in best.items()}
    print(f"99 % within, at half of its load: floor {half['floor'].p99 * 1e3:.0f} ms,", end=" ")
    print(f"ours {half['ours'].p99 * 1e3:.0f} ms, {half['ours'].p99 / half['floor'].p99:.1f} ×")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    asyncio.run(main(*map(int, sys.argv[1:3])))
