"""People, their sessions, tokens and sign-in links."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class MemberRow(Model, metaclass=Rows):
    id = fields.CharField(max_length=32, primary_key=True)
    username = fields.CharField(max_length=128)
    host = fields.CharField(max_length=255, default="")
    name = fields.CharField(max_length=200)
    unit = fields.CharField(max_length=100, default="")
    role = fields.CharField(max_length=20)
    consent = fields.BooleanField(default=True)
    uri = fields.CharField(max_length=2000, unique=True)
    url = fields.CharField(max_length=2000, default="")
    active = fields.BooleanField(default=True)
    password_hash = fields.CharField(max_length=300, default="")
    created_at = fields.FloatField()
    voice = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "members"
        unique_together = (("username", "host"),)


class SessionRow(Model, metaclass=Rows):
    hash = fields.CharField(max_length=64, primary_key=True)
    member_id = fields.CharField(max_length=32, db_index=True)
    csrf = fields.CharField(max_length=64)
    created_at = fields.FloatField()
    seen_at = fields.FloatField()

    class Meta:
        table = "sessions"


class TokenRow(Model, metaclass=Rows):
    hash = fields.CharField(max_length=64, primary_key=True)
    member_id = fields.CharField(max_length=32, db_index=True)
    created_at = fields.FloatField()

    class Meta:
        table = "tokens"


class LinkRow(Model, metaclass=Rows):
    """A one-time sign-in link."""

    hash = fields.CharField(max_length=64, primary_key=True)
    member_id = fields.CharField(max_length=32)
    ends_at = fields.FloatField()
    used_at = fields.FloatField(null=True)

    class Meta:
        table = "links"
