"""Attaching files: taking them in, and giving them only to those who may read what they are attached to."""

from __future__ import annotations

import asyncio
import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Invalid, Missing, TooMuch
from server.domain.files import (
    LARGEST,
    LONGEST_ALT,
    MOST_FILES,
    PICTURE,
    TAKEN,
    File,
    clean_name,
    document_type,
    picture_format,
)
from server.domain.ideas import Attached, Contribution, Linked
from server.domain.uris import new_id
from server.pictures import SECONDS, SIDE, SIZES
from server.services.house import House
from server.services.jams import hidden_jams
from server.storage import contributions, linked_files
from server.storage import files as rows

MOST_WAITING = 20
KEPT_WAITING = timedelta(days=1)


async def take(house: House, by: Member, name: str, body: bytes, alt: str = "") -> File:
    """Take a file in, to be attached to what its owner is writing. Raises Invalid or TooMuch.

    A picture is drawn anew as WebP. What is never attached is dropped after a day.
    """
    name = clean_name(name)
    if not body:
        raise Invalid("file", "“%(name)s” is empty.", name=name)
    if len(body) > LARGEST:
        raise TooMuch("“%(name)s” is too large: a file may have %(most)s MB.", name=name, most=LARGEST // 1000000)
    width = height = 0
    if picture_format(body):
        body, (width, height) = await redraw(name, body)
        media_type, name = PICTURE, f"{name.rsplit('.', 1)[0]}.webp"
    else:
        media_type = document_type(name, body)
    made = File(
        id=new_id(),
        member_id=by.id,
        contribution_id="",
        name=name,
        alt=clean_alt(alt),
        media_type=media_type,
        width=width,
        height=height,
        size=len(body),
        sha=hashlib.sha256(body).hexdigest(),
        created_at=house.now(),
    )
    async with house.store.transaction() as change:
        await rows.drop_forgotten(change, by.id, (house.now() - KEPT_WAITING).timestamp())
    if await rows.count_waiting(house.store, by.id) >= MOST_WAITING:
        raise TooMuch("So many of your files wait to be attached that no more are taken; send or remove some first.")
    async with house.store.transaction():
        await rows.insert(made, body)
    return made


async def redraw(name: str, body: bytes, side: int = SIDE) -> tuple[bytes, tuple[int, int]]:
    """Return a picture drawn anew, at most `side` pixels a side, with its width and height. Raises Invalid."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.pictures", str(side),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        drawn, _ = await asyncio.wait_for(process.communicate(body), SECONDS + 5)
    except TimeoutError:
        drawn = b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0 or len(drawn) <= SIZES.size:
        raise Invalid(
            "file",
            "“%(name)s” cannot be read as a picture, or has too many pixels. We take %(taken)s.",
            name=name,
            taken=TAKEN,
        )
    width, height = SIZES.unpack_from(drawn)
    return drawn[SIZES.size :], (width, height)


def clean_alt(alt: str) -> str:
    """Return what a picture shows, in one line. Raises Invalid when it is too long."""
    said = " ".join(alt.split())
    if len(said) > LONGEST_ALT:
        raise Invalid("file", "What a picture shows takes at most %(most)s characters.", most=LONGEST_ALT)
    return said


async def chosen(house: House, by: Member, ids: Iterable[str], alts: Mapping[str, str]) -> list[File]:
    """Return somebody's own files, by id and in order, with what `alts` says they show.

    Raises Missing for another's, Invalid where there are too many or a picture's description is missing.
    """
    asked = list(dict.fromkeys(ids))
    if len(asked) > MOST_FILES:
        raise Invalid("file", "At most %(most)s files can be attached.", most=MOST_FILES)
    found = await rows.by_ids(house.store, asked)
    kept = []
    for file_id in asked:
        one = found.get(file_id)
        if one is None or not by.wrote(one.member_id):
            raise Missing("file", f"{by.id} attaches {file_id}")
        kept.append(_described(one, clean_alt(alts.get(file_id, one.alt))))
    return kept


def _described(one: File, alt: str) -> File:
    if one.is_picture and not alt:
        raise Invalid("file", "Say in a few words what “%(name)s” shows, for those who cannot see it.", name=one.name)
    return File(**{name: getattr(one, name) for name in File.__slots__} | {"alt": alt})


async def attach(change: Transaction, made: Contribution, files: Sequence[File], owner_id: str) -> None:
    """Attach files of an owner to a contribution, in place of those that it had; they are its author's then.

    Raises Missing where one has gone meanwhile.
    """
    if await rows.attach(change, made.id, made.author_id, owner_id, [(one.id, one.alt) for one in files]) != len(files):
        raise Missing("file", f"a file of {made.id} was attached elsewhere")


async def of(house: House, several: Iterable[Contribution]) -> dict[str, tuple[File, ...]]:
    """Return contribution id → files, of those that have any."""
    ids = [made.id for made in several if made.files]
    return await rows.of(house.store, ids) if ids else {}


async def of_one(house: House, made: Contribution) -> tuple[File, ...]:
    return (await of(house, [made])).get(made.id, ())


async def body_of(house: House, file: File) -> bytes:
    """Return the bytes of a file, or raise Missing."""
    found = await rows.body(house.store, file.id)
    if found is None:
        raise Missing("file", f"no bytes of {file.id}")
    return found


async def obtain(house: House, reader: Member, file_id: str) -> File:
    """Return a file for somebody who may read what it is attached to, or who has just uploaded it; or raise Missing."""
    found = await rows.by_id(house.store, file_id) if reader.active and reader.is_local else None
    if found is None:
        raise Missing("file", f"{reader.id} asked for file {file_id}")
    if found.member_id == reader.id and not found.contribution_id:
        return found
    made = await contributions.by_id(house.store, found.contribution_id)
    if made is None or made.deleted or (made.hidden and not _sees_hidden(reader, made)):
        raise Missing("file", f"{reader.id} asked for file {file_id}")
    if made.jam_id in await hidden_jams(house, reader):
        raise Missing("file", f"{reader.id} asked for file {file_id} of a hidden jam")
    return found


async def shown(house: House, reader: Member, several: Iterable[Contribution]) -> dict[str, tuple[File, ...]]:
    """Return contribution id → files of those of some contributions that somebody may see."""
    return await of(house, [made for made in several if not made.hidden or _sees_hidden(reader, made)])


async def shown_elsewhere(
    house: House, reader: Member, several: Iterable[Contribution]
) -> dict[str, tuple[Linked, ...]]:
    """Return contribution id → files that stay on another server, of other servers' words that somebody may see."""
    theirs = [one for one in several if not (one.is_local or one.deleted)]
    ids = [one.id for one in theirs if not one.hidden or _sees_hidden(reader, one)]
    found = await linked_files.of(house.store, ids) if ids else {}
    led_to = {made_id: Attached.of(some).linked for made_id, some in found.items()}
    return {made_id: some for made_id, some in led_to.items() if some}


async def linked_to(house: House, made: Contribution) -> tuple[Linked, ...]:
    """Return the files of another server's words that stay there, those that nobody can be led to as well."""
    if made.is_local or made.deleted:
        return ()
    return (await linked_files.of(house.store, [made.id])).get(made.id, ())


def _sees_hidden(reader: Member, made: Contribution) -> bool:
    return reader.wrote(made.author_id) or reader.may("moderate")
