"""HTTP as bytes: requests written out, answers kept as they came, with the order and case of their headers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_AT_ONCE = 16
WAIT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Request:
    """One request to send: `path` with its query, headers in order, and a body."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    def encoded(self, host: str) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items() if name.lower() != "host"]
        if self.body or self.method in ("POST", "PUT"):
            lines.append(f"Content-Length: {len(self.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the status line and the header lines as they came, and the body."""

    status: int
    lines: tuple[str, ...]
    body: bytes

    def header(self, name: str) -> str:
        start = f"{name.lower()}:"
        return next((line.partition(":")[2].strip() for line in self.lines if line.lower().startswith(start)), "")


class Wire:
    """One connection to one server, kept open; requests go out together and are answered in order."""

    def __init__(self, url: str) -> None:
        self._host = urlsplit(url).netloc
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, requests: Sequence[Request]) -> list[Answer]:
        """Send requests, a few at a time, and return their answers in order."""
        answers: list[Answer] = []
        while len(answers) < len(requests):
            some = requests[len(answers) : len(answers) + MOST_AT_ONCE]
            answers += await asyncio.wait_for(self._exchange(some), WAIT_SECONDS)
        return answers

    async def _exchange(self, requests: Sequence[Request]) -> list[Answer]:
        """Return at least one answer; a server that hangs up after one is asked the rest anew."""
        if self._writer is None:
            host, port = self._host.split(":")
            self._reader, self._writer = await asyncio.open_connection(host, int(port))
        assert self._reader is not None
        self._writer.write(b"".join(one.encoded(self._host) for one in requests))
        answers: list[Answer] = []
        for one in requests:
            try:
                answers.append(await _read(self._reader, one.method))
            except asyncio.IncompleteReadError:
                await self.close()
                assert answers, "the server hung up without an answer"
                break
            if answers[-1].header("connection") == "close":
                await self.close()
                break
        return answers

    async def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = self._reader = None


async def _read(reader: asyncio.StreamReader, method: str) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    found = Answer(int(first.split(" ")[1]), (first, *lines), b"")
    if method == "HEAD" or found.status in (204, 304):
        return found
    assert not found.header("transfer-encoding"), "this reader takes answers of a stated length"
    return Answer(found.status, found.lines, await reader.readexactly(int(found.header("content-length"))))
