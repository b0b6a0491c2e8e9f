"""What admins said of other servers and of people on them."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class ServerRow(Model, metaclass=Rows):
    host = fields.CharField(max_length=255, primary_key=True)
    standing = fields.CharField(max_length=10, default="")
    kind = fields.CharField(max_length=12, default="")
    note = fields.CharField(max_length=500, default="")
    changed_at = fields.FloatField()

    class Meta:
        table = "servers"


class OutsiderRow(Model, metaclass=Rows):
    uri = fields.CharField(max_length=2000, primary_key=True)
    standing = fields.CharField(max_length=10)
    note = fields.CharField(max_length=500, default="")
    changed_at = fields.FloatField()

    class Meta:
        table = "outsiders"
