"""Jams and their forums."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class JamRow(Model, metaclass=Rows):
    id = fields.CharField(max_length=32, primary_key=True)
    slug = fields.CharField(max_length=64)
    host = fields.CharField(max_length=255, default="")
    title = fields.CharField(max_length=200)
    question = fields.TextField(default="")
    promise = fields.TextField(default="")
    off_limits = fields.TextField(default="")
    decide_by = fields.CharField(max_length=100, default="")
    state = fields.CharField(max_length=10)
    opens_at = fields.FloatField()
    closes_at = fields.FloatField()
    created_at = fields.FloatField()

    class Meta:
        table = "jams"
        unique_together = (("slug", "host"),)


class ForumRow(Model, metaclass=Rows):
    id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32, db_index=True)
    slug = fields.CharField(max_length=64)
    title = fields.CharField(max_length=200)
    question = fields.TextField(default="")
    audience = fields.CharField(max_length=10)
    label = fields.CharField(max_length=200)
    peers = fields.TextField(default="[]")
    uri = fields.CharField(max_length=2000, unique=True)
    host = fields.CharField(max_length=255, default="")
    handle = fields.CharField(max_length=400, unique=True)
    joined = fields.BooleanField(default=True)
    created_at = fields.FloatField()
    place = fields.IntField(default=0, db_default=0)
    closed_at = fields.FloatField(null=True)
    names = fields.CharField(max_length=10, default="named", db_default="named")
    members_only = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "forums"
        unique_together = (("jam_id", "slug"),)
