"""What the theme analytics keep."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class ThemeStateRow(Model, metaclass=Rows):
    """The themes of a jam: the report people see, and the snapshot from which the analytics role goes on.

    `drawn` is the report as the machine drew it; `report` has people's edits applied.
    """

    jam_id = fields.CharField(max_length=32, primary_key=True)
    seq = fields.IntField()
    report = fields.TextField()
    drawn = fields.TextField(default="", db_default="")
    snapshot = fields.BinaryField()
    made_at = fields.FloatField()

    class Meta:
        table = "themes"


class ThemePlaceRow(Model, metaclass=Rows):
    """Where an idea or a reply stands, as the machine placed it: its theme and sub-theme, "" for none.

    `unsure` says that another theme lies about as near.
    """

    contribution_id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32)
    theme = fields.CharField(max_length=32, default="")
    part = fields.CharField(max_length=32, default="")
    unsure = fields.BooleanField(default=False)

    class Meta:
        table = "theme_places"
        indexes = (("jam_id", "theme", "contribution_id"),)


class ThemePartRow(Model, metaclass=Rows):
    """What of a jam's snapshot does not fit its row: the parts behind the first, of the snapshot at event `seq`."""

    id = fields.IntField(primary_key=True)
    jam_id = fields.CharField(max_length=32)
    seq = fields.IntField()
    part = fields.IntField()
    bytes = fields.BinaryField()

    class Meta:
        table = "theme_parts"
        unique_together = (("jam_id", "seq", "part"),)


class ThemeEditRow(Model, metaclass=Rows):
    """What an analyst changed about a jam's themes. Nothing is overwritten: an edit that is undone stays, marked."""

    id = fields.IntField(primary_key=True)
    jam_id = fields.CharField(max_length=32, db_index=True)
    kind = fields.CharField(max_length=6)
    theme = fields.CharField(max_length=32)
    other = fields.CharField(max_length=32, default="")
    title = fields.CharField(max_length=200, default="")
    member_id = fields.CharField(max_length=32)
    made_at = fields.FloatField()
    undone_by = fields.CharField(max_length=32, default="")
    undone_at = fields.FloatField(null=True)

    class Meta:
        table = "theme_edits"
