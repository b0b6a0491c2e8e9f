"""What the theme analytics keep."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class ThemeStateRow(Model):
    """The themes of a jam: the report people see, and the snapshot from which the analytics role goes on."""

    jam_id = fields.CharField(max_length=32, primary_key=True)
    seq = fields.IntField()
    report = fields.TextField()
    snapshot = fields.BinaryField()
    made_at = fields.FloatField()

    class Meta:
        table = "themes"
