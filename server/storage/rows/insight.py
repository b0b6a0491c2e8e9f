"""What a machine makes of what people write, besides themes."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class GuessRow(Model):
    """What a reply is taken for whose author did not say. `intent` is "" where the machine is not sure enough."""

    contribution_id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32, db_index=True)
    version = fields.IntField()
    intent = fields.CharField(max_length=12)
    sure = fields.FloatField()

    class Meta:
        table = "guesses"


class LearntRow(Model):
    """What the guesses of a jam rest on: how many marks, from where on they are told, and how often they were right."""

    jam_id = fields.CharField(max_length=32, primary_key=True)
    marks = fields.IntField()
    least = fields.FloatField()
    right = fields.FloatField()
    told = fields.FloatField()
    at = fields.FloatField()

    class Meta:
        table = "learnt"


class EmergingRow(Model):
    """An emerging theme, announced once for its word; `dismissed_at` says that a person found it to be none."""

    id = fields.IntField(primary_key=True)
    jam_id = fields.CharField(max_length=32)
    word = fields.CharField(max_length=200)
    theme = fields.CharField(max_length=32)
    announced_at = fields.FloatField()
    dismissed_by = fields.CharField(max_length=32, default="")
    dismissed_at = fields.FloatField(null=True)

    class Meta:
        table = "emerging"
        unique_together = (("jam_id", "word"),)
