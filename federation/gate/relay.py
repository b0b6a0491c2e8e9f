"""What other servers' people say in our forums, passed on unaltered: whole or not at all."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from html import unescape
from typing import Any

from federation.gate.asking import Withdrawal, ask, concerned, delete_uri, stop_serving
from federation.gate.plan import Gateway, Plan
from federation.gate.render import nearest_above, stands_as
from federation.gate.routing import (
    Carriage,
    activity_uri,
    announce,
    freeze_activity,
    kind_of,
    parsed,
    share_uri,
)
from federation.outside import crossings, peers, received
from federation.outside.crossings import EVERYONE, Card
from federation.outside.recalls import Holder
from federation.vocabulary import activities
from federation.vocabulary.activities import read_activity
from federation.vocabulary.objects import in_language, parse_object, words_in
from server.boundary.rules import NAME_TO_ROLE
from server.domain.crossings import Verdict
from server.domain.errors import Refusal
from server.domain.ideas import Attached, Contribution, Linked
from server.domain.jams import Forum
from server.domain.recalls import Cause
from server.domain.visitors import is_visitor
from server.services import files, ideas_read, people
from server.services.redaction import redact
from server.services.text import clean_line, clean_text, plain, sanitise


async def original(
    gate: Gateway, made: Contribution, attached: Sequence[Linked] | None = None
) -> dict[str, Any] | None:
    """Return the activity by which the words of another server's contribution, and its files, came, unaltered.

    A server may send several activities about one object; only one that says what was let in, and judged, passes.
    Of earlier words `attached` are the files; None stands for the present ones.
    """
    linked = tuple(await files.linked_to(gate.house, made) if attached is None else attached)
    for kept in await received.about(gate.outside, made.author_host, made.uri):
        activity = _unaltered(kept.body)
        if await _says(gate, activity, made, linked):
            return activity
    return None


async def _says(
    gate: Gateway, activity: dict[str, Any], made: Contribution, linked: tuple[Linked, ...]
) -> bool:
    document = activity.get("object")
    author = await people.member_by_id(gate.house, made.author_id)
    if not isinstance(document, dict) or author is None:
        return False
    try:
        remark = parse_object(document)
        words = clean_text(plain(sanitise(remark.html)), required=False)
        title = clean_line(remark.title, "title", required=False)
    except Refusal:
        return False
    same_words = words == made.text and (made.kind == "reply" or title == made.title)
    same_words = same_words and remark.attached.files == linked and not _says_more(activity, made, linked)
    return (
        same_words and remark.uri == made.uri and remark.author_uri == author.uri == read_activity(activity).actor_uri
    )


def _says_more(activity: dict[str, Any], made: Contribution, linked: tuple[Linked, ...]) -> bool:
    """Say whether an activity has words that were not judged with these: in another language, say, or as its source.

    The same words in another form are no others: what was judged, and its markup, has all of them, or begins with what
    an excerpt ends with.
    """
    judged = (made.title, made.text, activity["object"].get("content"), Attached.of(linked).words)
    known = sorted({word for text in judged if isinstance(text, str) for word in _words(text)})
    return not all(_begins_one(word, known) for word in {word for text in words_in(activity) for word in _words(text)})


def _begins_one(word: str, known: Sequence[str]) -> bool:
    """Say whether a word is one of some sorted words, or begins one."""
    at = bisect_left(known, word)
    return at < len(known) and known[at].startswith(word)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unescape(text).casefold())


async def names_hidden(gate: Gateway, value: object, audience: str) -> bool:
    """Say whether an activity names something of ours that an audience was not granted: then it does not pass."""
    ours = re.compile(re.escape(gate.outside.addresses.edge_url) + r"/(?:objects|people|forums)/[0-9a-f]{32}")
    waiting, named = [value], set[str]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str):
            named.update(ours.findall(one))
    return not all([await crossings.is_granted(gate.outside, uri, audience) for uri in sorted(named)])


async def relay(
    gate: Gateway,
    plan: Plan,
    made: Contribution,
    forum: Forum,
    verdict: Verdict,
    act: str,
    apart: set[str],
    *,
    deliver: bool,
) -> None:
    """List another server's contribution in our forum, and announce the activity by which it came.

    One that came as a bare id is listed alone: there is nothing to announce.
    """
    if not await passes_whole(gate, made, verdict):
        return
    activity = await original(gate, made)
    root = made if made.kind == "idea" else await ideas_read.by_id(gate.house, made.thread_id)
    thread_uri = made.uri if made.kind == "idea" else await stands_as(gate, root, verdict.audience) if root else None
    fetched = await peers.fetched(gate.outside, made.uri) if activity is None else None
    words = activity or (fetched.document if fetched else None)
    if words is None or thread_uri is None or await names_hidden(gate, words, verdict.audience):
        return
    above = (await nearest_above(gate, made, [verdict.audience])).get(verdict.audience)
    await _list(gate, plan, made, forum, verdict.audience, thread_uri, above[0] if above else "")
    if activity is None or not deliver or is_visitor(verdict.audience):
        return
    carriage = Carriage(
        forum=forum,
        audiences=(verdict.audience,),
        activity=activity,
        act=act,
        object_uri=made.uri,
        thread_uri=thread_uri,
        author_uri="",
        version=made.version,
        is_idea=made.kind == "idea",
        at=made.edited_at or made.created_at,
    )
    await announce(gate, plan, carriage, apart, skip_host=made.author_host)


async def passes_whole(
    gate: Gateway, made: Contribution, verdict: Verdict, attached: Sequence[Linked] | None = None
) -> bool:
    """Say whether there is nothing in it that this audience may not read: nothing can be taken out.

    Its author's own server has it anyway. Of earlier words `attached` are the files; None stands for the present ones.
    """
    if not verdict.redactions or verdict.audience == made.author_host:
        return True
    author = await people.member_by_id(gate.house, made.author_id)
    if author is None or NAME_TO_ROLE in verdict.redactions:
        return False
    # Files elsewhere go along with the words, and what is said of them.
    linked = tuple(await files.linked_to(gate.house, made) if attached is None else attached)
    if linked and "attachments" in verdict.redactions:
        return False
    whole = replace(made, text="\n".join((made.text, Attached.of(linked).words)))
    words = redact(await gate.house.rulebook(), whole, author, verdict.redactions)
    return words is not None and (words.title, words.text) == (whole.title, whole.text)


async def _list(
    gate: Gateway,
    plan: Plan,
    made: Contribution,
    forum: Forum,
    audience: str,
    thread_uri: str,
    parent_uri: str,
) -> None:
    author = await people.member_by_id(gate.house, made.author_id)
    card = Card(
        type="Article" if made.kind == "idea" else "Note",
        ours=False,
        subject_uri=made.uri,
        forum_uri=forum.uri,
        thread_uri=thread_uri,
        parent_uri=parent_uri,
        author_uri=author.uri if author else "",
        author_name=made.author_name,
        author_handle=made.author_handle,
        made_at=made.created_at.timestamp(),
    )
    listed = {
        "id": made.uri,
        "type": card.type,
        "name": made.title,
        "content": made.html,
        "attributedTo": card.author_uri,
    }
    plan.freeze(in_language(listed, made.language), "object", made.version, audience, card)


async def withdraw_relayed(
    gate: Gateway, plan: Plan, made: Contribution, forum: Forum, audience: str | None, at: datetime, cause: Cause
) -> None:
    """List another server's contribution for an audience no longer; tell those to whom we passed it on, nobody else.

    Its author's own Delete passes unaltered; everything else is the forum's word.
    """
    granted = await crossings.audiences_of(gate.outside, made.uri)
    if audience is not None and not {audience, EVERYONE} & set(granted):
        return
    withdrawal = Withdrawal(forum=forum, object_uri=made.uri, audience=audience, at=at, cause=cause)
    holders = await concerned(gate, withdrawal) if forum.is_local else []
    stop_serving(plan, withdrawal, granted)
    theirs = await _their_delete(gate, made) if cause == "deletion" else None
    root = made if made.kind == "idea" else await ideas_read.by_id(gate.house, made.thread_id)
    for holder in holders:
        if holder.host == made.author_host:
            continue
        document = theirs or activities.delete(
            delete_uri(gate, made.uri, holder), forum.uri, made.uri, forum.uri, is_public=withdrawal.is_public, at=at
        )
        lane = await stands_as(gate, root, holder.host) if root else None
        carriage = Carriage(
            forum=forum,
            audiences=(holder.host,),
            activity=document,
            act="Delete",
            object_uri=made.uri,
            thread_uri=lane or made.uri,
            author_uri="",
            version=made.version + 1,
            is_idea=made.kind == "idea",
            at=at,
        )
        said = await _farewells(gate, carriage, holder, is_public=withdrawal.is_public)
        told = [(freeze_activity(plan, carriage, one, "tombstone")[holder.host], forum.uri) for one in said]
        ask(plan, withdrawal, holder, carriage.thread_uri, told)


async def _their_delete(gate: Gateway, made: Contribution) -> dict[str, Any] | None:
    author = await people.member_by_id(gate.house, made.author_id)
    if author is None:
        return None
    kept = await received.newest_about(gate.outside, "Delete", made.author_host, made.uri, actor_uri=author.uri)
    return _unaltered(kept.body) if kept else None


def _unaltered(body: bytes) -> dict[str, Any]:
    """Return an activity as it came, without a Linked Data signature: nobody should believe one."""
    return {name: value for name, value in parsed(body).items() if name != "signature"}


async def _farewells(gate: Gateway, carriage: Carriage, holder: Holder, *, is_public: bool) -> list[dict[str, Any]]:
    """Return what a server of some kind understands: the Delete announced, or our share of it undone."""
    (host,) = carriage.audiences
    kind = await kind_of(gate, host)
    again = (holder.rounds,) if holder.rounds else ()
    told: list[dict[str, Any]] = []
    if kind != "microblog":
        uri = activity_uri(gate, "announce", carriage.activity["id"], host, *again)
        told.append(
            activities.announce(uri, carriage.forum.uri, carriage.activity, is_public=is_public, at=carriage.at)
        )
    for audience in (host, EVERYONE) if kind in ("microblog", "unknown") and carriage.is_idea else ():
        shared = await crossings.exact_newest(gate.outside, share_uri(gate, carriage.object_uri), audience)
        if shared is not None:
            uri = activity_uri(gate, "unshare", carriage.object_uri, host, *again)
            told.append(activities.undo(uri, parsed(shared.document.body)))
            break
    return told
