"""Who came to a jam, and what became of it: answers to its themes, and the report that they are published in."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class JamVisitRow(Model, metaclass=Rows):
    """When somebody first opened a page of a jam, and when they were last there."""

    id = fields.IntField(primary_key=True)
    jam_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32)
    first_at = fields.FloatField()
    seen_at = fields.FloatField()

    class Meta:
        table = "jam_visits"
        unique_together = (("jam_id", "member_id"),)


class ThemeAnswerRow(Model, metaclass=Rows):
    """What those who decide say to a theme. `theme_id` is "" for a question that no theme stands for.

    `label`, `size` and `sources` (JSON: ids of ideas and replies) are the theme as it was when it was answered.
    """

    id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32, db_index=True)
    theme_id = fields.CharField(max_length=32)
    label = fields.CharField(max_length=200)
    size = fields.IntField(default=0)
    sources = fields.TextField(default="[]")
    owner_id = fields.CharField(max_length=32, default="")
    doing = fields.TextField(default="")
    declined = fields.TextField(default="")
    why = fields.TextField(default="")
    written_by = fields.CharField(max_length=32, default="")
    made_at = fields.FloatField()
    written_at = fields.FloatField(null=True)

    class Meta:
        table = "theme_answers"


class ReportRow(Model, metaclass=Rows):
    """The report of a jam: it stands once it is published. `reason` says why it was corrected, "" for the first."""

    jam_id = fields.CharField(max_length=32, primary_key=True)
    foreword = fields.TextField(default="")
    published_by = fields.CharField(max_length=32, default="")
    published_at = fields.FloatField(null=True)
    version = fields.IntField(default=1, db_default=1)
    reason = fields.CharField(max_length=1000, default="", db_default="")

    class Meta:
        table = "reports"


class ReportVersionRow(Model, metaclass=Rows):
    """A report as it was published before it was corrected. `answers` is JSON: all of them, as they were."""

    id = fields.IntField(primary_key=True)
    jam_id = fields.CharField(max_length=32)
    number = fields.IntField()
    reason = fields.CharField(max_length=1000)
    foreword = fields.TextField()
    answers = fields.TextField()
    published_by = fields.CharField(max_length=32)
    published_at = fields.FloatField()

    class Meta:
        table = "report_versions"
        unique_together = (("jam_id", "number"),)
