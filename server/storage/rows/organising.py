"""What organisers arrange: who hosts which forum when, where a jam comes from, what it carried over, invitations."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from server.database.rows import Rows


class HostRow(Model, metaclass=Rows):
    """Somebody who hosts a forum, and what they say of themselves. `picture_id` names a stored picture, "" for none."""

    id = fields.CharField(max_length=32, primary_key=True)
    forum_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32)
    bio = fields.TextField(default="")
    picture_id = fields.CharField(max_length=32, default="")
    made_at = fields.FloatField()

    class Meta:
        table = "hosts"
        unique_together = (("forum_id", "member_id"),)


class HostPictureRow(Model, metaclass=Rows):
    """A picture of a host, drawn anew, and what it shows."""

    id = fields.CharField(max_length=32, primary_key=True)
    host_id = fields.CharField(max_length=32, unique=True)
    alt = fields.CharField(max_length=300)
    width = fields.IntField()
    height = fields.IntField()
    sha = fields.CharField(max_length=64)
    bytes = fields.BinaryField()

    class Meta:
        table = "host_pictures"


class SlotRow(Model, metaclass=Rows):
    """One hour, or several, in which a host is there."""

    id = fields.CharField(max_length=32, primary_key=True)
    forum_id = fields.CharField(max_length=32)
    member_id = fields.CharField(max_length=32)
    starts_at = fields.FloatField()
    ends_at = fields.FloatField()

    class Meta:
        table = "host_slots"
        indexes = (("forum_id", "starts_at"),)


class JamOriginRow(Model, metaclass=Rows):
    """From which jam another was made, and how: clone, second or rehearsal."""

    jam_id = fields.CharField(max_length=32, primary_key=True)
    origin_id = fields.CharField(max_length=32, db_index=True)
    kind = fields.CharField(max_length=10)
    made_at = fields.FloatField()

    class Meta:
        table = "jam_origins"


class CarriedRow(Model, metaclass=Rows):
    """An idea that a later jam took over into a forum. `idea_id` is the copy, "" where it is linked only."""

    id = fields.CharField(max_length=32, primary_key=True)
    forum_id = fields.CharField(max_length=32)
    origin_id = fields.CharField(max_length=32, db_index=True)
    idea_id = fields.CharField(max_length=32, default="")
    carried_at = fields.FloatField()

    class Meta:
        table = "carried"
        unique_together = (("forum_id", "origin_id"),)


class InvitationRow(Model, metaclass=Rows):
    """A link by which people join on their own, as members of a unit, until its uses or its time run out."""

    id = fields.CharField(max_length=32, primary_key=True)
    hash = fields.CharField(max_length=64, unique=True)
    note = fields.CharField(max_length=200, default="")
    unit = fields.CharField(max_length=100, default="")
    uses = fields.IntField()
    used = fields.IntField(default=0)
    made_by = fields.CharField(max_length=32)
    made_at = fields.FloatField()
    ends_at = fields.FloatField()
    ended_at = fields.FloatField(null=True)

    class Meta:
        table = "invitations"
