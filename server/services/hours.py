"""Host hours: planned by a host or a facilitator, with a queue that everybody fills and the host answers.

What is answered becomes part of the forum: an idea of the host's for the hour, under it each question in the name of
who asked it, and under that the answer. So it crosses, or does not, by the rules of the forum.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed, TooMuch, missing_as
from server.domain.events import EventKind
from server.domain.hours import LONGEST_QUESTION, MOST_WAITING, Hour, HourQuestion, check_times
from server.domain.ideas import Contribution
from server.domain.jams import Forum, Jam
from server.domain.uris import new_id
from server.services import ideas
from server.services.forums import forum_and_jam, obtain_forum
from server.services.house import House
from server.services.jams import obtain_jam
from server.services.text import clean_line, clean_text
from server.services.voices import speak, with_voices
from server.storage import contributions, events, hosting, hours, people


@dataclass(frozen=True, slots=True)
class Queue:
    """An hour with its forum and jam, and the questions as one reader sees them."""

    hour: Hour
    forum: Forum
    jam: Jam
    questions: list[HourQuestion]


async def hosts_forum(house: House, by: Member, forum: Forum) -> bool:
    """Say whether somebody is a host of a forum."""
    found = await hosting.hosts(house.store, forum.jam_id)
    return any((host.forum_id, host.member_id) == (forum.id, by.id) for host in found)


async def may_plan(house: House, by: Member, forum: Forum) -> bool:
    """Say whether somebody may plan hours in a forum: its hosts, and whoever moderates or holds jams."""
    return by.may("moderate") or by.may("jams") or (by.active and await hosts_forum(house, by, forum))


async def plan(
    house: House, by: Member, forum: Forum, host: str, title: str, starts_at: datetime, ends_at: datetime
) -> Hour:
    """Plan an hour of a host, named by username. A host plans their own. Raises Invalid, Conflict, NotAllowed."""
    if not await may_plan(house, by, forum):
        raise NotAllowed("The forum's hosts and facilitators plan its hours.", f"{by.id} plans in {forum.id}")
    _, jam = await forum_and_jam(house, forum.id)
    person = await people.by_username(house.store, host.strip().lstrip("@")) if host.strip() else by
    if person is None or not person.active or not person.is_local:
        raise Invalid("host", "There is no active person of that name here.")
    if person.id != by.id and not (by.may("moderate") or by.may("jams")):
        raise NotAllowed("Hosts plan their own hours.", f"{by.id} plans for {person.id}")
    if starts_at.tzinfo and timedelta(0) < jam.opens_at - starts_at < timedelta(minutes=1):
        # Forms know no seconds: the very minute of the opening is meant.
        starts_at = jam.opens_at
    theirs = [one for one in await hours.of_jam(house.store, jam.id) if one.host_id == person.id]
    check_times(starts_at, ends_at, house.now(), jam.opens_at, jam.closes_at, theirs)
    made = Hour(
        id=new_id(), jam_id=jam.id, forum_id=forum.id, host_id=person.id, host_name=person.name,
        title=clean_line(title, "title"), starts_at=starts_at, ends_at=ends_at, begun_at=None, ended_at=None,
        idea_id="",
    )  # fmt: skip
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await hours.insert(change, made, by.id, now)
        await _note(house, change, "HourPlanned", made, host=person.id)
        if person.id != by.id:
            await events.audit(change, by.id, "plan host hour", made.id, now)
    return made


async def hours_of(house: House, reader: Member, jam: Jam) -> list[Hour]:
    """Return a jam's hours in time order."""
    await obtain_jam(house, reader, jam.id)
    return await hours.of_jam(house.store, jam.id)


async def obtain(house: House, reader: Member, hour_id: str) -> Queue:
    """Return an hour with its queue for somebody who may read its forum, or raise Missing."""
    found = await hours.by_id(house.store, hour_id)
    if found is None:
        raise Missing("hour", f"no hour {hour_id}")
    with missing_as("hour"):
        forum = await obtain_forum(house, reader, found.forum_id)
    _, jam = await forum_and_jam(house, forum.id)
    return Queue(found, forum, jam, await hours.questions(house.store, found.id, reader.id))


async def ask(house: House, by: Member, queue: Queue, text: str) -> None:
    """Put a question into the queue, before the hour or during it. At most MOST_WAITING of a person wait."""
    hour = queue.hour
    hour.require(house.now(), "planned", "open")
    words = clean_text(text, "text")
    if len(words) > LONGEST_QUESTION:
        raise TooMuch(
            "This is %(length)s characters long; at most %(most)s fit. Nothing was lost.",
            length=len(words),
            most=LONGEST_QUESTION,
        )
    async with house.store.transaction() as change:
        asker = await speak(house, change, by, queue.forum, hour.id)
        mine = [one for one in await hours.questions(change, hour.id, by.id) if one.author_id == asker.id]
        if sum(one.state == "waiting" for one in mine) >= MOST_WAITING:
            raise Conflict(
                "%(most)s questions of yours wait; take one back, or support others' meanwhile.",
                most=MOST_WAITING,
            )
        if any(one.text == words for one in mine):
            raise Conflict("You have asked that already.")
        question_id = new_id()
        await hours.ask(change, question_id, hour.id, asker.id, words, house.now().timestamp())
        await _note(house, change, "HourQuestionAsked", hour, question=question_id, by=asker.id)


async def support(house: House, by: Member, queue: Queue, question_id: str, *, given: bool) -> None:
    """Support a waiting question, or no longer: the queue is answered from the top."""
    queue.hour.require(house.now(), "planned", "open")
    question = _question(queue, question_id)
    async with house.store.transaction() as change:
        await hours.support(change, question.id, by.id, house.now().timestamp(), given=given)


async def take_back(house: House, by: Member, queue: Queue, question_id: str) -> None:
    """Take one's own waiting question back; the host, or whoever moderates, sets another's aside."""
    question = _question(queue, question_id)
    own = (await with_voices(house, by)).wrote(question.author_id)
    if not own and by.id != queue.hour.host_id:
        by.require("moderate")
    async with house.store.transaction() as change:
        if not await hours.move(change, question.id, "taken back" if own else "set aside"):
            raise Conflict("This question waits no longer.")
        if not own:
            await events.audit(change, by.id, "set question aside", question.id, house.now().timestamp())


async def answer(house: House, by: Member, queue: Queue, question_id: str, text: str) -> Contribution:
    """Answer a question, as the host and by name; return the answer as it stands in the forum."""
    hour = queue.hour
    if by.id != hour.host_id:
        raise NotAllowed("The host answers here, by name.", f"{by.id} answers in {hour.id}")
    hour.require(house.now(), "open")
    question = _question(queue, question_id)
    asker = await people.by_id(house.store, question.author_id)
    if asker is None:
        raise Missing("person")
    # Each step stands by itself and is not taken twice: what hangs on it has to find it in the store.
    clean_text(text)
    idea = await _transcript(house, by, queue)
    asked = await _asked(house, asker, idea, question)
    async with house.store.transaction() as change:
        answered = await ideas.reply(house, by, asked, text, intent="answer")
        if not await hours.move(change, question.id, "answered", asked_as=asked.id, answered_as=answered.id):
            raise Conflict("This question waits no longer.")
        await _note(house, change, "HourQuestionAnswered", hour, question=question.id, by=by.id, answer=answered.id)
    return answered


async def _transcript(house: House, by: Member, queue: Queue) -> Contribution:
    """Return the idea under which an hour's answers stand, made with the first."""
    async with house.store.transaction() as change:
        known = await hours.by_id(change, queue.hour.id)
        found = await contributions.by_id(change, known.idea_id) if known and known.idea_id else None
        if found is not None and not found.deleted:
            return found
        words = f"Questions to {by.name}, and the answers."
        made = await ideas.post_idea(house, by, queue.forum, queue.hour.title, words, gathers=True)
        await hours.set_thread(change, queue.hour.id, made.id)
    return made


async def _asked(house: House, asker: Member, idea: Contribution, question: HourQuestion) -> Contribution:
    """Return a question as it stands in the transcript, in the name of who asked it."""
    async with house.store.transaction() as change:
        known = await hours.asked_as(change, question.id)
        found = await contributions.by_id(change, known) if known else None
        if found is not None and not found.deleted:
            return found
        made = await ideas.reply(house, asker, idea, question.text, intent="question")
        await hours.set_asked(change, question.id, made.id)
    return made


def _question(queue: Queue, question_id: str) -> HourQuestion:
    found = next((one for one in queue.questions if one.id == question_id), None)
    if found is None:
        raise Missing("question", f"no question {question_id} in {queue.hour.id}")
    if found.state != "waiting":
        raise Conflict("This question waits no longer.")
    return found


async def end(house: House, by: Member, queue: Queue) -> None:
    """End an hour now, or drop one that has not begun: its host may, and whoever moderates."""
    hour, now = queue.hour, house.now()
    if by.id != hour.host_id:
        by.require("moderate")
    async with house.store.transaction() as change:
        if hour.state_at(now) == "planned":
            await hours.drop(change, hour.id)
        elif await hours.end(change, hour.id, now.timestamp()):
            await _note(house, change, "HourEnded", hour)
        if by.id != hour.host_id:
            await events.audit(change, by.id, "end host hour", hour.id, now.timestamp())


async def follow_hours(house: House) -> int:
    """Write down the beginnings and ends whose time has come; return how many. Notices are made of them."""
    now, done = house.now(), 0
    for hour in await hours.due(house.store, now.timestamp()):
        async with house.store.transaction() as change:
            if hour.begun_at is None and await hours.begin(change, hour.id, now.timestamp()):
                await _note(house, change, "HourBegan", hour, host=hour.host_id)
                done += 1
            if hour.ends_at <= now and await hours.end(change, hour.id, now.timestamp()):
                await _note(house, change, "HourEnded", hour)
                done += 1
    return done


async def _note(house: House, change: Transaction, kind: EventKind, hour: Hour, **data: object) -> None:
    facts = {"jam": hour.jam_id, "forum": hour.forum_id, **data}
    await events.append(change, kind, hour.id, facts, house.now().timestamp())
