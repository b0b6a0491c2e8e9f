"""How much each person wrote in each forum, counted as it is written: what the board adds up."""

from __future__ import annotations

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from server.database.rows import Rows


class TallyRow(Model, metaclass=Rows):
    """What of a person stands in a forum. Triggers count, whatever it was that wrote; `id` is forum and person."""

    id = fields.CharField(max_length=64, primary_key=True)
    jam_id = fields.CharField(max_length=32)
    forum_id = fields.CharField(max_length=32)
    author_id = fields.CharField(max_length=32)
    ideas = fields.IntField()
    replies = fields.IntField()

    class Meta:
        table = "tallies"
        indexes = (Index(fields=("jam_id",)),)
