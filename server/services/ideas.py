"""Writing in forums: ideas, replies, changes to them, and their end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.boundary.labels import Label
from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing, Moved, NotAllowed
from server.domain.events import EventKind
from server.domain.files import File
from server.domain.ideas import INTENTS, Contribution, Intent, Kind, Linked
from server.domain.jams import Forum, Jam
from server.domain.languages import require_tag
from server.domain.uris import new_id
from server.services import files as enclosed
from server.services.attached import as_judged
from server.services.bans import require_welcome
from server.services.house import House
from server.services.labels import label_of, may_declassify, require_declassifier
from server.services.locking import require_unlocked
from server.services.mentions import named_in
from server.services.quotes import prints_of
from server.services.text import clean_line, clean_text, plain, render, sanitise
from server.services.voices import is_own, speak
from server.storage import (
    contributions,
    events,
    jams,
    lineage,
    linked_files,
    memberships,
    mentions,
    outcomes,
    polls,
    prints,
    proxies,
)
from server.storage import files as file_rows
from server.storage import holds as hold_rows

NO_TIME = timedelta(0)
# So many answers to answers of other servers hang on each other at most: what reads a thread goes down it.
DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a contribution from another server comes from.

    `uri` is the object's id, `activity_uri` the Create's; `html` is its markup, not yet sanitised;
    `relayed` is True when the forum's own server passed it on, having let it in by its own clock; `language` is the
    tag of the language that it states, or ""; `linked` are its files, which stay there.
    """

    uri: str
    activity_uri: str
    html: str
    relayed: bool = False
    language: str = ""
    linked: tuple[Linked, ...] = ()


async def post_idea(
    house: House,
    author: Member,
    forum: Forum,
    title: str,
    text: str,
    *,
    label: str | None = None,
    intent: Intent = "",
    builds_on: str = "",
    origin: Origin | None = None,
    undo: timedelta = NO_TIME,
    files: Sequence[File] = (),
    gathers: bool = False,
    language: str = "",
) -> Contribution:
    """Post an idea. Raises JamNotOpen, ForumClosed, Invalid, TooMuch or Missing (an idea to build on is not there).

    For the span `undo` nothing of it crosses, and its author may take it back (server.services.undo). What only
    `gathers` others' words, as a transcript does, is no new idea. `language` is what its author says it is written in.
    """
    if origin and (known := await contributions.by_uri(house.store, origin.uri)):
        return known
    await _require_open(house, forum, origin)
    _require_named(forum, author)
    await require_welcome(house, author, forum)
    if not gathers and not _let_in_there(forum, origin):
        forum.require_ideas()
    base = await contributions.by_id(house.store, builds_on) if builds_on else None
    if base and base.jam_id != forum.jam_id:
        await _require_joinable(house, forum, base)
    if builds_on and (base is None or base.deleted or base.hidden or base.kind != "idea"):
        raise Missing("idea", f"builds on unknown idea {builds_on}")
    label = label_of(label, forum.label)
    draft = _draft(house, author, forum, "idea", text, label, intent, origin, title=clean_line(title, "title"))
    draft = replace(draft, language=_language(origin, language))
    made = replace(draft, thread_id=draft.id, builds_on=base.id if base else "", files=len(files))
    made = replace(made, crosses_at=_crosses_at(made, forum, undo, base))
    return await _write(house, author, forum, made, "IdeaPosted", files, origin)


async def _require_joinable(house: House, forum: Forum, base: Contribution) -> None:
    """Raise where an idea may not build on one of another jam: neither tells its readers of the other."""
    apart = await memberships.jams_apart(house.store)
    if base.jam_id in apart | await lineage.rehearsals(house.store):
        raise Missing("idea", f"builds on {base.id}, which others may not know of")
    if forum.jam_id in apart:
        raise Conflict("In a forum for its members alone, ideas build on ideas of that forum.")


async def reply(
    house: House,
    author: Member,
    parent: Contribution,
    text: str,
    *,
    label: str | None = None,
    intent: Intent = "",
    origin: Origin | None = None,
    undo: timedelta = NO_TIME,
    files: Sequence[File] = (),
    language: str = "",
) -> Contribution:
    """Answer an idea or another reply. The label is never lower than that of the idea at the root."""
    if origin and (known := await contributions.by_uri(house.store, origin.uri)):
        return known
    forum = await jams.forum_by_id(house.store, parent.forum_id)
    root = await contributions.by_id(house.store, parent.thread_id)
    if forum is None or root is None or parent.deleted or root.deleted:
        raise Missing("idea", f"reply to missing {parent.id}")
    _require_shown(parent)
    _require_shown(root)
    await _require_open(house, forum, origin)
    if not _let_in_there(forum, origin):
        await require_unlocked(house, root.id)
    _require_named(forum, author)
    await require_welcome(house, author, forum)
    if origin and await contributions.depth(house.store, parent.id) >= DEEPEST:
        raise Conflict("This thread is as deep as it can get; please answer something higher up.")
    least = Label.parse(root.label).join(Label.parse(label_of(label, forum.label)))
    draft = _draft(house, author, forum, "reply", text, str(least), intent, origin)
    draft = replace(draft, language=_language(origin, language))
    made = replace(draft, thread_id=root.id, parent_id=parent.id, files=len(files))
    made = replace(made, crosses_at=_crosses_at(made, forum, undo, root, parent))
    return await _write(house, author, forum, made, "ReplyPosted", files, origin)


def _language(origin: Origin | None, said: str) -> str:
    """Return the language of words as their author, or their server, states it; Invalid where ours say nonsense."""
    return origin.language if origin else require_tag(said)


def _require_named(forum: Forum, author: Member) -> None:
    """Raise Conflict where another server takes words by name alone, and somebody has not agreed to be named."""
    if forum.members_only and not forum.is_local and author.is_local and not author.consent:
        raise Conflict("The server that holds this forum knows those on its list by name. Agree to be named first.")


def _crosses_at(made: Contribution, forum: Forum, undo: timedelta, *above: Contribution | None) -> datetime | None:
    """Return when the gate may look at something new, if not at once: never before what it hangs on."""
    if forum.audience == "inside" or not made.is_local:
        return None
    waited = [one.crosses_at for one in above if one is not None and one.crosses_at is not None]
    own = [made.created_at + undo] if undo else []
    return max(waited + own, default=None)


def _draft(
    house: House,
    author: Member,
    forum: Forum,
    kind: Kind,
    text: str,
    label: str,
    intent: Intent,
    origin: Origin | None,
    title: str = "",
) -> Contribution:
    if intent not in INTENTS:
        raise Invalid("intent", "An intent is one of %(known)s.", known=tuple(filter(None, INTENTS)))
    html = sanitise(origin.html) if origin else ""
    words = clean_text(plain(html) if origin else text)
    return Contribution(
        id=new_id(),
        kind=kind,
        uri=origin.uri if origin else house.addresses.object_uri(new_id()),
        jam_id=forum.jam_id,
        forum_id=forum.id,
        thread_id="",
        parent_id="",
        author_id=author.id,
        author_name=author.name,
        author_handle=author.handle,
        author_unit=author.unit,
        author_host=author.host,
        title=title,
        text=words,
        html=html or render(words),
        label=label,
        intent=intent,
        builds_on="",
        version=1,
        deleted=False,
        activity_uri=origin.activity_uri if origin else "",
        created_at=house.now(),
        edited_at=None,
    )


async def _require_open(house: House, forum: Forum, origin: Origin | None) -> Jam:
    jam = await jams.jam_by(house.store, forum.jam_id)
    if jam is None:
        raise Missing("jam", f"forum {forum.id} has no jam")
    if not forum.is_local and not forum.joined:
        raise Conflict("The server that holds this forum has not let us in yet.")
    if not _let_in_there(forum, origin):
        jam.require_open(house.now())
    return jam


def _let_in_there(forum: Forum, origin: Origin | None) -> bool:
    """Say whether the server that holds a forum let something in and passed it on: it knows when it may be written."""
    return origin is not None and origin.relayed and not forum.is_local


async def _write(
    house: House, author: Member, forum: Forum, made: Contribution, kind: EventKind, files: Sequence[File],
    origin: Origin | None,
) -> Contribution:  # fmt: skip
    """Write a contribution and its event, under its author's name or, where names are not shown, a voice."""
    marks = await prints_of(house, made.title, made.text)
    named = [one.id for one in await named_in(house, made.text)]
    async with house.store.transaction() as change:
        if made.activity_uri:
            found = await change.fetch("SELECT id FROM contributions WHERE uri = ?", (made.uri,))
            if found:
                known = await contributions.by_id(house.store, found[0]["id"])
                if known is not None:
                    return known
        made = _said_by(made, await speak(house, change, author, forum, made.thread_id))
        await contributions.insert(change, made)
        if files:
            await enclosed.attach(change, made, files, author.id)
        if origin and origin.linked:
            await linked_files.put(change, made.id, origin.linked)
        await prints.put(change, made.id, marks)
        await mentions.put(change, made.id, named)
        facts = {"version": 1, "parent": made.parent_id, "builds_on": made.builds_on, "mentions": named}
        await _record(house, change, kind, made, facts)
    return made


def _said_by(made: Contribution, author: Member) -> Contribution:
    return replace(
        made, author_id=author.id, author_name=author.name, author_handle=author.handle, author_unit=author.unit,
        is_voice=author.is_voice,
    )  # fmt: skip


async def _record(
    house: House, change: Transaction, kind: EventKind, made: Contribution, data: dict[str, object]
) -> None:
    facts = {"jam": made.jam_id, "forum": made.forum_id, "thread": made.thread_id, **data}
    await events.append(change, kind, made.id, facts, house.now().timestamp())


async def has_written(house: House, member: Member, jam: Jam) -> bool:
    """Say whether somebody has written anything in a jam."""
    return await contributions.count_by_author(house.store, member.id, jam.id, house.now().timestamp() + 1) > 0


async def edit(
    house: House,
    by: Member,
    old: Contribution,
    text: str,
    *,
    title: str | None = None,
    label: str | None = None,
    reason: str = "",
    origin: Origin | None = None,
    files: Sequence[File] | None = None,
    since: int = 0,
    language: str | None = None,
) -> Contribution:
    """Change the words; the earlier ones stay as a version. Only the author may, while the jam is open.

    `files` takes the place of those attached; None leaves them. `since` is the version that was changed: where
    another one stands by now, Moved is raised, so that nothing is written over unread; 0 asks for no such care.
    `language` None leaves it.

    A reply's label stays at least as strict as that of the idea that it answers. Whoever makes a label less
    strict must have the duty to review or to make rules, and is named in the audit.
    """
    if old.deleted:
        raise Missing("idea", f"edit of deleted {old.id}")
    if not await is_own(house, by, old):
        raise NotAllowed("Only its author can change this.", f"{by.id} edits {old.id}")
    forum = await jams.forum_by_id(house.store, old.forum_id)
    if forum is None:
        raise Missing("forum")
    await _require_open(house, forum, origin)
    if since and since != old.version:
        raise Moved(old.version, since)
    if origin is None and clean_text(text) != old.text and await polls.by_id(house.store, old.id):
        raise Conflict("A poll keeps the words that people answer. End or delete it, and ask anew.")
    html = sanitise(origin.html) if origin else ""
    words = clean_text(plain(html) if origin else text)
    new_title = old.title if title is None or old.kind == "reply" else clean_line(title, "title")
    new_label = await _edited_label(house, by, old, label)
    why = clean_line(reason, "reason", required=False)
    tongue = old.language if origin is None and language is None else _language(origin, language or "")
    new = replace(old, title=new_title, text=words, html=html, label=new_label, edit_reason=why, language=tongue)
    return await _change(house, by, old, new, files, origin.linked if origin else None)


async def relabel(house: House, by: Member, old: Contribution, label: str) -> Contribution:
    """Change the label alone: the author may raise it, whoever has the duty to review or to make rules may do both.

    It can be done in a jam that has closed: what turns out to be confidential has to come back from outside.
    """
    if old.deleted:
        raise Missing("idea", f"label of deleted {old.id}")
    if not old.is_local:
        raise NotAllowed("What came from another server keeps the label of its forum.", f"label of {old.uri}")
    if not await is_own(house, by, old) and not may_declassify(by):
        raise NotAllowed("Only its author, a reviewer or an admin can change its label.", f"{by.id} labels {old.id}")
    return await _change(house, by, old, replace(old, label=await _edited_label(house, by, old, label), edit_reason=""))


async def _change(
    house: House, by: Member, old: Contribution, new: Contribution, files: Sequence[File] | None = None,
    linked: tuple[Linked, ...] | None = None,
) -> Contribution:  # fmt: skip
    """Write a new version, if anything of it is new. `new.html` is empty for words of our own."""
    had = await enclosed.of_one(house, old)
    same = files is None or [(one.id, one.alt) for one in files] == [(one.id, one.alt) for one in had]
    theirs = (await linked_files.of(house.store, [old.id])).get(old.id, ())
    stay = linked is None or theirs == linked
    worded = all(getattr(new, name) == getattr(old, name) for name in ("title", "text", "label", "language"))
    if same and stay and worded:
        return old
    now = house.now().timestamp()
    new = replace(new, html=new.html or render(new.text))
    lowered = Label.parse(new.label).lowers(Label.parse(old.label))
    marks = await prints_of(house, new.title, new.text)
    named = [one.id for one in await named_in(house, new.text)]
    async with house.store.transaction() as change:
        refiled = None if same and stay else (*as_judged(had), *theirs)
        await contributions.edit(change, old, new, now, refiled=refiled)
        if files is not None and not same:
            await enclosed.attach(change, old, files, by.id)
        if linked is not None and not stay:
            await linked_files.put(change, old.id, linked)
        await prints.put(change, old.id, marks)
        await hold_rows.void(change, old.id, old.version + 1)
        before = {one.id for one in (await mentions.of(house.store, [old.id])).get(old.id, ())}
        await mentions.put(change, old.id, named)
        fresh = [one for one in named if one not in before]
        facts: dict[str, object] = {
            "version": old.version + 1, "relabelled": new.label != old.label, "mentions": fresh,
        }  # fmt: skip
        await _record(house, change, "ContributionEdited", old, facts)
        doer = await _doer(house, by, old)
        if lowered or doer != old.author_id:
            act = "declassify to" if lowered else "label"
            await events.audit(change, doer, f"{act} {new.label}"[:40], old.id, now)
    changed = await contributions.by_id(house.store, old.id)
    assert changed is not None
    return changed


async def _edited_label(house: House, by: Member, old: Contribution, asked: str | None) -> str:
    label = Label.parse(label_of(asked, old.label))
    if old.kind == "reply" and (root := await contributions.by_id(house.store, old.thread_id)):
        label = label.join(Label.parse(root.label))
    if label.lowers(Label.parse(old.label)):
        require_declassifier(by, old.label, str(label))
    return str(label)


async def delete(house: House, by: Member, old: Contribution) -> None:
    """Remove a contribution: its words go, its place in the thread stays. Its author or a moderator may."""
    if old.deleted:
        return
    doer = await _doer(house, by, old)
    if doer != old.author_id:
        by.require("moderate")
    async with house.store.transaction() as change:
        await _empty(house, change, old, by_id=doer, act="delete")


async def _doer(house: House, by: Member, old: Contribution) -> str:
    """Return under whose id it is written down that somebody changed something: what a voice said, it changes."""
    return old.author_id if await is_own(house, by, old) else by.id


async def delete_all(house: House, author: Member, limit: int = 100) -> bool:
    """Remove all that somebody of another server wrote here, who is gone; return False where more is left."""
    standing = await contributions.standing_by(house.store, author.id, limit)
    for one in standing:
        await delete(house, author, one)
    return len(standing) < limit


async def take_back(house: House, change: Transaction, made: Contribution) -> None:
    """Remove what its author has taken back before any of it crossed."""
    await _empty(house, change, made, by_id=made.author_id, act="take back")


async def purge(house: House, old: Contribution, *, by_id: str = "", silently: bool = False) -> None:
    """Delete another server's words because they may be kept no longer.

    Silently: those to whom we passed them on are not told.
    """
    async with house.store.transaction() as change:
        await _empty(house, change, old, by_id=by_id, act="purge", silently=silently)


async def _empty(
    house: House, change: Transaction, old: Contribution, *, by_id: str, act: str, silently: bool = False
) -> None:
    if not await contributions.delete(change, old):
        return
    await file_rows.drop_of(change, old.id)
    await linked_files.put(change, old.id, ())
    await prints.drop(change, old.id)
    await mentions.put(change, old.id, ())
    await polls.empty(change, old.id)
    await proxies.drop(change, old.id)
    await outcomes.forget_told(change, old.id)
    await hold_rows.void(change, old.id, old.version + 1)
    await hold_rows.forget_previews(change, old.id)
    moderated = by_id != old.author_id
    facts: dict[str, object] = {"version": old.version, "moderated": moderated, "silently": silently}
    await _record(house, change, "ContributionDeleted", old, facts)
    await events.audit(change, by_id, act, old.id, house.now().timestamp())


def _require_shown(made: Contribution) -> None:
    if made.hidden:
        raise Conflict("A facilitator has hidden this for now. It can be answered and marked once it is back.")


async def note_declined(house: House, made: Contribution) -> None:
    """Write down that the server that holds its forum did not take something, and have its author told."""
    async with house.store.transaction() as change:
        await _record(house, change, "ContributionDeclined", made, {"author": made.author_id})
