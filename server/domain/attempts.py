"""One attempt to sign in somewhere else, and what ties the answer to it (RFC 6749, RFC 7636, OpenID Connect)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attempt:
    """What ties an answer from elsewhere to the browser that was sent there: all three are secrets of ours."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def make(cls) -> Attempt:
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @property
    def challenge(self) -> str:
        """The verifier's SHA-256, which goes ahead (RFC 7636, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
