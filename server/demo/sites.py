"""Where the three organisations live: their homes and their ports on loopback."""

from __future__ import annotations

import fcntl
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.domain.errors import Conflict

LOOPBACK = "127.0.0.1"
NETWORKS = "127.0.0.0/8"
NAMES = {"acme": "Acme", "globex": "Globex", "initech": "Initech"}
ADMINS = {"acme": "morgan", "globex": "jordan", "initech": "taylor"}
FIRST_PORT = 8100
SIGN = "made-by-the-demo"
SIGN_TEXT = "The demo made this folder and empties it at each start.\n"


@dataclass(frozen=True, slots=True)
class Site:
    """One organisation of the demo."""

    key: str
    name: str
    home: Path
    edge_port: int
    inside_port: int
    admin: str

    @property
    def edge_host(self) -> str:
        return f"{LOOPBACK}:{self.edge_port}"

    @property
    def edge_url(self) -> str:
        return f"http://{self.edge_host}"

    @property
    def inside_url(self) -> str:
        return f"http://{LOOPBACK}:{self.inside_port}"


def make_sites(home: Path, first_port: int = FIRST_PORT) -> dict[str, Site]:
    """Lay the three out: edges at `first_port`, +100 and +200, each inside one port higher."""
    return {
        key: Site(key, name, home / key, first_port + 100 * index, first_port + 100 * index + 1, ADMINS[key])
        for index, (key, name) in enumerate(NAMES.items())
    }


def require_free_ports(sites: dict[str, Site]) -> None:
    """Raise Conflict, naming the taken ports and how to choose others."""
    ports = [port for site in sites.values() for port in (site.edge_port, site.inside_port)]
    taken = [port for port in ports if not _is_free(port)]
    if taken:
        named = ", ".join(map(str, taken))
        raise Conflict(
            f"Something listens on port {named} of {LOOPBACK} already; is another demo running? "
            f"Stop it, or choose other ports: python -m server demo --port-base {ports[0] + 1000}"
        )


def _is_free(port: int) -> bool:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


@contextmanager
def empty_homes(home: Path, sites: dict[str, Site]) -> Iterator[None]:
    """Hold the demo's folder for ourselves, with its homes emptied. Nothing but an earlier demo is ever removed."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(f"Another demo runs in {home}. Stop it, or choose another folder with --home.") from error
        for site in sites.values():
            _empty(site.home)
        yield


def _empty(home: Path) -> None:
    if home.exists() and any(home.iterdir()):
        sign = home / SIGN
        if not (sign.is_file() and sign.read_text("utf-8") == SIGN_TEXT):
            raise Conflict(f"{home} is not empty and no demo made it, so it stays untouched. Choose another --home.")
        for part in home.iterdir():
            if part.name == SIGN:
                continue
            shutil.rmtree(part) if part.is_dir() and not part.is_symlink() else part.unlink()
    home.mkdir(parents=True, exist_ok=True)
    (home / SIGN).write_text(SIGN_TEXT, "utf-8")
    home.chmod(0o700)
