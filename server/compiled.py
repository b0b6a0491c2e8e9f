"""Compiled templates, kept beside them in `__pycache__`, as Python keeps what it compiled of a module."""

from __future__ import annotations

import contextlib
import hashlib
import sys
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket


class Compiled(jinja2.FileSystemBytecodeCache):
    """Keeps the templates of a folder compiled: that takes a tenth of a second for a page, and a page has many.

    `makers` are the files that set the environment up: when one of them changes, templates are compiled anew, as they
    are when they change themselves. Where the folder cannot be written, or no bytecode is to be written
    (PYTHONDONTWRITEBYTECODE), nothing is kept. Whoever may write there may write the templates as well.
    """

    def __init__(self, folder: Path, *makers: str) -> None:
        super().__init__(str(Path(cache_from_source(str(folder / "templates.py"))).parent))
        self._maker = "".join(f"{path} {Path(path).stat().st_mtime_ns}\n" for path in (*makers, __file__))

    def get_source_checksum(self, source: str) -> str:
        text = f"{jinja2.__version__}\n{self._maker}{source}"
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        with contextlib.suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
