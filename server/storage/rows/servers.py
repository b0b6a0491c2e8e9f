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


class BanRow(Model, metaclass=Rows):
    """One of our people of whom a server elsewhere takes nothing more: in one forum, or ("") in any that it holds.

    The row stays when that ends; `said_at` is when its server said what stands.
    """

    id = fields.IntField(primary_key=True)
    member_id = fields.CharField(max_length=32)
    host = fields.CharField(max_length=255)
    forum_id = fields.CharField(max_length=32)
    banned = fields.BooleanField()
    said_at = fields.FloatField()
    ends_at = fields.FloatField(null=True)

    class Meta:
        table = "bans"
        unique_together = (("member_id", "host", "forum_id"),)
