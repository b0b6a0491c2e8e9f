"""Withdrawal: stop serving, leave a tombstone for holders, and send each of them a Delete."""

from __future__ import annotations

from datetime import datetime

from federation.gate.plan import Gateway, Plan
from federation.gate.routing import Carriage, activity_uri, freeze_activity, holders_of, kind_of
from federation.outside import crossings
from federation.outside.crossings import EVERYONE, Card
from federation.vocabulary import activities
from federation.vocabulary.objects import tombstone
from server.domain.jams import Forum


async def bury(gate: Gateway, plan: Plan, forum: Forum, object_uri: str, audience: str | None, at: datetime) -> int:
    """Withdraw one of our objects from one audience (None: from all); return how many servers are asked to delete.

    A host that read it only as everyone's is barred from it, while everyone else goes on reading.
    """
    granted = await crossings.audiences_of(gate.outside, object_uri)
    if not granted:
        return 0
    found = await crossings.exact_newest(gate.outside, object_uri, audience if audience in granted else granted[0])
    if found is None:
        return 0
    holders = await holders_of(gate, object_uri)
    if audience is not None and audience != EVERYONE:
        holders = {host: inbox for host, inbox in holders.items() if host == audience}
    now = at.timestamp()
    if audience is not None and audience not in granted:
        plan.bar(object_uri, audience, now)
    else:
        plan.revoke(object_uri, audience, now)
    card, version = found.card, found.document.version + 1
    for viewer in [audience] if audience is not None else granted:
        stone = Card(
            type="Tombstone", subject_uri=object_uri, forum_uri=forum.uri, thread_uri=card.thread_uri, made_at=now
        )
        plan.freeze(tombstone(object_uri, at), "tombstone", version, viewer, stone)
    for host, inbox in holders.items():
        await _ask_to_delete(gate, plan, forum, object_uri, card, version, host, inbox, at)
    return len(holders)


async def _ask_to_delete(
    gate: Gateway,
    plan: Plan,
    forum: Forum,
    object_uri: str,
    card: Card,
    version: int,
    host: str,
    inbox: str,
    at: datetime,
) -> None:
    public = forum.audience == "public"
    document = activities.delete(
        activity_uri(gate, "delete", object_uri, host), card.author_uri, object_uri, forum.uri, is_public=public, at=at
    )
    carriage = Carriage(
        forum=forum,
        audience=host,
        activity=document,
        act="Delete",
        object_uri=object_uri,
        thread_uri=card.thread_uri,
        author_uri=card.author_uri,
        version=version,
        is_idea=card.type == "Article",
        at=at,
    )
    direct = freeze_activity(plan, carriage, document, "tombstone")
    kind = await kind_of(gate, host)
    if kind != "microblog" and forum.is_local:
        wrapped = activities.announce(
            activity_uri(gate, "announce", document["id"], host), forum.uri, document, is_public=public, at=at
        )
        whole = freeze_activity(plan, carriage, wrapped, "tombstone")
        plan.send(
            whole,
            host=host,
            inbox_uri=inbox,
            sender_uri=forum.uri,
            lane=card.thread_uri,
            object_uri=object_uri,
            act="Delete",
        )
    if kind in ("microblog", "unknown") or not forum.is_local:
        plan.send(
            direct,
            host=host,
            inbox_uri=inbox,
            sender_uri=card.author_uri,
            lane=card.thread_uri,
            object_uri=object_uri,
            act="Delete",
        )
