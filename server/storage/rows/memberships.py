"""Who may see a forum that is for the people on its list alone."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class ForumMemberRow(Model):
    """Somebody on the list of a forum: one of our people, or of a partner's where the forum is ours."""

    id = fields.CharField(max_length=32, primary_key=True)
    forum_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32, db_index=True)
    invited_by = fields.CharField(max_length=32)
    invited_at = fields.FloatField()

    class Meta:
        table = "forum_members"
        unique_together = (("forum_id", "member_id"),)
