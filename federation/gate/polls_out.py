"""What is counted in our polls, told to those who hold them; and our people's votes, told to a poll's own server."""

from __future__ import annotations

import hashlib

import orjson

from federation.gate.actors import face_of, forum_of, show_person
from federation.gate.contributions_out import apart_from_everyone, as_released, decide, send
from federation.gate.holding import Reviewed
from federation.gate.plan import Gateway, Plan
from federation.gate.relay import relay
from federation.gate.render import Copy, copies_for, stands_as
from federation.gate.routing import Carriage, activity_uri, freeze_activity, inbox_of
from federation.outside import crossings
from federation.outside.crossings import EVERYONE
from federation.vocabulary import activities, questions
from server.domain.crossings import Verdict
from server.domain.events import Event
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.visitors import servers_in
from server.services import crossings as judged
from server.services import ideas_read, judging, people, polls


async def release_counts(gate: Gateway, event: Event, plan: Plan) -> None:
    """Put the newest counts in the place of the older ones, wherever the poll stands by today's rules."""
    made = await ideas_read.by_id(gate.house, event.subject_id)
    if made is None or made.deleted:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    verdicts, reviewed = await decide(gate, made, forum)
    apart = await apart_from_everyone(gate, made, verdicts)
    if not made.is_local:
        # What another server counts is passed on as it told us, to those who were passed its poll.
        for verdict in verdicts if forum.is_local and not event.data.get("same") else ():
            if verdict.crosses:
                await relay(gate, plan, made, forum, verdict, "Update", apart, deliver=True)
        return
    for copy in await copies_for(gate, made, forum, [one for one in verdicts if one.crosses]):
        await _renew(gate, plan, made, forum, copy, reviewed, apart, event)


async def _renew(
    gate: Gateway, plan: Plan, made: Contribution, forum: Forum, copy: Copy, reviewed: Reviewed, apart: set[str],
    event: Event,
) -> None:  # fmt: skip
    uri, whom = copy.document["id"], as_released(copy, reviewed).audiences
    held = await crossings.held(gate.outside, uri, whom)
    sha = hashlib.sha256(orjson.dumps(copy.document)).hexdigest()
    # Where results are hidden there is nothing new to tell, not even that somebody voted.
    standing = tuple(one for one in whom if held[one].version == made.version and held[one].sha != sha)
    if not standing:
        return
    plan.freeze_anew(copy.document, "object", made.version, standing, copy.card)
    if not servers_in(standing):
        return
    carriage = Carriage(
        forum=forum,
        audiences=servers_in(standing),
        # Counts may go back to what they were: each Update has an id of its own.
        activity=activities.about("Update", activity_uri(gate, "count", uri, event.seq), copy.document, event.at),
        act="Update",
        object_uri=uri,
        thread_uri=copy.thread_uri,
        author_uri=copy.face.uri,
        version=made.version,
        is_idea=True,
        at=event.at,
    )
    freeze_activity(plan, carriage, carriage.activity)
    await send(gate, plan, made, carriage, apart)


async def send_votes(gate: Gateway, event: Event, plan: Plan) -> None:
    """Tell the server of another's poll what one of our people chose. Votes in our own polls are counts, and stay."""
    made = await ideas_read.by_id(gate.house, event.subject_id)
    by = await people.member_by_id(gate.house, str(event.data["by"]))
    if made is None or by is None or not by.is_local or made.is_local or made.deleted:
        return
    poll, asker = await polls.poll_of(gate.house, made), await people.member_by_id(gate.house, made.author_id)
    inbox = await inbox_of(gate, asker.uri) if asker else None
    uri = await stands_as(gate, made, made.author_host)
    verdict = await _verdict(gate, made, by.id)
    if poll is None or asker is None or inbox is None or uri is None or verdict is None:
        return
    face = await face_of(gate, by, made.thread_id, verdict.redactions)
    forum, _ = await forum_of(gate, made.forum_id)
    await show_person(gate, plan, face, [made.author_host], event.at.timestamp())
    for position in event.data["new"]:
        vote_uri = activity_uri(gate, "vote", face.uri, uri, position, event.seq)
        document = questions.vote(vote_uri, face.uri, poll.choices[position], uri, asker.uri)
        carriage = Carriage(
            forum=forum,
            audiences=(made.author_host,),
            activity=document,
            act="Create",
            object_uri=document["object"]["id"],
            thread_uri=f"{forum.uri}#marks",
            author_uri=face.uri,
            version=1,
            is_idea=False,
            at=event.at,
        )
        plan.send(
            freeze_activity(plan, carriage, document)[made.author_host],
            host=made.author_host,
            inbox_uri=inbox,
            sender_uri=face.uri,
            lane=carriage.thread_uri,
            object_uri=vote_uri,
            act="Create",
        )


async def _verdict(gate: Gateway, made: Contribution, member_id: str) -> Verdict | None:
    """Return what the rules say of a vote for the server of the poll's author, judged like a mark; None for no."""
    by = await people.member_by_id(gate.house, member_id)
    forum, _ = await forum_of(gate, made.forum_id)
    if by is None or made.author_host in await judged.recalled_hosts(gate.house, made):
        return None
    draft = judging.Draft(forum, by, "", "", "GREEN", "Like", made.thread_id, made.id)
    said = {one.audience: one for one in await judging.judge(gate.house, draft)}
    found = said.get(made.author_host, said.get(EVERYONE))
    return found if found is not None and found.crosses else None
