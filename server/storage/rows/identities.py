"""As whom people sign in with an identity provider."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class IdentityRow(Model, metaclass=Rows):
    """One subject of one issuer is one person; a person may have several."""

    id = fields.CharField(max_length=32, primary_key=True)
    member_id = fields.CharField(max_length=32, db_index=True)
    issuer = fields.CharField(max_length=500)
    subject = fields.CharField(max_length=255)
    at = fields.FloatField()

    class Meta:
        table = "identities"
        unique_together = (("issuer", "subject"),)
