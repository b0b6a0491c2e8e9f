"""`restore`: make a home from a backup, or see whether a backup is good."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import click

from server.cli import archive
from server.cli.home import at_home
from server.database.inspect import faults_of
from server.domain.errors import Refusal
from server.settings import Settings


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Check sums and stores only; restore nothing.")
@at_home
def restore(file: Path, verify: bool, home: Path) -> None:
    """Make --home, which must be empty or not exist yet, from the backup FILE."""
    if verify:
        with _scratch(file.absolute().parent) as folder:
            manifest = _unpack(file, Path(folder))
        made = datetime.fromtimestamp(manifest.made_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        click.echo(f"{file} is sound: {manifest.organisation} ({manifest.edge_url}), {made}.")
        return
    settings = Settings.from_env(home)
    _require_empty(home, settings)
    with _scratch(_make_home(home)) as folder:
        manifest = _unpack(file, Path(folder))
        _move(Path(folder), home, settings)
    click.echo(f"{manifest.organisation} is restored in {home}. Check it: python -m server doctor --home {home}")


def _require_empty(home: Path, settings: Settings) -> None:
    try:
        there = sorted(path.name for path in home.iterdir()) if home.exists() else []
    except OSError as error:
        raise Refusal(f"{home} cannot be read: {error.strerror}.") from error
    if there:
        raise Refusal(f"{home} is not empty ({', '.join(there[:3])}); restore into an empty or new folder.")
    for path in (settings.inside_path, settings.outside_path):
        if path.exists():
            raise Refusal(f"The store {path} exists already; move it away first.")


def _make_home(home: Path) -> Path:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Refusal(f"{home} cannot be made: {error.strerror}. Choose another --home.") from error
    return home


def _scratch(folder: Path) -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix=".restore-", dir=folder)
    except OSError as error:
        raise Refusal(f"{folder} cannot be written: {error.strerror}.") from error


def _unpack(file: Path, folder: Path) -> archive.Manifest:
    """Unpack a backup, checked, into a folder of its own."""

    def take(name: str, stream: IO[bytes]) -> None:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mode = 0o644 if name == archive.ORGANISATION else 0o600
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as written:
            shutil.copyfileobj(stream, written, archive.CHUNK)
            written.flush()
            os.fsync(written.fileno())

    manifest = archive.read(file, take)
    for name in (archive.INSIDE, archive.OUTSIDE):
        if faults := faults_of(folder / name):
            raise archive.DamagedBackup(f"{name} in {file} is damaged: {faults[0]}.")
    return manifest


def _move(folder: Path, home: Path, settings: Settings) -> None:
    """Put the unpacked files in their places; marmalade.toml last, so that half a home is none."""
    places = {
        folder / archive.INSIDE: settings.inside_path,
        folder / archive.OUTSIDE: settings.outside_path,
    }
    for name in archive.SECRETS:
        places |= {path: home / name / path.name for path in (folder / name).glob("*")}
    places[folder / archive.ORGANISATION] = home / archive.ORGANISATION
    try:
        for source, target in places.items():
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(source, target)
    except OSError as error:
        raise Refusal(f"{home} cannot be written: {error.strerror}. Empty it and try again.") from error
