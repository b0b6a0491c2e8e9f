"""Everything that a server of the demo keeps, as bytes: its files as they lie, and each value of each table."""

from __future__ import annotations

import contextlib
import gzip
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

Piece = tuple[str, bytes]


def pieces_of_home(home: Path, *, inside: bool = True) -> Iterator[Piece]:
    """Yield (where, bytes) of a home; without `inside`, only what the edge keeps."""
    roots = [home] if inside else [home / "outside", *home.glob("serve-edge.log")]
    for root in roots:
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file():
                yield str(path.relative_to(home.parent)), path.read_bytes()
                if path.suffix == ".sqlite":
                    yield from pieces_of_store(path)


def pieces_of_store(path: Path) -> Iterator[Piece]:
    """Yield every text and blob of every table of a store, whole (on disk long ones are cut in pages), and unpacked."""
    store = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    try:
        names = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            with contextlib.suppress(sqlite3.OperationalError):  # A virtual table's module may be missing here.
                yield f"{path.parent.parent.name}/{path.parent.name} table {name}", _values(store, name)
    finally:
        store.close()


def _values(store: sqlite3.Connection, table: str) -> bytes:
    parts: list[bytes] = []
    for row in store.execute(f'SELECT * FROM "{table}"'):  # noqa: S608
        for value in row:
            if isinstance(value, str):
                parts.append(value.encode())
            elif isinstance(value, bytes):
                parts += [value, *_unpacked(value)]
    return b"\n".join(parts)


def _unpacked(value: bytes) -> Iterator[bytes]:
    for unpack in (zlib.decompress, gzip.decompress):
        with contextlib.suppress(zlib.error, OSError, EOFError):
            yield unpack(value)
