"""Quick polls over the API."""

from __future__ import annotations

from server.services import polls
from web.api.asking_shapes import NewPoll, PollAnswer, Vote, show_poll
from web.api.calls import Call
from web.api.ideas import contribution_of
from web.api.jam_shapes import NoWords
from web.api.shapes import Page


async def list_polls(call: Call) -> Page[PollAnswer]:
    idea = await contribution_of(call)
    found = await polls.polls_of(call.house, call.member, idea.id)
    now = call.house.now()
    made = [(await polls.obtain(call.house, call.member, id_))[0] for id_ in found]
    return Page(data=[show_poll(one, found[one.id], now) for one in made], next=None)


async def ask_poll(call: Call, body: NewPoll) -> PollAnswer:
    idea = await contribution_of(call)
    made = await polls.ask(
        call.house,
        call.member,
        idea,
        body.question,
        body.choices,
        ends_at=body.ends_at,
        multiple=body.multiple,
        hidden=body.hidden,
        label=body.label,
    )
    found = await polls.polls_of(call.house, call.member, idea.id)
    return show_poll(made, found[made.id], call.house.now())


async def read_poll(call: Call) -> PollAnswer:
    made, _ = await polls.obtain(call.house, call.member, call.path["poll"])
    found = await polls.polls_of(call.house, call.member, made.id)
    return show_poll(made, found[made.id], call.house.now())


async def vote(call: Call, body: Vote) -> PollAnswer:
    made, _ = await polls.obtain(call.house, call.member, call.path["poll"])
    answered = await polls.vote(call.house, call.member, made, body.choices)
    return show_poll(made, answered, call.house.now())


async def end_poll(call: Call, body: NoWords) -> PollAnswer:
    made, _ = await polls.obtain(call.house, call.member, call.path["poll"])
    await polls.end(call.house, call.member, made)
    return await read_poll(call)
