"""Ideas and replies on their way out: new, edited, removed; our own and those we relay for others."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import orjson

from federation.gate.actors import forum_of, show_person
from federation.gate.burial import bury
from federation.gate.plan import Gateway, Plan
from federation.gate.render import Copy, copy_for, stands_as
from federation.gate.routing import Carriage, activity_uri, announce, freeze_activity, inbox_of, kind_of, parsed
from federation.outside import crossings, received
from federation.outside.crossings import EVERYONE, Card
from federation.vocabulary import activities
from server.domain.crossings import Hold, Verdict, VerdictWord
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.uris import new_id
from server.services import crossings as judged
from server.services import holds, ideas, people


async def release_new(gate: Gateway, event: Event, plan: Plan) -> None:
    made = await ideas.by_id(gate.house, event.subject_id)
    if made is not None and not made.deleted and made.version == event.data["version"]:
        await release(gate, plan, made, "Create")


async def release_edit(gate: Gateway, event: Event, plan: Plan) -> None:
    made = await ideas.by_id(gate.house, event.subject_id)
    if made is not None and not made.deleted and made.version == event.data["version"]:
        await release(gate, plan, made, "Update")


async def release_deletion(gate: Gateway, event: Event, plan: Plan) -> None:
    made = await ideas.by_id(gate.house, event.subject_id)
    if made is None:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    if made.is_local:
        for uri in await judged.all_public_uris(gate.house, made):
            await bury(gate, plan, forum, uri, None, event.at)
    else:
        await relay_deletion(gate, plan, made, forum)


async def release(
    gate: Gateway,
    plan: Plan,
    made: Contribution,
    act: str,
    approved: frozenset[str] = frozenset(),
    *,
    deliver: bool = True,
) -> list[Verdict]:
    """Judge a contribution for every audience and let across what may. `approved` audiences passed review."""
    forum, _ = await forum_of(gate, made.forum_id)
    draft = await judged.draft_of(gate.house, made, act)
    verdicts = [_approve(verdict, approved) for verdict in await judged.judge(gate.house, draft)]
    await judged.record_verdicts(gate.house, made, act, verdicts)
    if made.author_host and not forum.is_local:
        return verdicts
    await hold_back(gate, made, forum, verdicts)
    apart = {verdict.audience for verdict in verdicts} - {EVERYONE}
    for verdict in verdicts:
        if not verdict.crosses:
            continue
        if made.is_local:
            await _cross(gate, plan, made, forum, verdict, act, apart, deliver=deliver)
        else:
            await _relay(gate, plan, made, forum, verdict, act, apart, deliver=deliver)
    return verdicts


def _approve(verdict: Verdict, approved: frozenset[str]) -> Verdict:
    if verdict.verdict != "held" or verdict.audience not in approved:
        return verdict
    word: VerdictWord = "redacted" if verdict.redactions else "allowed"
    return replace(verdict, verdict=word, reason=f"A reviewer released it. {verdict.reason}")


async def hold_back(gate: Gateway, made: Contribution, forum: Forum, verdicts: list[Verdict]) -> None:
    """Queue for review what the rules hold, with the very bytes that each audience would get."""
    held = [verdict for verdict in verdicts if verdict.verdict == "held" and verdict.rules]
    if not held:
        return
    copies, preview = await offered(gate, made, forum, held)
    await holds.ask_review(
        gate.house,
        Hold(
            id=new_id(),
            direction="out",
            contribution_id=made.id,
            version=made.version,
            activity_uri="",
            peer=", ".join(verdict.audience for verdict in held),
            forum_id=made.forum_id,
            author=made.author_handle,
            preview=preview,
            copies=copies,
            rules=tuple(sorted({rule for verdict in held for rule in verdict.rules})),
            reason=held[0].reason,
            rule_set=held[0].rule_set,
            state="waiting",
            asked_at=gate.house.now(),
        ),
    )


async def offered(gate: Gateway, made: Contribution, forum: Forum, held: list[Verdict]) -> tuple[dict[str, str], str]:
    """Return audience → SHA-256 of the document on offer, and the text that a reviewer reads."""
    copies: dict[str, str] = {}
    preview = ""
    for verdict in held:
        if made.is_local:
            copy = await copy_for(gate, made, forum, verdict)
            document = copy.document if copy else None
        else:
            document = await _original(gate, made)
        if document is None:
            continue
        copies[verdict.audience] = hashlib.sha256(orjson.dumps(document)).hexdigest()
        subject = document.get("object", document)
        source = subject.get("source") if isinstance(subject, dict) else None
        body = source.get("content") if isinstance(source, dict) else made.text
        preview = preview or "\n\n".join(filter(None, (str(subject.get("name") or ""), str(body))))
    return copies, preview or made.text


async def _cross(
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
    copy = await copy_for(gate, made, forum, verdict)
    if copy is None:
        return
    audience, uri = verdict.audience, copy.document["id"]
    known, _ = await crossings.newest_version(gate.outside, uri, audience)
    act = "Update" if known else "Create"
    await show_person(gate, plan, copy.face, audience, made.created_at.timestamp())
    plan.freeze(copy.document, "object", made.version, audience, copy.card)
    activity = activities.about(
        act, activity_uri(gate, act, uri, made.version, audience), copy.document, made.edited_at or made.created_at
    )
    carriage = _carriage(made, forum, audience, activity, act, copy)
    freeze_activity(plan, carriage, activity)
    if not deliver:
        return
    if forum.is_local:
        await announce(gate, plan, carriage, apart)
        await _answer_directly(gate, plan, made, carriage, copy)
    elif audience == forum.host:
        await _send_home(gate, plan, carriage)


def _carriage(
    made: Contribution, forum: Forum, audience: str, activity: dict[str, object], act: str, copy: Copy
) -> Carriage:
    return Carriage(
        forum=forum,
        audience=audience,
        activity=activity,
        act=act,
        object_uri=copy.document["id"],
        thread_uri=copy.thread_uri,
        author_uri=copy.face.uri,
        version=made.version,
        is_idea=made.kind == "idea",
        at=made.edited_at or made.created_at,
    )


async def _send_home(gate: Gateway, plan: Plan, carriage: Carriage) -> None:
    """Send what our people say in another server's forum to that server, which announces it."""
    inbox = await inbox_of(gate, carriage.forum.uri)
    if inbox is None:
        return
    released = freeze_activity(plan, carriage, carriage.activity)
    plan.send(
        released,
        host=carriage.forum.host,
        inbox_uri=inbox,
        sender_uri=carriage.author_uri,
        lane=carriage.thread_uri,
        object_uri=carriage.object_uri,
        act=carriage.act,
    )


async def _answer_directly(gate: Gateway, plan: Plan, made: Contribution, carriage: Carriage, copy: Copy) -> None:
    """Send a reply straight to the author it answers, where their software reads no announced activities."""
    parent = await ideas.by_id(gate.house, made.parent_id) if made.kind == "reply" else None
    if parent is None or parent.is_local or carriage.audience not in (EVERYONE, parent.author_host):
        return
    author = await people.member_by_id(gate.house, parent.author_id)
    inbox = await inbox_of(gate, author.uri) if author else None
    if inbox is None or await kind_of(gate, parent.author_host) not in ("microblog", "unknown"):
        return
    released = freeze_activity(plan, carriage, carriage.activity)
    plan.send(
        released,
        host=parent.author_host,
        inbox_uri=inbox,
        sender_uri=copy.face.uri,
        lane=carriage.thread_uri,
        object_uri=carriage.object_uri,
        act=carriage.act,
    )


async def _original(gate: Gateway, made: Contribution) -> dict[str, Any] | None:
    """Return the activity by which the words of another server's contribution came, unaltered."""
    kind = "Create" if made.version == 1 else "Update"
    kept = await received.newest_about(gate.outside, kind, made.author_host, made.uri)
    return parsed(kept.body) if kept else None


async def _relay(
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
    """Announce another server's activity in our forum: its bytes pass whole or not at all."""
    if verdict.verdict == "redacted":
        return
    activity = await _original(gate, made)
    root = made if made.kind == "idea" else await ideas.by_id(gate.house, made.thread_id)
    if activity is None or root is None or not isinstance(activity.get("object"), dict):
        return
    thread_uri = await stands_as(gate, root, verdict.audience)
    if thread_uri is None:
        return
    document = activity["object"]
    author = await people.member_by_id(gate.house, made.author_id)
    card = Card(
        type="Article" if made.kind == "idea" else "Note",
        ours=False,
        subject_uri=made.uri,
        forum_uri=forum.uri,
        thread_uri=thread_uri,
        parent_uri=str(document.get("inReplyTo") or "") if isinstance(document.get("inReplyTo"), str) else "",
        author_uri=author.uri if author else "",
        author_name=made.author_name,
        author_handle=made.author_handle,
        made_at=made.created_at.timestamp(),
    )
    listed = {
        **document,
        "id": made.uri,
        "name": made.title,
        "content": made.html,
        "attributedTo": card.author_uri,
    }
    plan.freeze(listed, "object", made.version, verdict.audience, card)
    if not deliver:
        return
    carriage = Carriage(
        forum=forum,
        audience=verdict.audience,
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


async def relay_deletion(gate: Gateway, plan: Plan, made: Contribution, forum: Forum) -> None:
    """Pass on that another server's contribution is gone from our forum."""
    now = gate.house.now()
    plan.revoke(made.uri, None, now.timestamp())
    if not forum.is_local:
        return
    root = made if made.kind == "idea" else await ideas.by_id(gate.house, made.thread_id)
    theirs = await received.newest_about(gate.outside, "Delete", made.author_host, made.uri)
    for audience in await crossings.audiences_of(gate.outside, made.uri):
        thread_uri = await stands_as(gate, root, audience) if root else None
        # Its author's own Delete passes unaltered; a moderator's is the forum's.
        document = (
            parsed(theirs.body)
            if theirs
            else activities.delete(
                activity_uri(gate, "delete", made.uri, audience),
                forum.uri,
                made.uri,
                forum.uri,
                is_public=forum.audience == "public",
                at=now,
            )
        )
        carriage = Carriage(
            forum=forum,
            audience=audience,
            activity=document,
            act="Delete",
            object_uri=made.uri,
            thread_uri=thread_uri or made.uri,
            author_uri="",
            version=made.version + 1,
            is_idea=made.kind == "idea",
            at=now,
        )
        await announce(gate, plan, carriage, set(), skip_host=made.author_host)
