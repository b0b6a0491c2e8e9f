"""What the crowd is asked: polls, ratings, statements."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class PollRow(Model, metaclass=Rows):
    """A poll is a reply whose words are a question and choices. `counts` are those last told outside, as JSON, or
    for another server's poll those that it told us; `stale` says that votes came since.
    """

    contribution_id = fields.CharField(max_length=32, primary_key=True)
    question = fields.TextField()
    multiple = fields.BooleanField()
    hidden = fields.BooleanField()
    ends_at = fields.FloatField()
    closed_at = fields.FloatField(null=True)
    counts = fields.TextField(default="[]", db_default="[]")
    voters = fields.IntField(default=0, db_default=0)
    counted_at = fields.FloatField()
    stale = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "polls"
        indexes = (("closed_at", "ends_at"),)


class PollChoiceRow(Model, metaclass=Rows):
    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    position = fields.IntField()
    name = fields.CharField(max_length=200)

    class Meta:
        table = "poll_choices"
        unique_together = (("contribution_id", "position"),)


class PollVoteRow(Model, metaclass=Rows):
    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32)
    position = fields.IntField()
    voted_at = fields.FloatField()

    class Meta:
        table = "poll_votes"
        unique_together = (("contribution_id", "member_id", "position"),)


class RatingAxisRow(Model, metaclass=Rows):
    """An axis on which the ideas of a jam are rated; a jam without any has the usual three."""

    id = fields.IntField(primary_key=True)
    jam_id = fields.CharField(max_length=32)
    position = fields.IntField()
    name = fields.CharField(max_length=40)

    class Meta:
        table = "rating_axes"
        unique_together = (("jam_id", "position"),)


class RatingRow(Model, metaclass=Rows):
    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    axis = fields.CharField(max_length=40)
    member_id = fields.CharField(max_length=32)
    value = fields.IntField()
    rated_at = fields.FloatField()

    class Meta:
        table = "ratings"
        unique_together = (("contribution_id", "axis", "member_id"),)


class StatementRow(Model, metaclass=Rows):
    """A statement drawn from contributions (`sources`: their ids). State: proposed, approved, declined."""

    id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32)
    text = fields.TextField()
    sources = fields.TextField(default="[]")
    state = fields.CharField(max_length=10)
    author_id = fields.CharField(max_length=32)
    made_at = fields.FloatField()
    decided_by = fields.CharField(max_length=32, default="")
    decided_at = fields.FloatField(null=True)
    note = fields.TextField(default="")

    class Meta:
        table = "statements"
        indexes = (("jam_id", "state", "made_at"),)


class StatementVoteRow(Model, metaclass=Rows):
    """What one person said to a statement: agree, pass or disagree."""

    id = fields.IntField(primary_key=True)
    statement_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32)
    vote = fields.CharField(max_length=8)
    voted_at = fields.FloatField()

    class Meta:
        table = "statement_votes"
        unique_together = (("statement_id", "member_id"),)
