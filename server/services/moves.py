"""Moving, merging and splitting threads. Authors keep their words and their credit, and what is done can be undone.

What is moved bears a new URI: outside, its old copies are withdrawn, and it is judged where it stands now. A label
is never lowered by it, and what was taken back from a server stays taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.boundary.labels import Label
from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.facilitation import REASON_LIMIT, Move, MoveKind
from server.domain.ideas import Contribution
from server.domain.jams import Forum, Jam
from server.domain.sentences import later
from server.domain.uris import new_id
from server.services.forums import forum_and_jam
from server.services.house import House
from server.services.text import clean_line
from server.storage import contributions, events, polls, recalls
from server.storage import holds as hold_rows
from server.storage import moves as rows
from server.storage.moves import Place

CHANGED = later("Something in this thread has just changed. Look again, and repeat it.")


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be put where: a contribution with what hangs on it, in its old thread, into `root`'s thread."""

    by: Member
    made: Contribution
    branch: Sequence[Contribution]
    old_root: Contribution
    forum: Forum
    root: Contribution


async def branch_of(house: House, made: Contribution) -> list[Contribution]:
    """Return a contribution and all that hangs on it, what is answered before its answers: for the gate too."""
    thread = await contributions.thread(house.store, made.thread_id)
    if made.kind == "idea":
        return [made, *thread]
    within, found = {made.id}, [made]
    for one in thread:
        if one.parent_id in within and one.id not in within:
            within.add(one.id)
            found.append(one)
    return found


async def former_uris(house: House, made: Contribution) -> list[str]:
    """Return the URIs under which something stood before it was moved: for the gate."""
    return await rows.former_uris(house.store, made.id)


async def kind_of(house: House, made: Contribution) -> MoveKind | None:
    """Return what was last done to something: for the gate. What was undone counts as a move; None for nothing."""
    done = await rows.newest_of(house.store, made.id)
    return done.kind if done else "move" if await rows.was_moved(house.store, made.id) else None


async def move(house: House, by: Member, idea: Contribution, forum: Forum, reason: str) -> Move:
    """Move an idea with its replies to another forum of the same jam."""
    _, jam = await _may(house, by, idea)
    if idea.kind != "idea":
        raise Conflict("A reply moves with its idea; split it off first.")
    if forum.id == idea.forum_id:
        raise Invalid("forum", "It stands in that forum already.")
    if forum.jam_id != jam.id or not forum.is_local or forum.is_canary:
        raise Invalid("forum", "Choose another forum of the same jam.")
    work = _Work(by, idea, await branch_of(house, idea), idea, forum, idea)
    return await _do(house, work, "move", reason, {})


async def merge(house: House, by: Member, idea: Contribution, into: Contribution, reason: str) -> Move:
    """Merge an idea into another of the same jam: it becomes a reply there, by its author, with all its replies."""
    _, jam = await _may(house, by, idea)
    forum, other = await _may(house, by, into)
    if idea.kind != "idea" or into.kind != "idea":
        raise Conflict("Only an idea is merged, and only into an idea.")
    if idea.id == into.id or jam.id != other.id:
        raise Invalid("into", "Choose another idea of the same jam.")
    built = [one.id for one in await contributions.built_on(house.store, idea.id) if one.id != into.id]
    work = _Work(by, idea, await branch_of(house, idea), idea, forum, into)
    return await _do(house, work, "merge", reason, {"built": built})


async def split(house: House, by: Member, reply: Contribution, title: str, reason: str) -> Move:
    """Make an idea of a reply, with what hangs on it. It builds on the idea that it answered."""
    forum, _ = await _may(house, by, reply)
    if reply.kind != "reply":
        raise Conflict("It is an idea already.")
    if await polls.by_id(house.store, reply.id) is not None:
        raise Conflict("A poll stays in the thread that it was asked in.")
    root = await contributions.by_id(house.store, reply.thread_id)
    if root is None or root.deleted or root.hidden:
        raise Conflict("The idea that it answers is gone or hidden; nothing can be split off it now.")
    work = _Work(by, reply, await branch_of(house, reply), root, forum, reply)
    return await _do(house, work, "split", reason, {"title": clean_line(title, "title")})


async def _may(house: House, by: Member, made: Contribution) -> tuple[Forum, Jam]:
    by.require("moderate")
    if made.deleted:
        raise Missing("idea", f"move of deleted {made.id}")
    if made.hidden:
        raise Conflict("It is hidden. Decide its case first.")
    forum, jam = await forum_and_jam(house, made.forum_id)
    if not forum.is_local or jam.host:
        raise Conflict("This forum belongs to another server; only its own facilitators can move things there.")
    if jam.state_at(house.now()) == "archived":
        raise Conflict("This jam is archived; nothing in it is moved any more.")
    return forum, jam


async def _do(house: House, work: _Work, kind: MoveKind, reason: str, more: dict[str, Any]) -> Move:
    made, now = work.made, house.now()
    before = {"forum": made.forum_id, "thread": made.thread_id, "parent": made.parent_id, "title": made.title,
              "builds_on": made.builds_on, "built": more.get("built", [])}  # fmt: skip
    done = Move(
        id=new_id(), kind=kind, jam_id=made.jam_id, contribution_id=made.id, thread_id=work.root.id,
        member_id=work.by.id, member_name=work.by.name, reason=clean_line(reason, "reason", REASON_LIMIT),
        before=before, made_at=now, undone_at=None,
    )  # fmt: skip
    async with house.store.transaction() as change:
        await _relocate(house, change, work)
        if kind == "merge":
            await rows.become(change, made.id, "reply", work.root.id, made.title, "")
            await _rebuild(change, before["built"], made.id, work.root.id, now.timestamp())
        if kind == "split":
            await rows.become(change, made.id, "idea", "", more["title"], work.old_root.id)
            await contributions.index_words(change, made.id, more["title"], made.text)
        await _finish(change, work, kind, now.timestamp())
        await rows.insert(done)
    return done


async def _relocate(house: House, change: Transaction, work: _Work) -> None:
    """Give everything of a branch its new place, a label that is no lower, and the recalls of its old thread."""
    least = Label.parse(work.old_root.label).join(Label.parse(work.root.label)).join(Label.parse(work.forum.label))
    places = [
        Place(
            one,
            house.addresses.object_uri(new_id()) if one.is_local and not one.deleted else one.uri,
            str(Label.parse(one.label).join(least)) if one.is_local else one.label,
        )
        for one in work.branch
    ]
    if not await rows.relocate(change, places, work.forum.id, work.root.id):
        raise Conflict(CHANGED)
    now = house.now().timestamp()
    taken_back = await recalls.recalled_from(house.store, work.old_root.id)
    for one in work.branch:
        await hold_rows.void(change, one.id, one.version + 1)
        for peer in sorted(taken_back) if work.root.id != work.old_root.id else ():
            await recalls.put(change, one.id, peer, work.by.id, now)


async def renew(
    house: House, change: Transaction, by: Member, made: Contribution, branch: Sequence[Contribution]
) -> bool:
    """Give something that is shown again new URIs, with all that hangs on it; return whether it is known outside.

    Servers that deleted a copy take none under its old URI again (FEP-4f05).
    """
    forum, _ = await forum_and_jam(house, made.forum_id)
    root = await contributions.by_id(change, made.thread_id)
    if forum.audience == "inside" or root is None or not any(one.is_local for one in branch):
        return False
    await _relocate(house, change, _Work(by, made, branch, root, forum, root))
    return True


async def _finish(change: Transaction, work: _Work, act: str, now: float) -> None:
    await rows.count_replies(change, [work.old_root.id, work.root.id, work.made.id])
    facts = {
        "jam": work.made.jam_id,
        "forum": work.forum.id,
        "thread": work.root.id,
        "from_forum": work.made.forum_id,
        "from_thread": work.old_root.id,
        "version": work.made.version + 1,
    }
    await events.append(change, "ContributionMoved", work.made.id, facts, now)
    await events.audit(change, work.by.id, act, work.made.id, now)


async def _rebuild(change: Transaction, ids: Sequence[str], old: str, new: str, now: float) -> None:
    """Have what built on one idea build on another, inside and outside."""
    for one, version in await rows.rebuild(change, ids, old, new):
        row = await contributions.by_id(change, one)
        assert row is not None
        facts = {"jam": row.jam_id, "forum": row.forum_id, "thread": row.thread_id, "version": version,
                 "relabelled": False}  # fmt: skip
        await events.append(change, "ContributionEdited", one, facts, now)


async def undo(house: House, by: Member, move_id: str) -> Move:
    """Undo the last thing done to something: it goes back to where it stood, with what was said below it since.

    Labels that were raised stay raised.
    """
    done = await _find(house, by, move_id)
    made = await contributions.by_id(house.store, done.contribution_id)
    if made is None or made.deleted:
        raise Conflict("It was deleted meanwhile; there is nothing to bring back.")
    newest = await rows.newest_of(house.store, made.id)
    if done.undone_at is not None or newest is None or newest.id != done.id:
        raise Conflict("This was undone already, or something else was done to it since.")
    await _may(house, by, made)
    work = await _way_back(house, by, done, made)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if not await rows.end(change, done.id, by.id, now):
            raise Conflict(CHANGED)
        await _relocate(house, change, work)
        before = done.before
        if done.kind == "merge":
            await rows.become(change, made.id, "idea", "", before["title"], before["builds_on"])
            await _rebuild(change, before["built"], done.thread_id, made.id, now)
        if done.kind == "split":
            await rows.become(change, made.id, "reply", before["parent"], "", "")
            await contributions.index_words(change, made.id, "", made.text)
        await _finish(change, work, f"undo {done.kind}", now)
    found = await rows.by_id(house.store, done.id)
    assert found is not None
    return found


async def _way_back(house: House, by: Member, done: Move, made: Contribution) -> _Work:
    old_root = await contributions.by_id(house.store, made.thread_id)
    assert old_root is not None
    branch, root = await branch_of(house, made), made
    forum, _ = await forum_and_jam(house, done.before["forum"])
    if done.kind == "split":
        parent = await contributions.by_id(house.store, done.before["parent"])
        found = await contributions.by_id(house.store, parent.thread_id) if parent else None
        if found is None or found.deleted or found.hidden or found.id == made.id:
            raise Conflict("The thread that it came from is gone or hidden.")
        root = found
        forum, _ = await forum_and_jam(house, root.forum_id)
    return _Work(by, made, branch, old_root, forum, root)


async def _find(house: House, by: Member, move_id: str) -> Move:
    found = await rows.by_id(house.store, move_id) if by.may("moderate") else None
    if found is None:
        raise Missing("move", f"{by.id} asked for move {move_id}")
    return found


async def moves_in(house: House, reader: Member, thread_id: str) -> tuple[list[Move], list[Move]]:
    """Return what was done to what stands in a thread, and what was split off it, oldest first: credit is public."""
    if not (reader.active and reader.is_local):
        return [], []
    came = [await _named(house, one) for one in await rows.of_thread(house.store, thread_id)]
    return came, await rows.split_from(house.store, thread_id)


async def _named(house: House, done: Move) -> Move:
    """Return what the server of a forum held elsewhere did under its name: it says of nobody there who did it."""
    if done.member_id:
        return done
    made = await contributions.by_id(house.store, done.contribution_id)
    forum, _ = await forum_and_jam(house, made.forum_id) if made else (None, None)
    return replace(done, member_name=forum.host) if forum else done


async def list_moves(house: House, by: Member, jam: Jam, limit: int = 200) -> list[Move]:
    """Return what was moved, merged and split in a jam, the newest first. For facilitators."""
    by.require("moderate")
    return await rows.of_jam(house.store, jam.id, limit)
