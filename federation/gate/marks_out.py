"""Support for an idea that another server's forum holds: a Like to that forum, and its Undo."""

from __future__ import annotations

from dataclasses import replace

from federation.gate import votes
from federation.gate.actors import face_of, forum_of, show_person
from federation.gate.plan import Gateway, Plan
from federation.gate.render import stands_as
from federation.gate.routing import Carriage, activity_uri, attested_for, freeze_activity, inbox_of, parsed
from federation.outside import crossings
from federation.vocabulary import activities
from server.domain.events import Event
from server.services import ideas_read, judging, marking, people


async def release_mark(gate: Gateway, event: Event, plan: Plan) -> None:
    await _send(gate, event, plan, undone=False)


async def release_unmark(gate: Gateway, event: Event, plan: Plan) -> None:
    await _send(gate, event, plan, undone=True)


async def release_earlier(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell another server's forum of the votes for something of ours that were given before it crossed, each once."""
    made = await ideas_read.by_id(gate.house, event.subject_id)
    if made is None or made.deleted:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    voters = await marking.supporters(gate.house, made) if not forum.is_local else []
    if voters:
        # A vote names the words as they were granted, so they have to stand outside.
        await plan.write_so_far()
    for one in voters:
        await _send(gate, replace(event, data={"by": one, "kind": "support"}), plan, undone=False, again=False)


async def _send(gate: Gateway, event: Event, plan: Plan, *, undone: bool, again: bool = True) -> None:
    """Tell the forum's server, one that was told already only `again`. Marks on what we host are counts, and stay."""
    made = await ideas_read.by_id(gate.house, event.subject_id)
    by = await people.member_by_id(gate.house, str(event.data["by"]))
    if made is None or by is None or not by.is_local or event.data["kind"] != "support" or made.deleted:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    inbox = await inbox_of(gate, forum.uri) if not forum.is_local else None
    if inbox is None:
        return
    uri = await stands_as(gate, made, forum.host)
    draft = judging.Draft(forum, by, "", "", "GREEN", "Undo" if undone else "Like", made.thread_id, made.id)
    verdict = next((one for one in await judging.judge(gate.house, draft) if one.audience == forum.host), None)
    if uri is None or verdict is None or not verdict.crosses:
        return
    face = await face_of(gate, by, made.thread_id, verdict.redactions)
    # A second Like after an Undo needs an id that no one has seen.
    document = activities.like(activity_uri(gate, "like", face.uri, uri, event.seq), face.uri, uri, forum.uri)
    sent = await crossings.newest_like(gate.outside, uri, face.uri, forum.host) if undone or not again else None
    if sent is not None and not undone:
        return
    if undone:
        if sent is None or await votes.take_back(gate, plan, sent.document.uri, forum.host):
            return
        document = activities.undo(activity_uri(gate, "unlike", face.uri, uri, event.seq), parsed(sent.document.body))
    lane = votes.lane_of(uri)
    await show_person(gate, plan, face, [forum.host], event.at.timestamp())
    document = await attested_for(gate, forum.host, document, event.at)
    carriage = Carriage(
        forum=forum,
        audiences=(forum.host,),
        activity=document,
        act=document["type"],
        object_uri=uri,
        thread_uri=lane,
        author_uri=face.uri,
        version=1,
        is_idea=False,
        at=event.at,
    )
    released = freeze_activity(plan, carriage, document)[forum.host]
    plan.send(
        released,
        host=forum.host,
        inbox_uri=inbox,
        sender_uri=face.uri,
        lane=lane,
        object_uri=document["id"],
        act=carriage.act,
        delay=0.0 if undone else await votes.delay_of(gate, forum.host, lane),
    )
