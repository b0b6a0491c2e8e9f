"""What happened: events, the audit chain, its checkpoints, self-tests."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class EventRow(Model, metaclass=Rows):
    seq = fields.IntField(primary_key=True)
    at = fields.FloatField()
    kind = fields.CharField(max_length=30)
    subject_id = fields.CharField(max_length=32)
    data = fields.TextField()

    class Meta:
        table = "events"
        indexes = (("kind", "at"),)


class AuditRow(Model, metaclass=Rows):
    """Who did what, chained by hash: each row covers the one before it. No personal text."""

    seq = fields.IntField(primary_key=True)
    at = fields.FloatField()
    member_id = fields.CharField(max_length=32)
    act = fields.CharField(max_length=40)
    subject_id = fields.CharField(max_length=255)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "audit"
        indexes = (("subject_id", "seq"),)


class CheckpointRow(Model, metaclass=Rows):
    """Our own copy of a signed checkpoint of the audit chain; the other lies in a second place."""

    id = fields.IntField(primary_key=True)
    seq = fields.IntField()
    hash = fields.CharField(max_length=64)
    at = fields.FloatField()
    count = fields.IntField()
    before = fields.CharField(max_length=64)
    key = fields.CharField(max_length=64)
    signature = fields.CharField(max_length=128)

    class Meta:
        table = "checkpoints"


class SelfTestRow(Model, metaclass=Rows):
    """One leak self-test. State: asked, running, passed, failed, inconclusive. `report` holds no word of a canary."""

    id = fields.IntField(primary_key=True)
    state = fields.CharField(max_length=12)
    asked_by = fields.CharField(max_length=32)
    asked_at = fields.FloatField()
    begun_at = fields.FloatField(null=True)
    ended_at = fields.FloatField(null=True)
    report = fields.TextField()

    class Meta:
        table = "self_tests"
