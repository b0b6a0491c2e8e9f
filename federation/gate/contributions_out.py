"""Ideas and replies on their way out: new, edited, removed; our own and those we relay for others."""

from __future__ import annotations

from dataclasses import replace

from federation.gate.actors import forum_of, show_person
from federation.gate.burial import bury, end_grants
from federation.gate.holding import approved_by, hold_back
from federation.gate.plan import Gateway, Plan
from federation.gate.relay import relay, relay_deletion
from federation.gate.render import copy_for
from federation.gate.routing import Carriage, activity_uri, announce, freeze_activity, inbox_of, kind_of
from federation.outside import crossings
from federation.outside.crossings import EVERYONE
from federation.vocabulary import activities
from server.domain.crossings import Verdict, VerdictWord
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings as judged
from server.services import ideas, people


async def release_new(gate: Gateway, event: Event, plan: Plan) -> None:
    made = await ideas.by_id(gate.house, event.subject_id)
    if made is not None and not made.deleted and made.version == event.data["version"]:
        await release(gate, plan, made, "Create")


async def release_edit(gate: Gateway, event: Event, plan: Plan) -> None:
    """Let new words across. A held edit leaves the old ones standing; one that may not cross withdraws them."""
    made = await ideas.by_id(gate.house, event.subject_id)
    if made is None or made.deleted or made.version != event.data["version"]:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    verdicts = await release(gate, plan, made, "Update")
    ended = await end_grants(gate, plan, made, forum, verdicts, event.at, held_stands=True)
    if ended and made.kind == "idea":
        await plan.write_so_far()
        for one in await ideas.replies_of(gate.house, made.id):
            if not one.deleted:
                await bring_in_line(gate, plan, one, forum, event)


async def bring_in_line(gate: Gateway, plan: Plan, made: Contribution, forum: Forum, event: Event) -> None:
    """Judge something that stands again: what may cross is there to be read, what may not is withdrawn."""
    verdicts = await release(gate, plan, made, "Create", deliver=False)
    await end_grants(gate, plan, made, forum, verdicts, event.at, held_stands=False)
    await plan.write_so_far()


async def release_deletion(gate: Gateway, event: Event, plan: Plan) -> None:
    made = await ideas.by_id(gate.house, event.subject_id)
    if made is None:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    if made.is_local:
        for uri in await judged.all_public_uris(gate.house, made):
            await bury(gate, plan, forum, uri, None, event.at)
            plan.forget(uri)
    else:
        await relay_deletion(gate, plan, made, forum)
        plan.forget(made.uri)


async def release(gate: Gateway, plan: Plan, made: Contribution, act: str, *, deliver: bool = True) -> list[Verdict]:
    """Judge a contribution for every audience and let across what may, or what a reviewer let across.

    Without `deliver` it is only there to be read; whoever holds an older version gets the new one all the same.
    """
    forum, _ = await forum_of(gate, made.forum_id)
    draft = await judged.draft_of(gate.house, made, act)
    verdicts = await judged.judge(gate.house, draft)
    approved = await approved_by(gate, made, forum, verdicts)
    verdicts = [_approve(verdict, approved) for verdict in verdicts]
    plan.note(made, act, verdicts)
    if made.author_host and not forum.is_local:
        return verdicts
    await hold_back(gate, made, forum, verdicts)
    apart = ({verdict.audience for verdict in verdicts} - {EVERYONE}) | await judged.recalled_hosts(gate.house, made)
    for verdict in verdicts:
        if not verdict.crosses:
            continue
        if made.is_local:
            await _cross(gate, plan, made, forum, verdict, apart, deliver=deliver)
        else:
            await relay(gate, plan, made, forum, verdict, act, apart, deliver=deliver)
    return verdicts


def _approve(verdict: Verdict, approved: frozenset[str]) -> Verdict:
    if verdict.verdict != "held" or verdict.audience not in approved:
        return verdict
    word: VerdictWord = "redacted" if verdict.redactions else "allowed"
    return replace(verdict, verdict=word, reason=f"A reviewer released it. {verdict.reason}")


async def _cross(
    gate: Gateway, plan: Plan, made: Contribution, forum: Forum, verdict: Verdict, apart: set[str], *, deliver: bool
) -> None:
    copy = await copy_for(gate, made, forum, verdict)
    if copy is None:
        return
    audience, uri = verdict.audience, copy.document["id"]
    known, _ = await crossings.newest_version(gate.outside, uri, audience)
    if known == made.version and not deliver:
        return
    act = "Update" if await crossings.has_earlier(gate.outside, uri, audience, made.version) else "Create"
    await show_person(gate, plan, copy.face, audience, made.created_at.timestamp())
    plan.freeze(copy.document, "object", made.version, audience, copy.card)
    activity = activities.about(
        act, activity_uri(gate, act, uri, made.version, audience), copy.document, made.edited_at or made.created_at
    )
    carriage = Carriage(
        forum=forum,
        audience=audience,
        activity=activity,
        act=act,
        object_uri=uri,
        thread_uri=copy.thread_uri,
        author_uri=copy.face.uri,
        version=made.version,
        is_idea=made.kind == "idea",
        at=made.edited_at or made.created_at,
    )
    freeze_activity(plan, carriage, activity)
    if not deliver and act == "Create":
        return
    if forum.is_local:
        await announce(gate, plan, carriage, apart)
        await _answer_directly(gate, plan, made, carriage, apart)
    elif audience == forum.host:
        await _send_home(gate, plan, carriage)


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


async def _answer_directly(gate: Gateway, plan: Plan, made: Contribution, carriage: Carriage, apart: set[str]) -> None:
    """Send a reply straight to the author it answers, where their software reads no announced activities.

    Everyone's copy is not for a server with a verdict of its own.
    """
    parent = await ideas.by_id(gate.house, made.parent_id) if made.kind == "reply" else None
    if parent is None or parent.is_local:
        return
    if carriage.audience != parent.author_host and (carriage.audience != EVERYONE or parent.author_host in apart):
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
        sender_uri=carriage.author_uri,
        lane=carriage.thread_uri,
        object_uri=carriage.object_uri,
        act=carriage.act,
    )
