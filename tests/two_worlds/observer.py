"""What one observer can find out: every delivery it got, and every route asked in every way it can think of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from zlib import crc32

from federation.signatures import load_public_key
from federation.signatures.proofs import verify_document
from server.demo.canaries import Canaries
from tests.federation.elsewhere import Arrived
from tests.federation.organisation import proof_pair
from tests.two_worlds.history import is_inside
from tests.two_worlds.inside import open_inside, settle_inside
from tests.two_worlds.script import Probe, Script
from tests.two_worlds.wire import Answer, Wire
from tests.two_worlds.worlds import CANARY, CLOSED, CLOSED_TONGUE, TONGUE, World

Entry = tuple[str, ...]
# Told elsewhere in the transcript, or made anew for each request.
PER_REQUEST = {"date", "signature", "digest", "host", "content-length"}
RANDOM = re.compile(
    r"(?:(?<![0-9A-Za-z])|(?<=%2F))(?:[0-9a-f]{32}|(?<=colleague-)[0-9a-f]{8}|[0-9]+-[0-9a-f]{8}"
    r"|(?<=\"proofValue\":\")z[1-9A-HJ-NP-Za-km-z]{60,90})(?![0-9A-Za-z])"
)

PROOF = re.compile(rb"\"proofValue\":\"(z[1-9A-HJ-NP-Za-km-z]{60,90})\"")


class Transcript:
    """All that the observer got, with what is random by design renamed by its first appearance.

    Ids are 128 random bits and keys are made alike, so that renaming them hides nothing: an ETag is checked to be
    the hash of its body before it is renamed, and a proof to be that of its document and the server's one key.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._names: dict[str, str] = {}
        self._proven: set[str] = set()
        self.entries: list[Entry] = []
        self.raw: list[tuple[str, bytes]] = []

    def heard(self, one: Arrived) -> None:
        """Write down a delivery: its path, its headers in order, its bytes."""
        self.raw.append((f"delivery to {one.path}", one.body + repr(one.headers).encode()))
        self._check_proofs(one.activity)
        signed = re.sub(r'signature="[^"]*"', "", one.headers["signature"])
        headers = [f"{name}: {value}" for name, value in one.headers.items() if name not in PER_REQUEST]
        self._enter("delivery", one.path, f"verifies: {one.valid}", signed, *headers, one.body.decode())

    def got(self, probe: str, answer: Answer) -> None:
        """Write down an answer: the status line, the headers in order, the body."""
        self.raw.append((probe, answer.body + "\n".join(answer.lines).encode()))
        etag = answer.header("etag")
        if etag and answer.body and answer.header("content-type").startswith("application/activity"):
            assert etag == f'"{sha256(answer.body).hexdigest()[:32]}"'
            if etag not in self._proven and PROOF.search(answer.body):
                self._check_proofs(json.loads(answer.body))
                self._proven.add(etag)
        # Base58 of a proof is a digit longer or shorter, as its bits fall; a HEAD is answered as the GET that is told.
        proofs = sum(map(len, PROOF.findall(answer.body)))
        is_head = not answer.body and answer.header("content-type").startswith("application/activity")
        length = f"Content-Length: {len(answer.body) - proofs} and proofs"
        lines = [
            length if (proofs or is_head) and line.lower().startswith("content-length:") else line
            for line in answer.lines
            if not line.lower().startswith("date:")
        ]
        self._enter(probe, *lines, answer.body.decode("utf-8", "surrogateescape"))

    def seen(self, name: str, answer: Answer, plain: Callable[[str], str]) -> None:
        """Write down an answer of the inside, without what `plain` takes out: it is made anew for each."""
        self.raw.append((name, answer.body + "\n".join(answer.lines).encode()))
        told_otherwise = ("date:", "etag:", "set-cookie:", "content-length:")
        lines = [line for line in answer.lines if not line.lower().startswith(told_otherwise)]
        self._enter(name, *lines, plain(answer.body.decode("utf-8", "surrogateescape")))

    def _check_proofs(self, value: object) -> None:
        """See to it that a proof says nothing but what it is over."""
        key = load_public_key(proof_pair(self._world.acme.house.name)[1])
        waiting = [value]
        while waiting:
            one = waiting.pop()
            waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []
            if isinstance(one, dict) and "proof" in one and str(one.get("actor")).startswith(self._world.acme.url):
                verify_document(one, key)

    def _enter(self, *parts: str) -> None:
        self.entries.append(tuple(self._plain(part) for part in parts))

    def _plain(self, text: str) -> str:
        return RANDOM.sub(lambda found: self._names.setdefault(found[0], f"<{len(self._names)}>"), text)

    def canaries(self) -> list[str]:
        """Return where in all that came a canary stands, plain or in the disguises of transport."""
        planted = Canaries()
        # Whoever observes from inside may read what those outside may not.
        hidden = [CLOSED, CLOSED_TONGUE] + ([] if is_inside(self._world.history.observer) else [CANARY, TONGUE])
        for one in hidden:
            planted.watch(one, one)
        return [f"{one} {one.where}" for one in planted.search(hidden, self.raw)]


async def observe(world: World) -> Transcript:
    """Write down what came, then play the script, then write down what came of it."""
    told = Transcript(world)
    if is_inside(world.history.observer):
        await _look_around(world, told)
        return told
    _hear(world, told)
    script = await Script.of(world, [body for _, body in told.raw])
    wire = Wire(world.acme.url)
    try:
        await _ask(told, wire, _chosen(world, script.reads()))
        for pages in script.outboxes():
            await _turn(world, told, wire, script, *pages)
        # What is sent has to be dealt with, and costs more than a question.
        await _ask(told, wire, _chosen(world, script.posts(), 0.5))
        await world.rest(3600)
        _hear(world, told)
        await _ask(told, wire, _chosen(world, script.afterwards()))
    finally:
        await wire.close()
    return told


async def _look_around(world: World, told: Transcript) -> None:
    """Ask as one of us who is signed in."""
    await settle_inside(world)
    async with open_inside(world) as (inside, wire):
        # Pages take longer than documents. The few that are asked at the end are so in each trial.
        for several, part in ((inside.questions(), 0.5), (inside.afterwards(), 1 / world.history.share)):
            for one in several:
                if _asked(world, one.name, part):
                    (answer,) = await wire.ask([one.request()])
                    told.seen(one.name, answer, inside.plain)
            world.acme.wait(60)
            await world.acme.idle()
            await settle_inside(world)


def _hear(world: World, told: Transcript) -> None:
    for one in world.watcher.arrived:
        told.heard(one)
    world.watcher.arrived.clear()


def _chosen(world: World, probes: Iterable[Probe], part: float = 1.0) -> list[Probe]:
    """Return the share of the script that this trial asks, the same in both worlds."""
    return [probe for probe in probes if _asked(world, probe.name, part)]


def _asked(world: World, name: str, part: float = 1.0) -> bool:
    history = world.history
    return history.share >= 1 or crc32(f"{history.salt}/{name}".encode()) < history.share * part * 2**32


async def _ask(told: Transcript, wire: Wire, probes: list[Probe]) -> None:
    answers = await wire.ask([probe.request() for probe in probes])
    for probe, answer in zip(probes, answers, strict=True):
        told.got(probe.name, answer)


async def _turn(world: World, told: Transcript, wire: Wire, script: Script, name: str, path: str, by: str) -> None:
    """Turn the pages of an outbox, as far as they go."""
    if not _asked(world, name):
        return
    for number in range(5):
        (answer,) = await wire.ask([script.get(f"{name} {number}", path, by=by).request()])
        told.got(f"{name} {number}", answer)
        found = re.search(rb'"next":"([^"]+)"', answer.body)
        if not found:
            break
        path = found[1].decode().removeprefix(world.acme.url)
