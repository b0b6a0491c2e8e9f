"""What `doctor` looks at in the files of a home: who may open which of them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from server.cli.checks import Finding
from server.database.modes import is_shared
from server.settings import Settings


def check_modes(settings: Settings) -> Iterator[Finding]:
    """Look at who may open what: inside and outside are their owners' alone, or each a group's of its own.

    A folder with the setgid bit is a group's: several users work on its store, and all its files are theirs.
    """
    folders = {"inside": settings.inside_path.parent, "outside": settings.outside_path.parent}
    groups: dict[str, int] = {}
    for name, folder in folders.items():
        if not folder.is_dir():
            continue
        mode = stat.S_IMODE(folder.stat().st_mode)
        shared = bool(mode & stat.S_ISGID)
        reachable = settings.home not in folder.parents or settings.home.stat().st_mode & 0o011
        if reachable and (mode & 0o007 or (mode & 0o070 and not shared)):
            fix = f"chmod {'2770' if shared else '700'} {folder}"
            yield Finding("modes", "broken", f"Others may look into {folder} (mode {mode:o}).", fix)
        elif shared:
            groups[name] = folder.stat().st_gid
            yield from _check_shared(name, folder)
        else:
            yield Finding("modes", "ok", f"{folder} is its owner's alone.")
    if len(groups) == 2 and len(set(groups.values())) == 1:
        said = "Inside and outside folders belong to one group: whoever plays the edge may open the inside store."
        yield Finding("modes", "broken", said, "Give each a group of its own: docs/operators.md, Roles.")
    if groups and not settings.home.stat().st_mode & 0o011:
        said = f"The other users cannot pass through {settings.home}."
        yield Finding("modes", "broken", said, f"chmod 711 {settings.home}")


def _check_shared(name: str, folder: Path) -> Iterator[Finding]:
    """Look whether the users of a shared folder can all write its store and the logs beside it."""
    gid = folder.stat().st_gid
    bad = []
    for path in sorted(folder.glob("store.sqlite*")):
        found = path.stat()
        if found.st_gid != gid or stat.S_IMODE(found.st_mode) != 0o660:
            bad.append(str(path))
    if bad:
        said = f"Not all users of the {name} folder can write {', '.join(bad)}, or others can read it."
        yield Finding("modes", "broken", said, f"chgrp {gid} {' '.join(bad)} && chmod 660 {' '.join(bad)}")
    else:
        yield Finding("modes", "ok", f"{folder} and its store are the group's with number {gid}.")


def check_secrets(settings: Settings) -> Iterator[Finding]:
    """Look at the secrets of outside and inside: there, whole, and nobody else's to read."""
    keys = [settings.secrets_path / "release.key", settings.secrets_path / "seal.key"]
    for path in [*keys, settings.inside_secrets_path / "audit.key", settings.names_path / "names.key"]:
        try:
            size, mode = path.stat().st_size, stat.S_IMODE(path.stat().st_mode)
        except OSError as error:
            yield Finding(
                "secrets", "broken", f"{path}: {error.strerror}.", "Restore it from a backup, or run init again."
            )
            continue
        if size != 32:
            yield Finding("secrets", "broken", f"{path} is damaged: {size} bytes.", "Restore it from a backup.")
        elif mode & (0o037 if is_shared(path.parent) else 0o077):
            right = "640" if is_shared(path.parent) else "600"
            yield Finding("secrets", "broken", f"Others may use {path} (mode {mode:o}).", f"chmod {right} {path}")
        elif is_shared(path.parent):
            yield Finding("secrets", "ok", f"{path} is there, for the group with number {path.stat().st_gid}.")
        else:
            yield Finding("secrets", "ok", f"{path} is there, and ours alone.")
