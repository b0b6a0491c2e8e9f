"""Signing in with the organisation's identity provider: who somebody is there decides who they are here."""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.errors import Conflict, NotAllowed, SignInNeeded
from server.domain.identities import Identity
from server.domain.uris import USERNAME
from server.services import people
from server.services.house import House
from server.services.people import SignIn
from server.storage import events, identities
from server.storage import people as rows


class NameTaken(Conflict):
    """Somebody here bears the name already; who it is has to be shown once, by signing in the way they did before."""


async def sign_in(house: House, identity: Identity, *, joins: bool) -> SignIn:
    """Begin a session for whoever an identity is. Unknown ones become members where `joins` says so.

    Raises NameTaken when the name is somebody's who was not connected yet, SignInNeeded for who may not come in.
    """
    member_id = await identities.member_of(house.store, identity.issuer, identity.subject)
    member = await rows.by_id(house.store, member_id) if member_id else None
    if member is None:
        member = await _join(house, identity, joins=joins)
    if not member.active:
        raise SignInNeeded("Your access to this server has ended.")
    return await people.begin_session(house, member)


async def connect(house: House, member: Member, identity: Identity) -> None:
    """Have an identity lead to this person from now on; connected to them already is fine."""
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        known = await identities.member_of(change, identity.issuer, identity.subject)
        if known and known != member.id:
            raise Conflict("That sign-in belongs to somebody else here.")
        if not known:
            await identities.insert(member.id, identity.issuer, identity.subject, now)
            await events.audit(change, member.id, "connect sign-in", member.id, now)


async def end_sessions(house: House, issuer: str, subject: str) -> None:
    """End every session of whoever an identity is, because its provider ended theirs. Nobody's is nothing to do."""
    async with house.store.transaction() as change:
        member_id = await identities.member_of(change, issuer, subject)
        if member_id:
            await rows.delete_sessions_of(member_id)
            await events.audit(change, "", "end sessions", member_id, house.now().timestamp())


async def _join(house: House, identity: Identity, *, joins: bool) -> Member:
    if not joins:
        raise NotAllowed("You have no place here yet. Ask an administrator to invite you, then sign in this way.")
    username = identity.wished
    if not USERNAME.fullmatch(username):
        username = f"person-{identity.subject[:8]}" if USERNAME.fullmatch(identity.subject[:8]) else "person"
    if await rows.by_username(house.store, username):
        raise NameTaken(
            "There is a person called %(username)s here already. If that is you, sign in once as you did before:"
            " from then on this way leads to the same person.",
            username=username,
        )
    name = identity.name.strip()[:200] or username
    member = await people.add_member(house, username, name, identity.unit.strip()[:100])
    await connect(house, member, identity)
    return member
