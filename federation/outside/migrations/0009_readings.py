# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('outside', '0008_forms_of_signatures')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ReadingRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uri', fields.CharField(max_length=2000)),
                ('host', fields.CharField(max_length=255)),
                ('forum_uri', fields.CharField(max_length=2000)),
                ('state', fields.CharField(default='open', max_length=10)),
                ('cursor', fields.CharField(default='', max_length=32)),
                ('total', fields.IntField(null=True)),
                ('attempts', fields.IntField(default=0)),
                ('due_at', fields.FloatField(default=0)),
                ('asked_at', fields.FloatField()),
                ('read_at', fields.FloatField(null=True)),
                ('answer', fields.CharField(default='', max_length=300)),
            ],
            options={'table': 'readings', 'app': 'outside', 'unique_together': (('uri', 'host'),), 'indexes': [Index(fields=['state', 'due_at']), Index(fields=['host', 'state'])], 'pk_attr': 'id', 'table_description': 'Something that we read at another server: a forum with what was told of it, or one thread. State: open, rest.'},
            bases=['Model'],
        ),
        ops.AddIndex(
            model_name='CrossingRow',
            index=Index(fields=['forum_uri', 'released_at']),
        ),
        ops.AddField(
            model_name='ReceivedRow',
            name='read_back',
            field=fields.BooleanField(default=False, db_default=False),
        ),
    ]
