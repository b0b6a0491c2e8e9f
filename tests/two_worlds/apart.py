"""What happens in a forum for the people on its list alone: no observer is on it, not even one who is one of us.

All of it is otherwise in the twin, or is left out there. Its words are much like those that everybody may read, and
name whoever observes from inside: neither what is found nor who is told anything may show it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from server.domain.actors import Member
from server.domain.errors import Refusal
from server.domain.ideas import Contribution, MarkKind
from server.domain.jams import Forum
from server.services import (
    hours,
    ideas,
    jams,
    locking,
    marking,
    memberships,
    moderation,
    outcomes,
    people,
    polls,
    rooms,
)
from server.services import statements as said
from tests.federation.organisation import Organisation
from tests.two_worlds.history import Step
from tests.two_worlds.visiting import kept_files, send, spoken
from tests.two_worlds.worlds import CLOSED, PLANTS, World

MARKS: tuple[MarkKind, ...] = ("support", "best", "emerging")


async def closed_forum(acme: Organisation, name: str, host: str, *, guest: str, members: tuple[Member, ...]) -> Forum:
    """Make an open jam with a forum for these members and one guest of another server, which keeps to lists."""
    jam = await acme.jam(name)
    forum = await acme.forum(name, "partners", jam, peers=(host,), members_only=True)
    await memberships.note_keeper(acme.house, host, keeps=True)
    for handle in (*(one.username for one in members), f"@{guest}@{host}"):
        await memberships.invite(acme.house, acme.admin, forum, handle)
    return forum


def _words(made: World, what: str) -> str:
    name = made.setting.observing.username
    return f"{CLOSED} {what}, @{name}. {made.plain('idea')} {'And quite another one' if made.beside else 'So it was'}."


def _tongue(made: World, step: Step) -> str:
    return made.apart_tongue if step.tongue else ""


async def _keep(made: World, step: Step, say: Callable[[], Awaitable[Contribution | None]]) -> None:
    """Do what nobody but those on the list may learn of, unless this twin leaves it out; note where it stands."""
    made.veil("", "objects")
    one = None
    if not (step.apart and made.beside):
        with suppress(Refusal):
            one = await say()
    made.kept.append(one)
    made.veil(one.uri if one else "", "objects")
    made.rooms.setdefault(f"step {made.number}", {}).update({"idea": one.id} if one else {})


async def _target(made: World, step: Step, *, ideas_alone: bool = False) -> Contribution | None:
    """Return something of the forum as it stands; None where there is nothing, or this twin leaves the step out."""
    standing = [one for one in made.kept if one is not None and (one.kind == "idea" or not ideas_alone)]
    if not standing or (step.apart and made.beside):
        return None
    return await made.fresh(standing[step.which % len(standing)])


def _by(made: World, step: Step) -> Member:
    return made.setting.listed[step.who % len(made.setting.listed)]


async def idea(made: World, step: Step) -> None:
    forum, title = made.setting.apart, f"{CLOSED} title {'more' * made.beside}"

    async def say() -> Contribution | None:
        if step.who % 3 == 2:
            return await _from_elsewhere(made, step, title=title)
        more = {"title": title, "label": step.label, "language": _tongue(made, step)}
        return await made.acme.idea(forum, _words(made, "idea"), _by(made, step), **more)

    await _keep(made, step, say)


async def reply(made: World, step: Step) -> None:
    async def say() -> Contribution | None:
        target = await _target(made, replace(step, apart=False))
        if target is None:
            return None
        if step.who % 3 == 2:
            return await _from_elsewhere(made, step, target.uri)
        more = {"label": step.label, "language": _tongue(made, step)}
        return await made.acme.reply(target, _words(made, "reply"), _by(made, step), **more)

    await _keep(made, step, say)


async def _from_elsewhere(made: World, step: Step, parent: str = "", title: str = "") -> Contribution | None:
    """Have the guest on the list say something, with files, in a language that is stated."""
    more = {"name": title} if title else {}
    files = kept_files(made, step, CLOSED, _words(made, "file"), other=made.beside)
    words, forum = _words(made, "guest"), made.setting.apart
    note = made.other.note(made.setting.olaf, words, parent, forum.uri, attachment=files, **more)
    await send(made, made.other.create(spoken(_tongue(made, step), note)), other=True)
    return await made.acme.know(note["id"])


async def edit(made: World, step: Step) -> None:
    if (target := await _target(made, step)) is None or not target.is_local:
        return
    owner = await people.member_by_id(made.acme.house, target.author_id)
    assert owner is not None
    await ideas.edit(made.acme.house, owner, target, _words(made, "edit"), language=_tongue(made, step))


async def delete(made: World, step: Step) -> None:
    if (target := await _target(made, step)) is not None:
        await ideas.delete(made.acme.house, made.acme.admin, target)


async def mark(made: World, step: Step) -> None:
    if (target := await _target(made, step)) is not None:
        kind = MARKS[step.who % 3]
        by = made.setting.listed[1] if kind == "support" else made.acme.admin
        await marking.mark(made.acme.house, by, target, kind, "" if kind == "support" else _words(made, "reason"))


async def lock(made: World, step: Step) -> None:
    if (target := await _target(made, step, ideas_alone=True)) is not None:
        await locking.lock(made.acme.house, made.acme.admin, target, _words(made, "lock"))


async def decide(made: World, step: Step) -> None:
    if (target := await _target(made, step, ideas_alone=True)) is None:
        return
    house, admin = made.acme.house, made.acme.admin
    jam = await jams.obtain_jam(house, admin, target.jam_id)
    title = f"{CLOSED} stream {made.number}"
    stream = await outcomes.open_stream(house, admin, jam, title, _words(made, "purpose"), admin.username)
    made.rooms.setdefault(f"step {made.number}", {})["stream"] = stream.id
    await outcomes.decide(house, admin, target, "stream", _words(made, "decision"), stream.id)


async def poll(made: World, step: Step) -> None:
    async def say() -> Contribution | None:
        idea = await _target(made, replace(step, apart=False), ideas_alone=True)
        if idea is None:
            return None
        ends_at = made.acme.house.now() + timedelta(hours=1)
        choices = (f"{CLOSED} one", f"{CLOSED} two")
        asked = await polls.ask(
            made.acme.house, made.acme.admin, idea, f"{CLOSED} which {made.number}?", choices, ends_at=ends_at
        )
        await polls.vote(made.acme.house, made.setting.listed[0], asked, [0])
        return asked

    await _keep(made, step, say)


async def flag(made: World, step: Step) -> None:
    if (target := await _target(made, step)) is None:
        return
    case = await moderation.flag(made.acme.house, made.setting.listed[1], target, f"{CLOSED} flagged {made.number}")
    made.rooms.setdefault(f"step {made.number}", {})["case"] = case.id
    if step.which % 2:
        await moderation.hide(made.acme.house, made.acme.admin, target, f"{CLOSED} hidden {made.number}")


async def question(made: World, step: Step) -> None:
    """Say what waits for a reviewer before it goes to the guest's server."""
    plant = PLANTS[step.found if step.found in ("email", "phone", "secret") else "email"][0]
    await _keep(
        made, step,
        lambda: made.acme.idea(
            made.setting.apart, f"{_words(made, 'question')} {plant}", _by(made, step), title=f"{CLOSED} question"
        ),
    )  # fmt: skip


async def meeting(made: World, step: Step) -> None:
    """Plan an hour of a host, open a room, and draft a statement."""
    if (target := await _target(made, step, ideas_alone=True)) is None:
        return
    house, admin, forum = made.acme.house, made.acme.admin, made.setting.apart
    now, known = house.now(), made.rooms.setdefault(f"step {made.number}", {})
    jam = await jams.obtain_jam(house, admin, target.jam_id)
    drawn = await said.draft(house, admin, jam, f"{CLOSED} statement {made.number}", [target.id])
    await said.vote(house, made.setting.listed[0], jam, drawn.id, "agree")
    title, people_in = f"{CLOSED} room {made.number}", [one.username for one in made.setting.listed]
    room = await rooms.open_room(
        house, admin, target, title, _words(made, "task"), people_in, admin.username, now + timedelta(hours=1)
    )
    known["room"] = room.id
    begin = now + timedelta(minutes=30 + made.number)
    hour = await hours.plan(house, admin, forum, "", f"{CLOSED} hour", begin, begin + timedelta(minutes=10))
    known["hour"] = hour.id


async def change_list(made: World, step: Step) -> None:
    """Put somebody on the list, or take them off."""
    if step.apart and made.beside:
        return
    house, admin, forum = made.acme.house, made.acme.admin, made.setting.apart
    member = made.setting.named[2 + step.who % 2]
    if step.which % 2:
        await memberships.invite(house, admin, forum, member.username)
    else:
        found = await memberships.find_member(house, admin, forum, member.username)
        await memberships.remove(house, admin, forum, found.id)


async def forum(made: World, step: Step) -> None:
    """Another such forum, in a jam of its own, with an idea in it."""
    if step.apart and made.beside:
        return
    name, first = f"{CLOSED.lower()}{made.number}{'x' * made.beside}", made.setting.listed[0]
    closed = await closed_forum(made.acme, name, made.other.host, guest=f"guest-of-{name}", members=(first,))
    said_there = await made.acme.idea(closed, _words(made, "apart"), first, title=f"{CLOSED} there", label="RED")
    made.rooms[f"step {made.number}"] = {"forum": closed.id, "jam": closed.jam_id, "idea": said_there.id}
