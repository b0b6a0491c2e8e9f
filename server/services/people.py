"""Signing in and out, and who there is."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.domain.actors import ROLES, Member, Role
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed, SignInNeeded
from server.domain.uris import USERNAME, new_id
from server.services.house import House
from server.services.text import clean_line
from server.services.voices import with_voices
from server.storage import events, jams, people

# OWASP's first choice for argon2id: 46 MiB, one pass.
HASHER = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
PASSWORD_LEAST, PASSWORD_MOST = 8, 1_000
SESSION_IDLE = timedelta(days=14)
LINK_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A session just begun: `cookie` goes to the browser, only its hash is kept."""

    member: Member
    cookie: str


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, and the token that their forms must carry."""

    member: Member
    csrf: str


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def add_member(
    house: House,
    username: str,
    name: str = "",
    unit: str = "",
    role: Role = "member",
    *,
    consent: bool = True,
    by: Member | None = None,
) -> Member:
    """Add one of our own people. The username must be free, among forums too (one namespace, as Mastodon has)."""
    if not USERNAME.fullmatch(username):
        raise Invalid("username", "A username has letters, digits, _ . or -, at most 64 of them.")
    if role not in ROLES or role == "guest":
        raise Invalid("role", "A role is one of %(roles)s.", roles=ROLES[1:])
    if await people.by_username(house.store, username):
        raise Conflict("There is a person called %(username)s already.", username=username)
    if await jams.forum_by_handle(house.store, f"@{username.lower()}@{house.addresses.edge_host}"):
        raise Conflict("A forum bears the name %(username)s already.", username=username)
    member = Member(
        id=new_id(),
        username=username,
        host="",
        name=clean_line(name or username, "name"),
        unit=clean_line(unit, "unit", 100, required=False),
        role=role,
        consent=consent,
        uri=house.addresses.person_uri(new_id()),
        url="",
        active=True,
        created_at=house.now(),
    )
    async with house.store.transaction() as change:
        await people.insert(member)
        await events.append(change, "MemberAdded", member.id, {}, member.created_at.timestamp())
        await events.audit(change, by.id if by else "", f"add {role}", member.id, member.created_at.timestamp())
    return member


async def meet(house: House, uri: str, username: str, host: str, name: str, url: str) -> Member:
    """Return the member behind a remote actor, made on first sight, its name kept up to date."""
    known = await people.by_uri(house.store, uri)
    name = clean_line(name or username, "name", 10_000)[:200]
    if known is not None:
        if known.name != name:
            async with house.store.transaction():
                await people.update(known.id, name=name)
        return known
    member = stranger(house, uri, username, host, name, url)
    async with house.store.transaction():
        taken = await people.by_username(house.store, member.username, host)
        if taken is not None:
            # The name moved on to another actor of that server; the old one keeps its contributions.
            await people.update(taken.id, username=f"{taken.username}-{taken.id[:6]}")
        await people.insert(member)
    return member


def stranger(house: House, uri: str, username: str, host: str, name: str, url: str) -> Member:
    """Return somebody of another server as a member that is not written down."""
    return Member(
        id=new_id(),
        username=username[:128],
        host=host,
        name=clean_line(name or username, "name", 10_000)[:200],
        unit="",
        role="guest",
        consent=True,
        uri=uri,
        url=url or uri,
        active=True,
        created_at=house.now(),
    )


async def person(house: House, username: str) -> Member:
    """Return one of our own people by username, or raise Missing."""
    found = await people.by_username(house.store, username)
    if found is None:
        raise Missing("person", f"no local member {username}")
    return await with_voices(house, found)


async def member_by_handle(house: House, handle: str) -> Member | None:
    """Find somebody by @name or @name@host."""
    username, _, host = handle.lstrip("@").partition("@")
    return await people.by_username(house.store, username, host)


async def member_by_uri(house: House, uri: str) -> Member | None:
    return await people.by_uri(house.store, uri)


async def member_by_id(house: House, member_id: str) -> Member | None:
    return await people.by_id(house.store, member_id)


async def names_of(house: House, ids: Collection[str]) -> dict[str, str]:
    """Return id → name of members, ours and others': for analytics, where names become no themes."""
    found = await people.by_ids(house.store, ids) if ids else {}
    return {id_: member.name for id_, member in found.items() if not member.is_voice}


async def count_by_host(house: House) -> dict[str, int]:
    """Count the active people that we know, by host; "" is ourselves."""
    return await people.count_by_host(house.store)


async def list_people(house: House, after: str = "", limit: int = 500) -> list[Member]:
    return await people.local_people(house.store, after, limit)


def check_password(house: House, username: str, password: str) -> None:
    """Raise Invalid unless a password is long enough and none that anyone would try first."""
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        raise Invalid(
            "password",
            "A password has at least %(least)s characters; 15 or more are better.",
            least=PASSWORD_LEAST,
        )
    if password.lower() in (username.lower(), house.name.lower(), "password", "12345678", "marmalade"):
        raise Invalid("password", "That password is among the first that anyone would try.")


async def set_password(house: House, member: Member, password: str) -> None:
    """Store a password as argon2id and end all other sessions of that person."""
    check_password(house, member.username, password)
    async with house.hashing:
        hashed = await asyncio.to_thread(HASHER.hash, password)
    async with house.store.transaction() as change:
        await people.update(member.id, password_hash=hashed)
        await people.delete_sessions_of(member.id)
        await events.audit(change, member.id, "set password", member.id, house.now().timestamp())


async def sign_in(house: House, username: str, password: str) -> SignIn:
    """Begin a session. Unknown name and wrong password read the same and take the same time."""
    member = await people.by_username(house.store, username.strip().lstrip("@"))
    stored = await people.password_hash(house.store, member.id) if member else ""
    async with house.hashing:
        right = await asyncio.to_thread(_verify, stored, password[: PASSWORD_MOST + 1])
    if member is None or not right or not member.active:
        raise SignInNeeded("That name and password do not go together.")
    return await begin_session(house, member)


def _verify(stored: str, password: str) -> bool:
    if not stored:
        # An unknown name costs as much as a wrong password.
        HASHER.hash(password)
        return False
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


async def begin_session(house: House, member: Member) -> SignIn:
    """Begin a session for somebody whose identity was proved."""
    cookie = secrets.token_urlsafe(32)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await people.insert_session(_hash(cookie), member.id, secrets.token_urlsafe(32), now)
        await events.audit(change, member.id, "sign in", member.id, now)
    return SignIn(member, cookie)


async def make_link(house: House, member: Member, by: Member | None = None, life: timedelta = LINK_LIFE) -> str:
    """Return the secret of a one-time sign-in link, good for an hour. Whoever has it signs in as that person."""
    secret = secrets.token_urlsafe(32)
    now = house.now()
    async with house.store.transaction() as change:
        await people.insert_link(_hash(secret), member.id, (now + life).timestamp())
        await events.audit(change, by.id if by else "", "make sign-in link", member.id, now.timestamp())
    return secret


async def sign_in_by_link(house: House, secret: str) -> SignIn:
    """Spend a one-time link and begin a session."""
    async with house.store.transaction() as change:
        member_id = await people.use_link(change, _hash(secret), house.now().timestamp())
    member = await people.by_id(house.store, member_id) if member_id else None
    if member is None or not member.active:
        raise SignInNeeded("This sign-in link was used already or is too old. Ask for a new one.")
    return await begin_session(house, member)


async def sign_out(house: House, cookie: str) -> None:
    async with house.store.transaction():
        await people.delete_session(_hash(cookie))


async def session(house: House, cookie: str) -> Session | None:
    """Return who a cookie stands for, or None."""
    if not cookie:
        return None
    found = await people.by_session(house.store, _hash(cookie), (house.now() - SESSION_IDLE).timestamp())
    return None if found is None else Session(await with_voices(house, found[0]), found[1])


async def make_token(house: House, member: Member, by: Member | None = None) -> str:
    """Return a bearer token for the JSON API; only its hash is kept."""
    token = f"mml_{secrets.token_urlsafe(32)}"
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await people.insert_token(_hash(token), member.id, now)
        await events.audit(change, by.id if by else member.id, "make token", member.id, now)
    return token


async def member_of_token(house: House, token: str) -> Member | None:
    found = await people.by_token(house.store, _hash(token))
    return None if found is None else await with_voices(house, found)


async def change_member(
    house: House,
    by: Member,
    member: Member,
    *,
    unit: str | None = None,
    role: Role | None = None,
    active: bool | None = None,
    consent: bool | None = None,
) -> Member:
    """Change a person's unit, role, standing or consent. Consent is the person's own to give.

    Another role or standing ends their sessions; whoever is deactivated loses tokens and links as well. The last
    active admin stays one: else nobody could undo it.
    """
    if consent is not None and by.id != member.id:
        raise NotAllowed("Only the person concerned can say whether their name may leave.")
    if any(value is not None for value in (unit, role, active)):
        by.require("people")
    if role is not None and (role not in ROLES or role == "guest" or not member.is_local):
        raise Invalid("role", "A role is one of %(roles)s.", roles=ROLES[1:])
    unit = unit if unit is None else clean_line(unit, "unit", 100, required=False)
    values = {
        key: value
        for key, value in (("unit", unit), ("role", role), ("active", active), ("consent", consent))
        if value is not None
    }
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        falls = active is False or (role is not None and role != "admin")
        if falls and member.may("people") and not await people.other_admins(change, member.id):
            raise Conflict("This is the last admin. Make somebody else an admin first.")
        await people.update(member.id, **values)
        if active is False or role is not None:
            await people.delete_sessions_of(member.id)
        if active is False:
            await people.delete_keys_of(member.id)
        await events.append(change, "ConsentChanged" if consent is not None else "MemberAdded", member.id, {}, now)
        for act in _acts(values):
            await events.audit(change, by.id, act, member.id, now)
    changed = await people.by_id(house.store, member.id)
    assert changed is not None
    return changed


def _acts(values: Mapping[str, object]) -> Iterator[str]:
    """Yield what the audit chain calls a change of a person, one row for each thing changed."""
    if "consent" in values:
        yield "agree to be named" if values["consent"] else "withdraw consent"
    if "role" in values:
        yield f"make {values['role']}"
    if "active" in values:
        yield "activate" if values["active"] else "deactivate"
    if "unit" in values:
        yield "change unit"
