"""Ideas and replies, their versions and marks, and what finds them again."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class ContributionRow(Model, metaclass=Rows):
    id = fields.CharField(max_length=32, primary_key=True)
    kind = fields.CharField(max_length=5)
    uri = fields.CharField(max_length=2000, unique=True)
    jam_id = fields.CharField(max_length=32, db_index=True)
    forum_id = fields.CharField(max_length=32)
    thread_id = fields.CharField(max_length=32)
    parent_id = fields.CharField(max_length=32, default="")
    author_id = fields.CharField(max_length=32)
    title = fields.CharField(max_length=300, default="")
    text = fields.TextField()
    html = fields.TextField()
    label = fields.CharField(max_length=200)
    intent = fields.CharField(max_length=12, default="")
    builds_on = fields.CharField(max_length=32, default="")
    version = fields.IntField(default=1)
    deleted = fields.BooleanField(default=False)
    activity_uri = fields.CharField(max_length=2000, default="")
    support = fields.IntField(default=0)
    replies = fields.IntField(default=0)
    emerging = fields.BooleanField(default=False)
    best = fields.BooleanField(default=False)
    hidden = fields.BooleanField(default=False, db_default=False)
    files = fields.IntField(default=0, db_default=0)
    created_at = fields.FloatField()
    edited_at = fields.FloatField(null=True)
    # While it can be undone: when the gate takes it up. Emptied by whoever tells the gate.
    crosses_at = fields.FloatField(null=True)
    # Why its present words were written, where they are not the first.
    edit_reason = fields.CharField(max_length=200, default="", db_default="")
    # The tag of the language that its author, or their server, says its words are in.
    language = fields.CharField(max_length=35, default="", db_default="")

    class Meta:
        table = "contributions"
        indexes = (
            ("forum_id", "kind", "created_at"),
            # All that the outline of a thread needs, without its words.
            ("thread_id", "created_at", "id", "parent_id", "author_id", "kind", "deleted", "intent"),
            ("jam_id", "created_at"),
            ("author_id", "created_at"),
            ("edited_at",),
            ("crosses_at",),
            ("builds_on",),
        )


class SearchRow(Model, metaclass=Rows):
    """Where the words of a contribution stand in the full-text index, which knows its rows by number only."""

    contribution_id = fields.CharField(max_length=32, primary_key=True)
    number = fields.IntField()

    class Meta:
        table = "search_rows"


class PrintRow(Model, metaclass=Rows):
    """A contribution whose prints stand in `fingerprints`, which knows it by number only."""

    number = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32, unique=True)

    class Meta:
        table = "printed"


class KeyRow(Model, metaclass=Rows):
    """A secret of the inside, 32 random bytes: the key of the prints."""

    name = fields.CharField(max_length=40, primary_key=True)
    bytes = fields.BinaryField()

    class Meta:
        table = "inside_keys"


class VersionRow(Model, metaclass=Rows):
    """Earlier words of a contribution. `refiled`: the next version has other files; `attached`: what its own were."""

    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    number = fields.IntField()
    title = fields.CharField(max_length=300, default="")
    text = fields.TextField()
    written_at = fields.FloatField()
    reason = fields.CharField(max_length=200, default="", db_default="")
    refiled = fields.BooleanField(default=True, db_default=True)
    attached = fields.TextField(default="", db_default="")

    class Meta:
        table = "versions"
        unique_together = (("contribution_id", "number"),)


class MarkRow(Model, metaclass=Rows):
    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32)
    kind = fields.CharField(max_length=10)
    made_at = fields.FloatField()

    class Meta:
        table = "marks"
        unique_together = (("contribution_id", "kind", "member_id"),)
        indexes = (("member_id",),)
