"""Who stands behind a voice, sealed, and who asked to know it."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class VoiceRow(Model, metaclass=Rows):
    """`owner` is a keyed hash of a person's id and `sealed` the id itself, encrypted: without the key neither tells."""

    member_id = fields.CharField(max_length=32, primary_key=True)
    thread_id = fields.CharField(max_length=32)
    number = fields.IntField()
    owner = fields.CharField(max_length=64, db_index=True)
    sealed = fields.CharField(max_length=200)

    class Meta:
        table = "voices"
        unique_together = (("thread_id", "owner"), ("thread_id", "number"))


class OpeningRow(Model, metaclass=Rows):
    id = fields.CharField(max_length=32, primary_key=True)
    voice_id = fields.CharField(max_length=32)
    contribution_id = fields.CharField(max_length=32)
    state = fields.CharField(max_length=10)
    reason = fields.TextField()
    asked_by = fields.CharField(max_length=32)
    asked_at = fields.FloatField()
    answered_by = fields.CharField(max_length=32, default="")
    answered_at = fields.FloatField(null=True)

    class Meta:
        table = "openings"
