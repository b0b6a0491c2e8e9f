"""Bodies and answers about host hours, breakout rooms and words entered for others."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from server.domain.hours import Hour, HourQuestion, HourState, QuestionState
from server.domain.rooms import Room, RoomMessage
from web.api.idea_shapes import JudgedContribution, Name
from web.api.shapes import Answer, Body

Names = Annotated[list[Name], Meta(max_length=50)]


class NewHour(Body, frozen=True, kw_only=True):
    """`forum` is an id, key, handle, URI or slug; `host` a username, the caller's own unless given."""

    forum: Name
    title: str
    starts_at: datetime
    ends_at: datetime
    host: Name = ""


class HourAnswer(Answer, frozen=True, kw_only=True):
    """`idea_id` is the thread of the transcript, "" before the first answer."""

    id: str
    forum_id: str
    host_id: str
    host: str
    title: str
    state: HourState
    starts_at: datetime
    ends_at: datetime
    idea_id: str


class QuestionAnswer(Answer, frozen=True, kw_only=True):
    """`question_id` and `answer_id` are contributions of the transcript, "" before there are such."""

    id: str
    text: str
    author_id: str
    author: str
    state: QuestionState
    asked_at: datetime
    support: int
    mine: bool
    question_id: str
    answer_id: str


class QueueAnswer(Answer, frozen=True, kw_only=True):
    """The queue, the most supported first."""

    hour: HourAnswer
    questions: list[QuestionAnswer]


class Words(Body, frozen=True, kw_only=True):
    text: str


class SupportBody(Body, frozen=True, kw_only=True):
    given: bool = True


class NewRoom(Body, frozen=True, kw_only=True):
    """`members` and `owed_by` are usernames. The caller is in the room, and owes the summary unless another does."""

    title: str
    due_at: datetime
    task: str = ""
    members: Names = field(default_factory=list)
    owed_by: Name = ""


class RoomAnswer(Answer, frozen=True, kw_only=True):
    """`people` maps ids to names; `summary_id` is the reply that closed it, "" while it is open."""

    id: str
    idea_id: str
    title: str
    task: str
    people: dict[str, str]
    owed_by: str
    due_at: datetime
    overdue: bool
    open: bool
    summary_id: str


class MessageAnswer(Answer, frozen=True, kw_only=True):
    id: str
    author_id: str
    author: str
    html: str
    said_at: datetime


class RoomWithWords(Answer, frozen=True, kw_only=True):
    """The newest messages, oldest first; `more_before` names the moment before which there are more."""

    room: RoomAnswer
    messages: list[MessageAnswer]
    more_before: datetime | None


class Hand(Body, frozen=True, kw_only=True):
    owed_by: Name
    due_at: datetime


class LetIn(Body, frozen=True, kw_only=True):
    members: Names


class EnteredIdea(Body, frozen=True, kw_only=True):
    """An idea in the words of somebody absent; `consents` says that they agreed to its being entered."""

    name: Name
    title: str
    text: str
    consents: bool
    place: Name = ""
    label: Name | None = None


class EnteredReply(Body, frozen=True, kw_only=True):
    name: Name
    text: str
    consents: bool
    place: Name = ""
    label: Name | None = None


class InTheWordsOf(Answer, frozen=True, kw_only=True):
    contribution_id: str
    name: str
    place: str


class EnteredAnswer(Answer, frozen=True, kw_only=True):
    name: str
    place: str
    contribution: JudgedContribution


def show_hour(hour: Hour, now: datetime) -> HourAnswer:
    return HourAnswer(
        id=hour.id,
        forum_id=hour.forum_id,
        host_id=hour.host_id,
        host=hour.host_name,
        title=hour.title,
        state=hour.state_at(now),
        starts_at=hour.starts_at,
        ends_at=hour.ends_at,
        idea_id=hour.idea_id,
    )


def show_question(one: HourQuestion) -> QuestionAnswer:
    return QuestionAnswer(
        id=one.id,
        text=one.text,
        author_id=one.author_id,
        author=one.author_name,
        state=one.state,
        asked_at=one.asked_at,
        support=one.support,
        mine=one.mine,
        question_id=one.question_id,
        answer_id=one.answer_id,
    )


def show_room(room: Room, now: datetime) -> RoomAnswer:
    return RoomAnswer(
        id=room.id,
        idea_id=room.thread_id,
        title=room.title,
        task=room.task,
        people=room.people,
        owed_by=room.owed_by,
        due_at=room.due_at,
        overdue=room.is_overdue(now),
        open=room.is_open,
        summary_id=room.summary_id,
    )


def show_message(one: RoomMessage) -> MessageAnswer:
    return MessageAnswer(
        id=one.id, author_id=one.author_id, author=one.author_name, html=one.html, said_at=one.said_at
    )  # fmt: skip
