"""Ports for servers that run as processes of their own.

A port that the system chose (port 0) is one of those it gives to outgoing connections too: until a process that was
told of it listens there, some seconds later, another test's connection may stand in its way.
"""

from __future__ import annotations

import itertools
import os
import socket

FIRST = 20_000
"""Below what systems give to outgoing connections (Linux: from 32,768)."""
SHARE = 3_000
"""Ports of one test process; up to four share FIRST to 32,000."""

_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4
_turn = itertools.count(os.getpid())


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback interface at which nobody listens; each call gives others, as long as they last."""
    found: list[int] = []
    for turn in itertools.islice(_turn, SHARE):
        port = FIRST + _worker * SHARE + turn % SHARE
        with socket.socket() as door:
            try:
                door.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free ports")
