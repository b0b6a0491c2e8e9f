"""A home as `init` makes it, and a way to call verbs on it."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from server.cli.home import operator
from server.domain.jams import Audience, Charter
from server.services import forums, jams
from server.services.house import House
from tests.server.cli.calling import Cli

CHARTER = Charter(question="What next?", promise="We read all of it", off_limits="Pay", decide_by="2027-01-31")
ADDRESSES = ("--inside-url", "http://127.0.0.1:7801", "--edge-url", "http://127.0.0.1:7802")


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("organisation") / "home"
    cli = Cli(home)
    cli.ok("init", "--name", "Acme", *ADDRESSES, "--admin", "zora")

    async def hold(house: House) -> None:
        admin = await operator(house)
        now = house.now()
        jam = await jams.create_jam(house, admin, "spring", "Spring", CHARTER, now, now + timedelta(days=1))
        await jams.open_jam(house, admin, jam)
        audiences: dict[str, Audience] = {"den": "inside", "square": "public"}
        for slug, audience in audiences.items():
            await forums.create_forum(house, admin, jam, slug, slug.title(), "What do you think?", audience)

    cli.within(hold)
    return home


@pytest.fixture
def cli(made_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Verbs on an organisation with the open jam `spring` and its forums `den` (inside) and `square` (public)."""
    monkeypatch.setenv("MARMALADE_PEER_NETWORKS", "127.0.0.0/8")
    shutil.copytree(made_home, tmp_path / "home")
    return Cli(tmp_path / "home")


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., Path]:
    """Write a JSON lines file; a text stands as it is."""

    def write(*values: object) -> Path:
        path = tmp_path / "jam.jsonl"
        path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in values))
        return path

    return write
