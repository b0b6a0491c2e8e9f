"""The audit chain and its signed checkpoints: what holds it together, and what tells when it does not.

Each row's hash covers the row and the hash before it (SHA-256 over canonical JSON), so a row changed, dropped
or moved breaks the chain. Whoever can write the store could cut the end off, or hash it all anew: that is what
checkpoints are for. Each names a row, its hash and the number of rows so far, covers the checkpoint before it,
is signed with Ed25519 (RFC 8032), and lies in a second place as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Deed:
    """One row: who did what to what, when (unix seconds). No personal text: ids, hosts and numbers."""

    seq: int
    at: float
    member_id: str
    act: str
    subject_id: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """`count` rows up to number `seq`, whose hash is `hash`, stood at `at` (unix seconds).

    `before` is the SHA-256 of the line of the checkpoint before, "" for the first. `key` is the public key, raw,
    in hexadecimal digits, as is the signature.
    """

    seq: int
    hash: str
    at: float
    count: int
    before: str
    key: str
    signature: str = ""

    def line(self) -> str:
        """Return the checkpoint as one line of canonical JSON: what is kept and exported."""
        return _canonical({name: getattr(self, name) for name in FIELDS})

    def signed_bytes(self) -> bytes:
        """Return what the signature covers: everything else."""
        return _canonical({name: getattr(self, name) for name in FIELDS if name != "signature"}).encode()

    def digest(self) -> str:
        """Return what the checkpoint after this one names it by."""
        return hashlib.sha256(self.line().encode()).hexdigest()

    def is_signed_by(self, key: str) -> bool:
        """Say whether this was signed with the private half of `key` (raw, in hexadecimal digits)."""
        try:
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            public.verify(bytes.fromhex(self.signature), self.signed_bytes())
        except (ValueError, InvalidSignature):
            return False
        return self.key == key


FIELDS = ("seq", "hash", "at", "count", "before", "key", "signature")
_KINDS: dict[str, type | tuple[type, ...]] = {"seq": int, "count": int, "at": (int, float)}


def _canonical(value: Mapping[str, object]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def read_checkpoint(line: str) -> Checkpoint:
    """Read a line; raise ValueError where it is none."""
    value = json.loads(line)
    if not isinstance(value, dict) or set(value) - {"kind"} != set(FIELDS):
        raise ValueError("it is no checkpoint")
    for name in FIELDS:
        if not isinstance(value[name], _KINDS.get(name, str)) or isinstance(value[name], bool):
            raise ValueError(f"its {name} is of the wrong kind")
    return Checkpoint(**{name: value[name] for name in FIELDS})


class AuditKey:
    """Signs checkpoints. Made of a secret of 32 bytes that the inside alone holds."""

    def __init__(self, secret: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self.public = self._private.public_key().public_bytes_raw().hex()

    def sign(self, deed: Deed, count: int, at: float, last: Checkpoint | None) -> Checkpoint:
        """Make the next checkpoint."""
        before = last.digest() if last else ""
        made = Checkpoint(seq=deed.seq, hash=deed.hash, at=at, count=count, before=before, key=self.public)
        return replace(made, signature=self._private.sign(made.signed_bytes()).hex())


def chain_hash(before: str, at: float, member_id: str, act: str, subject_id: str) -> str:
    """Return the SHA-256 of an audit row joined with the hash of the row before it."""
    body = json.dumps([before, at, member_id, act, subject_id], separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


class Chain:
    """Walks rows in order, some at a time, and remembers what checkpoints will ask for.

    `open_since` is the time of the first row after all checkpoints, unix seconds; None when there is none.
    """

    def __init__(self, checkpoints: Iterable[Checkpoint] = ()) -> None:
        self._asked = {one.seq for one in checkpoints}
        self._uncovered = max(self._asked, default=0)
        self._stood: dict[int, tuple[str, int]] = {}
        self._before = ""
        self.count = 0
        self.open_since: float | None = None
        self.last: Deed | None = None
        self.broken: list[int] = []

    def walk(self, deeds: Iterable[Deed]) -> None:
        """Take the next rows."""
        for deed in deeds:
            follows = self.last is None or deed.seq > self.last.seq
            if not follows or deed.hash != chain_hash(
                self._before, deed.at, deed.member_id, deed.act, deed.subject_id
            ):
                self.broken.append(deed.seq)
            self.count += 1
            if self.open_since is None and deed.seq > self._uncovered:
                self.open_since = deed.at
            self._before, self.last = deed.hash, deed
            if deed.seq in self._asked:
                self._stood[deed.seq] = (deed.hash, self.count)

    def faults(self) -> list[str]:
        """Return what is wrong with the chain by itself, as sentences."""
        if not self.broken:
            return []
        more = f" ({len(self.broken)} in all)" if len(self.broken) > 1 else ""
        return [f"The audit chain does not hold at row {self.broken[0]}{more}: it was altered, or is damaged."]

    def faults_by(self, checkpoints: Sequence[Checkpoint]) -> list[str]:
        """Return what these checkpoints, whose signatures were looked at, know otherwise; as sentences."""
        found = []
        newest = self.last.seq if self.last else 0
        for one in checkpoints:
            stood = self._stood.get(one.seq)
            if one.seq > newest:
                found.append(f"The chain ends at row {newest}, and a checkpoint saw row {one.seq}: it was cut short.")
            elif stood is None:
                found.append(f"Row {one.seq}, which a checkpoint saw, is gone.")
            elif stood[0] != one.hash:
                found.append(f"Row {one.seq} is another than the one that a checkpoint saw: it was rewritten.")
            elif stood[1] != one.count:
                said = f"{stood[1]} rows stand up to row {one.seq}, and a checkpoint counted {one.count}"
                found.append(f"{said}: rows were taken out or put in.")
        return found[:MOST_FAULTS]


def checkpoint_faults(checkpoints: Sequence[Checkpoint], key: str) -> list[str]:
    """Return what is wrong with checkpoints among themselves: signatures, order, one left out; as sentences."""
    found = []
    last: Checkpoint | None = None
    for number, one in enumerate(checkpoints, 1):
        if not one.is_signed_by(key):
            found.append(f"Checkpoint {number} (row {one.seq}) is not signed with this server's audit key.")
        elif one.before != (last.digest() if last else ""):
            found.append(f"Checkpoint {number} (row {one.seq}) does not follow the one before it: one was left out.")
        elif last is not None and (one.seq < last.seq or one.count < last.count):
            found.append(f"Checkpoint {number} (row {one.seq}) saw less than the one before it.")
        last = one
    return found[:MOST_FAULTS]
