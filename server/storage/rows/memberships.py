"""Who may see a forum that is for the people on its list alone."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class ForumMemberRow(Model, metaclass=Rows):
    """Somebody on the list of a forum: one of our people, or of a partner's where the forum is ours."""

    id = fields.CharField(max_length=32, primary_key=True)
    forum_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32, db_index=True)
    invited_by = fields.CharField(max_length=32)
    invited_at = fields.FloatField()

    class Meta:
        table = "forum_members"
        unique_together = (("forum_id", "member_id"),)


class ForumGuestRow(Model, metaclass=Rows):
    """Somebody of a partner's server on the list of a forum of ours, by the name that their server knows them by."""

    id = fields.CharField(max_length=32, primary_key=True)
    forum_id = fields.CharField(max_length=32)
    username = fields.CharField(max_length=128)
    host = fields.CharField(max_length=255)
    invited_by = fields.CharField(max_length=32)
    invited_at = fields.FloatField()

    class Meta:
        table = "forum_guests"
        unique_together = (("forum_id", "host", "username"),)


class ListKeeperRow(Model, metaclass=Rows):
    """A server that said that it shows what is for a list to those on it alone."""

    host = fields.CharField(max_length=255, primary_key=True)
    told_at = fields.FloatField()

    class Meta:
        table = "list_keepers"


class KeptListRow(Model, metaclass=Rows):
    """What another server's forum told of its list last: the digest of our own people on it."""

    forum_id = fields.CharField(max_length=32, primary_key=True)
    digest = fields.CharField(max_length=64)
    told_at = fields.FloatField()

    class Meta:
        table = "kept_lists"
