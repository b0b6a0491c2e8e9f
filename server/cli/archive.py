"""A backup: one tar file with both stores, secrets and the organisation, and a manifest of SHA-256 sums."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from server.domain.errors import Refusal

MANIFEST = "manifest.json"
ORGANISATION = "marmalade.toml"
INSIDE, OUTSIDE = "inside/store.sqlite", "outside/store.sqlite"
SECRETS = ("inside/secrets", "inside/names", "outside/secrets")
FORMAT = 1
CHUNK = 1 << 20
LARGEST_MANIFEST = 1_000_000


class DamagedBackup(Refusal):
    """A backup that cannot be trusted; nothing of it was restored."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: name → (bytes, SHA-256)."""

    made_at: float
    organisation: str
    edge_url: str
    files: dict[str, tuple[int, str]]


def write(target: Path, files: dict[str, Path], organisation: str, edge_url: str, made_at: float) -> Manifest:
    """Write files under their names into a new tar file (mode 0600), whole or not at all."""
    sums = {name: (path.stat().st_size, _sum_of(path)) for name, path in files.items()}
    manifest = Manifest(made_at, organisation, edge_url, sums)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
                text = json.dumps(_to_json(manifest), indent=2).encode()
                _add(tar, MANIFEST, len(text), io.BytesIO(text))
                for name, path in files.items():
                    with path.open("rb") as file:
                        _add(tar, name, sums[name][0], file)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(target)
    except OSError as error:
        raise Refusal(f"The backup {target} cannot be written: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _add(tar: tarfile.TarFile, name: str, size: int, file: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(time.time())
    tar.addfile(member, file)


def read(source: Path, take: Callable[[str, IO[bytes]], None] | None = None) -> Manifest:
    """Read a backup from end to end and check every sum; `take` is given each file, in order.

    Names are those that `write` uses and nothing else: a tar file from elsewhere reaches no other place.
    Raises DamagedBackup.
    """
    try:
        with tarfile.open(source, "r:") as tar:
            manifest = _manifest(tar)
            left = dict(manifest.files)
            for member in tar:
                if member.name == MANIFEST:
                    continue
                expected = left.pop(member.name, None)
                stream = tar.extractfile(member) if member.isreg() else None
                if expected is None or stream is None:
                    raise DamagedBackup(f"{source} holds {member.name!r}, which its manifest does not know.")
                _check(source, member.name, stream, expected)
                if take is not None:
                    stream.seek(0)
                    take(member.name, stream)
    except (tarfile.TarError, EOFError, KeyError, ValueError, TypeError) as error:
        raise DamagedBackup(f"{source} is no backup of this server, or is damaged ({error}).") from error
    except OSError as error:
        raise DamagedBackup(f"{source} cannot be read: {error.strerror or error}.") from error
    if left:
        raise DamagedBackup(f"{source} is cut short: {', '.join(sorted(left))} is missing.")
    return manifest


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    stream = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
    if stream is None:
        raise ValueError("it does not begin with a manifest")
    value: dict[str, Any] = json.loads(stream.read(LARGEST_MANIFEST))
    if value["format"] != FORMAT:
        raise ValueError(f"it has format {value['format']}; this version reads {FORMAT}")
    files = {str(name): (int(one["bytes"]), str(one["sha256"])) for name, one in value["files"].items()}
    missing = {ORGANISATION, INSIDE, OUTSIDE} - set(files)
    strange = [name for name in files if not _is_ours(name)]
    if missing or strange:
        raise ValueError(f"its manifest is wrong about {', '.join(sorted(missing) or strange)}")
    return Manifest(float(value["made_at"]), str(value["organisation"]), str(value["edge_url"]), files)


def _is_ours(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    plain = file not in ("", ".", "..") and "\\" not in file and "\0" not in file
    return name in (ORGANISATION, INSIDE, OUTSIDE) or (folder in SECRETS and plain)


def _check(source: Path, name: str, stream: IO[bytes], expected: tuple[int, str]) -> None:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    if (size, digest.hexdigest()) != expected:
        raise DamagedBackup(f"{name} in {source} is not what was backed up: its SHA-256 differs.")


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_json(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": manifest.made_at,
        "organisation": manifest.organisation,
        "edge_url": manifest.edge_url,
        "files": {name: {"bytes": size, "sha256": sum_} for name, (size, sum_) in manifest.files.items()},
    }
