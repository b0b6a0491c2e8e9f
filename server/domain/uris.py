"""Identifiers. Random, 128 bits, never sequential or time-ordered: an id tells a stranger nothing."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?::[0-9]{1,5})?")
USERNAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?")


def new_id() -> str:
    """Make a random identifier of 32 hexadecimal digits."""
    return secrets.token_hex(16)


def host_of(uri: str) -> str:
    """Return `host[:port]` of a URL in lower case, "" when it has none."""
    return urlsplit(uri).netloc.rpartition("@")[2].lower()


def origin_of(uri: str) -> str:
    """Return scheme, host and port of a URL: the unit of trust of FEP-fe34."""
    parts = urlsplit(uri)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The URLs of one organisation's server: `edge_url` for the world, `inside_url` for employees."""

    edge_url: str
    inside_url: str

    @property
    def edge_host(self) -> str:
        return host_of(self.edge_url)

    @property
    def server_uri(self) -> str:
        return f"{self.edge_url}/actor"

    def person_uri(self, key: str) -> str:
        return f"{self.edge_url}/people/{key}"

    def forum_uri(self, key: str) -> str:
        return f"{self.edge_url}/forums/{key}"

    def object_uri(self, key: str) -> str:
        return f"{self.edge_url}/objects/{key}"

    def activity_uri(self, key: str) -> str:
        return f"{self.edge_url}/activities/{key}"

    def thread_page(self, idea_id: str) -> str:
        return f"{self.inside_url}/ideas/{idea_id}"
