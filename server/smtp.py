"""Handing mails to the organisation's own mail server, the only way in which mail leaves (RFC 5321)."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

import aiosmtplib

Security = Literal["tls", "starttls", "none"]
SECONDS = 20.0


class NotTaken(Exception):
    """The mail server did not take a mail. `for_good`: it would not take it later either."""

    def __init__(self, why: str, *, for_good: bool) -> None:
        super().__init__(why)
        self.for_good = for_good


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """The organisation's mail server, who we send as, and to whose domains mail may go at all."""

    host: str
    port: int
    security: Security
    user: str
    password: str
    sender: str
    domains: frozenset[str]

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            username=self.user or None,
            password=self.password or None,
            timeout=SECONDS,
        )

    async def send(self, message: EmailMessage) -> None:
        """Hand a mail over; raise NotTaken when the server surely did not take it.

        Whatever else happens once the words were sent, such as a broken line, is raised as it is: then nobody knows.
        """
        client = self._client()
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise NotTaken(f"{type(error).__name__}: {error}", for_good=False) from error
        try:
            await client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            raise NotTaken(str(error), for_good=all(code >= 500 for code in codes)) from error
        except aiosmtplib.SMTPResponseException as error:
            raise NotTaken(f"{error.code} {error.message}", for_good=error.code >= 500) from error
        finally:
            client.close()

    async def look(self) -> str:
        """Connect and sign in without sending anything; return what is wrong, "" where all is well."""
        client = self._client()
        try:
            await client.connect()
            await client.noop()
            await client.quit()
        except (aiosmtplib.SMTPException, OSError) as error:
            return f"{type(error).__name__}: {error}"
        finally:
            client.close()
        return ""
