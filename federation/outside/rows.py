"""Tables of the outside store. Times are unix seconds (UTC).

Each field is declared in `register.toml`: released (and by whom), received, or kept (our own books).
"""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class BodyRow(Model, metaclass=Rows):
    """Bytes, stored once however many audiences they have."""

    sha = fields.CharField(max_length=64, primary_key=True)
    bytes = fields.BinaryField()

    class Meta:
        table = "bodies"


class CrossingRow(Model, metaclass=Rows):
    """One version of one document for one audience (a host, or "*"), as the gate released it.

    Kind: actor, object, activity, tombstone, and file, whose type is an ending and whose bytes are its own.
    `ours` is False for what another server wrote and we only list.
    """

    id = fields.IntField(primary_key=True)
    uri = fields.CharField(max_length=2000)
    version = fields.IntField()
    audience = fields.CharField(max_length=255)
    kind = fields.CharField(max_length=10)
    type = fields.CharField(max_length=40)
    ours = fields.BooleanField(default=True)
    subject_uri = fields.CharField(max_length=2000, default="")
    forum_uri = fields.CharField(max_length=2000, default="")
    thread_uri = fields.CharField(max_length=2000, default="")
    parent_uri = fields.CharField(max_length=2000, default="")
    author_uri = fields.CharField(max_length=2000, default="")
    author_name = fields.CharField(max_length=300, default="")
    author_handle = fields.CharField(max_length=400, default="")
    sha = fields.CharField(max_length=64)
    mac = fields.CharField(max_length=64)
    made_at = fields.FloatField()
    released_at = fields.FloatField()
    revoked_at = fields.FloatField(null=True)

    class Meta:
        table = "crossings"
        unique_together = (("uri", "audience", "version"),)
        indexes = (
            ("forum_uri", "kind", "made_at"),
            ("thread_uri", "made_at"),
            ("subject_uri",),
            ("author_handle",),
            ("sha",),
            ("kind", "released_at"),
            ("audience", "kind"),
            ("forum_uri", "released_at"),
        )


class FollowerRow(Model, metaclass=Rows):
    id = fields.IntField(primary_key=True)
    forum_uri = fields.CharField(max_length=2000)
    actor_uri = fields.CharField(max_length=2000)
    host = fields.CharField(max_length=255)
    inbox_uri = fields.CharField(max_length=2000)
    since_at = fields.FloatField()

    class Meta:
        table = "followers"
        unique_together = (("forum_uri", "actor_uri"),)


class DeliveryRow(Model, metaclass=Rows):
    """One document on its way to one inbox. State: queued, sent, dead, cancelled."""

    id = fields.IntField(primary_key=True)
    host = fields.CharField(max_length=255)
    inbox_uri = fields.CharField(max_length=2000)
    uri = fields.CharField(max_length=2000)
    audience = fields.CharField(max_length=255)
    version = fields.IntField()
    sender_uri = fields.CharField(max_length=2000)
    lane = fields.CharField(max_length=2000)
    object_uri = fields.CharField(max_length=2000, default="")
    act = fields.CharField(max_length=20)
    state = fields.CharField(max_length=10, default="queued")
    attempts = fields.IntField(default=0)
    due_at = fields.FloatField()
    made_at = fields.FloatField()
    ended_at = fields.FloatField(null=True)
    answer = fields.CharField(max_length=300, default="")

    class Meta:
        table = "deliveries"
        unique_together = (("inbox_uri", "uri", "version"),)
        indexes = (("state", "host", "id"), ("object_uri",), ("host", "object_uri"))


class RecallRow(Model, metaclass=Rows):
    """One server that was asked to delete something it held, how far that has come, and what it signed.

    States and causes: `server.domain.recalls`. `activity_uri` and `digest` (SHA-256) name the Delete as sent;
    `acknowledgement` and `purge` are the holder's statements as they came. `rounds` counts how often it was asked.
    """

    id = fields.IntField(primary_key=True)
    object_uri = fields.CharField(max_length=2000)
    host = fields.CharField(max_length=255)
    state = fields.CharField(max_length=12)
    cause = fields.CharField(max_length=10)
    activity_uri = fields.CharField(max_length=2000)
    digest = fields.CharField(max_length=64)
    rounds = fields.IntField(default=1)
    asked_at = fields.FloatField()
    accepted_at = fields.FloatField(null=True)
    acknowledged_at = fields.FloatField(null=True)
    purged_at = fields.FloatField(null=True)
    ended_at = fields.FloatField(null=True)
    answer = fields.CharField(max_length=300, default="")
    acknowledgement = fields.BinaryField(null=True)
    purge = fields.BinaryField(null=True)

    class Meta:
        table = "recalls"
        unique_together = (("object_uri", "host"),)
        indexes = (("state", "asked_at"), ("host", "asked_at"))


class StatementRow(Model, metaclass=Rows):
    """A Delete that we carried out for another Marmalade server, and what we signed about it.

    `digest` is the SHA-256 of the activity as it came; `due_at` is when to look whether everything is purged.
    """

    id = fields.IntField(primary_key=True)
    host = fields.CharField(max_length=255)
    activity_uri = fields.CharField(max_length=2000)
    actor_uri = fields.CharField(max_length=2000)
    object_uri = fields.CharField(max_length=2000)
    digest = fields.CharField(max_length=64)
    acknowledged_at = fields.FloatField()
    purged_at = fields.FloatField(null=True)
    looks = fields.IntField(default=0)
    due_at = fields.FloatField()

    class Meta:
        table = "statements"
        unique_together = (("activity_uri", "host"),)
        indexes = (("purged_at", "due_at"),)


class PeerRow(Model, metaclass=Rows):
    """What we know of another server. Kind: marmalade, forum, microblog, unknown. State: active, paused, suspended.

    `fixed` means that an admin said what kind it is. `form` is how requests to it are signed: cavage, rfc9421, ed25519;
    "" where that is not known.
    """

    host = fields.CharField(max_length=255, primary_key=True)
    kind = fields.CharField(max_length=12, default="unknown")
    fixed = fields.BooleanField(default=False, db_default=False)
    software = fields.CharField(max_length=100, default="")
    state = fields.CharField(max_length=10, default="active")
    failures = fields.IntField(default=0)
    due_at = fields.FloatField(default=0)
    asked_at = fields.FloatField(default=0)
    success_at = fields.FloatField(null=True)
    failure_at = fields.FloatField(null=True)
    answer = fields.CharField(max_length=300, default="")
    form = fields.CharField(max_length=10, default="", db_default="")

    class Meta:
        table = "peers"


class ReceivedRow(Model, metaclass=Rows):
    """A verified activity, stored once before it is answered. State: new, ready, admitted, refused, held, ignored.

    `read_back` means that it was not sent to us: we read it later, where its server keeps what it told us.
    `signed_in` means that its actor wrote it at our edge, having signed in with their own server: nobody sent it.
    """

    id = fields.IntField(primary_key=True)
    activity_uri = fields.CharField(max_length=2000)
    host = fields.CharField(max_length=255)
    actor_uri = fields.CharField(max_length=2000)
    kind = fields.CharField(max_length=40)
    object_uri = fields.CharField(max_length=2000, default="")
    body = fields.BinaryField()
    state = fields.CharField(max_length=10, default="new")
    attempts = fields.IntField(default=0)
    due_at = fields.FloatField(default=0)
    note = fields.CharField(max_length=500, default="")
    received_at = fields.FloatField()
    read_back = fields.BooleanField(default=False, db_default=False)
    signed_in = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "received"
        unique_together = (("activity_uri", "host"),)
        indexes = (("state", "due_at"), ("object_uri", "kind"), ("host", "received_at"))


class SaidRow(Model, metaclass=Rows):
    """Who wrote what was received from nobody: it was said at our edge by somebody who was signed in."""

    activity_uri = fields.CharField(max_length=2000, primary_key=True)
    actor_uri = fields.CharField(max_length=2000, db_index=True)

    class Meta:
        table = "said"


class StrangerRow(Model, metaclass=Rows):
    """A remote actor's document as last fetched, with what is looked up in it."""

    uri = fields.CharField(max_length=2000, primary_key=True)
    host = fields.CharField(max_length=255)
    key_id = fields.CharField(max_length=2000, default="", db_index=True)
    key_pem = fields.TextField(default="")
    document = fields.BinaryField()
    fetched_at = fields.FloatField()

    class Meta:
        table = "strangers"


class FetchedRow(Model, metaclass=Rows):
    """A third server's object, fetched from its own server because somebody relayed it. `status` is HTTP's."""

    uri = fields.CharField(max_length=2000, primary_key=True)
    status = fields.IntField()
    document = fields.BinaryField()
    fetched_at = fields.FloatField()

    class Meta:
        table = "fetched"


class ActorKeyRow(Model, metaclass=Rows):
    """A key pair of ours; the private half is sealed with the outside secret. `turn` counts those before it."""

    name = fields.CharField(max_length=100, primary_key=True)
    sealed = fields.TextField()
    public_pem = fields.TextField()
    made_at = fields.FloatField()
    turn = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "actor_keys"


class ErrandRow(Model, metaclass=Rows):
    """Something the gate asks the edge to look up. State: open, done, failed."""

    id = fields.IntField(primary_key=True)
    subject = fields.CharField(max_length=400, unique=True)
    asked_by = fields.CharField(max_length=32)
    state = fields.CharField(max_length=10, default="open")
    attempts = fields.IntField(default=0)
    due_at = fields.FloatField(default=0)
    answer = fields.TextField(default="")
    asked_at = fields.FloatField()

    class Meta:
        table = "errands"


class ReadingRow(Model, metaclass=Rows):
    """Something that we read at another server: a forum with what was told of it, or one thread. State: open, rest.

    `cursor` names the last activity that was read of a history; `total` is how much there is by that server's count,
    as it grants it to us, None where it did not say.
    """

    id = fields.IntField(primary_key=True)
    uri = fields.CharField(max_length=2000)
    host = fields.CharField(max_length=255)
    forum_uri = fields.CharField(max_length=2000)
    state = fields.CharField(max_length=10, default="open")
    cursor = fields.CharField(max_length=32, default="")
    total = fields.IntField(null=True)
    attempts = fields.IntField(default=0)
    due_at = fields.FloatField(default=0)
    asked_at = fields.FloatField()
    read_at = fields.FloatField(null=True)
    answer = fields.CharField(max_length=300, default="")

    class Meta:
        table = "readings"
        unique_together = (("uri", "host"),)
        indexes = (("state", "due_at"), ("host", "state"))


class ReadRow(Model, metaclass=Rows):
    """A signed GET that we answered: who holds a copy because they came for it.

    `read_at` is the first time, `last_at` the last; `version` is the newest that they were given.
    """

    id = fields.IntField(primary_key=True)
    uri = fields.CharField(max_length=2000)
    host = fields.CharField(max_length=255)
    read_at = fields.FloatField()
    last_at = fields.FloatField(default=0, db_default=0)
    version = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "reads"
        unique_together = (("uri", "host"),)
        indexes = (("host",),)


class BucketRow(Model, metaclass=Rows):
    """What is left in a token bucket. The name says whose it is and its rate."""

    name = fields.CharField(max_length=2100, primary_key=True)
    tokens = fields.FloatField()
    at = fields.FloatField(db_index=True)

    class Meta:
        table = "buckets"


class HomeServerRow(Model, metaclass=Rows):
    """A server with which people sign in at our edge, and as what we are registered there; the secret is sealed."""

    origin = fields.CharField(max_length=300, primary_key=True)
    back_url = fields.CharField(max_length=2000)
    scope = fields.CharField(max_length=40)
    client_id = fields.CharField(max_length=500)
    sealed = fields.TextField()
    made_at = fields.FloatField()

    class Meta:
        table = "home_servers"


class VisitRow(Model, metaclass=Rows):
    """Somebody of another server who is signed in at our edge. `key` is the SHA-256 of what their browser holds."""

    key = fields.CharField(max_length=64, primary_key=True)
    actor_uri = fields.CharField(max_length=2000, db_index=True)
    host = fields.CharField(max_length=255)
    username = fields.CharField(max_length=200)
    name = fields.CharField(max_length=500)
    began_at = fields.FloatField(db_index=True)

    class Meta:
        table = "visits"


class BarredRow(Model, metaclass=Rows):
    """An actor elsewhere whom an admin shut out: they do not sign in."""

    actor_uri = fields.CharField(max_length=2000, primary_key=True)

    class Meta:
        table = "barred"


class RevisionRow(Model, metaclass=Rows):
    """How often that has changed which the inbox asks at each request: keys of senders, and who is shut out.

    Triggers count, whatever it was that wrote. There is one row, of the id 1.
    """

    id = fields.IntField(primary_key=True)
    number = fields.IntField()

    class Meta:
        table = "revisions"


class OutsideCursorRow(Model, metaclass=Rows):
    """How far the gate has read the inside event log."""

    consumer = fields.CharField(max_length=64, primary_key=True)
    seq = fields.IntField()

    class Meta:
        table = "cursors"
