# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='AccountRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=40)),
            ],
            options={'table': 'account', 'app': 'toys', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='EntryRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('account', fields.ForeignKeyField('toys.AccountRow', source_field='account_id', db_constraint=True, to_field='id', on_delete=OnDelete.CASCADE)),
                ('amount', fields.IntField(db_index=True)),
                ('made_at', fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={'table': 'entry', 'app': 'toys', 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
