"""Files attached to ideas and replies."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class FileRow(Model, metaclass=Rows):
    id = fields.CharField(max_length=32, primary_key=True)
    member_id = fields.CharField(max_length=32)
    contribution_id = fields.CharField(max_length=32, default="", db_index=True)
    place = fields.IntField(default=0)
    name = fields.CharField(max_length=120)
    alt = fields.CharField(max_length=1500, default="")
    media_type = fields.CharField(max_length=100)
    width = fields.IntField(default=0)
    height = fields.IntField(default=0)
    size = fields.IntField()
    sha = fields.CharField(max_length=64)
    created_at = fields.FloatField()

    class Meta:
        table = "files"
        indexes = (("member_id", "created_at"),)


class FileBytesRow(Model, metaclass=Rows):
    """The bytes of a file, apart from what is listed of it."""

    file_id = fields.CharField(max_length=32, primary_key=True)
    bytes = fields.BinaryField()

    class Meta:
        table = "file_bytes"
