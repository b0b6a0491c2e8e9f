"""Following a forum, an idea, a person or a theme."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.follows import FOLLOWED, Follow, FollowKind
from server.domain.jams import Jam
from server.services import board, themes_read
from server.services.forums import obtain_forum
from server.services.house import House
from server.services.ideas_read import obtain
from server.services.jams import obtain_jam
from server.storage import follows, people

MOST = 500


@dataclass(frozen=True, slots=True)
class Followed:
    """Something followed, with the words that stand for it and its page as a path."""

    follow: Follow
    words: str
    path: str


async def follow(house: House, by: Member, kind: str, subject_id: str, jam_key: str = "") -> Follow:
    """Follow something that one may see; following twice is following once. Raises Missing, Invalid, Conflict."""
    known, jam = await _kind(kind), await _jam(house, by, kind, jam_key)
    found = Follow(by.id, known, await _subject(house, by, known, subject_id, jam), jam.id if jam else "", house.now())
    if len(await follows.of_member(house.store, by.id)) >= MOST:
        raise Conflict("You follow %(most)s things already. Let go of some first.", most=MOST)
    async with house.store.transaction() as change:
        await follows.add(change, found)
    return found


async def unfollow(house: House, by: Member, kind: str, subject_id: str, jam_id: str = "") -> None:
    """Let go of something; of what is not followed nothing happens."""
    async with house.store.transaction() as change:
        await follows.drop(change, by.id, await _kind(kind), subject_id, jam_id)


async def _kind(kind: str) -> FollowKind:
    found = next((one for one in FOLLOWED if one == kind), None)
    if found is None:
        raise Invalid("kind", "One can follow a %(followed)s.", followed=tuple(FOLLOWED))
    return found


async def _jam(house: House, by: Member, kind: str, key: str) -> Jam | None:
    return await obtain_jam(house, by, key) if kind == "theme" else None


async def _subject(house: House, by: Member, kind: FollowKind, subject_id: str, jam: Jam | None) -> str:
    if kind == "forum":
        return (await obtain_forum(house, by, subject_id)).id
    if kind == "idea":
        return (await obtain(house, by, subject_id)).thread_id
    if kind == "person":
        member = await people.by_id(house.store, subject_id) if by.active and by.is_local else None
        if member is None or not member.active or member.id == by.id:
            raise Missing("person", f"{by.id} follows {subject_id}")
        return member.id
    assert jam is not None
    if not any(theme.id == subject_id for theme in themes_read.read(await board.read_themes(house, by, jam))):
        raise Missing("theme", f"{by.id} follows theme {subject_id}")
    return subject_id


async def list_follows(house: House, reader: Member) -> list[Followed]:
    """Return what somebody follows and may still see, newest first."""
    if not (reader.active and reader.is_local):
        return []
    found = [await _described(house, reader, one) for one in await follows.of_member(house.store, reader.id)]
    return [one for one in found if one is not None]


async def _described(house: House, reader: Member, one: Follow) -> Followed | None:
    try:
        if one.kind == "forum":
            return Followed(one, (await obtain_forum(house, reader, one.subject_id)).title, f"/forums/{one.subject_id}")
        if one.kind == "idea":
            return Followed(one, (await obtain(house, reader, one.subject_id)).title, f"/ideas/{one.subject_id}")
        if one.kind == "person":
            member = await people.by_id(house.store, one.subject_id)
            return Followed(one, member.name, f"/people/{member.handle.lstrip('@')}") if member else None
        jam = await obtain_jam(house, reader, one.jam_id)
        known = themes_read.read(await board.read_themes(house, reader, jam))
        theme = next((theme for theme in known if theme.id == one.subject_id), None)
        return Followed(one, theme.label, f"/jams/{jam.id}/themes/{theme.id}") if theme else None
    except Missing:
        return None


async def is_followed(house: House, reader: Member, kind: str, subject_id: str, jam_id: str = "") -> bool:
    return any(
        (one.kind, one.subject_id, one.jam_id) == (kind, subject_id, jam_id)
        for one in await follows.of_member(house.store, reader.id)
    )
