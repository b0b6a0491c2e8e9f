"""The type that proves the check: bytes that the gate let out, for one audience, under a MAC.

The edge sends and answers nothing else. A row whose MAC does not fit its bytes and its card is treated as absent.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

_GATE = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the edge files a document under: where it hangs, who wrote it, when."""

    type: str
    ours: bool = True
    subject_uri: str = ""
    forum_uri: str = ""
    thread_uri: str = ""
    parent_uri: str = ""
    author_uri: str = ""
    author_name: str = ""
    author_handle: str = ""
    made_at: float = 0.0


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

    def seal(
        self, uri: str, version: int, audiences: Iterable[str], kind: str, body: bytes, card: Card
    ) -> list[Released]:
        """Make a Released of the same bytes for each audience: for the gate only.

        The card is sealed with the bytes, because pages show it.
        """
        sha = hashlib.sha256(body).hexdigest()
        common = _common(uri, version, kind, sha, card)
        return [Released(uri, version, one, kind, body, sha, self._mac(one, common), _GATE) for one in audiences]

    def open(
        self, uri: str, version: int, audience: str, kind: str, body: bytes, mac: str, card: Card
    ) -> Released | None:
        """Return the document when its MAC fits, else None."""
        sha = hashlib.sha256(body).hexdigest()
        if not self.fits(uri, version, audience, kind, sha, mac, card):
            return None
        return Released(uri, version, audience, kind, body, sha, mac, _GATE)

    def fits(self, uri: str, version: int, audience: str, kind: str, sha: str, mac: str, card: Card) -> bool:
        """Say whether a MAC is ours for a row whose bytes have this SHA-256."""
        return hmac.compare_digest(self._mac(audience, _common(uri, version, kind, sha, card)).encode(), mac.encode())

    def derive(self, *parts: object) -> str:
        """Return 32 hexadecimal digits that only this key makes of these parts: an id that cannot be guessed."""
        text = "\x1f".join(("id", *map(str, parts)))
        return hmac.digest(self._key, text.encode(), "sha256").hex()[:32]

    def _mac(self, audience: str, common: bytes) -> str:
        return hmac.digest(self._key, orjson.dumps(audience) + common, "sha256").hex()


def _common(uri: str, version: int, kind: str, sha: str, card: Card) -> bytes:
    """Return all but the audience that a MAC covers, as JSON: no two rows read the same."""
    words = [uri, version, kind, sha, card.type, bool(card.ours), card.subject_uri, card.forum_uri, card.thread_uri,
             card.parent_uri, card.author_uri, card.author_name, card.author_handle, float(card.made_at)]  # fmt: skip
    return orjson.dumps(words)
