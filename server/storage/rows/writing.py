"""What belongs to writing: drafts, who is mentioned, and what was confirmed once."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class DraftRow(Model, metaclass=Rows):
    """Words that somebody has not sent yet, one for each place where they write."""

    id = fields.IntField(primary_key=True)
    member_id = fields.CharField(max_length=32)
    place = fields.CharField(max_length=120)
    title = fields.TextField(default="")
    text = fields.TextField(default="")
    choices = fields.TextField(default="{}")
    kept_at = fields.FloatField()

    class Meta:
        table = "drafts"
        unique_together = (("member_id", "place"),)


class ConfirmationRow(Model, metaclass=Rows):
    """That somebody knows that what they write in a jam leaves the organisation: asked once."""

    id = fields.IntField(primary_key=True)
    member_id = fields.CharField(max_length=32)
    jam_id = fields.CharField(max_length=32)
    confirmed_at = fields.FloatField()

    class Meta:
        table = "crossing_confirmations"
        unique_together = (("member_id", "jam_id"),)


class MentionRow(Model, metaclass=Rows):
    """Who is named in the present words of a contribution."""

    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32, db_index=True)

    class Meta:
        table = "mentions"
        unique_together = (("contribution_id", "member_id"),)
