"""Flag: our server tells another one of what somebody of it wrote here: its address and a facilitator's words."""

from __future__ import annotations

from federation.gate.actors import forum_of, show_reader
from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri, inbox_of, is_of_the_threadiverse
from federation.outside.crossings import Card
from federation.vocabulary import activities
from server.domain.events import Event
from server.services import flagging, ideas_read, people


async def send_flag(gate: Gateway, event: Event, plan: Plan) -> None:
    """Judge it anew, and send it to the author's own server alone. Who flagged it here is not told."""
    made = await ideas_read.by_id(gate.house, event.subject_id)
    told = await flagging.told_last(gate.house, str(event.data["case"]))
    if made is None or made.deleted or not made.author_host or told is None:
        return
    _, words, by_id = told
    by, author = await people.member_by_id(gate.house, by_id), await people.member_by_id(gate.house, made.author_id)
    inbox = await inbox_of(gate, author.uri) if author else None
    if by is None or author is None or inbox is None:
        return
    verdict = await flagging.judge_flag(gate.house, by, made, words)
    said = await flagging.outbound(gate.house, by, words, verdict) if verdict and verdict.crosses else None
    if said is None:
        return
    forum, _ = await forum_of(gate, made.forum_id)
    server = gate.house.addresses.server_uri
    in_forum = await is_of_the_threadiverse(gate, made.author_host)
    if in_forum:
        server = (await show_reader(gate, plan)).uri
    document = activities.flag(activity_uri(gate, "flag", made.uri, event.seq), server, author.uri, made.uri, said)
    if in_forum:
        document = activities.flag_in_forum(document, forum.uri)
    card = Card(type="Flag", subject_uri=made.uri, author_uri=server, forum_uri=forum.uri)
    plan.send(
        plan.freeze(document, "activity", 1, made.author_host, card),
        host=made.author_host,
        inbox_uri=inbox,
        sender_uri=server,
        lane=f"{forum.uri}#flags",
        object_uri=document["id"],
        act="Flag",
    )
