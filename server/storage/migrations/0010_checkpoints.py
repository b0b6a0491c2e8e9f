# ruff: noqa
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('storage', '0009_labels_with_categories')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CheckpointRow',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('seq', fields.IntField()),
                ('hash', fields.CharField(max_length=64)),
                ('at', fields.FloatField()),
                ('count', fields.IntField()),
                ('before', fields.CharField(max_length=64)),
                ('key', fields.CharField(max_length=64)),
                ('signature', fields.CharField(max_length=128)),
            ],
            options={'table': 'checkpoints', 'app': 'storage', 'pk_attr': 'id', 'table_description': 'Our own copy of a signed checkpoint of the audit chain; the other lies in a second place.'},
            bases=['Model'],
        ),
    ]
