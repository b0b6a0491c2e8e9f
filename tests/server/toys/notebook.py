"""Another toy store, with a table of the same name as one of the ledger's but of another shape."""

from tortoise import fields
from tortoise.models import Model


class PageRow(Model):
    number = fields.IntField(primary_key=True)
    text = fields.TextField()

    class Meta:
        table = "account"
