"""What facilitators do: reasons of marks, locks, flags, cases, moves, asides, shifts, summaries.

Of all this, that a thread is locked is told outside, and nothing else.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class MarkReasonRow(Model, metaclass=Rows):
    """Why Emerging or Best was set. It stays when the mark falls: then `taken_at` says when, `taken_by` by whom."""

    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32, db_index=True)
    kind = fields.CharField(max_length=10)
    member_id = fields.CharField(max_length=32)
    reason = fields.TextField()
    made_at = fields.FloatField()
    taken_by = fields.CharField(max_length=32, default="")
    taken_at = fields.FloatField(null=True)

    class Meta:
        table = "mark_reasons"


class LockRow(Model, metaclass=Rows):
    """A thread that was locked. The row stays when it is opened again: then `ended_at` says when, `ended_by` by whom.

    What the server that holds the forum says bears its own times, and no member.
    """

    id = fields.IntField(primary_key=True)
    idea_id = fields.CharField(max_length=32, db_index=True)
    member_id = fields.CharField(max_length=32)
    reason = fields.TextField()
    made_at = fields.FloatField()
    ended_by = fields.CharField(max_length=32, default="")
    ended_at = fields.FloatField(null=True)

    class Meta:
        table = "locks"


class CaseRow(Model, metaclass=Rows):
    """What people flagged, until a facilitator decides. States: `server.domain.moderation`."""

    id = fields.CharField(max_length=32, primary_key=True)
    contribution_id = fields.CharField(max_length=32, db_index=True)
    jam_id = fields.CharField(max_length=32)
    state = fields.CharField(max_length=10)
    opened_at = fields.FloatField()
    changed_at = fields.FloatField()

    class Meta:
        table = "cases"
        indexes = (("jam_id", "state", "opened_at"),)


class FlagRow(Model, metaclass=Rows):
    """One person's reason for looking at something. `host` is another server's that flagged for somebody of its own."""

    id = fields.IntField(primary_key=True)
    case_id = fields.CharField(max_length=32, db_index=True)
    member_id = fields.CharField(max_length=32, default="")
    host = fields.CharField(max_length=255, default="")
    activity_uri = fields.CharField(max_length=2000, default="")
    reason = fields.TextField()
    made_at = fields.FloatField()

    class Meta:
        table = "flags"


class CaseStepRow(Model, metaclass=Rows):
    """What was decided of a case, when, by whom and why: the moderation log."""

    id = fields.IntField(primary_key=True)
    case_id = fields.CharField(max_length=32, db_index=True)
    member_id = fields.CharField(max_length=32)
    act = fields.CharField(max_length=10)
    note = fields.TextField()
    made_at = fields.FloatField()

    class Meta:
        table = "case_steps"


class MoveRow(Model, metaclass=Rows):
    """A thread moved, merged or split. `before` is JSON: what has to be known to undo it."""

    id = fields.CharField(max_length=32, primary_key=True)
    kind = fields.CharField(max_length=5)
    jam_id = fields.CharField(max_length=32)
    contribution_id = fields.CharField(max_length=32, db_index=True)
    thread_id = fields.CharField(max_length=32, db_index=True)
    member_id = fields.CharField(max_length=32)
    reason = fields.TextField()
    before = fields.TextField()
    made_at = fields.FloatField()
    undone_by = fields.CharField(max_length=32, default="")
    undone_at = fields.FloatField(null=True)

    class Meta:
        table = "moves"
        indexes = (("jam_id", "made_at"),)


class AsideRow(Model, metaclass=Rows):
    """What facilitators say to each other about a thread."""

    id = fields.CharField(max_length=32, primary_key=True)
    thread_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32)
    text = fields.TextField()
    html = fields.TextField()
    made_at = fields.FloatField()

    class Meta:
        table = "asides"
        indexes = (("thread_id", "made_at"),)


class ShiftRow(Model, metaclass=Rows):
    """A facilitator's shift: planned, begun, ended with a note for whoever comes next."""

    id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32)
    starts_at = fields.FloatField()
    ends_at = fields.FloatField()
    begun_at = fields.FloatField(null=True)
    ended_at = fields.FloatField(null=True)
    note = fields.TextField(default="")
    handed_to = fields.CharField(max_length=32, default="")
    read_at = fields.FloatField(null=True)

    class Meta:
        table = "shifts"
        indexes = (("jam_id", "starts_at"),)


class SummaryRow(Model, metaclass=Rows):
    """One version of a thread's summary so far. `cites` is a JSON list of contribution ids."""

    id = fields.IntField(primary_key=True)
    thread_id = fields.CharField(max_length=32)
    number = fields.IntField()
    member_id = fields.CharField(max_length=32)
    text = fields.TextField()
    html = fields.TextField()
    cites = fields.TextField()
    written_at = fields.FloatField()

    class Meta:
        table = "summaries"
        unique_together = (("thread_id", "number"),)
