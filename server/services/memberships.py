"""The list of a forum that is for its members alone: who is on it, inviting, letting go, leaving.

Whoever is not on it learns nothing of the forum. Nothing here decides that: every reader of jams, forums and ideas
asks `server.services.jams.hidden_jams`, and every audience outside comes from `server.services.readership.readers_of`.
Such a forum stands alone in its jam, so that what is counted, shown or streamed for a jam is about it alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.jams import Forum
from server.domain.memberships import MOST_MEMBERS, ForumMember, digest_of, guest_id
from server.domain.uris import HOST, USERNAME, new_id
from server.services.forums import obtain_forum
from server.services.house import House
from server.services.people import stranger
from server.storage import events, memberships, people
from server.storage import partners as partner_rows


async def may_keep(house: House, by: Member, forum: Forum) -> bool:
    """Say whether somebody keeps the list of a forum of ours: organisers, and facilitators who are on it."""
    if not (forum.members_only and forum.is_local and by.active and by.is_local):
        return False
    return by.may("jams") or (by.may("moderate") and await memberships.is_member(house.store, forum.id, by.id))


async def list_members(house: House, reader: Member, forum: Forum) -> list[ForumMember]:
    """Return who is on the list, for somebody who may see the forum: our own people, then those of partners."""
    await obtain_forum(house, reader, forum.id)
    found = await memberships.members(house.store, forum.id)
    for one in await memberships.guests(house.store, forum.id):
        known = await people.by_username(house.store, one.username, one.host)
        member = known or stranger(house, "", one.username, one.host, one.username, "")
        found.append(ForumMember(one.id, member, one.invited_by, one.invited_at))
    return found


async def find_member(house: House, reader: Member, forum: Forum, handle: str) -> ForumMember:
    """Return somebody on a list by handle, or raise Missing."""
    name = handle.strip().lstrip("@").casefold()
    for one in await list_members(house, reader, forum):
        if one.member.handle.lstrip("@").casefold() == name:
            return one
    raise Missing("person", f"{handle} is not on the list of {forum.id}")


async def invite(house: House, by: Member, forum: Forum, handle: str) -> ForumMember:
    """Put one of our active people on the list, or somebody of another server (@name@host); who is on it stays.

    Raises Invalid, Conflict or NotAllowed.
    """
    await _require_keeper(house, by, forum)
    username, _, host = handle.strip().lstrip("@").partition("@")
    if host and host != house.addresses.edge_host:
        return await _invite_guest(house, by, forum, username, host.lower())
    member = await people.by_username(house.store, username)
    if member is None or not member.active:
        raise Invalid("username", "There is no active person of that name here.")
    now = house.now()
    async with house.store.transaction() as change:
        if not await memberships.is_member(change, forum.id, member.id):
            await _require_room(change, forum)
            await memberships.add(new_id(), forum.id, member.id, by.id, now.timestamp())
            await _record(house, change, by.id, forum, member.id, "put on list", on=True)
    return ForumMember(member.id, member, by.id, now)


async def _invite_guest(house: House, by: Member, forum: Forum, username: str, host: str) -> ForumMember:
    partner = await partner_rows.by_host(house.store, host)
    # Who belongs to no partner reads at our edge, signed in, as far as the rules let their server read.
    named = partner is None or (host in forum.peers if forum.peers else partner.tier == "partner")
    if forum.audience != "partners" or not named:
        raise Invalid("username", "This forum is not for people of %(host)s.", host=host[:255])
    if not USERNAME.fullmatch(username) or not HOST.fullmatch(host) or len(host) > 255:
        raise Invalid("username", "Somebody of another server is named like @gus@jam.example.")
    now = house.now()
    async with house.store.transaction() as change:
        if not await memberships.is_guest(change, forum.id, username, host):
            await _require_room(change, forum)
            await memberships.add_guest(new_id(), forum.id, username, host, by.id, now.timestamp())
            await _record(house, change, by.id, forum, f"@{username}@{host}", "put on list", on=True)
    return await find_member(house, by, forum, f"@{username}@{host}")


async def _require_room(change: Transaction, forum: Forum) -> None:
    if await memberships.count(change, forum.id) >= MOST_MEMBERS:
        raise Conflict("A list has room for %(most)s people.", most=MOST_MEMBERS)


async def _record(
    house: House, change: Transaction, by_id: str, forum: Forum, subject: str, act: str, *, on: bool
) -> None:
    now = house.now().timestamp()
    facts = {"jam": forum.jam_id, "forum": forum.id, "by": by_id, "on": on}
    await events.append(change, "ForumMembersChanged", forum.id, facts, now)
    await events.audit(change, by_id, act, subject, now)


async def remove(house: House, by: Member, forum: Forum, place_id: str) -> None:
    """Take somebody off the list, by the id of their place on it: from then on the forum is not there for them.

    Everybody may leave a list of ours themselves.
    """
    leaves = by.id == place_id and by.active and by.is_local and forum.is_local
    if leaves:
        await obtain_forum(house, by, forum.id)
    else:
        await _require_keeper(house, by, forum)
    async with house.store.transaction() as change:
        known = await memberships.is_member(change, forum.id, place_id)
        await memberships.remove(change, forum.id, place_id)
        if not known and not await memberships.remove_guest(change, forum.id, place_id):
            raise Missing("person", f"{place_id} is not on the list of {forum.id}")
        await _record(house, change, by.id, forum, place_id, "leave list" if leaves else "take off list", on=False)


async def _require_keeper(house: House, by: Member, forum: Forum) -> None:
    await obtain_forum(house, by, forum.id)
    if not forum.members_only:
        raise Conflict("This forum has no list: it is for everybody whom its audience names.")
    if not forum.is_local:
        raise Conflict("The server that holds this forum keeps its list.")
    if not await may_keep(house, by, forum):
        raise NotAllowed("Organisers, and facilitators who are on the list, keep it.", f"{by.id} keeps {forum.id}")


async def subset_of(house: House, forum: Forum, host: str) -> list[str]:
    """Return how one server's own people on a list are named, and nobody else: for the gate."""
    return sorted(guest_id(one.username, one.host) for one in await memberships.guests(house.store, forum.id, host))


async def hosts_unheard(house: House, forum: Forum) -> set[str]:
    """Return partners with people on a list of which it is not known that they keep to lists: for the gate.

    Other servers are not asked, and so not told that there is a list.
    """
    partners = {one.host for one in await partner_rows.all_of(house.store)}
    hosts = await memberships.guest_hosts(house.store, forum.id) & partners
    return hosts - await memberships.keepers(house.store)


async def note_keeper(house: House, host: str, *, keeps: bool) -> None:
    """Write down whether a server says that it keeps to lists; forums for its people are there for it from then on."""
    if (host in await memberships.keepers(house.store)) == keeps:
        return
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await memberships.note_keeper(change, host, now, keeps=keeps)
        for forum_id, jam_id in await memberships.forums_with_guests_of(change, host):
            facts = {"jam": jam_id, "forum": forum_id, "by": "", "on": keeps}
            await events.append(change, "ForumMembersChanged", forum_id, facts, now)


async def fits(house: House, forum: Forum, digest: object) -> bool:
    """Say whether a digest is that of the list which another server's forum told us last."""
    return isinstance(digest, str) and digest != "" and digest == await memberships.kept_digest(house.store, forum.id)


async def keep_list(house: House, forum: Forum, ids: Sequence[str], digest: str, *, certain: bool = True) -> None:
    """Take over which of our people another server has on the list of its forum.

    Where it is not `certain` that it stands so now, or the digest is not that of the ids, nobody new sees the forum,
    and who is not among them sees it no more.
    """
    if forum.is_local or not forum.members_only:
        return
    whole, now = certain and digest == digest_of(ids), house.now().timestamp()
    named = await _own_people(house, ids)
    async with house.store.transaction() as change:
        before = {one.member.id for one in await memberships.members(change, forum.id)}
        wanted = set(named) if whole else before & set(named)
        for gone in sorted(before - wanted):
            await memberships.remove(change, forum.id, gone)
        for new in sorted(wanted - before):
            await memberships.add(new_id(), forum.id, new, "", now)
        await memberships.keep_digest(change, forum.id, digest if whole else "", now)
        if wanted != before:
            facts = {"jam": forum.jam_id, "forum": forum.id, "by": "", "on": bool(wanted - before)}
            await events.append(change, "ForumMembersChanged", forum.id, facts, now)
            await events.audit(change, "", "take over list", forum.id, now)


async def _own_people(house: House, ids: Sequence[str]) -> list[str]:
    found = []
    for one in ids[:MOST_MEMBERS]:
        username, _, host = one.removeprefix("acct:").partition("@")
        member = await people.by_username(house.store, username) if host == house.addresses.edge_host else None
        if member is not None:
            found.append(member.id)
    return found
