"""What became of ideas: decisions, and the work streams that carry some of them on."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class WorkStreamRow(Model):
    """A work stream of a jam and who answers for it."""

    id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32, db_index=True)
    title = fields.CharField(max_length=200)
    purpose = fields.TextField(default="")
    owner_id = fields.CharField(max_length=32)
    made_at = fields.FloatField()

    class Meta:
        table = "work_streams"


class OutcomeRow(Model):
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
