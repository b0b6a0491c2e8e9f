"""Tables of the inside store. Times are unix seconds (UTC); ids are 32 hexadecimal digits.

Each field is declared in `register.toml`: inside, released (and by whom) or constant.
"""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class MemberRow(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    username = fields.CharField(max_length=128)
    host = fields.CharField(max_length=255, default="")
    name = fields.CharField(max_length=200)
    unit = fields.CharField(max_length=100, default="")
    role = fields.CharField(max_length=20)
    consent = fields.BooleanField(default=True)
    uri = fields.CharField(max_length=2000, unique=True)
    url = fields.CharField(max_length=2000, default="")
    active = fields.BooleanField(default=True)
    password_hash = fields.CharField(max_length=300, default="")
    created_at = fields.FloatField()

    class Meta:
        table = "members"
        unique_together = (("username", "host"),)


class SessionRow(Model):
    hash = fields.CharField(max_length=64, primary_key=True)
    member_id = fields.CharField(max_length=32, db_index=True)
    csrf = fields.CharField(max_length=64)
    created_at = fields.FloatField()
    seen_at = fields.FloatField()

    class Meta:
        table = "sessions"


class TokenRow(Model):
    hash = fields.CharField(max_length=64, primary_key=True)
    member_id = fields.CharField(max_length=32, db_index=True)
    created_at = fields.FloatField()

    class Meta:
        table = "tokens"


class LinkRow(Model):
    """A one-time sign-in link."""

    hash = fields.CharField(max_length=64, primary_key=True)
    member_id = fields.CharField(max_length=32)
    ends_at = fields.FloatField()
    used_at = fields.FloatField(null=True)

    class Meta:
        table = "links"


class JamRow(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    slug = fields.CharField(max_length=64)
    host = fields.CharField(max_length=255, default="")
    title = fields.CharField(max_length=200)
    question = fields.TextField(default="")
    promise = fields.TextField(default="")
    off_limits = fields.TextField(default="")
    decide_by = fields.CharField(max_length=100, default="")
    state = fields.CharField(max_length=10)
    opens_at = fields.FloatField()
    closes_at = fields.FloatField()
    created_at = fields.FloatField()

    class Meta:
        table = "jams"
        unique_together = (("slug", "host"),)


class ForumRow(Model):
    id = fields.CharField(max_length=32, primary_key=True)
    jam_id = fields.CharField(max_length=32, db_index=True)
    slug = fields.CharField(max_length=64)
    title = fields.CharField(max_length=200)
    question = fields.TextField(default="")
    audience = fields.CharField(max_length=10)
    label = fields.CharField(max_length=200)
    peers = fields.TextField(default="[]")
    uri = fields.CharField(max_length=2000, unique=True)
    host = fields.CharField(max_length=255, default="")
    handle = fields.CharField(max_length=400, unique=True)
    joined = fields.BooleanField(default=True)
    created_at = fields.FloatField()

    class Meta:
        table = "forums"
        unique_together = (("jam_id", "slug"),)


class ContributionRow(Model):
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
    created_at = fields.FloatField()
    edited_at = fields.FloatField(null=True)

    class Meta:
        table = "contributions"
        indexes = (
            ("forum_id", "kind", "created_at"),
            ("thread_id", "created_at"),
            ("jam_id", "created_at"),
            ("author_id", "created_at"),
            ("edited_at",),
        )


class SearchRow(Model):
    """Where the words of a contribution stand in the full-text index, which knows its rows by number only."""

    contribution_id = fields.CharField(max_length=32, primary_key=True)
    number = fields.IntField()

    class Meta:
        table = "search_rows"


class PrintRow(Model):
    """A contribution whose prints stand in `fingerprints`, which knows it by number only."""

    number = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32, unique=True)

    class Meta:
        table = "printed"


class KeyRow(Model):
    """A secret of the inside, 32 random bytes: the key of the prints."""

    name = fields.CharField(max_length=40, primary_key=True)
    bytes = fields.BinaryField()

    class Meta:
        table = "inside_keys"


class VersionRow(Model):
    """Earlier words of a contribution."""

    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    number = fields.IntField()
    title = fields.CharField(max_length=300, default="")
    text = fields.TextField()
    written_at = fields.FloatField()

    class Meta:
        table = "versions"
        unique_together = (("contribution_id", "number"),)


class MarkRow(Model):
    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32)
    kind = fields.CharField(max_length=10)
    made_at = fields.FloatField()

    class Meta:
        table = "marks"
        unique_together = (("contribution_id", "kind", "member_id"),)


class EventRow(Model):
    seq = fields.IntField(primary_key=True)
    at = fields.FloatField()
    kind = fields.CharField(max_length=30)
    subject_id = fields.CharField(max_length=32)
    data = fields.TextField()

    class Meta:
        table = "events"


class AuditRow(Model):
    """Who did what, chained by hash: each row covers the one before it. No personal text."""

    seq = fields.IntField(primary_key=True)
    at = fields.FloatField()
    member_id = fields.CharField(max_length=32)
    act = fields.CharField(max_length=40)
    subject_id = fields.CharField(max_length=255)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "audit"


class CheckpointRow(Model):
    """Our own copy of a signed checkpoint of the audit chain; the other lies in a second place."""

    id = fields.IntField(primary_key=True)
    seq = fields.IntField()
    hash = fields.CharField(max_length=64)
    at = fields.FloatField()
    count = fields.IntField()
    before = fields.CharField(max_length=64)
    key = fields.CharField(max_length=64)
    signature = fields.CharField(max_length=128)

    class Meta:
        table = "checkpoints"


class SelfTestRow(Model):
    """One leak self-test. State: asked, running, passed, failed, inconclusive. `report` holds no word of a canary."""

    id = fields.IntField(primary_key=True)
    state = fields.CharField(max_length=12)
    asked_by = fields.CharField(max_length=32)
    asked_at = fields.FloatField()
    begun_at = fields.FloatField(null=True)
    ended_at = fields.FloatField(null=True)
    report = fields.TextField()

    class Meta:
        table = "self_tests"


class RuleSetRow(Model):
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


class PartnerRow(Model):
    """A server with which there is an agreement. State: active, paused, removed."""

    host = fields.CharField(max_length=255, primary_key=True)
    name = fields.CharField(max_length=200, default="")
    tier = fields.CharField(max_length=10)
    clearance = fields.CharField(max_length=200)
    state = fields.CharField(max_length=10)
    added_at = fields.FloatField()

    class Meta:
        table = "partners"


class AgreementRow(Model):
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


class VerdictRow(Model):
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


class PastVerdictRow(Model):
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


class ShadowRow(Model):
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


class HoldRow(Model):
    """Something that waits for reviewers. `copies` maps audiences to the SHA-256 of the bytes on offer.

    `wordings` maps them to the digest of what the holding rules say, `released` to what was let across last.
    `offer` is the digest of all that a release would let across now; `demands` holds [approvals, reviewers] pairs,
    `reviewers` everyone named in them, in lower case, or nobody where anybody's review counts.
    """

    id = fields.CharField(max_length=32, primary_key=True)
    direction = fields.CharField(max_length=3)
    contribution_id = fields.CharField(max_length=32, default="")
    version = fields.IntField(default=0)
    activity_uri = fields.CharField(max_length=2000, default="")
    peer = fields.CharField(max_length=255, default="")
    forum_id = fields.CharField(max_length=32, default="")
    author = fields.CharField(max_length=400)
    preview = fields.TextField()
    copies = fields.TextField(default="{}")
    rules = fields.TextField()
    reason = fields.TextField()
    rule_set = fields.IntField()
    state = fields.CharField(max_length=10)
    asked_at = fields.FloatField()
    decided_by = fields.CharField(max_length=32, default="")
    decided_at = fields.FloatField(null=True)
    note = fields.TextField(default="")
    part = fields.CharField(max_length=32, default="", db_default="")
    wordings = fields.TextField(default="{}", db_default="{}")
    previews = fields.TextField(default="[]", db_default="[]")
    released = fields.TextField(default="{}", db_default="{}")
    offer = fields.CharField(max_length=64, default="", db_default="")
    demands = fields.TextField(default="[]", db_default="[]")
    reviewers = fields.TextField(default="[]", db_default="[]")
    within_hours = fields.IntField(null=True)
    takes_effect_at = fields.FloatField(null=True)

    class Meta:
        table = "holds"
        unique_together = (("direction", "contribution_id", "version", "activity_uri", "part"),)
        indexes = (("state", "asked_at"),)


class HoldAnswerRow(Model):
    """What one reviewer said to one hold, about one offer. What was undone stays, to be read later."""

    id = fields.IntField(primary_key=True)
    hold_id = fields.CharField(max_length=32, db_index=True)
    member_id = fields.CharField(max_length=32)
    decision = fields.CharField(max_length=10)
    offer = fields.CharField(max_length=64)
    note = fields.TextField(default="")
    batch = fields.CharField(max_length=32, db_index=True)
    answered_at = fields.FloatField()
    undone_at = fields.FloatField(null=True)

    class Meta:
        table = "hold_answers"


class TwinRow(Model):
    """The public id of a redacted copy; the original's id never leaves."""

    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    form = fields.CharField(max_length=100)
    uri = fields.CharField(max_length=2000, unique=True)

    class Meta:
        table = "twins"
        unique_together = (("contribution_id", "form"),)


class PseudonymRow(Model):
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


class RecallRow(Model):
    """Taken back: `peer` is a host, or "" for everyone. Nothing of it crosses to them again."""

    id = fields.IntField(primary_key=True)
    contribution_id = fields.CharField(max_length=32)
    peer = fields.CharField(max_length=255, default="")
    member_id = fields.CharField(max_length=32)
    asked_at = fields.FloatField()

    class Meta:
        table = "recalls"
        unique_together = (("contribution_id", "peer"),)


class ThemeStateRow(Model):
    """The themes of a jam: the report people see, and the snapshot from which the analytics role goes on."""

    jam_id = fields.CharField(max_length=32, primary_key=True)
    seq = fields.IntField()
    report = fields.TextField()
    snapshot = fields.BinaryField()
    made_at = fields.FloatField()

    class Meta:
        table = "themes"
