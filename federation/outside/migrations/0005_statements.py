# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('outside', '0004_recalls')]

    initial = False

    operations = [
        ops.CreateModel(
            name='StatementRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('host', fields.CharField(max_length=255)),
                ('activity_uri', fields.CharField(max_length=2000)),
                ('actor_uri', fields.CharField(max_length=2000)),
                ('object_uri', fields.CharField(max_length=2000)),
                ('digest', fields.CharField(max_length=64)),
                ('acknowledged_at', fields.FloatField()),
                ('purged_at', fields.FloatField(null=True)),
                ('looks', fields.IntField(default=0)),
                ('due_at', fields.FloatField()),
            ],
            options={'table': 'statements', 'app': 'outside', 'unique_together': (('activity_uri', 'host'),), 'indexes': [Index(fields=['purged_at', 'due_at'])], 'pk_attr': 'id', 'table_description': 'A Delete that we carried out for another Marmalade server, and what we signed about it.'},
            bases=['Model'],
        ),
    ]
