"""What the boundary asks and remembers: rules, partners, agreements, verdicts, twins, recalls."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class RuleSetRow(Model, metaclass=Rows):
    """A version of the rule table, its text immutable.

    State: active, waiting (for a second approver), scheduled, shadow, retired, refused. `base` is the version
    that it was compared with; `origin` what it came from: defaults, edited, forum, rollback.
    """

    version = fields.IntField(primary_key=True)
    text = fields.TextField()
    state = fields.CharField(max_length=10)
    author_id = fields.CharField(max_length=32)
    approver_id = fields.CharField(max_length=32, default="")
    note = fields.TextField(default="")
    created_at = fields.FloatField()
    base = fields.IntField(default=0, db_default=0)
    origin = fields.CharField(max_length=10, default="edited", db_default="edited")
    starts_at = fields.FloatField(null=True)
    began_at = fields.FloatField(null=True)
    ended_at = fields.FloatField(null=True)

    class Meta:
        table = "rule_sets"
        indexes = (("state", "version"),)


class PartnerRow(Model, metaclass=Rows):
    """A server with which there is an agreement. State: active, paused, removed."""

    host = fields.CharField(max_length=255, primary_key=True)
    name = fields.CharField(max_length=200, default="")
    tier = fields.CharField(max_length=10)
    clearance = fields.CharField(max_length=200)
    state = fields.CharField(max_length=10)
    added_at = fields.FloatField()

    class Meta:
        table = "partners"


class AgreementRow(Model, metaclass=Rows):
    """One version of an agreement with another server. States: `server.domain.agreements`.

    `terms` is JSON as our side sees them; `document` and `acceptance` are what the two servers signed, as JSON.
    """

    id = fields.CharField(max_length=32, primary_key=True)
    uri = fields.CharField(max_length=2000, unique=True)
    host = fields.CharField(max_length=255)
    version = fields.IntField()
    ours = fields.BooleanField()
    state = fields.CharField(max_length=10)
    terms = fields.TextField()
    document = fields.TextField(default="")
    acceptance = fields.TextField(default="")
    ends_at = fields.FloatField()
    note = fields.TextField(default="")
    made_by = fields.CharField(max_length=32, default="")
    made_at = fields.FloatField()
    answered_by = fields.CharField(max_length=32, default="")
    answered_at = fields.FloatField(null=True)
    begun_at = fields.FloatField(null=True)
    closed_by = fields.CharField(max_length=4, default="")
    closed_at = fields.FloatField(null=True)
    purged_at = fields.FloatField(null=True)
    purged = fields.IntField(default=0)
    stated_at = fields.FloatField(null=True)
    told_at = fields.FloatField(null=True)
    statement = fields.TextField(default="", db_default="")

    class Meta:
        table = "agreements"
        indexes = (("host", "state"), ("state", "ends_at"))


class VerdictRow(Model, metaclass=Rows):
    """What the rules said of one version for one audience, with the facts they saw.

    `decision` is the JSON of what the rules came to and when; what stands above them may have made something
    else of it. `found` is the JSON of what detectors found, by kind and place: never the words themselves.
    """

    id = fields.CharField(max_length=32, primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    version = fields.IntField()
    audience = fields.CharField(max_length=255)
    act = fields.CharField(max_length=20)
    effect = fields.CharField(max_length=10)
    rules = fields.TextField()
    reason = fields.TextField()
    facts = fields.TextField()
    rule_set = fields.IntField()
    decided_at = fields.FloatField()
    decision = fields.TextField(default="", db_default="")
    found = fields.TextField(default="[]", db_default="[]")

    class Meta:
        table = "verdicts"
        unique_together = (("contribution_id", "version", "audience", "act"),)
        indexes = (("decided_at", "id"),)


class PastVerdictRow(Model, metaclass=Rows):
    """A verdict that was later decided otherwise, as it was."""

    id = fields.CharField(max_length=32, primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    version = fields.IntField()
    audience = fields.CharField(max_length=255)
    act = fields.CharField(max_length=20)
    effect = fields.CharField(max_length=10)
    rules = fields.TextField()
    reason = fields.TextField()
    facts = fields.TextField()
    rule_set = fields.IntField()
    decided_at = fields.FloatField()
    decision = fields.TextField()
    found = fields.TextField()

    class Meta:
        table = "past_verdicts"
        indexes = (("contribution_id", "audience", "decided_at"),)


class ShadowRow(Model, metaclass=Rows):
    """What the table in the shadow would have decided otherwise. `opens`: less strictly."""

    id = fields.IntField(primary_key=True)
    rule_set = fields.IntField()
    contribution_id = fields.CharField(max_length=32)
    version = fields.IntField()
    audience = fields.CharField(max_length=255)
    act = fields.CharField(max_length=20)
    before = fields.CharField(max_length=10)
    after = fields.CharField(max_length=10)
    rules = fields.TextField()
    reason = fields.TextField()
    opens = fields.BooleanField()
    decided_at = fields.FloatField()

    class Meta:
        table = "shadow_verdicts"
        unique_together = (("rule_set", "contribution_id", "version", "audience", "act"),)


class TwinRow(Model, metaclass=Rows):
    """The public id of a redacted copy; the original's id never leaves."""

    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    form = fields.CharField(max_length=100)
    uri = fields.CharField(max_length=2000, unique=True)

    class Meta:
        table = "twins"
        unique_together = (("contribution_id", "form"),)


class PseudonymRow(Model, metaclass=Rows):
    """Under which name a person appears outside in one thread."""

    id = fields.IntField(primary_key=True)
    member_id = fields.CharField(max_length=32)
    thread_id = fields.CharField(max_length=32)
    uri = fields.CharField(max_length=2000, unique=True)
    username = fields.CharField(max_length=64)
    name = fields.CharField(max_length=200)

    class Meta:
        table = "pseudonyms"
        unique_together = (("member_id", "thread_id"),)


class RecallRow(Model, metaclass=Rows):
    """Taken back: `peer` is a host, or "" for everyone. Nothing of it crosses to them again."""

    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    peer = fields.CharField(max_length=255, default="")
    member_id = fields.CharField(max_length=32)
    asked_at = fields.FloatField()

    class Meta:
        table = "recalls"
        unique_together = (("contribution_id", "peer"),)
