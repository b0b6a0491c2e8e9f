"""What helps people find: where contributions stand in the index, follows, exposures, saved searches, feeds."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class PlaceRow(Model, metaclass=Rows):
    """What a search can be narrowed by, by the number of a contribution's words in the full-text index.

    A trigger keeps it true when a contribution is moved or relabelled.
    """

    number = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    jam_id = fields.CharField(max_length=32)
    forum_id = fields.CharField(max_length=32)
    author_id = fields.CharField(max_length=32)
    kind = fields.CharField(max_length=5)
    intent = fields.CharField(max_length=12)
    label = fields.CharField(max_length=200)
    made_at = fields.FloatField()

    class Meta:
        table = "search_places"
        indexes = (("forum_id", "number"), ("author_id", "number"))


class FollowRow(Model, metaclass=Rows):
    """What somebody follows: a forum, idea or person by id, or a theme of a jam."""

    id = fields.IntField(primary_key=True)
    member_id = fields.CharField(max_length=32)
    kind = fields.CharField(max_length=10)
    subject_id = fields.CharField(max_length=64)
    jam_id = fields.CharField(max_length=32, default="")
    made_at = fields.FloatField()

    class Meta:
        table = "follows"
        unique_together = (("member_id", "kind", "subject_id", "jam_id"),)
        indexes = (("kind", "subject_id"),)


class ExposureRow(Model, metaclass=Rows):
    """To how many people an idea was shown in a list. Nobody is named."""

    idea_id = fields.CharField(max_length=32, primary_key=True)
    views = fields.IntField()

    class Meta:
        table = "exposures"


class SpreadRow(Model, metaclass=Rows):
    """An idea as the fair order sees it: how many people stand behind it, of how many units and servers.

    Triggers keep what is copied, and say that the numbers are due to be counted anew, whatever it was that wrote.
    """

    idea_id = fields.CharField(max_length=32, primary_key=True)
    forum_id = fields.CharField(max_length=32)
    stands = fields.BooleanField()
    emerging = fields.BooleanField()
    best = fields.BooleanField()
    views = fields.IntField()
    created_at = fields.FloatField()
    people = fields.IntField(default=0, db_default=0)
    units = fields.IntField(default=0, db_default=0)
    servers = fields.IntField(default=0, db_default=0)
    weight = fields.FloatField(default=0, db_default=0)
    due = fields.BooleanField(default=True, db_default=True)

    class Meta:
        table = "spreads"


class SavedSearchRow(Model, metaclass=Rows):
    """A search that somebody wants to come back to. `query` is the part of its address after the question mark."""

    id = fields.IntField(primary_key=True)
    member_id = fields.CharField(max_length=32, db_index=True)
    name = fields.CharField(max_length=100)
    query = fields.TextField()
    made_at = fields.FloatField()
    seen_at = fields.FloatField()

    class Meta:
        table = "saved_searches"


class FeedRow(Model, metaclass=Rows):
    """The address of a feed, which stands for one person: only the hash of its secret is kept."""

    id = fields.IntField(primary_key=True)
    member_id = fields.CharField(max_length=32, db_index=True)
    kind = fields.CharField(max_length=10)
    subject = fields.TextField()
    name = fields.CharField(max_length=200)
    hash = fields.CharField(max_length=64, unique=True)
    made_at = fields.FloatField()
    used_at = fields.FloatField(null=True)
    revoked_at = fields.FloatField(null=True)

    class Meta:
        table = "feeds"
