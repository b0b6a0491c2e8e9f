"""A toy store: accounts and their entries."""

from tortoise import fields
from tortoise.models import Model


class AccountRow(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=40, unique=True)
    note = fields.TextField(db_default="")

    class Meta:
        table = "account"


class EntryRow(Model):
    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[AccountRow] = fields.ForeignKeyField("toys.AccountRow")
    amount = fields.IntField(db_index=True)
    made_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "entry"
