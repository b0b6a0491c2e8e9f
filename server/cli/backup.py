"""`backup`: everything that makes an organisation, in one file, while the server goes on."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click

from server.app import make_house, open_inside
from server.cli import archive
from server.cli.home import as_json, at_home, open_sealed, run
from server.cli.show import print_json, progress
from server.domain.errors import Refusal
from server.services.audit import note
from server.settings import Settings, read_organisation


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@at_home
@as_json
def backup(file: Path, home: Path, as_json: bool) -> None:
    """Write both stores, the secrets and the organisation into FILE (a tar file that only its owner can read).

    Works beside a running server. FILE holds private keys: keep it as you keep the server.
    """
    if file.exists():
        raise Refusal(f"{file} exists already; name another file.")
    manifest = run(_backup(home, file.absolute()))
    if as_json:
        print_json({"file": str(file), "bytes": file.stat().st_size, "files": sorted(manifest.files)})
        return
    click.echo(f"{file}: {len(manifest.files)} files, {file.stat().st_size:,} bytes. Check it: restore {file} --verify")


async def _backup(home: Path, file: Path) -> archive.Manifest:
    organisation, settings = read_organisation(home), Settings.from_env(home)
    try:
        scratch = tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent)
    except OSError as error:
        raise Refusal(f"The backup {file} cannot be written: {error.strerror}.") from error
    with scratch as folder, progress("Backing up", 3) as meter:
        inside, outside = Path(folder, "inside.sqlite"), Path(folder, "outside.sqlite")
        # The outside first: what it does not know yet, the gate brings up from the younger inside.
        async with open_sealed(home) as ledger:
            await ledger.store.backup(outside)
        meter.step()
        async with open_inside(settings) as store:
            await note(make_house(store, organisation), None, "backup")
            await store.backup(inside)
        meter.step()
        files = {archive.ORGANISATION: home / archive.ORGANISATION}
        for name in archive.SECRETS:
            found = sorted(path for path in (home / name).glob("*") if path.is_file())
            files |= {f"{name}/{path.name}": path for path in found if path.suffix != ".part"}
        files |= {archive.OUTSIDE: outside, archive.INSIDE: inside}
        made = archive.write(file, files, organisation.name, organisation.addresses.edge_url, time.time())
        meter.step()
    return made
