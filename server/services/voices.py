"""Forums whose names are not shown: people speak in them by voices, and two people together can open a name.

What a voice says is written down as the voice's and nobody else's: no page, feed, search, export, notice or
activity knows of more. Who stands behind it is sealed under a key that is not in the store.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Missing, NotAllowed
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.uris import new_id
from server.domain.voices import CROWD, Opening, voice_name
from server.services.house import House
from server.services.jams import hidden_jams
from server.services.text import clean_text
from server.storage import contributions, events, people, voices

NONCE = 12


def _key(house: House) -> bytes:
    if house.names_key is None:
        raise Conflict("Names cannot be sealed here: the key for it is missing. Nothing was written.")
    return house.names_key


def _owner(house: House, member_id: str) -> str:
    return hmac.new(_key(house), member_id.encode(), hashlib.sha256).hexdigest()


def _seal(house: House, member_id: str, voice_id: str) -> str:
    """Encrypt a person's id (AES-256-GCM), bound to the voice that it stands behind."""
    nonce = os.urandom(NONCE)
    sealed = AESGCM(_key(house)).encrypt(nonce, member_id.encode(), voice_id.encode())
    return base64.b64encode(nonce + sealed).decode()


async def owner_of(house: House, voice_id: str) -> str:
    """Return the id of the person behind a voice, or "" where it cannot be told: for judging and telling alone.

    What shows a name to a person goes through `look`.
    """
    sealed = await voices.sealed(house.store, voice_id)
    if sealed is None or house.names_key is None:
        return ""
    raw = base64.b64decode(sealed)
    try:
        return AESGCM(house.names_key).decrypt(raw[:NONCE], raw[NONCE:], voice_id.encode()).decode()
    except InvalidTag:
        return ""


async def with_voices(house: House, member: Member) -> Member:
    """Return one of our people knowing which voices are theirs."""
    if house.names_key is None or not member.is_local or member.is_voice:
        return member
    return replace(member, voices=await voices.of_owner(house.store, _owner(house, member.id)))


async def is_own(house: House, member: Member, made: Contribution) -> bool:
    """Say whether somebody wrote something, by name or by a voice."""
    if not made.is_voice or member.wrote(made.author_id):
        return member.wrote(made.author_id)
    return (await with_voices(house, member)).wrote(made.author_id)


async def speaking(house: House, author: Member, forum: Forum, thread_id: str) -> Member:
    """Return as whom somebody would write in a thread ("" for a new one): themselves, or a voice. Writes nothing."""
    if forum.names == "named" or not author.is_local or author.is_voice:
        return author
    known = await voices.in_thread(house.store, thread_id, _owner(house, author.id)) if thread_id else None
    found = await people.by_id(house.store, known) if known else None
    if found is not None:
        return found
    number = await voices.next_number(house.store, thread_id) if thread_id else 1
    return await _voice(house, author, forum, number)


async def _voice(house: House, author: Member, forum: Forum, number: int) -> Member:
    """Return a new voice. Unit and role are told only in a forum that shows roles, and where a crowd shares them."""
    shows = forum.names == "role"
    sizes = await people.unit_sizes(house.store) if shows else {}
    unit = author.unit if sizes.get(author.unit, 0) >= CROWD else ""
    told = shows and author.role not in ("member", "admin")
    role = author.role if told and await people.count_by_role(house.store, author.role) >= CROWD else ""
    voice_id = new_id()
    return Member(
        id=voice_id,
        username=f"voice-{voice_id[:10]}",
        host="",
        name=voice_name(number, role),
        unit=unit,
        role="member",
        consent=True,
        uri=house.addresses.person_uri(new_id()),
        url="",
        active=True,
        created_at=house.now(),
        is_voice=True,
    )


async def speak(house: House, change: Transaction, author: Member, forum: Forum, thread_id: str) -> Member:
    """Return as whom somebody writes in a thread; a voice is made with the first words that they say in it."""
    if forum.names == "named" or not author.is_local or author.is_voice:
        return author
    owner = _owner(house, author.id)
    known = await voices.in_thread(change, thread_id, owner)
    found = await people.by_id(change, known) if known else None
    if found is not None:
        return found
    number = await voices.next_number(change, thread_id)
    made = await _voice(house, author, forum, number)
    await people.insert(made)
    await voices.put(change, made.id, thread_id, number, owner, _seal(house, author.id, made.id))
    return made


async def ask_to_open(house: House, by: Member, made: Contribution, reason: str) -> Opening:
    """Ask that the name behind what was said is opened; a second person has to agree. Takes the duty `names`."""
    by.require("names")
    if not made.is_voice:
        raise Conflict("This bears its author's name already.")
    asked = Opening(
        id=new_id(), voice_id=made.author_id, contribution_id=made.id, state="asked",
        reason=clean_text(reason, "reason"), asked_by=by.id, asked_at=house.now(), answered_by="", answered_at=None,
    )  # fmt: skip
    async with house.store.transaction() as change:
        if await voices.opening_of(change, made.author_id):
            raise Conflict("This name was asked for already; look at the list of names.")
        await voices.ask(asked)
        now = asked.asked_at.timestamp()
        await events.append(change, "NameAsked", asked.id, {"jam": made.jam_id, "thread": made.thread_id}, now)
        await events.audit(change, by.id, "ask for name", made.id, now)
    return asked


async def answer(house: House, by: Member, opening: Opening, *, agree: bool) -> Opening:
    """Open the name, or refuse to. Nobody answers what they asked themselves; the author is told of an opening."""
    by.require("names")
    if by.id == opening.asked_by:
        raise NotAllowed("Somebody else has to agree to that.", f"{by.id} answers their own {opening.id}")
    made = await contributions.by_id(house.store, opening.contribution_id)
    if made is None:
        raise Missing("idea")
    state, now = "opened" if agree else "refused", house.now().timestamp()
    async with house.store.transaction() as change:
        if not await voices.answer(change, opening.id, state, by.id, now):
            raise Conflict("Somebody has answered this already.")
        data = {"jam": made.jam_id, "thread": made.thread_id, "opened": agree}
        await events.append(change, "NameAnswered", opening.id, data, now)
        await events.audit(change, by.id, "open name" if agree else "refuse to open name", made.id, now)
    return await obtain(house, by, opening.id)


async def obtain(house: House, by: Member, opening_id: str) -> Opening:
    """Return one opening for somebody with the duty `names`, or raise Missing."""
    found = await voices.opening(house.store, opening_id) if by.may("names") else None
    made = await contributions.by_id(house.store, found.contribution_id) if found else None
    if found is None or (made is not None and made.jam_id in await hidden_jams(house, by)):
        raise Missing("opening", f"{by.id} asked for opening {opening_id}")
    return found


async def openings(house: House, by: Member) -> list[tuple[Opening, Contribution]]:
    """Return what was asked for and what it is about, what waits first. Takes the duty `names`."""
    by.require("names")
    found, hidden = await voices.openings(house.store), await hidden_jams(house, by)
    asked = [await contributions.by_id(house.store, one.contribution_id) for one in found]
    made = {one.id: one for one in asked if one and one.jam_id not in hidden}
    return [(one, made[one.contribution_id]) for one in found if one.contribution_id in made]


async def look(house: House, by: Member, opening: Opening) -> Member:
    """Return who stands behind a voice, to one of the two who opened it; each look is written in the audit."""
    by.require("names")
    if not opening.may_look(by.id):
        raise NotAllowed("Only the two people who opened this name may read it.", f"{by.id} looks at {opening.id}")
    owner = await people.by_id(house.store, await owner_of(house, opening.voice_id))
    if owner is None:
        raise Missing("person", f"no owner of voice {opening.voice_id}")
    async with house.store.transaction() as change:
        await events.audit(change, by.id, "read name", opening.contribution_id, house.now().timestamp())
    return owner
