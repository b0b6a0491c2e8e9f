"""Screens on walls that show a jam's figures to whoever passes by."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class WallRow(Model, metaclass=Rows):
    """A wall by the SHA-256 of its address' secret. It counts what `made_by` may see, while that person may have it."""

    hash = fields.CharField(max_length=64, primary_key=True)
    jam_id = fields.CharField(max_length=32, db_index=True)
    note = fields.CharField(max_length=100)
    made_by = fields.CharField(max_length=32)
    made_at = fields.FloatField()
    seen_at = fields.FloatField(null=True)
    ended_at = fields.FloatField(null=True)

    class Meta:
        table = "walls"
