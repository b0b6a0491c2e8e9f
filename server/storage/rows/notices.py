"""What people are told: notices, visits, what each person wants to be mailed, and the mails themselves."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class ConsumerRow(Model, metaclass=Rows):
    """How far a consumer of the event log has come, beside what it makes of the events."""

    name = fields.CharField(max_length=20, primary_key=True)
    seq = fields.IntField()

    class Meta:
        table = "consumers"


class NoticeRow(Model, metaclass=Rows):
    """One thing that one person is told. It holds ids alone; words are read when it is shown.

    `number` counts what this person is told, from 1, and is all that anybody gets to see: `id` counts what everybody
    is told. `seq` is the event that it comes from; `detail` a word of ours: the kind of a mark, how a hold ended.
    """

    id = fields.IntField(primary_key=True)
    member_id = fields.CharField(max_length=32)
    number = fields.IntField(db_default=0)
    kind = fields.CharField(max_length=12)
    seq = fields.IntField()
    subject_id = fields.CharField(max_length=64)
    by_id = fields.CharField(max_length=32, default="")
    detail = fields.CharField(max_length=20, default="")
    made_at = fields.FloatField()
    read_at = fields.FloatField(null=True)

    class Meta:
        table = "notices"
        unique_together = (("member_id", "seq", "kind"), ("member_id", "number"))
        indexes = (("member_id", "read_at", "number"), ("member_id", "made_at"))


class VisitRow(Model, metaclass=Rows):
    """When somebody was last here. `before_at` is when the visit before this one ended."""

    member_id = fields.CharField(max_length=32, primary_key=True)
    began_at = fields.FloatField()
    seen_at = fields.FloatField()
    before_at = fields.FloatField(null=True)

    class Meta:
        table = "visits"


class MailChoiceRow(Model, metaclass=Rows):
    """What somebody wants to be mailed, and up to which notice that is done.

    `hour`, `quiet_from` and `quiet_until` are hours of the day in `zone`, an IANA name; `asked` is the hash of the
    secret in the mail that asks whether the address is theirs; `digest_day` the local date of the last digest;
    `language` is "" for whoever never chose one.
    """

    member_id = fields.CharField(max_length=32, primary_key=True)
    address = fields.CharField(max_length=320, default="")
    confirmed = fields.BooleanField(default=False)
    asked = fields.CharField(max_length=64, default="")
    digest = fields.BooleanField(default=True)
    hour = fields.IntField(default=8)
    zone = fields.CharField(max_length=64, default="UTC")
    at_once = fields.BooleanField(default=True)
    quiet_from = fields.IntField(null=True)
    quiet_until = fields.IntField(null=True)
    digest_day = fields.CharField(max_length=10, default="")
    digest_to = fields.IntField(default=0)
    at_once_to = fields.IntField(default=0)
    language = fields.CharField(max_length=8, default="", db_default="")

    class Meta:
        table = "mail_choices"


class MailRow(Model, metaclass=Rows):
    """One mail: which notices it speaks of, and what became of it. States: `server.domain.mails`."""

    id = fields.IntField(primary_key=True)
    member_id = fields.CharField(max_length=32, db_index=True)
    kind = fields.CharField(max_length=10)
    message_id = fields.CharField(max_length=200, unique=True)
    after = fields.IntField(default=0)
    up_to = fields.IntField(default=0)
    state = fields.CharField(max_length=10)
    made_at = fields.FloatField()
    tried_at = fields.FloatField(null=True)
    tries = fields.IntField(default=0)
    error = fields.CharField(max_length=300, default="")

    class Meta:
        table = "mails"
        indexes = (("state", "made_at"),)


class MailPolicyRow(Model, metaclass=Rows):
    """How much mails may say: `counts`, `titles` or `words`. One row, whose id is 1."""

    id = fields.IntField(primary_key=True)
    says = fields.CharField(max_length=10)
    member_id = fields.CharField(max_length=32)
    changed_at = fields.FloatField()

    class Meta:
        table = "mail_policy"
