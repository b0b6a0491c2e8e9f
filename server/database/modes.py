"""Who may open the files that we make: their owner alone, or, in a folder with the setgid bit, its group as well.

A folder with the setgid bit is how an operator says that several users work on one store: what is made in it
belongs to the folder's group. SQLite gives the logs beside a store the store's own mode.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path


def is_shared(folder: Path) -> bool:
    """Say whether a folder is a group's: it has the setgid bit."""
    try:
        return bool(folder.stat().st_mode & stat.S_ISGID)
    except OSError:
        return False


def make_folder(folder: Path) -> None:
    """Make a folder for its owner alone, unless it is there. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def open_or_make(path: Path) -> int:
    """Return a descriptor of a file, made with the mode that its folder asks for unless it is there.

    Raises OSError.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, os.O_RDWR)
    if is_shared(path.parent):
        # Not by the mode given above: the umask would take from it.
        os.fchmod(descriptor, 0o660)
    return descriptor
