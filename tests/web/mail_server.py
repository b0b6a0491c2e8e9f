"""A mail server on loopback: it keeps what it took."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP


@dataclass
class Received:
    """What the server took. `answers` are what it says to the next ones instead of yes."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"


@asynccontextmanager
async def mail_server() -> AsyncIterator[Received]:
    """Take mails at a free port of 127.0.0.1 for as long as the block runs."""
    received = Received()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(received), "127.0.0.1", 0)
    received.port = server.sockets[0].getsockname()[1]
    yield received
    server.close()
    await server.wait_closed()
