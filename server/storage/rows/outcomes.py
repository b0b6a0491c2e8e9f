"""What became of ideas: decisions, and the work streams that carry some of them on."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class WorkStreamRow(Model, metaclass=Rows):
    """A work stream of a jam and who answers for it. Silence is counted from `said_at`, or from its opening.

    `reminded_at` is when whoever answers for it was reminded of the silence that lasts.
    """

    id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32, db_index=True)
    title = fields.CharField(max_length=200)
    purpose = fields.TextField(default="")
    owner_id = fields.CharField(max_length=32)
    made_at = fields.FloatField()
    said_at = fields.FloatField(null=True)
    reminded_at = fields.FloatField(null=True)
    ended_at = fields.FloatField(null=True)

    class Meta:
        table = "work_streams"


class MilestoneRow(Model, metaclass=Rows):
    """What is to be done in a work stream, by whom and by when (a day, as YYYY-MM-DD)."""

    id = fields.CharField(max_length=32, primary_key=True)
    stream_id = fields.CharField(max_length=32, db_index=True)
    title = fields.CharField(max_length=200)
    member_id = fields.CharField(max_length=32)
    due_on = fields.CharField(max_length=10)
    made_at = fields.FloatField()
    done_at = fields.FloatField(null=True)

    class Meta:
        table = "stream_milestones"


class StreamNewsRow(Model, metaclass=Rows):
    """What was said about a work stream, in plain text. `ends` is what it ended with."""

    id = fields.IntField(primary_key=True)
    stream_id = fields.CharField(max_length=32, db_index=True)
    member_id = fields.CharField(max_length=32)
    text = fields.TextField()
    ends = fields.BooleanField(default=False, db_default=False)
    made_at = fields.FloatField()

    class Meta:
        table = "stream_news"


class SilenceRow(Model, metaclass=Rows):
    """After how many days without a word the work streams of a jam are silent, if not after the usual number."""

    jam_id = fields.CharField(max_length=32, primary_key=True)
    days = fields.IntField()

    class Meta:
        table = "stream_silence"


class OutcomeRow(Model, metaclass=Rows):
    """One decision on an idea; the one that is not replaced stands."""

    id = fields.IntField(primary_key=True)
    idea_id = fields.CharField(max_length=32, db_index=True)
    jam_id = fields.CharField(max_length=32, db_index=True)
    kind = fields.CharField(max_length=20)
    stream_id = fields.CharField(max_length=32, default="")
    reason = fields.TextField()
    member_id = fields.CharField(max_length=32)
    decided_at = fields.FloatField()
    replaced_at = fields.FloatField(null=True)

    class Meta:
        table = "outcomes"
