"""A road between two servers that loses a share of what goes over it: connections end in the middle, by seeded dice."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress


class RoughRoad:
    """Takes connections at one port and leads them to another; `share` of what is sent over them ends in a reset.

    What is lost on its way out was never asked; what is lost on its way back was taken, and nobody hears of it.
    """

    def __init__(self, port: int, onward: int, dice: random.Random, share: float = 0.01) -> None:
        self.port, self.onward, self.share, self.lost = port, onward, share, 0
        self._dice = dice
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._lead, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", self.onward)
            out = asyncio.create_task(self._carry(reader, back, writer))
            home = asyncio.create_task(self._carry(there, writer, back))
            await asyncio.wait((out, home), return_when=asyncio.FIRST_COMPLETED)
            for one in (out, home):
                one.cancel()
            back.close()
        writer.close()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, other: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while some := await reader.read(65_536):
                if self._dice.random() < self.share:
                    self.lost += 1
                    writer.transport.abort()
                    other.transport.abort()
                    return
                writer.write(some)
                await writer.drain()
