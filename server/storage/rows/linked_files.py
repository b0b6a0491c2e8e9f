"""Files that stay on other servers: where they stand."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class LinkedFileRow(Model):
    """A file of another server's idea or reply: its address, what kind it is, and what is said of it.

    Type and size are as its server states them: "" and null where it does not.
    """

    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32, db_index=True)
    place = fields.IntField()
    url = fields.CharField(max_length=2000)
    kind = fields.CharField(max_length=8)
    words = fields.CharField(max_length=1500, default="")
    media_type = fields.CharField(max_length=200, default="", db_default="")
    size = fields.BigIntField(null=True)

    class Meta:
        table = "linked_files"
