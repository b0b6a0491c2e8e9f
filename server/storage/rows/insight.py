"""What a machine makes of what people write, besides themes."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class GuessRow(Model, metaclass=Rows):
    """What a reply is taken for whose author did not say. `intent` is "" where the machine is not sure enough."""

    contribution_id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32, db_index=True)
    version = fields.IntField()
    intent = fields.CharField(max_length=12)
    sure = fields.FloatField()

    class Meta:
        table = "guesses"


class LearntRow(Model, metaclass=Rows):
    """What the guesses of a jam rest on: how many marks, from where on they are told, and how often they were right."""

    jam_id = fields.CharField(max_length=32, primary_key=True)
    marks = fields.IntField()
    least = fields.FloatField()
    right = fields.FloatField()
    told = fields.FloatField()
    at = fields.FloatField()

    class Meta:
        table = "learnt"


class EmergingRow(Model, metaclass=Rows):
    """An emerging theme, announced once for its word; `dismissed_at` says that a person found it to be none."""

    # The word that gave it away and when, as soup@1790000000.

    id = fields.IntField(primary_key=True)
    jam_id = fields.CharField(max_length=32)
    word = fields.CharField(max_length=200)
    theme = fields.CharField(max_length=32)
    announced_at = fields.FloatField()
    dismissed_by = fields.CharField(max_length=32, default="")
    dismissed_at = fields.FloatField(null=True)

    class Meta:
        table = "emerging"
        unique_together = (("jam_id", "word"),)


class MeaningRow(Model, metaclass=Rows):
    """Where an idea or a question lies by its meaning: 512 half-precision numbers. What changes gets a new number."""

    number = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32, db_index=True)
    jam_id = fields.CharField(max_length=32)
    version = fields.IntField()
    vector = fields.BinaryField()

    class Meta:
        table = "meanings"


class UnlikeRow(Model, metaclass=Rows):
    """Somebody found that two ideas are not similar. `subject` is the idea, or the forum while it is being written."""

    id = fields.IntField(primary_key=True)
    member_id = fields.CharField(max_length=32)
    subject_id = fields.CharField(max_length=32)
    other_id = fields.CharField(max_length=32)
    score = fields.FloatField()
    made_at = fields.FloatField()

    class Meta:
        table = "unlike"
        unique_together = (("member_id", "subject_id", "other_id"),)


class LikenessRow(Model, metaclass=Rows):
    """From where on ideas are shown as similar, and from how many links and refusals that was learnt."""

    id = fields.IntField(primary_key=True)
    least = fields.FloatField()
    links = fields.IntField()
    refusals = fields.IntField()
    at = fields.FloatField()

    class Meta:
        table = "likeness"


class UnitGoalRow(Model, metaclass=Rows):
    """What share of a unit, in percent, an organiser hopes to hear in a jam."""

    id = fields.IntField(primary_key=True)
    jam_id = fields.CharField(max_length=32)
    unit = fields.CharField(max_length=200)
    share = fields.IntField()

    class Meta:
        table = "unit_goals"
        unique_together = (("jam_id", "unit"),)


class UnitCountryRow(Model, metaclass=Rows):
    """In which country a unit works, as an organiser entered it."""

    unit = fields.CharField(max_length=200, primary_key=True)
    country = fields.CharField(max_length=60)

    class Meta:
        table = "unit_countries"
