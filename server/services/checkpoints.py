"""Signed checkpoints of the audit chain, in the store and in a second place: a folder, best on another disk or host."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from server.domain.audit import AuditKey, Checkpoint, read_checkpoint
from server.domain.errors import Refusal
from server.domain.sentences import say
from server.services.house import House
from server.storage import audit

FILE = "audit.jsonl"
# A checkpoint is due after so many rows, or so many seconds after the first that none covers, and once a day anyway.
EVERY_ROWS, EVERY_SECONDS, IDLE_SECONDS = 100, 600.0, 86_400.0
# How long rows may go without one before that counts as trouble.
STALE_SECONDS = 3 * EVERY_SECONDS


class SecondPlaceTrouble(Refusal):
    """The second place cannot be read or written, or says otherwise than the store."""


@dataclass(frozen=True, slots=True)
class SecondPlace:
    """Where checkpoints are kept beside the store. `makes` tells whether the folder may be made when it is missing.

    A folder that the operator named is not: an empty one in the place of a disk that is not mounted would take
    what nobody looks for there.
    """

    folder: Path
    key: AuditKey
    makes: bool = True

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def read(self) -> list[Checkpoint]:
        """Return what lies there, in order; [] where nothing was written yet. Raises SecondPlaceTrouble."""
        if not self.folder.is_dir() and not self.makes:
            raise SecondPlaceTrouble("The folder %(folder)s is not there: mount it, or make it.", folder=self.folder)
        try:
            lines = self.path.read_text("utf-8").splitlines() if self.path.exists() else []
        except (OSError, UnicodeDecodeError) as error:
            raise SecondPlaceTrouble("%(path)s cannot be read (%(error)s).", path=self.path, error=error) from error
        found = []
        for number, line in enumerate(lines, 1):
            try:
                found.append(read_checkpoint(line))
            except (ValueError, RecursionError) as error:
                raise SecondPlaceTrouble(
                    "Line %(number)s of %(path)s is damaged (%(error)s).", number=number, path=self.path, error=error
                ) from error
        return found

    def append(self, some: list[Checkpoint]) -> None:
        """Write checkpoints there; on return they are on the disk. Raises SecondPlaceTrouble."""
        try:
            if self.makes:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write("".join(f"{one.line()}\n" for one in some).encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise SecondPlaceTrouble(
                "%(path)s cannot be written (%(why)s).", path=self.path, why=error.strerror
            ) from error


async def keep_checkpoints(house: House, place: SecondPlace) -> int:
    """Write a checkpoint when one is due: in the second place first, then in the store; return how many.

    What one of the two lacks after a crash, or because the second place came back empty, is brought there. Raises
    SecondPlaceTrouble where they contradict each other; nothing more is written then.
    """
    newest, last = await audit.newest(house.store), await audit.last_checkpoint(house.store)
    now = house.now().timestamp()
    if newest is None or not await _is_due(house, last, now):
        return 0
    ours = await audit.checkpoints(house.store)
    theirs = await asyncio.to_thread(place.read)
    for one in _only_theirs(ours, theirs, place):
        async with house.store.transaction() as change:
            await audit.put_checkpoint(change, one)
        ours.append(one)
    if ours and await audit.hash_at(house.store, ours[-1].seq) != ours[-1].hash:
        raise SecondPlaceTrouble(
            "Row %(seq)s is not the one that the last checkpoint saw. %(advice)s", seq=ours[-1].seq, advice=MOVE_IT
        )
    made = place.key.sign(newest, await audit.count(house.store, newest.seq), now, ours[-1] if ours else None)
    await asyncio.to_thread(place.append, [*ours[len(theirs) :], made])
    async with house.store.transaction() as change:
        await audit.put_checkpoint(change, made)
    return 1


def _only_theirs(ours: list[Checkpoint], theirs: list[Checkpoint], place: SecondPlace) -> list[Checkpoint]:
    """Return the checkpoint that a crash kept from the store; raise where the two places tell different stories."""
    if ours[: len(theirs)] != theirs[: len(ours)]:
        raise SecondPlaceTrouble(
            "%(path)s holds other checkpoints than the store. %(advice)s", path=place.path, advice=MOVE_IT
        )
    more = theirs[len(ours) :]
    if len(more) > 1:
        raise SecondPlaceTrouble(
            "%(path)s knows %(length)s checkpoints that the store has lost. %(advice)s",
            path=place.path,
            length=len(more),
            advice=MOVE_IT,
        )
    return more


MOVE_IT = say("If a backup was restored, move that file away and keep it; otherwise somebody altered one of the two.")


async def _is_due(house: House, last: Checkpoint | None, now: float) -> bool:
    open_ = await audit.first_after(house.store, last.seq if last else 0)
    if open_ is None:
        return last is not None and now - last.at >= IDLE_SECONDS
    newest = await audit.newest(house.store)
    assert newest is not None
    waiting = await audit.count(house.store, newest.seq) - (last.count if last else 0)
    # A row from the future means that the clock went back: better one checkpoint too many.
    return waiting >= EVERY_ROWS or not 0 <= now - open_.at < EVERY_SECONDS
