"""People of other servers who read in a browser at our edge, having shown who they are: how they are named as readers.

The audiences of what crosses are servers, everybody ("*"), and such people, each alone: ``@name@host``. No server is
named so, and nobody signs a request as one; so what is for a person is never sent and never fetched.
"""

from __future__ import annotations

from collections.abc import Iterable


def visitor_audience(username: str, host: str) -> str:
    """Return how somebody of another server is named as a reader, as in ``@ann@social.example``."""
    return f"@{username.casefold()}@{host.casefold()}"


def is_visitor(audience: str) -> bool:
    """Say whether an audience is one person who signs in at our edge."""
    return audience.startswith("@")


def peer_of(audience: str) -> str:
    """Return the server that an audience is, or that a visitor belongs to; ``*`` for everybody."""
    return audience.rpartition("@")[2] if is_visitor(audience) else audience


def servers_in(audiences: Iterable[str]) -> tuple[str, ...]:
    """Return those audiences to which something may be sent."""
    return tuple(one for one in audiences if not is_visitor(one))
