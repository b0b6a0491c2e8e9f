"""Ideas and replies on their way out: new, edited, removed; our own and those we relay for others."""

from __future__ import annotations

from dataclasses import replace

from federation.gate import enclosing, said_out
from federation.gate.actors import forum_of, show_person
from federation.gate.burial import bury, end_grants
from federation.gate.holding import REFUSED, Reviewed, hold_back, reviewed_of, sha_of
from federation.gate.plan import Gateway, Plan
from federation.gate.relay import relay, withdraw_relayed
from federation.gate.render import Copy, copies_for, standings
from federation.gate.routing import (
    Carriage,
    activity_uri,
    announce,
    attested,
    freeze_activity,
    inbox_of,
    kind_of,
)
from federation.outside import crossings
from federation.outside.crossings import EVERYONE
from federation.vocabulary import activities
from server.domain.crossings import Verdict, VerdictWord
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.recalls import Cause
from server.domain.visitors import servers_in
from server.services import crossings as judged
from server.services import guises, ideas_read, judging, people


async def release_new(gate: Gateway, event: Event, plan: Plan) -> None:
    """Let across what is new, or what its author can take back no longer, as it reads by now.

    Where it was changed already, what hangs on it finds it there all the same.
    """
    made = await ideas_read.by_id(gate.house, event.subject_id)
    if made is not None and not made.deleted:
        await release(gate, plan, made)


async def release_edit(gate: Gateway, event: Event, plan: Plan) -> None:
    """Let new words across. A held edit leaves the old ones standing; one that may not cross withdraws them."""
    made = await ideas_read.by_id(gate.house, event.subject_id)
    if made is None or made.deleted or made.version != event.data["version"]:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    again = await plan.was_begun()
    verdicts = await release(gate, plan, made, "Update")
    await _bring_replies(gate, plan, made, verdicts, event, again=again)
    cause: Cause = "label" if event.data.get("relabelled") else "edit"
    ended = await end_grants(gate, plan, made, forum, verdicts, event.at, cause, held_stands=True)
    if (ended or again) and made.kind == "idea":
        await plan.write_so_far()
        for one in await ideas_read.replies_of(gate.house, made.id):
            if not one.deleted:
                await bring_in_line(gate, plan, one, forum, event, cause)


async def _bring_replies(
    gate: Gateway, plan: Plan, made: Contribution, verdicts: list[Verdict], event: Event, *, again: bool
) -> None:
    """Let across the replies that were written before their idea first crossed: they had nothing to hang on outside.

    So it is with an idea that may cross only as it reads now, and, done `again` after a crash, with one that crossed
    just before that.
    """
    crossing = [verdict.audience for verdict in verdicts if verdict.crosses and verdict.audience != made.author_host]
    if made.kind != "idea" or not made.replies or not crossing:
        return
    if not again and await standings(gate, made, crossing):
        return
    await plan.write_so_far()
    for one in await ideas_read.replies_of(gate.house, made.id):
        if not one.deleted and one.created_at <= event.at:
            await release(gate, plan, one)


async def judge_again(gate: Gateway, event: Event, plan: Plan, cause: Cause) -> None:
    """Judge something that stands again, and what hangs on it: it was hidden or restored, or has reached an age."""
    made = await ideas_read.by_id(gate.house, event.subject_id)
    if made is None or made.deleted:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    if forum.audience == "inside" or (made.author_host and not forum.is_local):
        return
    hanging = await ideas_read.replies_of(gate.house, made.id) if made.kind == "idea" else []
    for one in (made, *hanging):
        if not one.deleted:
            await bring_in_line(gate, plan, one, forum, event, cause)


async def bring_in_line(
    gate: Gateway, plan: Plan, made: Contribution, forum: Forum, event: Event, cause: Cause
) -> None:
    """Judge something that stands again: what may cross is there to be read, what may not is withdrawn."""
    verdicts = await release(gate, plan, made, deliver=False)
    await end_grants(gate, plan, made, forum, verdicts, event.at, cause, held_stands=False)
    await plan.write_so_far()
    await said_out.bring_in_line(gate, plan, made, event)


async def release_deletion(gate: Gateway, event: Event, plan: Plan) -> None:
    made = await ideas_read.by_id(gate.house, event.subject_id)
    if made is None:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    if guises.stands_here(gate.house, made):
        for uri in await guises.all_public_uris(gate.house, made):
            await bury(gate, plan, forum, uri, None, event.at, "deletion")
            plan.forget(uri)
    else:
        if event.data.get("silently"):
            plan.revoke(made.uri, None, event.at.timestamp())
        else:
            await withdraw_relayed(gate, plan, made, forum, None, event.at, "deletion")
        plan.forget(made.uri)


async def release(
    gate: Gateway, plan: Plan, made: Contribution, act: str = "Create", *, deliver: bool = True
) -> list[Verdict]:
    """Judge a contribution for every audience and let across what may, or what a reviewer let across.

    Without `deliver` it is only there to be read; whoever holds an older version gets the new one all the same.
    `act` is what others' words are passed on as.
    """
    if made.crosses_at is not None:
        # Its author may still take it back: it is looked at when that time is over.
        return []
    forum, _ = await forum_of(gate, made.forum_id)
    verdicts, reviewed = await decide(gate, made, forum)
    if not forum.is_canary:
        plan.note(made, verdicts)
    if made.author_host and not forum.is_local:
        return verdicts
    if not forum.is_canary:
        await hold_back(gate, made, forum, verdicts)
    apart = await apart_from_everyone(gate, made, verdicts)
    crossing = [verdict for verdict in verdicts if verdict.crosses]
    if guises.stands_here(gate.house, made):
        for copy in await copies_for(gate, made, forum, crossing):
            await _cross(gate, plan, made, forum, as_released(copy, reviewed), apart, deliver=deliver)
    else:
        for verdict in crossing:
            await relay(gate, plan, made, forum, verdict, act, apart, deliver=deliver)
    return verdicts


async def decide(gate: Gateway, made: Contribution, forum: Forum) -> tuple[list[Verdict], Reviewed]:
    """Judge a contribution for every audience; return what comes of it, and what reviewers said."""
    verdicts = await judging.judge(gate.house, await judging.draft_of(gate.house, made, forum))
    reviewed = await reviewed_of(gate, made, forum, verdicts)
    return [_as_reviewed(verdict, reviewed) for verdict in verdicts], reviewed


async def apart_from_everyone(gate: Gateway, made: Contribution, verdicts: list[Verdict]) -> set[str]:
    """Return the hosts for which everyone's copy is not: they have a verdict of their own, or had it taken back."""
    return ({verdict.audience for verdict in verdicts} - {EVERYONE}) | await judged.recalled_hosts(gate.house, made)


def _as_reviewed(verdict: Verdict, reviewed: Reviewed) -> Verdict:
    """Apply what reviewers said: a release lets across, and a refusal stands until the words change."""
    if verdict.audience in reviewed.refused and (verdict.crosses or verdict.verdict == "held"):
        # It names no rule: nobody is asked again.
        return replace(verdict, verdict="held", reason=REFUSED, rules=(), redactions=frozenset())
    if verdict.verdict != "held" or verdict.audience not in reviewed.released:
        return verdict
    word: VerdictWord = "redacted" if verdict.redactions else "allowed"
    return replace(verdict, verdict=word, reason=f"A reviewer released it. {verdict.reason}")


def as_released(copy: Copy, reviewed: Reviewed) -> Copy:
    """Keep the audiences for which nobody had to review it, or for which these are the very bytes released."""
    sha = sha_of(copy.document) if reviewed.released else ""
    return replace(copy, audiences=tuple(one for one in copy.audiences if reviewed.released.get(one, sha) == sha))


async def _cross(
    gate: Gateway, plan: Plan, made: Contribution, forum: Forum, copy: Copy, apart: set[str], *, deliver: bool
) -> None:
    uri = copy.document["id"]
    held = await crossings.held(gate.outside, uri, copy.audiences)
    fresh = [one for one in copy.audiences if deliver or held[one].version != made.version]
    if not fresh:
        return
    await show_person(gate, plan, copy.face, fresh, made.created_at.timestamp())
    body = plan.freeze_all(copy.document, "object", made.version, fresh, copy.card)
    await enclosing.cross(gate, plan, made, copy.enclosed, fresh, copy.card)
    sent = servers_in(fresh)
    later = [one for one in sent if any(version < made.version for version in held[one].versions)]
    for act, audiences in (("Create", [one for one in sent if one not in later]), ("Update", later)):
        if not audiences:
            continue
        # Whoever gets other bytes of it gets another id as well.
        about = activity_uri(gate, act, uri, made.version, body[audiences[0]].sha)
        carriage = Carriage(
            forum=forum,
            audiences=tuple(audiences),
            activity=activities.about(act, about, copy.document, made.edited_at or made.created_at),
            act=act,
            object_uri=uri,
            thread_uri=copy.thread_uri,
            author_uri=copy.face.uri,
            version=made.version,
            is_idea=copy.card.type != "Note",
            at=made.edited_at or made.created_at,
        )
        for one in await attested(gate, carriage):
            freeze_activity(plan, one, one.activity)
            if deliver or act == "Update":
                await send(gate, plan, made, one, apart)


async def send(gate: Gateway, plan: Plan, made: Contribution, carriage: Carriage, apart: set[str]) -> None:
    if carriage.forum.is_local:
        await announce(gate, plan, carriage, apart)
        await _answer_directly(gate, plan, made, carriage, apart)
    elif carriage.forum.host in carriage.audiences:
        # Its server announces what our people say there.
        inbox = await inbox_of(gate, carriage.forum.uri)
        if inbox is not None:
            _post(plan, carriage, carriage.forum.host, carriage.forum.host, inbox)


async def _answer_directly(gate: Gateway, plan: Plan, made: Contribution, carriage: Carriage, apart: set[str]) -> None:
    """Send a reply straight to the author it answers, where their software reads no announced activities.

    Everyone's copy is not for a server with a verdict of its own.
    """
    parent = await ideas_read.by_id(gate.house, made.parent_id) if made.kind == "reply" else None
    if parent is None or parent.is_local or carriage.forum.members_only:
        return
    host, everyones = parent.author_host, EVERYONE in carriage.audiences
    if host not in carriage.audiences and (not everyones or host in apart):
        return
    author = await people.member_by_id(gate.house, parent.author_id)
    inbox = await inbox_of(gate, author.uri) if author else None
    if inbox is None or await kind_of(gate, host) not in ("microblog", "unknown"):
        return
    _post(plan, carriage, host, host if host in carriage.audiences else EVERYONE, inbox)


def _post(plan: Plan, carriage: Carriage, host: str, audience: str, inbox_uri: str) -> None:
    """Send the activity as its author's own."""
    plan.send(
        freeze_activity(plan, carriage, carriage.activity)[audience],
        host=host,
        inbox_uri=inbox_uri,
        sender_uri=carriage.author_uri,
        lane=carriage.thread_uri,
        object_uri=carriage.object_uri,
        act=carriage.act,
    )
