"""Forums: our own, and those of other servers that our people joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from server.boundary.rules import forum_rules, mirror_rules
from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.jams import AUDIENCES, Audience, Charter, Forum, Jam
from server.domain.uris import SLUG, host_of, new_id
from server.domain.voices import NAMES, Names
from server.services.house import House
from server.services.jams import hidden_jams
from server.services.labels import label_of
from server.services.rules import add_rules
from server.services.text import clean_line, clean_text
from server.storage import events, jams, lineage, memberships, people

# What rules say instead of the title of a forum for its members alone.
RULE_TITLE = "for its members alone"


async def create_forum(
    house: House,
    by: Member,
    jam: Jam,
    slug: str,
    title: str,
    question: str,
    audience: Audience,
    label: str = "GREEN",
    peers: tuple[str, ...] = (),
    names: Names = "named",
    *,
    members_only: bool = False,
) -> Forum:
    """Add a forum to one of our jams, and the rules that its audience stands for, visibly.

    One that is `members_only` is never for everyone and stands alone in its jam: what a jam counts, shows and
    streams is about all of its forums. Its list is empty to begin with.
    """
    by.require("jams")
    if jam.host:
        raise Conflict("Forums are added on the server that holds the jam.")
    if not SLUG.fullmatch(slug):
        raise Invalid("slug", "A short name has lower-case letters, digits and hyphens, at most 64 of them.")
    if audience not in AUDIENCES:
        raise Invalid("audience", "An audience is one of %(audiences)s.", audiences=tuple(AUDIENCES))
    if names not in NAMES:
        raise Invalid("names", "Names are one of %(names)s.", names=tuple(NAMES))
    if members_only:
        require_closable(audience, names)
    handle = f"@{slug}@{house.addresses.edge_host}"
    if await jams.forum_by_handle(house.store, handle) or await people.by_username(house.store, slug):
        raise Conflict(
            "The name %(slug)s is taken by another forum or a person; names outside must be unique.", slug=slug
        )
    forum = Forum(
        id=new_id(),
        jam_id=jam.id,
        jam_slug=jam.slug,
        slug=slug,
        title=clean_line(title, "title"),
        question=clean_text(question, "question", required=False),
        audience=audience,
        label=label_of(label),
        peers=hosts_in(peers),
        uri=house.addresses.forum_uri(new_id()),
        host="",
        handle=handle,
        joined=True,
        created_at=house.now(),
        names=names,
        members_only=members_only,
    )
    ordered = max((one.place for one in await jams.forums(house.store, jam.id)), default=0)
    forum = replace(forum, place=ordered + 1 if ordered else 0)
    async with house.store.transaction() as change:
        await _require_place(change, forum)
        await jams.insert_forum(forum)
        title = RULE_TITLE if members_only else forum.title
        note = f"Forum {title} opened to {audience}"
        await add_rules(house, change, by, forum_rules(mirror_key(forum), title, audience, forum.peers), note)
        now = house.now().timestamp()
        await events.append(change, "ForumCreated", forum.id, {"jam": forum.jam_id}, now)
        await events.audit(change, by.id, "create forum", forum.id, now)
    return forum


def require_closable(audience: str, names: str) -> None:
    """Raise Invalid for a forum that cannot be for its members alone: everyone's, or one that others know by voices."""
    if audience == "public":
        raise Invalid("audience", "A forum for its members alone is never for everyone.")
    if audience == "partners" and names != "named":
        raise Invalid("names", "On a list that partners keep, people are known by name.")


async def _require_place(change: Transaction, forum: Forum) -> None:
    """Raise Conflict where a forum for its members alone would share its jam with another."""
    others = await change.fetch("SELECT members_only FROM forums WHERE jam_id = ?", (forum.jam_id,))
    if any(row["members_only"] for row in others):
        raise Conflict("The forum of this jam is for its members alone; others need a jam of their own.")
    if forum.members_only and others:
        raise Conflict("A forum for its members alone needs a jam of its own: figures are of a whole jam.")


def hosts_in(peers: Iterable[str]) -> tuple[str, ...]:
    """Return the names of servers as rules have them."""
    return tuple(peer.strip().lower() for peer in peers if peer.strip())


async def ask_to_join(house: House, by: Member, handle: str) -> None:
    """Ask to follow a forum of another server, "@name@host". The answer comes as ForumJoined."""
    by.require("jams")
    name, _, host = handle.strip().lstrip("@!").partition("@")
    if not name or not host or "/" in host:
        raise Invalid("handle", "A forum elsewhere is named like @open@jam.example.")
    if host == house.addresses.edge_host:
        raise Invalid("handle", "That forum is our own.")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await events.append(change, "ForumJoinAsked", new_id(), {"handle": f"@{name}@{host}", "by": by.id}, now)
        await events.audit(change, by.id, "join forum", f"@{name}@{host}", now)


async def mirror_forum(
    house: House,
    by: Member,
    *,
    uri: str,
    slug: str,
    title: str,
    question: str,
    audience: Audience,
    jam_slug: str,
    jam_title: str,
    closes_at: datetime | None,
    names: str = "named",
    members_only: bool = False,
) -> Forum:
    """Keep a place for a forum hosted elsewhere, not joined until its server accepts our follow.

    One that is `members_only` gets a jam of its own here too, and nobody sees it before its server says who may.
    """
    known = await jams.forum_by_uri(house.store, uri)
    if known is not None:
        return known
    host = host_of(uri)
    now = house.now()
    jam_slug = jam_slug if SLUG.fullmatch(jam_slug) else "elsewhere"
    if members_only:
        jam_slug = f"members-{new_id()[:12]}"
    jam = await jams.jam_of_host(house.store, jam_slug, host)
    made_jam = jam or Jam(
        id=new_id(),
        slug=jam_slug,
        title=clean_line(jam_title or host, "title", 10_000)[:200],
        charter=Charter(),
        state="open",
        opens_at=now,
        closes_at=closes_at or now + timedelta(days=365),
        host=host,
        created_at=now,
    )
    forum = Forum(
        id=new_id(),
        jam_id=made_jam.id,
        jam_slug=made_jam.slug,
        slug=slug,
        title=clean_line(title or slug, "title", 10_000)[:200],
        question=question,
        audience=audience,
        label="GREEN",
        peers=(),
        uri=uri,
        host=host,
        handle=f"@{slug}@{host}",
        joined=False,
        created_at=now,
        names=next((one for one in NAMES if one == names), "sealed"),
        members_only=members_only,
    )
    async with house.store.transaction() as change:
        if jam is None:
            await jams.insert_jam(made_jam)
        await jams.insert_forum(forum)
        note = f"Joined {forum.handle}"
        told = RULE_TITLE if members_only else forum.title
        await add_rules(house, change, by, mirror_rules(mirror_key(forum), told, host, audience), note)
        await events.append(change, "ForumCreated", forum.id, {"jam": forum.jam_id}, now.timestamp())
    return forum


def mirror_key(forum: Forum) -> str:
    """Return the name of a forum in the rules: its key, with its server for one hosted elsewhere.

    The rules are read by more people than a list has: a forum for its members alone goes by its id there.
    """
    key = f"members/{forum.id}" if forum.members_only else forum.key
    return key if forum.is_local else f"{key}@{forum.host}"


async def mark_joined(house: House, forum: Forum, *, joined: bool) -> Forum:
    """Write down that the forum's server accepted our follow, or ended it."""
    if forum.joined != joined:
        async with house.store.transaction() as change:
            await jams.update_forum(forum.id, joined=joined)
            await events.append(
                change, "ForumJoined", forum.id, {"jam": forum.jam_id, "joined": joined}, house.now().timestamp()
            )
    return replace(forum, joined=joined)


async def follow_host(
    house: House,
    forum: Forum,
    *,
    closed: bool | None,
    closes_at: datetime | None,
    takes_ideas: bool = True,
    title: str = "",
    question: str | None = None,
) -> None:
    """Take over the state of a jam hosted elsewhere, and of its forum, as its own server tells it."""
    if forum.is_local:
        return
    values: dict[str, object] = {}
    if closed is not None:
        values["state"] = "frozen" if closed else "open"
    if closes_at is not None:
        values["closes_at"] = closes_at.timestamp()
    told = _told(house, forum, takes_ideas, title, question)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if values:
            await jams.update_jam(forum.jam_id, **values)
            await events.append(change, "JamChanged", forum.jam_id, {}, now)
        if told:
            await jams.update_forum(forum.id, **told)
            await events.append(change, "ForumChanged", forum.id, {"jam": forum.jam_id, "forum": forum.id}, now)


def _told(house: House, forum: Forum, takes_ideas: bool, title: str, question: str | None) -> dict[str, object]:
    """Return what is new of a forum elsewhere."""
    told: dict[str, object] = {}
    if takes_ideas != (forum.closed_at is None):
        told["closed_at"] = None if takes_ideas else house.now().timestamp()
    if title and (name := clean_line(title, "title", 10_000)[:200]) != forum.title:
        told["title"] = name
    if question is not None and question != forum.question:
        told["question"] = question
    return told


async def obtain_forum(house: House, reader: Member, key: str) -> Forum:
    """Return a forum by id, URI, handle or key for somebody who may read it, or raise Missing."""
    forum = await jams.forum_by(house.store, key) if reader.active and reader.is_local else None
    if forum is None or forum.is_canary or forum.jam_id in await hidden_jams(house, reader):
        raise Missing("forum", f"{reader.id} asked for forum {key}")
    return forum


async def list_forums(house: House, reader: Member, jam: Jam | None = None) -> list[Forum]:
    if not (reader.active and reader.is_local):
        return []
    # What looks through all forums at once, as search does, never sees a rehearsal.
    hidden = await hidden_jams(house, reader)
    if jam is None:
        hidden |= await lineage.rehearsals(house.store)
    return [forum for forum in await jams.forums(house.store, jam.id if jam else "") if forum.jam_id not in hidden]


async def forums_for_all(house: House) -> set[str] | None:
    """Return the ids of the forums that are not for the people on a list alone; None where there is no such list."""
    apart = await memberships.jams_apart(house.store)
    return {one.id for one in await jams.forums(house.store, "") if one.jam_id not in apart} if apart else None


async def forum_by_uri(house: House, uri: str) -> Forum | None:
    """Find a forum by its Group URI: for the gate."""
    return await jams.forum_by_uri(house.store, uri)


async def forum_and_jam(house: House, forum_id: str) -> tuple[Forum, Jam]:
    """Return a forum and its jam: for the gate and other consumers of events."""
    forum = await jams.forum_by_id(house.store, forum_id)
    jam = await jams.jam_by(house.store, forum.jam_id) if forum else None
    if forum is None or jam is None:
        raise Missing("forum", f"no forum {forum_id}")
    return forum, jam


async def forums_of(house: House, jam_id: str) -> list[Forum]:
    return await jams.forums(house.store, jam_id)
