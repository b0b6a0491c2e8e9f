"""How far somebody has read."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class ReadingRow(Model, metaclass=Rows):
    """A person's place in a thread: what came until `line_at` was there at the visit before this one."""

    id = fields.IntField(primary_key=True)
    member_id = fields.CharField(max_length=32)
    thread_id = fields.CharField(max_length=32)
    line_at = fields.FloatField(null=True)
    seen_at = fields.FloatField()
    visited_at = fields.FloatField()

    class Meta:
        table = "reading_places"
        unique_together = (("member_id", "thread_id"),)
