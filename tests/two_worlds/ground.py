"""What all trials of a process stand on, made once: keys, two servers elsewhere, an address, furnished stores.

A world begins as a copy of stores that were furnished once for its observer, at the address at which they were. The
code that fills them is what the server runs; only the filling is not done again for each trial.
"""

from __future__ import annotations

import copy
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.signatures import generate_rsa_pem
from server.domain.actors import Role
from server.domain.jams import Charter
from server.domain.uris import Addresses
from server.services import jams, people, rules
from server.services.house import House
from tests.federation.elsewhere import Arrived, Elsewhere, free_socket
from tests.federation.organisation import Organisation, found, open_store
from tests.two_worlds.apart import closed_forum
from tests.two_worlds.history import History, Observer, is_inside
from tests.two_worlds.tables import START
from tests.two_worlds.worlds import CANARY, CLOSED, OBSERVING, UNITS, ZOE, Setting, World

# No disk is waited for: what is proved here is what crosses, and others prove what is kept.
MEMORY = Path("/dev/shm")


@dataclass(frozen=True, slots=True)
class Left:
    """What a server elsewhere had, and knew, once the stores were furnished."""

    documents: dict[str, tuple[int, Any]]
    count: int
    arrived: list[Arrived]
    owners: dict[str, Any]

    @classmethod
    def of(cls, peer: Elsewhere) -> Left:
        return cls(copy.deepcopy(peer.documents), peer.count, [*peer.arrived], {**peer.owners})

    def put_back(self, peer: Elsewhere) -> None:
        peer.documents, peer.count = copy.deepcopy(self.documents), self.count
        peer.arrived, peer.owners = [*self.arrived], {**self.owners}


@dataclass(frozen=True, slots=True)
class Furnished:
    """Stores in a folder, with what goes with them."""

    folder: Path
    setting: Setting
    watcher: Left
    other: Left


class Ground:
    """Makes worlds. `async with open_ground() as ground`."""

    def __init__(self, stack: AsyncExitStack, folder: Path) -> None:
        self._stack, self._folder = stack, folder
        self._bound = free_socket()
        self._stack.callback(self._bound.close)
        self._pairs = [generate_rsa_pem()]
        # The server takes both kinds of keys; one of each asks it here.
        self.watcher = Elsewhere(Ed25519PrivateKey.generate(), "lemmy", remembers=True)
        self.other = Elsewhere(rsa.generate_private_key(65537, 2048), "marmalade", remembers=True)
        self._furnished: dict[tuple[Observer, str, Role, bool], Furnished] = {}

    async def start(self) -> None:
        (self._folder / "blank").mkdir()
        inside = await open_store(self._folder / "blank", "inside")
        outside = await open_store(self._folder / "blank", "outside")
        await rules.found_rules(House(inside, "Blank", Addresses("http://blank.test", "http://inside.test")))
        for store in (inside, outside):
            await store.checkpoint()
            await store.close()
        for peer in (self.watcher, self.other):
            await peer.start()
            self._stack.push_async_callback(peer.close)
        self._none = (Left.of(self.watcher), Left.of(self.other))

    @asynccontextmanager
    async def world(self, history: History, *, twin: bool) -> AsyncIterator[World]:
        """Make a world, with its people, forums and servers elsewhere, the observer following what it may follow."""
        key = (history.observer, history.clearance, history.role, twin)
        if key not in self._furnished:
            self._furnished[key] = await self._furnish(*key)
        known = self._furnished[key]
        known.watcher.put_back(self.watcher)
        known.other.put_back(self.other)
        async with AsyncExitStack() as stack:
            acme = await self._acme(stack, known.folder)
            yield World(
                acme, self.watcher, self.other, history, twin and not is_inside(history.observer), twin, known.setting
            )

    async def _acme(self, stack: AsyncExitStack, blank: Path) -> Organisation:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=self._folder)))
        return await found(stack, folder, blank, "Acme", self._pairs, in_flight=1, now=START, bound=self._bound.dup())

    async def _furnish(self, observer: Observer, clearance: str, role: Role, twin: bool) -> Furnished:
        folder = self._folder / f"{observer}-{clearance}-{role}-{twin}"
        folder.mkdir()
        for left, peer in zip(self._none, (self.watcher, self.other), strict=True):
            left.put_back(peer)
        async with AsyncExitStack() as stack:
            acme = await self._acme(stack, self._folder / "blank")
            setting = await _furnish(acme, self.watcher, self.other, observer, clearance, role, twin)
            for store, side in ((acme.house.store, "inside"), (acme.outside.store, "outside")):
                await store.checkpoint()
                shutil.copy(store.path, folder / f"{side}.sqlite")
        return Furnished(folder, setting, Left.of(self.watcher), Left.of(self.other))


@asynccontextmanager
async def open_ground() -> AsyncIterator[Ground]:
    async with AsyncExitStack() as stack:
        place = MEMORY if MEMORY.is_dir() else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="two_worlds_", dir=place)))
        ground = Ground(stack, folder)
        await ground.start()
        yield ground


async def _furnish(
    acme: Organisation, watcher: Elsewhere, other: Elsewhere, observer: Observer, clearance: str, role: Role,
    beside: bool,
) -> Setting:  # fmt: skip
    # Whoever observes from inside may read what those outside may not: it is alike in both.
    house, twin = acme.house, beside and not is_inside(observer)
    named = [
        await people.add_member(house, f"person{n}", f"Person Number{n}", unit, role if n == OBSERVING else "member")
        for n, unit in enumerate(UNITS[:6])
    ]
    zoe = await people.add_member(
        house, "yanyan" if twin else "zoe", f"{CANARY} {'Yan' if twin else 'Zoe'}", UNITS[ZOE], consent=False
    )
    rex, rita = [
        await people.add_member(house, f"{name}{'y' * twin}", f"{CANARY} {name}{'y' * twin}", UNITS[ZOE], "reviewer")
        for name in ("rex", "rita")
    ]
    await _open_jam(acme, f"{CANARY} of a charter {'longer' * twin}")
    await acme.partner(other.host)
    if observer != "stranger":
        await acme.partner(watcher.host, "customer" if observer == "customer" else "partner", clearance)
    ann, olaf = watcher.person("ann"), other.person("olaf")
    hidden = f"{CANARY.lower()}-{'t' if twin else 'w'}"
    forums = {
        "open": await acme.forum("open"),
        "closed": await acme.forum("closed", "partners"),
        "pilot": await acme.forum(f"pilot-{hidden}", "partners", peers=(other.host,)),
        "vault": await acme.forum(f"vault-{hidden}", "inside"),
    }
    if observer == "pilot":
        forums["lab"] = await acme.forum("lab", "partners", peers=(watcher.host, other.host))
    listed = tuple(named[:2])
    name = f"apart-{CLOSED.lower()}-{'tt' if beside else 'w'}"
    apart = await closed_forum(acme, name, other.host, guest="olaf", members=listed)
    await acme.idle()
    for peer, actor in ((watcher, ann), (other, olaf)):
        for forum in (*forums.values(), *([apart] if peer is other else [])):
            await peer.post(acme.inbox, peer.activity("Follow", actor, forum.uri))
            await acme.idle()
    return Setting(forums, tuple(named), zoe, (rex, rita), ann, olaf, apart, listed)


async def _open_jam(acme: Organisation, words: str) -> None:
    now = acme.house.now()
    charter = Charter(question=words, promise=words, off_limits=words, decide_by=words[:90])
    jam = await jams.create_jam(acme.house, acme.admin, "better", "Better", charter, now, now.replace(day=25))
    await jams.open_jam(acme.house, acme.admin, jam)
