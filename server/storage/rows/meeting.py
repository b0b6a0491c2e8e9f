"""Host hours with their questions, rooms for some, and who spoke for somebody else."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class HourRow(Model, metaclass=Rows):
    """A host answers in a forum from `starts_at` to `ends_at`. `begun_at` and `ended_at` are when it was written
    down that they came; `idea_id` is the thread that the transcript goes to, "" before there is one.
    """

    id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32)
    forum_id = fields.CharField(max_length=32)
    host_id = fields.CharField(max_length=32)
    title = fields.CharField(max_length=200)
    starts_at = fields.FloatField()
    ends_at = fields.FloatField()
    begun_at = fields.FloatField(null=True)
    ended_at = fields.FloatField(null=True)
    idea_id = fields.CharField(max_length=32, default="")
    made_by = fields.CharField(max_length=32)
    made_at = fields.FloatField()

    class Meta:
        table = "hours"
        indexes = (("forum_id", "starts_at"), ("ended_at", "ends_at"))


class HourQuestionRow(Model, metaclass=Rows):
    """One question of a queue. State: waiting, answered, set aside. The ids are those of the transcript."""

    id = fields.CharField(max_length=32, primary_key=True)
    hour_id = fields.CharField(max_length=32, db_index=True)
    author_id = fields.CharField(max_length=32)
    text = fields.TextField()
    state = fields.CharField(max_length=10)
    asked_at = fields.FloatField()
    question_id = fields.CharField(max_length=32, default="")
    answer_id = fields.CharField(max_length=32, default="")

    class Meta:
        table = "hour_questions"


class HourSupportRow(Model, metaclass=Rows):
    id = fields.IntField(primary_key=True)
    question_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32)
    made_at = fields.FloatField()

    class Meta:
        table = "hour_supports"
        unique_together = (("question_id", "member_id"),)


class RoomRow(Model, metaclass=Rows):
    """A breakout room of a thread. It is open until `summary_id` stands in that thread; `owed_by` owes it."""

    id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32)
    thread_id = fields.CharField(max_length=32, db_index=True)
    title = fields.CharField(max_length=200)
    task = fields.TextField(default="")
    owed_by = fields.CharField(max_length=32)
    due_at = fields.FloatField()
    opened_by = fields.CharField(max_length=32)
    opened_at = fields.FloatField()
    closed_at = fields.FloatField(null=True)
    summary_id = fields.CharField(max_length=32, default="")

    class Meta:
        table = "rooms"
        indexes = (("jam_id", "closed_at", "due_at"),)


class RoomMemberRow(Model, metaclass=Rows):
    id = fields.IntField(primary_key=True)
    room_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32, db_index=True)

    class Meta:
        table = "room_members"
        unique_together = (("room_id", "member_id"),)


class RoomMessageRow(Model, metaclass=Rows):
    """What was said in a room. It never leaves, and is no contribution."""

    id = fields.CharField(max_length=32, primary_key=True)
    room_id = fields.CharField(max_length=32)
    author_id = fields.CharField(max_length=32)
    text = fields.TextField()
    html = fields.TextField()
    said_at = fields.FloatField()

    class Meta:
        table = "room_messages"
        indexes = (("room_id", "said_at"),)


class ProxyRow(Model, metaclass=Rows):
    """A contribution that its author entered in the words of somebody without access, who agreed to that."""

    contribution_id = fields.CharField(max_length=32, primary_key=True)
    name = fields.CharField(max_length=200)
    place = fields.CharField(max_length=200, default="")
    entered_by = fields.CharField(max_length=32)
    entered_at = fields.FloatField()

    class Meta:
        table = "proxies"
