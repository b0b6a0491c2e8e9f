"""Withdrawal: stop serving, leave a tombstone for holders, and send each of them a Delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from federation.gate.asking import Withdrawal, ask, concerned, delete_uri, stop_serving
from federation.gate.holding import released_before
from federation.gate.plan import Gateway, Plan
from federation.gate.relay import passes_whole, withdraw_relayed
from federation.gate.routing import Carriage, activity_uri, attested_for, freeze_activity, kind_of
from federation.outside import crossings
from federation.outside.crossings import EVERYONE, Card
from federation.outside.recalls import Holder
from federation.outside.released import Released
from federation.vocabulary import activities
from federation.vocabulary.objects import tombstone
from server.domain.crossings import Verdict
from server.domain.ideas import Contribution, Linked
from server.domain.jams import Forum
from server.domain.recalls import Cause
from server.services import forums, guises, judging, readership


async def bury(
    gate: Gateway, plan: Plan, forum: Forum, object_uri: str, audience: str | None, at: datetime, cause: Cause
) -> int:
    """Withdraw one of our objects from one audience (None: from all); return how many servers are asked to delete.

    A host that read it only as everyone's is barred from it, while everyone else goes on reading.
    """
    granted = await crossings.audiences_of(gate.outside, object_uri)
    if not granted or (audience is not None and not {audience, EVERYONE} & set(granted)):
        # Whoever never held it gets no tombstone either: a 410 would tell that there was something.
        return 0
    found = await crossings.exact_newest(gate.outside, object_uri, audience if audience in granted else granted[0])
    if found is None:
        return 0
    # Whoever holds it got it in the forum where it stood, and may know nothing of one to which it was moved.
    forum = await forums.forum_by_uri(gate.house, found.card.forum_uri) or forum
    withdrawal = Withdrawal(forum=forum, object_uri=object_uri, audience=audience, at=at, cause=cause)
    holders = await concerned(gate, withdrawal)
    stop_serving(plan, withdrawal, granted)
    newest = [await crossings.newest_version(gate.outside, object_uri, one) for one in granted]
    card, version = found.card, max(number for number, _ in newest) + 1
    for viewer in [audience] if audience is not None else granted:
        stone = Card(
            type="Tombstone",
            subject_uri=object_uri,
            forum_uri=forum.uri,
            thread_uri=card.thread_uri,
            made_at=at.timestamp(),
        )
        plan.freeze(tombstone(object_uri, at), "tombstone", version, viewer, stone)
    for holder in holders:
        told = await _farewells(gate, plan, withdrawal, holder, card, version)
        ask(plan, withdrawal, holder, card.thread_uri, told)
    return len(holders)


async def _farewells(
    gate: Gateway, plan: Plan, withdrawal: Withdrawal, holder: Holder, card: Card, version: int
) -> list[tuple[Released, str]]:
    """Return (document, sender) of what tells a holder that its copy ends, in the forms that its software reads."""
    forum, at = withdrawal.forum, withdrawal.at
    document = activities.delete(
        delete_uri(gate, withdrawal.object_uri, holder),
        card.author_uri,
        withdrawal.object_uri,
        forum.uri,
        is_public=withdrawal.is_public,
        at=at,
    )
    document = await attested_for(gate, holder.host, document, at)
    carriage = Carriage(
        forum=forum,
        audiences=(holder.host,),
        activity=document,
        act="Delete",
        object_uri=withdrawal.object_uri,
        thread_uri=card.thread_uri,
        author_uri=card.author_uri,
        version=version,
        is_idea=card.type in ("Article", "Question"),
        at=at,
    )
    direct = freeze_activity(plan, carriage, document, "tombstone")[holder.host]
    kind = await kind_of(gate, holder.host)
    told = []
    if kind != "microblog" and forum.is_local:
        uri = activity_uri(gate, "announce", document["id"], holder.host)
        wrapped = activities.announce(uri, forum.uri, document, is_public=withdrawal.is_public, at=at)
        told.append((freeze_activity(plan, carriage, wrapped, "tombstone")[holder.host], forum.uri))
    if kind in ("microblog", "unknown") or not forum.is_local:
        told.append((direct, card.author_uri))
    return told


async def end_grants(
    gate: Gateway,
    plan: Plan,
    made: Contribution,
    forum: Forum,
    verdicts: list[Verdict],
    at: datetime,
    cause: Cause,
    *,
    held_stands: bool,
) -> bool:
    """Withdraw each copy that no verdict gives its audience any more; return whether there was one.

    What stands under another URI, because other words were taken out of it, goes too. A paused server keeps
    what it has until it is judged again.
    """
    said = {verdict.audience: verdict for verdict in verdicts}
    paused = {reader.audience for reader in await readership.readers_of(gate.house, forum) if reader.paused}
    ended = False
    for uri in await guises.all_public_uris(gate.house, made) if guises.stands_here(gate.house, made) else [made.uri]:
        granted = await crossings.audiences_of(gate.outside, uri)
        kept = paused | {
            audience
            for audience in granted
            if audience in said and await _keeps(gate, made, uri, said[audience], held_stands=held_stands)
        }
        for audience in granted:
            if audience in kept:
                continue
            if audience not in said and EVERYONE in kept:
                # It has no standing of its own any more, and reads what everyone reads.
                plan.merge(uri, audience)
                continue
            ended = True
            if guises.stands_here(gate.house, made):
                await bury(gate, plan, forum, uri, audience, at, cause)
            else:
                await withdraw_relayed(gate, plan, made, forum, audience, at, cause)
    return ended


async def _keeps(gate: Gateway, made: Contribution, uri: str, verdict: Verdict, *, held_stands: bool) -> bool:
    """Say whether an audience keeps a copy by what is said of it now."""
    if verdict.verdict == "held":
        return held_stands or await _older_words_stand(gate, made, uri, verdict.audience)
    if not verdict.crosses:
        return False
    return await _may_stand(gate, made, uri, verdict)


async def _may_stand(
    gate: Gateway, made: Contribution, uri: str, verdict: Verdict, attached: Sequence[Linked] | None = None
) -> bool:
    """Say whether it is this copy that a verdict lets across: others' words have no redacted twins, and stand whole."""
    if guises.stands_here(gate.house, made):
        return uri == await guises.public_uri(gate.house, made, verdict.redactions)
    return uri == made.uri and await passes_whole(gate, made, verdict, attached)


async def _older_words_stand(gate: Gateway, made: Contribution, uri: str, audience: str) -> bool:
    """Say whether an audience holds an earlier version, and may still, while the newest waits for a reviewer."""
    number, _ = await crossings.newest_version(gate.outside, uri, audience)
    draft = await judging.earlier_draft(gate.house, made, number) if number < made.version else None
    if draft is None:
        return False
    verdict = next((one for one in await judging.judge(gate.house, draft) if one.audience == audience), None)
    if verdict is None:
        return False
    older = replace(made, title=draft.title, text=draft.text)
    if not await _may_stand(gate, older, uri, verdict, draft.linked):
        return False
    return verdict.crosses or (
        verdict.verdict == "held" and await released_before(gate, made, number, draft, verdict, uri)
    )
