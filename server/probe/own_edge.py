"""Where our own edge answers: addresses that this server may dial, though others' of that kind it may not."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from server.settings import Network


def networks_of(url: str) -> tuple[Network, ...]:
    """Return the addresses behind a URL's host, each as a network of one; none where it has no address."""
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return tuple({ipaddress.ip_network(str(one[4][0]).partition("%")[0]) for one in found})
