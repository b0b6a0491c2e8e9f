"""The list of a forum that is for its members alone: who is on it, inviting, letting go, leaving.

Whoever is not on it learns nothing of the forum. Nothing here decides that: every reader of jams, forums and ideas
asks `server.services.jams.hidden_jams`. Such a forum stands alone in its jam, so that what is counted, shown or
streamed for a jam is about it alone.
"""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.jams import Forum
from server.domain.memberships import MOST_MEMBERS, ForumMember
from server.domain.uris import new_id
from server.services.forums import obtain_forum
from server.services.house import House
from server.storage import events, memberships, people


async def may_keep(house: House, by: Member, forum: Forum) -> bool:
    """Say whether somebody keeps the list of a forum of ours: organisers, and facilitators who are on it."""
    if not (forum.members_only and forum.is_local and by.active and by.is_local):
        return False
    return by.may("jams") or (by.may("moderate") and await memberships.is_member(house.store, forum.id, by.id))


async def list_members(house: House, reader: Member, forum: Forum) -> list[ForumMember]:
    """Return who is on the list, for somebody who may see the forum."""
    await obtain_forum(house, reader, forum.id)
    return await memberships.members(house.store, forum.id)


async def invite(house: House, by: Member, forum: Forum, username: str) -> ForumMember:
    """Put one of our active people on the list; who is on it stays. Raises Invalid, Conflict or NotAllowed."""
    await _require_keeper(house, by, forum)
    member = await _named(house, username)
    now = house.now()
    async with house.store.transaction() as change:
        if not await memberships.is_member(change, forum.id, member.id):
            if await memberships.count(change, forum.id) >= MOST_MEMBERS:
                raise Conflict("A list has room for %(most)s people.", most=MOST_MEMBERS)
            await memberships.add(new_id(), forum.id, member.id, by.id, now.timestamp())
            facts = {"jam": forum.jam_id, "forum": forum.id, "member": member.id, "by": by.id, "on": True}
            await events.append(change, "ForumMembersChanged", forum.id, facts, now.timestamp())
            await events.audit(change, by.id, "put on list", member.id, now.timestamp())
    return ForumMember(member, by.id, now)


async def _named(house: House, username: str) -> Member:
    member = await people.by_username(house.store, username.strip().lstrip("@"))
    if member is None or not member.active:
        raise Invalid("username", "There is no active person of that name here.")
    return member


async def find_member(house: House, reader: Member, forum: Forum, handle: str) -> Member:
    """Return somebody on a list by handle, or raise Missing."""
    name = handle.strip().lstrip("@").casefold()
    for one in await list_members(house, reader, forum):
        if one.member.handle.lstrip("@").casefold() == name:
            return one.member
    raise Missing("person", f"{handle} is not on the list of {forum.id}")


async def remove(house: House, by: Member, forum: Forum, member_id: str) -> None:
    """Take somebody off the list: from then on the forum is not there for them. Everybody may leave themselves."""
    if by.id == member_id and by.active and by.is_local and forum.is_local:
        await obtain_forum(house, by, forum.id)
    else:
        await _require_keeper(house, by, forum)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if not await memberships.is_member(change, forum.id, member_id):
            raise Missing("person", f"{member_id} is not on the list of {forum.id}")
        await memberships.remove(change, forum.id, member_id)
        facts = {"jam": forum.jam_id, "forum": forum.id, "member": member_id, "by": by.id, "on": False}
        await events.append(change, "ForumMembersChanged", forum.id, facts, now)
        await events.audit(change, by.id, "leave list" if by.id == member_id else "take off list", member_id, now)


async def _require_keeper(house: House, by: Member, forum: Forum) -> None:
    await obtain_forum(house, by, forum.id)
    if not forum.members_only:
        raise Conflict("This forum has no list: it is for everybody whom its audience names.")
    if not forum.is_local:
        raise Conflict("The server that holds this forum keeps its list.")
    if not await may_keep(house, by, forum):
        raise NotAllowed("Organisers, and facilitators who are on the list, keep it.", f"{by.id} keeps {forum.id}")
