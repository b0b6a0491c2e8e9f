"""What waits for a reviewer, and what reviewers answered."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class HoldRow(Model, metaclass=Rows):
    """Something that waits for reviewers. `copies` maps audiences to the SHA-256 of the bytes on offer.

    `wordings` maps them to the digest of what the holding rules say, `released` to what was let across last.
    `offer` is the digest of all that a release would let across now; `demands` holds [approvals, reviewers] pairs,
    `reviewers` everyone named in them, in lower case, or nobody where anybody's review counts.
    """

    id = fields.CharField(max_length=32, primary_key=True)
    direction = fields.CharField(max_length=3)
    contribution_id = fields.CharField(max_length=32, default="")
    version = fields.IntField(default=0)
    activity_uri = fields.CharField(max_length=2000, default="")
    peer = fields.CharField(max_length=255, default="")
    forum_id = fields.CharField(max_length=32, default="")
    author = fields.CharField(max_length=400)
    preview = fields.TextField()
    copies = fields.TextField(default="{}")
    rules = fields.TextField()
    reason = fields.TextField()
    rule_set = fields.IntField()
    state = fields.CharField(max_length=10)
    asked_at = fields.FloatField()
    decided_by = fields.CharField(max_length=32, default="")
    decided_at = fields.FloatField(null=True)
    note = fields.TextField(default="")
    part = fields.CharField(max_length=32, default="", db_default="")
    wordings = fields.TextField(default="{}", db_default="{}")
    previews = fields.TextField(default="[]", db_default="[]")
    released = fields.TextField(default="{}", db_default="{}")
    offer = fields.CharField(max_length=64, default="", db_default="")
    demands = fields.TextField(default="[]", db_default="[]")
    reviewers = fields.TextField(default="[]", db_default="[]")
    within_hours = fields.IntField(null=True)
    takes_effect_at = fields.FloatField(null=True)

    class Meta:
        table = "holds"
        unique_together = (("direction", "contribution_id", "version", "activity_uri", "part"),)
        indexes = (("state", "asked_at"),)


class HoldAnswerRow(Model, metaclass=Rows):
    """What one reviewer said to one hold, about one offer. What was undone stays, to be read later."""

    id = fields.IntField(primary_key=True)
    hold_id = fields.CharField(max_length=32, db_index=True)
    member_id = fields.CharField(max_length=32)
    decision = fields.CharField(max_length=10)
    offer = fields.CharField(max_length=64)
    note = fields.TextField(default="")
    batch = fields.CharField(max_length=32, db_index=True)
    answered_at = fields.FloatField()
    undone_at = fields.FloatField(null=True)

    class Meta:
        table = "hold_answers"
