"""Host hours, breakout rooms and words entered for others, over the API."""

from __future__ import annotations

from server.domain.errors import Invalid
from server.domain.ideas import Absent
from server.domain.rooms import Room
from server.services import forums, hours, jams, proxies, rooms
from server.services.hours import Queue
from web.api.calls import Call
from web.api.idea_shapes import JudgedContribution
from web.api.ideas import contribution_of, judged_of
from web.api.jam_shapes import NoWords
from web.api.jams import forum_of
from web.api.meeting_shapes import (
    EnteredAnswer,
    EnteredIdea,
    EnteredReply,
    Hand,
    HourAnswer,
    InTheWordsOf,
    LetIn,
    NewHour,
    NewRoom,
    QueueAnswer,
    RoomAnswer,
    RoomWithWords,
    SupportBody,
    Words,
    show_hour,
    show_message,
    show_question,
    show_room,
)
from web.api.shapes import Page


async def plan_hour(call: Call, body: NewHour) -> HourAnswer:
    jam = await jams.obtain_jam(call.house, call.member, call.path["jam"])
    forum = await forums.obtain_forum(call.house, call.member, body.forum)
    if forum.jam_id != jam.id:
        raise Invalid("forum", "That forum is of another jam.")
    made = await hours.plan(call.house, call.member, forum, body.host, body.title, body.starts_at, body.ends_at)
    return show_hour(made, call.house.now())


async def list_hours(call: Call) -> Page[HourAnswer]:
    jam = await jams.obtain_jam(call.house, call.member, call.path["jam"])
    found = await hours.hours_of(call.house, call.member, jam)
    return Page(data=[show_hour(one, call.house.now()) for one in found], next=None)


async def _queue(call: Call) -> Queue:
    return await hours.obtain(call.house, call.member, call.path["hour"])


async def read_hour(call: Call) -> QueueAnswer:
    queue = await _queue(call)
    return QueueAnswer(
        hour=show_hour(queue.hour, call.house.now()), questions=[show_question(one) for one in queue.questions]
    )  # fmt: skip


async def ask_question(call: Call, body: Words) -> QueueAnswer:
    await hours.ask(call.house, call.member, await _queue(call), body.text)
    return await read_hour(call)


async def support_question(call: Call, body: SupportBody) -> QueueAnswer:
    await hours.support(call.house, call.member, await _queue(call), call.path["question"], given=body.given)
    return await read_hour(call)


async def take_question_back(call: Call) -> None:
    await hours.take_back(call.house, call.member, await _queue(call), call.path["question"])


async def answer_question(call: Call, body: Words) -> JudgedContribution:
    made = await hours.answer(call.house, call.member, await _queue(call), call.path["question"], body.text)
    return await judged_of(call, made)


async def end_hour(call: Call, body: NoWords) -> None:
    await hours.end(call.house, call.member, await _queue(call))


async def open_room(call: Call, body: NewRoom) -> RoomAnswer:
    idea = await contribution_of(call)
    made = await rooms.open_room(
        call.house, call.member, idea, body.title, body.task, body.members, body.owed_by, body.due_at
    )  # fmt: skip
    return show_room(made, call.house.now())


async def list_rooms(call: Call) -> Page[RoomAnswer]:
    jam = await jams.obtain_jam(call.house, call.member, call.path["jam"])
    found = await rooms.rooms_of_jam(call.house, call.member, jam)
    return Page(data=[show_room(one, call.house.now()) for one in found], next=None)


async def _room(call: Call) -> Room:
    return await rooms.obtain(call.house, call.member, call.path["room"])


async def read_room(call: Call) -> RoomWithWords:
    entered = await rooms.enter(call.house, call.member, call.path["room"])
    return RoomWithWords(
        room=show_room(entered.room, call.house.now()),
        messages=[show_message(one) for one in entered.messages],
        more_before=entered.more_before,
    )


async def say_in_room(call: Call, body: Words) -> RoomWithWords:
    await rooms.say(call.house, call.member, await _room(call), body.text)
    return await read_room(call)


async def let_into_room(call: Call, body: LetIn) -> RoomWithWords:
    await rooms.let_in(call.house, call.member, await _room(call), body.members)
    return await read_room(call)


async def hand_room_on(call: Call, body: Hand) -> RoomWithWords:
    await rooms.hand_on(call.house, call.member, await _room(call), body.owed_by, body.due_at)
    return await read_room(call)


async def return_summary(call: Call, body: Words) -> JudgedContribution:
    made = await rooms.return_summary(call.house, call.member, await _room(call), body.text)
    return await judged_of(call, made)


async def enter_idea(call: Call, body: EnteredIdea) -> EnteredAnswer:
    absent = Absent(body.name, body.place)
    made = await proxies.enter_idea(
        call.house, call.member, await forum_of(call), absent, body.title, body.text, consents=body.consents,
        label=body.label,
    )  # fmt: skip
    return EnteredAnswer(name=absent.name, place=absent.place, contribution=await judged_of(call, made))


async def enter_reply(call: Call, body: EnteredReply) -> EnteredAnswer:
    absent = Absent(body.name, body.place)
    made = await proxies.enter_reply(
        call.house, call.member, await contribution_of(call), absent, body.text, consents=body.consents,
        label=body.label,
    )  # fmt: skip
    return EnteredAnswer(name=absent.name, place=absent.place, contribution=await judged_of(call, made))


async def list_absent(call: Call) -> Page[InTheWordsOf]:
    found = await proxies.absent_in(call.house, call.member, await contribution_of(call))
    return Page(
        data=[InTheWordsOf(contribution_id=id_, name=one.name, place=one.place) for id_, one in found.items()],
        next=None,
    )
