"""The type that proves the check: bytes that the gate let out, for one audience, under a MAC.

The edge sends and answers nothing else. A row whose MAC does not fit its bytes is treated as absent.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

_GATE = object()


@dataclass(frozen=True, slots=True)
class Released:
    """Immutable bytes of one version of one document, released to one audience (a host, or "*")."""

    uri: str
    version: int
    audience: str
    kind: str
    body: bytes
    sha: str
    mac: str
    _proof: object = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self._proof is not _GATE:
            raise TypeError("Only a Sealer makes a Released.")


class Sealer:
    """Seals what crosses, and opens only what is sealed. The key is the gate's and the edge's, never the inside's."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("a release key has at least 32 bytes")
        self._key = key

    def seal(self, uri: str, version: int, audiences: Iterable[str], kind: str, body: bytes) -> list[Released]:
        """Make a Released of the same bytes for each audience: for the gate only."""
        sha = hashlib.sha256(body).hexdigest()
        return [
            Released(uri, version, one, kind, body, sha, self._mac(uri, version, one, kind, sha), _GATE)
            for one in audiences
        ]

    def open(self, uri: str, version: int, audience: str, kind: str, body: bytes, mac: str) -> Released | None:
        """Return the document when its MAC fits, else None."""
        sha = hashlib.sha256(body).hexdigest()
        if not hmac.compare_digest(self._mac(uri, version, audience, kind, sha), mac):
            return None
        return Released(uri, version, audience, kind, body, sha, mac, _GATE)

    def derive(self, *parts: object) -> str:
        """Return 32 hexadecimal digits that only this key makes of these parts: an id that cannot be guessed."""
        text = "\x1f".join(("id", *map(str, parts)))
        return hmac.digest(self._key, text.encode(), "sha256").hex()[:32]

    def _mac(self, uri: str, version: int, audience: str, kind: str, sha: str) -> str:
        text = "\n".join((uri, str(version), audience, kind, sha))
        return hmac.digest(self._key, text.encode(), "sha256").hex()
