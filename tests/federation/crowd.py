"""Many servers on loopback for the tests of deliveries: any address in 127/8 is a host of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from federation.outside import peers
from federation.outside.peers import Follower
from federation.outside.store import Outside

ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Crowd:
    """Servers that share a port. Those that do not `answer` accept connections and say nothing, for ever."""

    answers: bool = True
    took: Counter[str] = field(default_factory=Counter)
    open: int = 0
    most_open: int = 0
    port: int = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "0.0.0.0", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()

    def hosts(self, first: int, count: int) -> list[str]:
        return [f"127.9.{n // 250}.{n % 250 + 1}:{self.port}" for n in range(first, first + count)]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        host = writer.get_extra_info("sockname")[0]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
                await reader.readexactly(length)
                self.took[host] += 1
                if self.answers:
                    writer.write(ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            writer.close()


async def join(outside: Outside, forum_uri: str, hosts: list[str]) -> None:
    """Have somebody on each host follow a forum, and each be a server of forums: one letter for each idea."""
    async with outside.store.transaction() as change:
        for host in hosts:
            actor = f"http://{host}/users/ann"
            await peers.follow(change, Follower(forum_uri, actor, host, f"http://{host}/inbox"), 0.0)
            await change.execute(
                "INSERT OR REPLACE INTO peers (host, kind, software, state, failures, due_at, asked_at, answer)"
                " VALUES (?, 'forum', 'lemmy', 'active', 0, 0, ?, '')",
                (host, outside.now()),
            )
